import MeterTime
import Quantities
import Waveforms

extension MeterRun {
  /// Energies of a truth beside the OBIS codes that they are held against.
  private static func truths(_ truth: EnergyTruth) -> [(obis: String, kWh: Double)] {
    let all = [truth.total] + truth.phases
    let codes = [
      ("1.8.0", "2.8.0"), ("21.8.0", "22.8.0"), ("41.8.0", "42.8.0"),
      ("61.8.0", "62.8.0"),
    ]
    return zip(all, codes).flatMap { energy, code in
      [("1-0:" + code.0, energy.import_kWh), ("1-0:" + code.1, energy.export_kWh)]
    }
  }

  /// The result of a run, as the last line of `--json`.
  public mutating func result(ending: Ending) -> JSONValue {
    let glass = picture.json
    return .object([
      ("ended", .string(ending.rawValue)),
      ("start", .string(ISOTime.text(setup.start))), ("end", .string(ISOTime.text(now))),
      ("source", .string(source.description)), ("program", .string(program)),
      ("registers", registers), ("instantaneous", instantaneous),
      ("pulses", .integer(pulses)), ("glass", glass), ("truth", truth),
    ])
  }

  /// Version and checksum of the running legal code, as the glass shows them.
  private var program: String {
    let checksum = String(reading(.legalChecksum) ?? 0, radix: 16)
    let padded = String(repeating: "0", count: max(0, 8 - checksum.count)) + checksum
    return "kvadrant \(ProgramVersion.text), legal code \(padded)"
  }

  /// Answer of the control command `status`.
  var status: JSONValue {
    .object([
      ("ok", .bool(true)), ("now", .string(ISOTime.text(now))),
      ("speed", pace(speed)), ("samples", .integer(samples)),
      ("pulses", .integer(pulses)), ("registers", registers),
    ])
  }

  private func pace(_ speed: Double) -> JSONValue {
    speed.isFinite ? .rounded(speed, decimals: 3) : .string("max")
  }

  private var registers: JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    for row in ResultTable.registers {
      guard let value = energy(row.quantity) else { continue }
      members.append(
        (row.obis, quantity(.fixed(value, decimals: ResultTable.energyDecimals), row.unit)))
    }
    return .object(members)
  }

  private var instantaneous: JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    for row in ResultTable.instantaneous {
      guard let reading = reading(row.quantity) else { continue }
      let value = Int128(row.value(reading))
      members.append((row.obis, quantity(.fixed(value, decimals: row.decimals), row.unit)))
    }
    return .object(members)
  }

  /// What was truly delivered, and how far the registers of this run are from it.
  private var truth: JSONValue {
    guard let truth = source.truth else { return .null }
    var values: [(key: String, value: JSONValue)] = []
    var errors: [(key: String, value: JSONValue)] = []
    for (obis, kWh) in Self.truths(truth) {
      values.append((obis, quantity(.rounded(kWh, decimals: 10), "kWh")))
      guard kWh > 0, let gained = gained(obis) else { continue }
      errors.append((obis, .rounded((gained - kWh) / kWh * 100, decimals: 6)))
    }
    values.append(
      ("1-0:16.8.0", quantity(.rounded(truth.total.net_kWh, decimals: 10), "kWh")))
    return .object([
      ("method", .string(truth.method)), ("span_s", .rounded(truth.span_s, decimals: 6)),
      ("values", .object(values)), ("error_percent", .object(errors)),
    ])
  }

  /// kWh that a register has gained in this run.
  private func gained(_ obis: String) -> Double? {
    guard let row = ResultTable.registers.first(where: { $0.obis == obis }),
      let end = energy(row.quantity), let start = registersAtStart[row.quantity]
    else { return nil }
    return Double(end - start) / 1e10
  }

  private func quantity(_ value: JSONValue, _ unit: String) -> JSONValue {
    .object([("value", value), ("unit", .string(unit))])
  }
}

extension MeterRun {
  /// The result for people: registers with the truth beside them, then present values.
  public func report(ending: Ending) -> String {
    var lines = [
      source.description, program,
      "\(ISOTime.text(setup.start)) to \(ISOTime.text(now)), ended by \(ending.rawValue)", "",
      Self.line("register", "kWh or kvarh", "truth", "error"),
    ]
    let truths = source.truth.map(Self.truths) ?? []
    for row in ResultTable.registers {
      guard let value = energy(row.quantity) else { continue }
      let truth = truths.first { $0.obis == row.obis }?.kWh
      if value == 0, (truth ?? 0) == 0 { continue }
      var error = ""
      if let truth, truth > 0, let gained = gained(row.obis) {
        error = Decimals.text((gained - truth) / truth * 100, decimals: 4) + " %"
      }
      lines.append(
        Self.line(
          row.obis, Decimals.text(value, decimals: ResultTable.energyDecimals),
          truth.map { Decimals.text($0, decimals: 10) } ?? "", error))
    }
    lines += ["", Self.line("present value", "", "", "")]
    for row in ResultTable.instantaneous {
      guard let reading = reading(row.quantity) else { continue }
      let text = Decimals.text(Int128(row.value(reading)), decimals: row.decimals)
      lines.append(Self.line(row.obis, text + " " + row.unit, "", ""))
    }
    lines += ["", "pulses  \(pulses)"]
    if let method = source.truth?.method { lines.append("truth   \(method)") }
    return lines.joined(separator: "\n")
  }

  private static func line(_ a: String, _ b: String, _ c: String, _ d: String) -> String {
    func right(_ s: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - s.count)) + s
    }
    let text = a + String(repeating: " ", count: max(1, 16 - a.count)) + right(b, 20)
    let whole = c.isEmpty && d.isEmpty ? text : text + right(c, 20) + right(d, 14)
    return whole
  }
}

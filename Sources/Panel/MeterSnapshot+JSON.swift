import MeterTime
import VirtualMeter

extension MeterSnapshot {
  /// The state as `/api/v1/state` and the stream tell it; at most 4 KiB.
  ///
  /// - Parameter typeTest: how the type test beside the meter goes on.
  func json(typeTest: JSONValue) -> JSONValue {
    .object([
      ("sequence", .integer(sequence)), ("time", .string(time)),
      ("instant_s", .rounded(Double(now.ticks) / Double(Instant.ticksPerSecond), decimals: 3)),
      ("speed", speed.isFinite ? .plain(speed, 3) : .string("max")),
      ("powered", .bool(powered)), ("running", .bool(running)),
      ("ended", ended.map { .string($0) } ?? .null),
      ("glass", glass.json),
      (
        "led",
        .object([
          ("count", .integer(led.count)), ("rate_Hz", .plain(led.rate_Hz, 4)),
          ("phase", .plain(led.phase, 4)),
        ])
      ),
      ("phases", .array(phases.map(\.json))), ("total", total.json),
      (
        "registers",
        .object(registers.map { ($0.obis, .rounded($0.value, decimals: 3)) })
      ),
      (
        "truth",
        .object(
          truth.map { row in
            let error: JSONValue = row.error_percent.map { .plain($0, 5) } ?? .null
            return (
              row.obis,
              .object([("value", .rounded(row.value, decimals: 6)), ("error_percent", error)])
            )
          })
      ),
      (
        "seals",
        .object([
          ("verification", .bool(seals.verification)),
          ("terminalCover", .bool(seals.terminalCover)), ("moduleArea", .bool(seals.moduleArea)),
        ])
      ),
      ("tariff", .integer(tariff)), ("verification", verification.map { .string($0) } ?? .null),
      ("bench", bench.json), ("memory", memory.json), ("events_newest", .integer(newestEvent)),
      ("typetest", typeTest),
    ])
  }
}

extension MeterSnapshot.Glass {
  fileprivate var json: JSONValue {
    .object([
      ("steady", .string(Self.hex(steady))), ("blinking", .string(Self.hex(blinking))),
      ("blink", .bool(blink)), ("value", .string(value)), ("id", .string(id)),
      ("unit", .string(unit)), ("text", .string(text)),
    ])
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}

extension MeterSnapshot.Phase {
  fileprivate var json: JSONValue {
    .object([
      ("u_V", .plain(u_V, 3)), ("i_A", .plain(i_A, 4)), ("p_W", .plain(p_W, 3)),
      ("q_var", .plain(q_var, 3)), ("s_VA", .plain(s_VA, 3)), ("pf", .plain(pf, 4)),
      ("u_deg", .plain(u_deg, 2)), ("i_deg", .plain(i_deg, 2)), ("present", .bool(present)),
      ("registering", .bool(registering)), ("quadrant", .integer(quadrant)),
    ])
  }
}

extension MeterSnapshot.Total {
  fileprivate var json: JSONValue {
    .object([
      ("p_W", .plain(p_W, 3)), ("q_var", .plain(q_var, 3)), ("s_VA", .plain(s_VA, 3)),
      ("pf", .plain(pf, 4)), ("f_Hz", f_Hz.map { .plain($0, 3) } ?? .null),
      ("sequence_ok", isSequenceRight.map { .bool($0) } ?? .null),
      ("quadrants", .array(quadrants.map { .integer($0) })),
    ])
  }
}

extension MeterSnapshot.Bench {
  fileprivate var json: JSONValue {
    .object([
      ("source", .string(source)),
      ("loads", .array(loads.map(\.json))), ("frequency_Hz", .plain(frequency_Hz, 3)),
      ("preset", preset.map { .string($0) } ?? .null), ("neutral", .bool(neutral)),
      ("wiring", .string(wiring)), ("magnet", .bool(magnet)), ("plug", .bool(plug)),
      ("consumed_kWh", .plain(consumed_kWh, 6)), ("produced_kWh", .plain(produced_kWh, 6)),
    ])
  }
}

extension MeterSnapshot.Load {
  fileprivate var json: JSONValue {
    .object([
      ("u_V", .plain(u_V, 3)), ("i_A", .plain(i_A, 3)), ("phi_deg", .plain(phi_deg, 2)),
      ("thd_percent", .plain(thd_percent, 2)), ("on", .bool(on)),
    ])
  }
}

extension MeterSnapshot.Memory {
  fileprivate var json: JSONValue {
    .object([
      ("commits", .integer(commits)), ("events", .integer(events)), ("cuts", .integer(cuts)),
      ("failures", .integer(failures)),
    ])
  }
}

extension JSONValue {
  /// A number with at most so many decimals and no zeros at its end; null when not finite.
  static func plain(_ value: Double, _ decimals: Int) -> JSONValue {
    guard value.isFinite else { return .null }
    var text = Decimals.text(value, decimals: decimals)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return .number(text == "-0" ? "0" : text)
  }
}

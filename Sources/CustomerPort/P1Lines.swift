import LegalMeter
import Meter
import MeterTime
import P1
import PermanentMemory
import Quantities

/// Whose document says which lines a telegram has, and with how many digits.
public enum P1Companion: UInt8, CaseIterable, Sendable {
  /// P1 Companion Standard 5.0.2 of the Dutch grid companies (DSMR 5, ESMR 5): every second.
  case dsmr5
  /// The Swedish recommendation for the local customer interface (H1): every ten seconds.
  case sweden

  /// Longest telegram that is written, bytes.
  public static let bytesMax = 2048
}

extension P1Companion {
  /// Writes the telegram of a meter as it is now.
  ///
  /// Values that the meter does not measure have no line.
  ///
  /// - Returns: bytes written, 0 where they do not fit.
  @inline(never)
  public func write(
    _ identity: CustomerIdentity, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, into bytes: inout MutableSpan<UInt8>
  ) -> Int {
    var writer = P1Writer(bytes._mutatingExtracting(0..<bytes.count))
    let model = identity.model(meter)
    writer.begin(maker: identity.maker, model.text.span.extracting(0..<model.count))
    switch self {
    case .dsmr5: writeDSMR(identity, meter, memory, &writer)
    case .sweden: writeSwedish(meter, &writer)
    }
    return writer.finish()
  }

  private func writeDSMR(
    _ identity: CustomerIdentity, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, _ writer: inout P1Writer
  ) {
    writer.line(OBISCode(1, 3, 0, 2, 8))
    writer.number(50, digits: 2, decimals: 0)
    writer.end()
    clock(meter, &writer)
    writer.line(.abstract(96, 1, 1))
    writer.octets(identity.deviceName(meter).span)
    writer.end()
    put(.activeImportT1, meter, &writer)
    put(.activeImportT2, meter, &writer)
    more([.activeImportT3, .activeImportT4], meter, &writer)
    put(.activeExportT1, meter, &writer)
    put(.activeExportT2, meter, &writer)
    more([.activeExportT3, .activeExportT4], meter, &writer)
    put(.activeTariff, meter, &writer)
    put(.powerActiveImport, meter, &writer)
    put(.powerActiveExport, meter, &writer)
    put(.interruptions, meter, &writer, .abstract(96, 7, 21))
    put(.longInterruptions, meter, &writer, .abstract(96, 7, 9))
    failures(meter, memory, &writer)
    for phase in Phase.allCases { put(.dipsL1, phase, meter, &writer, 32, 32) }
    for phase in Phase.allCases { put(.swellsL1, phase, meter, &writer, 32, 36) }
    writer.line(.abstract(96, 13))
    writer.octets(InlineArray<0, UInt8>(repeating: 0).span)
    writer.end()
    for phase in Phase.allCases { put(.voltageL1, phase, meter, &writer, 32, 7) }
    for phase in Phase.allCases { put(.currentL1, phase, meter, &writer, 31, 7) }
    for phase in Phase.allCases { part(.powerActiveL1, phase, meter, &writer, 21) }
    for phase in Phase.allCases { part(.powerActiveL1, phase, meter, &writer, 22, isExport: true) }
  }

  private func writeSwedish(_ meter: borrowing Meter, _ writer: inout P1Writer) {
    clock(meter, &writer)
    let totals: InlineArray<8, QuantityID> = [
      .activeImport, .activeExport, .reactiveImport, .reactiveExport, .powerActiveImport,
      .powerActiveExport, .powerReactiveImport, .powerReactiveExport,
    ]
    for k in totals.indices { put(totals[k], meter, &writer) }
    // Import and export of L1, of L2, of L3; then the same of reactive power.
    for phase in Phase.allCases {
      part(.powerActiveL1, phase, meter, &writer, 21)
      part(.powerActiveL1, phase, meter, &writer, 22, isExport: true)
    }
    for phase in Phase.allCases {
      part(.powerReactiveL1, phase, meter, &writer, 23)
      part(.powerReactiveL1, phase, meter, &writer, 24, isExport: true)
    }
    for phase in Phase.allCases { put(.voltageL1, phase, meter, &writer, 32, 7) }
    for phase in Phase.allCases { put(.currentL1, phase, meter, &writer, 31, 7) }
  }

  // MARK: lines

  private func clock(_ meter: borrowing Meter, _ writer: inout P1Writer) {
    let local = meter.legal.localTime(at: meter.now)
    writer.line(.abstract(1, 0))
    writer.time(local.civil, isSummer: local.isDaylightSaving)
    writer.end()
  }

  /// The line of a quantity, or none where the meter has no such value.
  private func put(
    _ quantity: QuantityID, _ meter: borrowing Meter, _ writer: inout P1Writer,
    _ code: OBISCode? = nil
  ) {
    guard let reading = meter.reading(quantity) else { return }
    write(reading, quantity.customerKind, code ?? quantity.row.obis, &writer)
  }

  /// The line of a phase: code C grows by twenty from phase to phase.
  private func put(
    _ first: QuantityID, _ phase: Phase, _ meter: borrowing Meter, _ writer: inout P1Writer,
    _ c: UInt8, _ d: UInt8
  ) {
    guard meter.legal.parameters.uses(phase),
      let quantity = QuantityID(rawValue: first.rawValue + phase.rawValue)
    else { return }
    put(quantity, meter, &writer, .electricity(c + 20 * phase.rawValue, d))
  }

  /// Import or export of one phase out of its signed power.
  private func part(
    _ first: QuantityID, _ phase: Phase, _ meter: borrowing Meter, _ writer: inout P1Writer,
    _ c: UInt8, isExport: Bool = false
  ) {
    guard let quantity = QuantityID(rawValue: first.rawValue + phase.rawValue),
      let signed = meter.reading(quantity)
    else { return }
    let magnitude = max(0, isExport ? -signed : signed)
    let code = OBISCode.electricity(c + 20 * phase.rawValue, 7)
    write(magnitude, quantity.customerKind, code, &writer)
  }

  /// The standard knows two tariffs; further ones are told once they have counted.
  private func more(
    _ quantities: InlineArray<2, QuantityID>, _ meter: borrowing Meter, _ writer: inout P1Writer
  ) {
    for k in 0..<2 {
      if let reading = meter.reading(quantities[k]), reading > 0 {
        put(quantities[k], meter, &writer)
      }
    }
  }

  private func write(
    _ reading: Int64, _ kind: CustomerKind, _ code: OBISCode, _ writer: inout P1Writer
  ) {
    writer.line(code)
    let isDutch = self == .dsmr5
    switch kind {
    case .activeEnergy, .reactiveEnergy:
      // A register of so many digits begins anew.
      let wrap: Int64 = isDutch ? 1_000_000_000 : 100_000_000_000
      writer.number(
        kind.scaled(reading, per: 1000) % wrap, digits: isDutch ? 6 : 8, decimals: 3,
        kind == .activeEnergy ? "kWh" : "kvarh")
    case .activePower, .reactivePower:
      writer.number(
        kind.scaled(reading, per: 1000), digits: isDutch ? 2 : 4, decimals: 3,
        kind == .activePower ? "kW" : "kvar")
    case .voltage: writer.number(kind.scaled(reading, per: 100), digits: 3, decimals: 1, "V")
    case .current:
      if isDutch {
        writer.number(kind.scaled(reading, per: 1_000_000), digits: 3, decimals: 0, "A")
      } else {
        writer.number(kind.scaled(reading, per: 100_000), digits: 3, decimals: 1, "A")
      }
    case .count: writer.number(min(reading, 99_999), digits: 5, decimals: 0)
    case .tariff: writer.number(reading, digits: 4, decimals: 0)
    case .other, .none: writer.number(reading, digits: 1, decimals: 0)
    }
    writer.end()
  }

  // MARK: power failures

  /// The last ten long power failures out of the event log, newest first: end and seconds.
  private func failures(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable,
    _ writer: inout P1Writer
  ) {
    var ends = InlineArray<10, Instant>(repeating: Instant(seconds: 0))
    var lengths = InlineArray<10, Int64>(repeating: 0)
    var count = 0
    if meter.reading(.longInterruptions) ?? 0 > 0 {
      let records = meter.legal.eventCount(.voltage, memory: memory)
      var index = 0
      while index < records && count < 10 {
        let record = meter.legal.event(.voltage, index, memory: memory)
        index += 1
        guard let record, record.code == LegalEvent.longInterruption.rawValue else { continue }
        var length_ms: Int64 = 0
        for k in 0..<5 { length_ms |= Int64(record.parameter[3 + k]) << Int64(8 * k) }
        ends[count] = record.instant + .milliseconds(length_ms)
        lengths[count] = (length_ms + 500) / 1000
        count += 1
      }
    }
    writer.line(.electricity(99, 97))
    writer.number(Int64(count), digits: 1, decimals: 0)
    writer.code(.abstract(96, 7, 19))
    for k in 0..<count {
      let local = meter.legal.zone.localTime(at: ends[k])
      writer.time(local.civil, isSummer: local.isDaylightSaving)
      writer.number(lengths[k], digits: 10, decimals: 0, "s")
    }
    writer.end()
  }
}

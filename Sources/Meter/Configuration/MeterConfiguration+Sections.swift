import Bytes
import LegalMeter
import MeterTime

/// The sections that a meter holds at run time, as bytes and back.
extension MeterConfiguration {
  /// The longest section that `encode` writes: a zone with sixteen dated summers.
  static let longestSection = 160

  /// The layout in which this program writes a section.
  static func layout(of section: ConfigurationSection) -> UInt8 { 1 }

  /// Writes a section.
  ///
  /// - Returns: its bytes; nil where the configuration does not hold the section at run time.
  func encode(
    _ section: ConfigurationSection, into output: inout InlineArray<160, UInt8>
  ) -> Int? {
    var span = output.mutableSpan
    if section == .display {
      lists.encode(into: &span)
      span[DisplayLists.encodedBytes] = options.energyDigits.rawValue
      span[DisplayLists.encodedBytes + 1] = options.leadingZeros ? 1 : 0
      return DisplayLists.encodedBytes + 2
    }
    var writer = ByteWriter(span)
    do throws(BytesError) {
      switch section {
      case .type: try writer.littleEndian(variant.word)
      case .number:
        try writer.littleEndian(meterNumber)
        try writer.littleEndian(deliveredNumber)
      case .clock: try zone.encode(into: &writer)
      case .calibration, .display, .history: return nil
      }
    } catch {
      return nil
    }
    return writer.count
  }

  /// Takes a section, after it has been checked.
  ///
  /// A section that is read from the memory when it is needed is only checked.
  mutating func take(
    _ section: ConfigurationSection, layout: UInt8, _ bytes: Span<UInt8>
  ) throws(ConfigurationRefusal) {
    guard layout == Self.layout(of: section) else { throw .unknownLayout(section) }
    switch section {
    case .type:
      guard bytes.count == 4, CalibrationPart.word(bytes, 0) == variant.word else {
        throw .invalid(.type, at: 0)
      }
    case .calibration:
      guard CalibrationPart(bytes) != nil else { throw .invalid(.calibration, at: 0) }
    case .number: try takeNumber(bytes)
    case .display: try takeDisplay(bytes)
    case .clock: zone = try ZoneRules(decoding: bytes)
    case .history: guard bytes.count == 12 else { throw .unknownLayout(.history) }
    }
  }

  private mutating func takeNumber(_ bytes: Span<UInt8>) throws(ConfigurationRefusal) {
    guard bytes.count == 8 else { throw .unknownLayout(.number) }
    let (number, delivered) = (CalibrationPart.word(bytes, 0), CalibrationPart.word(bytes, 4))
    guard number <= 99_999_999, delivered <= 99_999_999 else { throw .invalid(.number, at: 0) }
    (meterNumber, deliveredNumber) = (number, delivered)
  }

  private mutating func takeDisplay(_ bytes: Span<UInt8>) throws(ConfigurationRefusal) {
    guard bytes.count == DisplayLists.encodedBytes + 2 else { throw .unknownLayout(.display) }
    guard let digits = DisplayOptions.EnergyDigits(rawValue: bytes[DisplayLists.encodedBytes])
    else { throw .invalid(.energyDigits, at: 0) }
    guard bytes[DisplayLists.encodedBytes + 1] <= 1 else { throw .invalid(.leadingZeros, at: 0) }
    let changed: DisplayLists
    do throws(DisplayListError) {
      changed = try DisplayLists(unchecked: bytes.extracting(0..<DisplayLists.encodedBytes))
    } catch {
      throw .unknownLayout(.display)
    }
    for kind in DisplayListKind.allCases {
      do throws(DisplayListError) {
        try changed.check(kind, displayRules)
      } catch {
        throw ConfigurationRefusal(error, in: kind)
      }
    }
    lists = changed
    options = DisplayOptions(
      energyDigits: digits, leadingZeros: bytes[DisplayLists.encodedBytes + 1] == 1)
  }

  /// What the display lists have to obey.
  public var displayRules: DisplayRules {
    DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)
  }
}

extension ZoneRules {
  private enum Mode: UInt8 { case off, europeanUnion, table }

  /// Zone in minutes; then off, the rule of the Union with its first year, or the table.
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(UInt16(bitPattern: zoneMinutes))
    if daylightSaving.followsDefaultRule {
      try writer.littleEndian(Mode.europeanUnion.rawValue)
      try writer.littleEndian(CivilDateTime(clamping: daylightSaving[0].begin).year)
    } else if daylightSaving.count == 0 {
      try writer.littleEndian(Mode.off.rawValue)
    } else {
      try writer.littleEndian(Mode.table.rawValue)
      try writer.littleEndian(daylightSaving.shiftMinutes)
      try writer.littleEndian(UInt8(daylightSaving.count))
      for k in 0..<daylightSaving.count {
        try writer.littleEndian(daylightSaving[k].beginMinutes)
        try writer.littleEndian(daylightSaving[k].endMinutes)
      }
    }
  }

  /// Reads what `encode` wrote.
  init(decoding bytes: Span<UInt8>) throws(ConfigurationRefusal) {
    var reader = ByteReader(bytes)
    guard let minutes = try? reader.littleEndian(UInt16.self) else {
      throw .invalid(.zone, at: 0)
    }
    guard let table = Self.table(&reader), reader.remaining == 0 else {
      throw .invalid(.daylightSaving, at: 0)
    }
    guard
      let zone = ZoneRules(zoneMinutes: Int16(bitPattern: minutes), daylightSaving: table)
    else { throw .invalid(.zone, at: 0) }
    self = zone
  }

  private static func table(_ reader: inout ByteReader) -> DaylightSavingTable? {
    guard let number = try? reader.littleEndian(UInt8.self), let mode = Mode(rawValue: number)
    else { return nil }
    switch mode {
    case .off: return .off
    case .europeanUnion:
      guard let year = try? reader.littleEndian(UInt16.self), year >= 2000, year <= 9984 else {
        return nil
      }
      return DaylightSavingTable(europeanUnionFrom: year)
    case .table:
      guard let shift = try? reader.littleEndian(UInt8.self),
        let count = try? reader.littleEndian(UInt8.self), count > 0, count <= 16
      else { return nil }
      var periods = InlineArray<16, DaylightSavingTable.Period>(
        repeating: .init(beginMinutes: 0, endMinutes: 0))
      for k in 0..<Int(count) {
        guard let begin = try? reader.littleEndian(UInt32.self),
          let end = try? reader.littleEndian(UInt32.self)
        else { return nil }
        periods[k] = .init(beginMinutes: begin, endMinutes: end)
      }
      return DaylightSavingTable(
        periods: periods.span.extracting(0..<Int(count)), shiftMinutes: shift)
    }
  }
}

import LegalMeter
import Meter
import MeterTime
import Quantities

extension ConfigurationPath {
  /// Why a field is not taken.
  struct Wrong: Error {}

  /// Takes the field from text.
  ///
  /// - Throws: `Wrong` for what `expectation` does not say; lists are checked as a whole later.
  func take(_ values: [String], into c: inout MeterConfiguration) throws(Wrong) {
    let text = values.count == 1 ? values[0] : ""
    switch self {
    case .type: try require(text == TypeString(c.variant).description)
    case .number: c.meterNumber = try number(text, 0...99_999_999)
    case .automatic: try takeList(values, .automatic, into: &c)
    case .manual: try takeList(values, .manual, into: &c)
    case .battery: try takeList(values, .battery, into: &c)
    case .energyFormat:
      try require(text == "7.0" || text == "6.1")
      c.options.energyDigits = text == "7.0" ? .sevenZero : .sixOne
    case .leadingZeros: c.options.leadingZeros = try bool(text)
    case .zone:
      let zone = ZoneRules(
        zoneMinutes: try number(text, -720...840), daylightSaving: c.zone.daylightSaving)
      guard let zone else { throw Wrong() }
      c.zone = zone
    case .daylightSaving: try takeSummers(values, into: &c)
    case .shift: try takeShift(text, into: &c)
    case .tariffInputs:
      let mode = TariffInputSettings.Mode.allCases.first { "\($0)" == text }
      guard let mode else { throw Wrong() }
      c.tariffInputs.mode = mode
    case .areInputsMirrored: c.tariffInputs.isInverted = try bool(text)
    case .period:
      let length = UInt8(text).flatMap { PeriodLength(rawValue: $0) }
      guard let length else { throw Wrong() }
      c.periods.length = length
    case .threshold: c.periods.threshold_mW = try milliwatts(text)
    case .billingReset: c.billing.reset = try recurrence(text)
    case .billingTime: c.billing.resetMinute = try minute(text)
    case .secondLogger: c.billing.secondLogger = try recurrence(text)
    }
  }

  private func require(_ isRight: Bool) throws(Wrong) { if !isRight { throw Wrong() } }

  private func number<N: FixedWidthInteger>(
    _ text: String, _ range: ClosedRange<N>
  ) throws(Wrong) -> N {
    guard let number = N(text), range.contains(number) else { throw Wrong() }
    return number
  }

  private func bool(_ text: String) throws(Wrong) -> Bool {
    guard text == "true" || text == "false" else { throw Wrong() }
    return text == "true"
  }

  private func recurrence(_ text: String) throws(Wrong) -> Recurrence {
    guard let recurrence = Recurrence(text: text) else { throw Wrong() }
    return recurrence
  }

  private func milliwatts(_ text: String) throws(Wrong) -> UInt32 {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = UInt32(parts[0]), whole <= 1000 else { throw Wrong() }
    var number = whole * 1_000_000
    if parts.count == 2 {
      guard (1...6).contains(parts[1].count), let rest = UInt32(parts[1]) else { throw Wrong() }
      number += (0..<(6 - parts[1].count)).reduce(rest) { value, _ in value * 10 }
    }
    try require(number <= 1_000_000_000)
    return number
  }

  private func minute(_ text: String) throws(Wrong) -> UInt16 {
    let parts = text.split(separator: ":").map { UInt16($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], hour < 24, minute < 60
    else { throw Wrong() }
    return hour * 60 + minute
  }

  private func takeList(
    _ values: [String], _ kind: DisplayListKind, into c: inout MeterConfiguration
  ) throws(Wrong) {
    let numbers = values.compactMap { QuantityNames.quantity($0)?.rawValue }
    guard numbers.count == values.count else { throw Wrong() }
    do throws(DisplayListError) {
      try c.lists.replace(kind, with: numbers.span, rules: c.displayRules)
    } catch {
      throw Wrong()
    }
  }

  private func takeSummers(
    _ values: [String], into c: inout MeterConfiguration
  ) throws(Wrong) {
    let words = values.first?.split(separator: " ").map(String.init) ?? []
    if values == ["off"] {
      c.zone.daylightSaving = .off
    } else if values.count == 1, words.count == 3, words[0] == "eu", words[1] == "from" {
      c.zone.daylightSaving = DaylightSavingTable(
        europeanUnionFrom: try number(words[2], 2000...9984))
    } else {
      try setTable(try values.map(period), c.zone.daylightSaving.shiftMinutes, &c)
    }
  }

  private func takeShift(_ text: String, into c: inout MeterConfiguration) throws(Wrong) {
    let shift: UInt8 = try number(text, 1...120)
    let table = c.zone.daylightSaving
    guard shift != table.shiftMinutes else { return }
    try setTable((0..<table.count).map { table[$0] }, shift, &c)
  }

  private func setTable(
    _ periods: [DaylightSavingTable.Period], _ shift: UInt8, _ c: inout MeterConfiguration
  ) throws(Wrong) {
    guard let table = DaylightSavingTable(periods: periods.span, shiftMinutes: shift) else {
      throw Wrong()
    }
    c.zone.daylightSaving = table
  }

  private func period(_ text: String) throws(Wrong) -> DaylightSavingTable.Period {
    let ends = text.split(separator: "/").map { ISOTime.instant(String($0)) }
    guard ends.count == 2, let begin = ends[0], let end = ends[1],
      let first = UInt32(exactly: begin.seconds / 60), let last = UInt32(exactly: end.seconds / 60)
    else { throw Wrong() }
    return DaylightSavingTable.Period(beginMinutes: first, endMinutes: last)
  }
}

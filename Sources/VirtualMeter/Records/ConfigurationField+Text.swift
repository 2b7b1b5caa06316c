import LegalMeter
import Meter
import MeterTime
import Quantities

/// One field of a meter's configuration as people write it.
public struct ConfigurationText: Equatable, Sendable {
  /// Place in the document, such as `display.manual`.
  public var path: String
  /// One value, or several.
  public var values: [String]
  public var isList: Bool
}

/// A difference between two configurations.
public struct ConfigurationDifference: Equatable, Sendable {
  public var path: String
  public var old: String
  public var new: String
}

/// The fields of a configuration by their paths: how they are told and how they are taken.
enum ConfigurationPath: String, CaseIterable {
  case type = "meter.type"
  case number = "meter.number"
  case automatic = "display.automatic"
  case manual = "display.manual"
  case battery = "display.battery"
  case energyFormat = "display.energy-format"
  case leadingZeros = "display.leading-zeros"
  case zone = "clock.zone"
  case daylightSaving = "clock.daylight-saving"
  case shift = "clock.shift"
  case tariffInputs = "inputs.tariff"
  case areInputsMirrored = "inputs.tariff-mirrored"
  case period = "records.period"
  case threshold = "records.power-threshold"
  case billingReset = "billing.reset"
  case billingTime = "billing.time"
  case secondLogger = "billing.second-logger"

  var isList: Bool { self == .automatic || self == .manual || self == .battery }

  /// What can be written.
  var expectation: String {
    switch self {
    case .type: "the type that the meter has; it cannot be changed"
    case .number: "a whole number of at most eight digits"
    case .automatic: "1 to 16 names of quantities"
    case .manual: "at most 30 names of quantities, all legal views among them, none twice"
    case .battery: "at most 8 names of quantities, none twice; none without a battery"
    case .energyFormat: "7.0 or 6.1"
    case .leadingZeros, .areInputsMirrored: "true or false"
    case .zone: "minutes from -720 to 840"
    case .daylightSaving:
      "off, eu from YEAR, or up to 16 summers BEGIN/END in ISO 8601 in ascending order"
    case .shift: "minutes from 1 to 120"
    case .tariffInputs: "off, two or four"
    case .period: "5, 15, 30 or 60"
    case .threshold: "kW from 0 to 1000, at most six decimals"
    case .billingReset, .secondLogger:
      "never, days N, weekly WEEKDAY, or monthly DAY with numbers of months behind it if not all"
    case .billingTime: "a time of day such as 00:00"
    }
  }

  /// The field as text.
  func values(of c: MeterConfiguration) -> [String] {
    switch self {
    case .type: [TypeString(c.variant).description]
    case .number: [String(c.meterNumber)]
    case .automatic: Self.names(c.lists, .automatic)
    case .manual: Self.names(c.lists, .manual)
    case .battery: Self.names(c.lists, .battery)
    case .energyFormat: [c.options.energyDigits == .sevenZero ? "7.0" : "6.1"]
    case .leadingZeros: ["\(c.options.leadingZeros)"]
    case .zone: ["\(c.zone.zoneMinutes)"]
    case .daylightSaving: Self.summers(c.zone.daylightSaving)
    case .shift: ["\(c.zone.daylightSaving.shiftMinutes)"]
    case .tariffInputs: ["\(c.tariffInputs.mode)"]
    case .areInputsMirrored: ["\(c.tariffInputs.isInverted)"]
    case .period: ["\(c.periods.length.minutes)"]
    case .threshold: [Self.kilowatts(c.periods.threshold_mW)]
    case .billingReset: [c.billing.reset.text]
    case .billingTime: [Self.clock(c.billing.resetMinute)]
    case .secondLogger: [c.billing.secondLogger.text]
    }
  }

  private static func names(_ lists: DisplayLists, _ kind: DisplayListKind) -> [String] {
    (0..<lists.count(kind)).compactMap { lists.view(kind, at: $0) }.map(QuantityNames.name)
  }

  private static func summers(_ table: DaylightSavingTable) -> [String] {
    if table.followsDefaultRule {
      return ["eu from \(CivilDateTime(clamping: table[0].begin).year)"]
    }
    if table.count == 0 { return ["off"] }
    return (0..<table.count).map {
      ISOTime.text(table[$0].begin) + "/" + ISOTime.text(table[$0].end)
    }
  }

  private static func kilowatts(_ milliwatts: UInt32) -> String {
    var text = Decimals.text(Int128(milliwatts), decimals: 6)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  private static func clock(_ minute: UInt16) -> String {
    let (hours, minutes) = (minute / 60, minute % 60)
    return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
  }
}

extension Recurrence {
  /// As it is written: `monthly 1`, `weekly monday`, `days 1`, `never`.
  var text: String {
    switch self {
    case .never: "never"
    case .days(let count): "days \(count)"
    case .weekly(let weekday): "weekly \(weekday)"
    case .monthly(let day, let months):
      "monthly \(day)"
        + (months == 0xFFF
          ? ""
          : (0..<12).filter { months >> UInt16($0) & 1 != 0 }.map { " \($0 + 1)" }.joined())
    }
  }

  /// Nil for what is none.
  init?(text: String) {
    let words = text.lowercased().split(separator: " ").map(String.init)
    switch (words.first, words.count) {
    case ("never", 1): self = .never
    case ("days", 2):
      guard let count = UInt16(words[1]) else { return nil }
      self = .days(count)
    case ("weekly", 2):
      guard let day = Weekday.allCases.first(where: { "\($0)" == words[1] }) else { return nil }
      self = .weekly(day)
    case ("monthly", 2...):
      guard let day = UInt8(words[1]) else { return nil }
      var months: UInt16 = words.count == 2 ? 0xFFF : 0
      for word in words.dropFirst(2) {
        guard let month = UInt16(word), (1...12).contains(month) else { return nil }
        months |= 1 << (month - 1)
      }
      self = .monthly(day: day, months: months)
    default: return nil
    }
    guard isValid else { return nil }
  }
}

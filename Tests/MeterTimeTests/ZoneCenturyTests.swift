import Foundation
import Testing

@testable import MeterTime

/// Daylight saving of the zones of the world over a hundred years, against the system's own
/// time zone data.
///
/// Laws are expressed as meters are told them: a fixed zone and dated summers, up to sixteen in a
/// table. `make test` takes a sample; with `KVADRANT_ZONES=all` all zones are tested, and
/// `KVADRANT_FIGURES` names a file for the figures.
@Suite struct ZoneCenturyTests {
  static let zones = [
    "Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham",
    "Africa/Casablanca", "Antarctica/Troll", "America/Santiago", "Asia/Kathmandu",
    // The rest is for the campaign.
    "Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Dublin", "Europe/Lisbon",
    "Europe/Madrid", "Europe/Rome", "Europe/Athens", "Europe/Helsinki", "Europe/Bucharest",
    "Europe/Warsaw", "Europe/Kyiv", "Europe/Chisinau", "Atlantic/Azores", "Atlantic/Canary",
    "Atlantic/Faroe", "America/Nuuk", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "America/Halifax", "America/St_Johns", "America/Havana",
    "America/Port-au-Prince", "America/Nassau", "Atlantic/Bermuda", "America/Tijuana",
    "Pacific/Easter", "Australia/Sydney", "Australia/Adelaide", "Australia/Melbourne",
    "Australia/Hobart", "Pacific/Norfolk", "Pacific/Auckland", "Asia/Jerusalem", "Asia/Beirut",
    "Africa/Cairo", "Africa/El_Aaiun", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata",
    "Australia/Darwin",
  ]
  static let isWhole = ProcessInfo.processInfo.environment["KVADRANT_ZONES"] == "all"
  static let first = Instant(seconds: seconds(year: 2026))
  static let last = Instant(seconds: seconds(year: 2126))

  static func seconds(year: UInt16) -> Int64 {
    CivilDateTime(year: year, month: 1, day: 1)?.seconds ?? 0
  }

  /// What the system says: local time minus UTC, seconds.
  static func offset(_ zone: TimeZone, _ instant: Instant) -> Int {
    let date = Date(timeIntervalSinceReferenceDate: Double(instant.seconds) - 31_622_400)
    return zone.secondsFromGMT(for: date)
  }

  /// The instants at which the offset changes, to the second.
  static func transitions(_ zone: TimeZone) -> [Instant] {
    var found: [Instant] = []
    var before = first
    while before < last {
      let after = before + .days(1)
      if offset(zone, before) != offset(zone, after) {
        var (low, high) = (before.seconds, after.seconds)
        while high - low > 1 {
          let middle = (low + high) / 2
          if offset(zone, Instant(seconds: middle)) == offset(zone, before) {
            low = middle
          } else {
            high = middle
          }
        }
        found.append(Instant(seconds: high))
      }
      before = after
    }
    return found
  }

  @Test(
    "a hundred years of a zone, table by table", arguments: isWhole ? zones : Array(zones[..<8]))
  func century(name: String) throws {
    let zone = try #require(TimeZone(identifier: name), "\(name) is not in the system's data")
    let transitions = Self.transitions(zone)
    let standard = ([Self.first] + transitions).map { Self.offset(zone, $0) }.min() ?? 0
    let shift = (([Self.first] + transitions).map { Self.offset(zone, $0) }.max() ?? 0) - standard
    // The summers as pairs; the first or the last may be open.
    var summers: [(Instant, Instant)] = []
    var begin: Instant? = Self.offset(zone, Self.first) > standard ? Self.first : nil
    for at in transitions {
      if Self.offset(zone, at) > standard {
        begin = at
      } else if let open = begin {
        summers.append((open, at))
        begin = nil
      }
    }
    if let open = begin { summers.append((open, Self.last)) }
    var checked = 0
    var from = Self.first
    while from < Self.last {
      let table = summers.filter { $0.1 > from }.prefix(16)
      let to = table.count < 16 ? Self.last : table[table.endIndex - 1].1
      checked += try check(zone, Array(table), standard: standard, shift: shift, from, to)
      from = to + .minutes(1)
    }
    // A zone without summers has nothing but the instants by chance.
    #expect(checked >= 400 + 40 * transitions.count)
    Self.note(name, transitions: transitions.count, instants: checked)
  }

  /// Compares one table with the system between two instants; returns how many were compared.
  private func check(
    _ zone: TimeZone, _ summers: [(Instant, Instant)], standard: Int, shift: Int, _ from: Instant,
    _ to: Instant
  ) throws -> Int {
    let periods = summers.map {
      DaylightSavingTable.Period(
        beginMinutes: UInt32($0.0.seconds / 60), endMinutes: UInt32($0.1.seconds / 60))
    }
    let table =
      periods.isEmpty
      ? .off : try #require(DaylightSavingTable(periods: periods, shiftMinutes: UInt8(shift / 60)))
    let rules = try #require(
      ZoneRules(zoneMinutes: Int16(standard / 60), daylightSaving: table))
    var instants: [Instant] = []
    for (begin, end) in summers {
      for edge in [begin, end] {
        for minutes in stride(from: Int64(-150), through: 150, by: 15) {
          instants += [edge + .minutes(minutes), edge + .minutes(minutes) - .seconds(1)]
        }
      }
    }
    var random = SplitMix64(seed: UInt64(bitPattern: from.seconds))
    let span = UInt64(max(1, (to - from).wholeSeconds))
    for _ in 0..<400 { instants.append(from + .seconds(Int64(random.next() % span))) }
    var count = 0
    for instant in instants where instant >= from && instant < to {
      let local = rules.localTime(at: instant)
      if Int(local.offsetMinutes) * 60 != Self.offset(zone, instant) {
        Issue.record("\(zone.identifier) at \(instant): \(local.offsetMinutes) minutes")
      }
      if rules.instant(ofLocalTime: local.civil, fold: local.isFold).seconds != instant.seconds {
        Issue.record("\(zone.identifier): \(local.civil) does not lead back to \(instant)")
      }
      count += 1
    }
    return count
  }

  /// The default rule needs no table from outside: it must be what the members have, as long as
  /// their law stands.
  @Test(arguments: ["Europe/Copenhagen", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"])
  func europeanUnion(name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    var rules = ZoneRules(centralEuropeanFrom: 2026)
    for at in Self.transitions(zone) {
      rules.daylightSaving.roll(to: at)
      for near in [at - .seconds(1), at] {
        #expect(Int(rules.localTime(at: near).offsetMinutes) * 60 == Self.offset(zone, near))
      }
    }
  }

  private static func note(_ name: String, transitions: Int, instants: Int) {
    guard let path = ProcessInfo.processInfo.environment["KVADRANT_FIGURES"] else { return }
    let line = "\(name) \(transitions) \(instants)\n"
    guard let file = fopen(path, "a") else { return }
    fputs(line, file)
    fclose(file)
  }
}

import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Where reading a load profile goes on, and in which of its generations: it may be erased.
public struct ProfileBookmark: Sendable {
  var place: ProfilePlace
  /// Another generation is another profile.
  public let generation: UInt16
}

/// A run of intervals out of a meter's load profile, for whoever keeps a copy of it.
public struct ProfileBlock: Sendable {
  public var rows: [ProfileInterval]
  /// Where reading goes on.
  public var bookmark: ProfileBookmark
  /// Nothing more could be read.
  public var isLast: Bool
  /// Length of an interval.
  public var minutes: Int
  /// Kinds of energy that are kept.
  public var kinds: [EnergyKind]
}

extension MeterRun {
  /// Intervals from a place on, the oldest for nil or a place in a profile that was erased since.
  func profileBlock(after bookmark: ProfileBookmark?, limit: Int) -> ProfileBlock {
    let layout = meter.legal.profileLayout
    let present = meter.legal.profileGeneration
    var cursor =
      if let bookmark, bookmark.generation == present {
        meter.legal.intervals(at: bookmark.place, false, memory)
      } else {
        meter.legal.intervals(memory: memory)
      }
    var rows: [ProfileInterval] = []
    while rows.count < limit, let row = meter.legal.nextInterval(&cursor, memory: memory) {
      rows.append(row)
    }
    return ProfileBlock(
      rows: rows, bookmark: ProfileBookmark(place: cursor.place, generation: present),
      isLast: rows.count < limit, minutes: Int(layout.minutes),
      kinds: EnergyKind.allCases.filter { layout.channels >> $0.rawValue & 1 != 0 })
  }

  /// Closed billing periods as a table.
  var billingTable: RecordTable {
    .billing(
      meter.billingRecords(memory: memory), type: meter.configuration.variant.energyType,
      zone: meter.legal.zone)
  }

  /// The second logger as a table.
  var secondLoggerTable: RecordTable {
    .secondLogger(
      meter.secondLoggerRecords(memory: memory), type: meter.configuration.variant.energyType,
      zone: meter.legal.zone)
  }

  /// Maxima with their stamps, cumulative and lifetime values, as the glass shows them.
  var maximaTable: RecordTable {
    let columns = [
      ("obis", false), ("name", false), ("value", true), ("unit", false), ("at", false),
    ]
    var rows: [[String]] = []
    for quantity in QuantityID.allCases {
      var at = ""
      switch quantity.meaning {
      case .extremeDemand:
        let offset =
          QuantityID.maximumActiveImportTime.rawValue
          - QuantityID.maximumActiveImport.rawValue
        let stamps = [offset, offset + 8].compactMap {
          QuantityID(rawValue: quantity.rawValue + $0).flatMap { meter.reading($0) }
        }
        if stamps.count == 2 { at = Self.stamp(date: stamps[1], time: stamps[0]) }
      case .demand, .lastDemand, .cumulativeMaximum: break
      default: continue
      }
      guard let value = meter.reading(quantity) else { continue }
      rows.append([
        QuantityNames.obis(quantity), QuantityNames.name(quantity),
        Decimals.text(Int128(value), decimals: 6), quantity.row.unit == .watt ? "kW" : "kvar", at,
      ])
    }
    return RecordTable(
      columns: columns.map { RecordTable.Column(name: $0.0, isNumber: $0.1) }, rows: rows)
  }

  /// `2026-07-01 14:30:00` in standard time.
  private static func stamp(date: Int64, time: Int64) -> String {
    func two(_ n: Int64) -> String { (n < 10 ? "0" : "") + String(n) }
    return "20\(two(date / 10_000))-\(two(date / 100 % 100))-\(two(date % 100)) "
      + "\(two(time / 10_000)):\(two(time / 100 % 100)):\(two(time % 100))"
  }

  /// The tariff plan in force and the one that waits, and who decides; nil texts for none.
  var tariffState: JSONValue {
    let active = meter.legal.tariffPlan(now: now, memory: memory)
    let passive = meter.legal.passiveTariffPlan(now: now, memory: memory)
    return .object([
      ("tariff", .integer(Int(meter.legal.tariff.rawValue) + 1)),
      ("source", .string("\(meter.legal.tariffSource)")),
      ("plan", active.map { $0.json } ?? .null), ("passive", passive.map { $0.plan.json } ?? .null),
      (
        "activation",
        passive.map { .string(ISOTime.localText($0.activation, meter.legal.zone)) } ?? .null
      ),
    ])
  }
}

extension TariffPlan {
  /// Seasons, kinds of days and their changes, exception days.
  public var json: JSONValue {
    func two(_ n: UInt16) -> String { (n < 10 ? "0" : "") + String(n) }
    var seasons: [(key: String, value: JSONValue)] = []
    for season in Season.allCases {
      let (month, day) = start(of: season)
      var members: [(key: String, value: JSONValue)] = [
        ("from", .string("\(two(UInt16(month)))-\(two(UInt16(day)))"))
      ]
      for kind in DayKind.allCases {
        let schedule = schedule(season, kind)
        let changes = (0..<schedule.count).map { n -> JSONValue in
          let (minute, tariff) = schedule[n]
          return .object([
            ("from", .string("\(two(minute / 60)):\(two(minute % 60))")),
            ("tariff", .integer(Int(tariff.rawValue) + 1)),
          ])
        }
        members.append(("\(kind)", .array(changes)))
      }
      seasons.append(("\(season)", .object(members)))
    }
    let days = (0..<exceptionCount).map { n -> JSONValue in
      let day = exception(n)
      if let (month, date) = day.everyYear {
        return .string("\(two(UInt16(month)))-\(two(UInt16(date)))")
      }
      guard let date = day.date else { return .null }
      return .string("\(date.year)-\(two(UInt16(date.month)))-\(two(UInt16(date.day)))")
    }
    return .object([
      ("number", .integer(number)), ("working_days", .integer(workingDays)),
      ("seasons", .object(seasons)), ("exceptions", .array(days)),
    ])
  }
}

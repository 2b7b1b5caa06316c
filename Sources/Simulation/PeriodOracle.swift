import LegalMeter
import MeterTime
import Metrology
import Quantities

/// What registers and load profile should hold, worked out apart from the meter: energy is power
/// times time, and a period is what lies between two marks of the meter's clock.
struct PeriodOracle {
  struct Row: Equatable {
    var number: Int64
    var status: UInt8
    /// 0.1 Wh.
    var values: [Int64]
  }

  /// The open period.
  struct Open {
    var number: Int64
    var status: PeriodStatus
    /// Registers at its start, mWh; nil where a torn program leaves open which they were.
    var start: [Int64]?
    var measured_s: Int64 = 0
    var tariff: Tariff
  }

  let kinds: [EnergyKind]
  let zone_s: Int64
  var length_s: Int64
  /// Meter's time minus owner's time, seconds.
  var offset_s: Int64 = 0
  var tariff = Tariff.t1
  /// µWs by kind.
  var energy: [Int64] = [0, 0, 0, 0]
  /// What the rows so far have told, 0.1 Wh.
  var told: [Int64] = [0, 0, 0, 0]
  var open: Open
  var rows: [Row] = []
  var closed = 0
  // Maxima: of periods that surely count, and of those of which only the meter knows.
  var sure: [Int64] = [0, 0, 0, 0]
  var unsure: [[ClosedRange<Int64>]] = [[], [], [], []]
  var sureByTariff: [Int64] = [0, 0, 0, 0]
  var above = 0
  var unsureAbove = 0
  let threshold_mW: Int64

  init(kinds: [EnergyKind], zone_s: Int64, length_s: Int64, threshold_mW: Int64, now_s: Int64) {
    self.kinds = kinds
    self.zone_s = zone_s
    self.length_s = length_s
    self.threshold_mW = threshold_mW
    open = Open(
      number: (now_s + zone_s) / length_s, status: [.powerDown], start: [0, 0, 0, 0], tariff: .t1)
  }

  /// mWh.
  func register(_ kind: EnergyKind) -> Int64 { energy[kind.index] / 3_600_000 }
  var registers: [Int64] { EnergyKind.allCases.map { register($0) } }

  func number(at now_s: Int64) -> Int64 { (now_s + offset_s + zone_s) / length_s }
  private var end_s: Int64 { (open.number + 1) * length_s - zone_s - offset_s }

  /// Lets a load flow; periods close on the way.
  mutating func advance(_ load: ConstantLoad, from: Int64, to: Int64) {
    var at = from
    while end_s <= to {
      let end = max(end_s, at)
      flow(load, end - at)
      at = end
      close(at, next: max(open.number + 1, number(at: at)), [])
    }
    flow(load, to - at)
  }

  private mutating func flow(_ load: ConstantLoad, _ seconds: Int64) {
    open.measured_s += seconds
    for k in 0..<3 {
      let (p, q) = (Int64(load.active_mW[k]) * 1000, Int64(load.reactive_mvar[k]) * 1000)
      add(.activeImport, max(p, 0) * seconds)
      add(.activeExport, max(-p, 0) * seconds)
      add(.reactiveImport, max(q, 0) * seconds)
      add(.reactiveExport, max(-q, 0) * seconds)
    }
  }

  private mutating func add(_ kind: EnergyKind, _ value: Int64) {
    if kinds.contains(kind) { energy[kind.index] += value }
  }

  /// Closes the open period and opens another.
  mutating func close(_ now_s: Int64, next: Int64, _ status: PeriodStatus) {
    var row = Row(number: open.number, status: open.status.rawValue, values: [0, 0, 0, 0])
    if Self.isSummer((open.number + 1) * length_s - zone_s - 1) {
      row.status |= PeriodStatus.daylightSaving.rawValue
    }
    for kind in kinds {
      let k = kind.index
      row.values[k] = register(kind) / 100 - told[k]
      told[k] += row.values[k]
    }
    rows.append(row)
    closed += 1
    count(row)
    open = Open(number: next, status: status, start: registers, tariff: tariff)
  }

  private mutating func count(_ row: Row) {
    guard let start = open.start, !open.status.contains(.powerDown) else {
      return countUnsure(row)
    }
    guard open.measured_s * 10 >= length_s * 9 else { return }
    for k in 0..<4 {
      let power = (energy[k] / 3_600_000 - start[k]) * 3600 / max(length_s, open.measured_s)
      sure[k] = max(sure[k], power)
      guard k == 0 else { continue }
      sureByTariff[open.tariff.index] = max(sureByTariff[open.tariff.index], power)
      if power > threshold_mW { above += 1 }
    }
  }

  /// A period of which only the meter knows how much of it was measured.
  mutating func countUnsure(_ row: Row) {
    unsureAbove += 1
    for k in 0..<4 {
      let value = max(2, row.values[k])
      unsure[k].append((value - 2) * 360_000 / length_s...(value + 2) * 360_000 / length_s)
    }
  }

  /// The maxima start anew.
  mutating func clearMaxima() {
    sure = [0, 0, 0, 0]
    sureByTariff = [0, 0, 0, 0]
    unsure = [[], [], [], []]
  }

  // MARK: what happens to a meter

  /// The supply was away, and these registers have come back.
  mutating func restart(_ registers: [Int64], now_s: Int64) {
    for k in 0..<4 { energy[k] = registers[k] * 3_600_000 }
    open.status.insert(.powerDown)
    let present = number(at: now_s)
    if present != open.number { close(now_s, next: present, [.powerDown]) }
  }

  /// The clock was set by some seconds.
  mutating func setClock(by step_s: Int64, now_s: Int64) {
    offset_s += step_s
    guard abs(step_s) > 10 else { return }
    open.status.insert(.clockAdjusted)
    let present = number(at: now_s)
    if present != open.number { close(now_s, next: present, [.clockAdjusted]) }
  }

  /// Another length of the periods: the profile starts anew.
  mutating func change(length_s: Int64, now_s: Int64) {
    self.length_s = length_s
    rows = []
    for k in 0..<4 { told[k] = energy[k] / 3_600_000 / 100 }
    open = Open(number: number(at: now_s), status: [.notValid], start: registers, tariff: tariff)
  }

  /// The rule of the European Union: last Sunday of March to last Sunday of October, 01:00 UTC.
  static func isSummer(_ utc_s: Int64) -> Bool {
    let year = CivilDateTime(clampingSeconds: utc_s).year
    return utc_s >= lastSunday(year, 3) && utc_s < lastSunday(year, 10)
  }

  /// 2000-01-02 was a Sunday.
  private static func lastSunday(_ year: UInt16, _ month: UInt8) -> Int64 {
    guard let date = CivilDate(year: year, month: month, day: 31) else { return 0 }
    let day = Int64(date.dayNumber)
    return (day - (day - 1) % 7) * 86_400 + 3600
  }
}

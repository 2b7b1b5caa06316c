import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// Years of one meter in the energy model, with outages, torn programs, clock sets, tariff commands
/// and other lengths of period, all from a seed; after each piece of load the meter is compared
/// with an oracle.
public struct YearSimulation: ~Copyable {
  private var meter: Meter
  private var memory: FaultyMemory
  private let configuration: MeterConfiguration
  private var random: SplitMix64
  private var household: HouseholdLoad
  private var oracle: PeriodOracle
  private var report = SimulationReport()
  /// Owner's time, whole seconds; the clock of the owner is UTC.
  private var now_s: Int64
  /// Registers that were safe before the present piece, mWh.
  private var shown: [Int64] = [0, 0, 0, 0]

  private static let threshold_mW: UInt32 = 3_000_000
  private static let start = Instant(utc: CivilDateTime(clampingSeconds: 24 * 365 * 86_400))

  /// A new meter; the seed chooses energy type and length of the periods too.
  public static func make(seed: UInt64) throws -> YearSimulation {
    var random = SplitMix64(seed: seed)
    let household = HouseholdLoad(seed: random.next())
    var request = VariantRequest()
    request.energyType = EnergyType.allCases[random.below(3)]
    let variant = try MeterVariant(request)
    var configuration = MeterConfiguration(
      variant: variant, meterNumber: 10_000_001,
      lists: .factory(
        DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)),
      options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2024),
      softwareRevision: 0x01_00_00)
    let length = PeriodLength.allCases[random.below(4)]
    configuration.periods = PeriodSettings(length: length, threshold_mW: threshold_mW)
    // Billing periods end by command only: the oracle has no calendar.
    configuration.billing.reset = .never
    var memory = FaultyMemory(seed: random.next())
    var meter = Meter(configuration, .bench)
    _ = try meter.start(now: Self.start, chip: .hasRun, memory: &memory)
    let energies = variant.energyType
    let oracle = PeriodOracle(
      kinds: EnergyKind.allCases.filter { energies.registers($0) }, zone_s: 3600,
      length_s: length.seconds, threshold_mW: Int64(threshold_mW), now_s: Self.start.seconds)
    return YearSimulation(
      meter: meter, memory: memory, configuration: configuration, random: random,
      household: household, oracle: oracle)
  }

  private init(
    meter: consuming Meter, memory: consuming FaultyMemory, configuration: MeterConfiguration,
    random: SplitMix64, household: HouseholdLoad, oracle: PeriodOracle
  ) {
    self.meter = meter
    self.memory = memory
    self.configuration = configuration
    self.random = random
    self.household = household
    self.oracle = oracle
    now_s = Self.start.seconds
  }

  private var now: Instant { Instant(seconds: now_s) }

  /// Runs a number of years and says what happened.
  public mutating func run(years: Int) throws -> SimulationReport {
    let closedBefore = oracle.closed
    for _ in 0..<years {
      for _ in 0..<12 {
        let end = now_s + 365 * 86_400 / 12
        while now_s < end {
          piece()
          try mishap()
        }
        compareProfile()
        compareDemand()
        resetBilling()
      }
      report.meterYears += 1
    }
    report.intervals += oracle.closed - closedBefore
    return report
  }

  // MARK: load

  private mutating func piece() {
    let load = household.next(at: now_s + 3600)
    let until = now_s + household.length()
    if PeriodOracle.isSummer(now_s) != PeriodOracle.isSummer(until) { report.folds += 1 }
    oracle.advance(load, from: now_s, to: until)
    let reached = meter.advance(to: Instant(seconds: until), with: load, memory: &memory)
    if reached.seconds != until { note("the memory kept the model waiting") }
    now_s = until
    compareRegisters()
  }

  private mutating func compareRegisters() {
    for kind in EnergyKind.allCases {
      let total = Int64(meter.legal.registers[.total(kind)])
      let wanted = oracle.register(kind)
      if total != wanted { note("\(kind) is \(total) mWh, not \(wanted)") }
      let committed = Int64(meter.legal.registers.committed(.total(kind)))
      if committed < shown[kind.index] || committed > total { note("\(kind) was shown otherwise") }
      shown[kind.index] = committed
      var sum: UInt64 = 0
      for tariff in Tariff.allCases { sum &+= meter.legal.registers[.tariff(kind, tariff)] }
      if sum != UInt64(total) { note("tariffs of \(kind) add up to \(sum) mWh, not \(total)") }
    }
  }

  // MARK: what may happen

  private mutating func mishap() throws {
    switch random.below(400) {
    case 0..<3: try cleanOutage()
    case 3..<5: try tornOutage()
    case 5..<7: setClock()
    case 7..<12:
      let tariff = Tariff.allCases[random.below(4)]
      if tariff != oracle.tariff { report.tariffChanges += 1 }
      meter.legal.choose(tariff, now: now)
      oracle.tariff = tariff
      _ = meter.service(now: now, memory: &memory)
    case 12 where random.below(40) == 0: try changeLength()
    default: break
    }
  }

  /// Another length of the periods, as a port would ask for it.
  private mutating func changeLength() throws {
    let length = PeriodLength.allCases[random.below(4)]
    guard length != meter.legal.periodSettings.length else { return }
    let section: [UInt8] =
      [ConfigurationSection.periods.rawValue, 1, 5, 0, length.rawValue]
      + (0..<4).map { UInt8(truncatingIfNeeded: Self.threshold_mW >> UInt32(8 * $0)) }
    var progress = ConfigurationProgress.busy
    for _ in 0..<100 where progress == .busy {
      progress = try meter.configure(section.span, through: .module, now: now, memory: &memory)
      _ = meter.service(now: now, memory: &memory)
    }
    if progress != .committed { note("another length was not taken: \(progress)") }
    oracle.change(length_s: length.seconds, now_s: now_s)
    report.lengthChanges += 1
  }

  private mutating func outageLength() -> Int64 {
    1 + Int64(random.below([60, 3_600, 40_000, 300_000][random.below(4)]))
  }

  private mutating func restart() throws {
    memory.restorePower()
    meter = Meter(configuration, .bench)
    _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
  }

  /// At a moment at which everything is in the memory but for what is below a watt-hour.
  private mutating func cleanOutage() throws {
    report.outages += 1
    now_s += outageLength()
    let before = oracle.registers
    try restart()
    takeRegisters(atMost: before, lost: 1000)
    oracle.restart(registers(), now_s: now_s)
    _ = meter.service(now: now, memory: &memory)
  }

  private func registers() -> [Int64] {
    EnergyKind.allCases.map { Int64(meter.legal.registers[.total($0)]) }
  }

  private mutating func takeRegisters(atMost limit: [Int64], lost: Int64) {
    let found = registers()
    for k in 0..<4 where found[k] < shown[k] || found[k] > limit[k] || found[k] < limit[k] - lost {
      note("after the outage \(found[k]) mWh, shown were \(shown[k]), metered \(limit[k])")
    }
    shown = found
  }

  /// In the middle of a program, somewhere in a piece of load.
  private mutating func tornOutage() throws {
    let start_s = now_s
    var later = oracle
    let load = household.next(at: now_s + 3600)
    let until = now_s + 1 + Int64(random.below(Int(2 * oracle.length_s)))
    memory.cut(afterBytes: random.below(2_500), shape: TearShape.allCases[random.below(7)])
    later.advance(load, from: now_s, to: until)
    meter.advance(to: Instant(seconds: until), with: load, memory: &memory)
    if memory.isPowered {
      // The piece was too short for it.
      memory.restorePower()
      oracle = later
      now_s = until
      compareRegisters()
      return try cleanOutage()
    }
    report.tornPrograms += 1
    now_s = until + outageLength()
    try restart()
    takeRegisters(atMost: later.registers, lost: .max)
    let settled = meter.service(now: now, memory: &memory)
    if !settled { note("the memory kept the start waiting") }
    adoptRows(after: start_s)
  }

  /// Which periods a torn program has left is the meter's to say: each of the piece once, in
  /// order, adding up to the registers.
  private mutating func adoptRows(after start_s: Int64) {
    let found = registers()
    var rows = readRows(from: meter.legal.intervalCount - 40)
    // The rows that were there before end in one that the oracle knows.
    let known = oracle.rows.suffix(rows.count)
    var overlap = min(known.count, rows.count)
    while overlap > 0 && Array(rows.prefix(overlap)) != Array(known.suffix(overlap)) {
      overlap -= 1
    }
    if overlap == 0 && !oracle.rows.isEmpty { note("rows are lost after a torn program") }
    rows.removeFirst(overlap)
    let present = oracle.number(at: now_s)
    var number = oracle.open.number
    for row in rows {
      if row.number != number { note("period \(row.number) follows instead of \(number)") }
      number += 1
      for k in 0..<4 { oracle.told[k] += row.values[k] }
      oracle.rows.append(row)
      oracle.closed += 1
      oracle.countUnsure(row)
    }
    for kind in oracle.kinds where oracle.told[kind.index] * 100 > found[kind.index] {
      note("rows tell more than the register of \(kind)")
    }
    for k in 0..<4 { oracle.energy[k] = found[k] * 3_600_000 }
    // A clock that was set in the same period stays set.
    let isSameAdjusted =
      oracle.open.number == present && oracle.open.status.contains(.clockAdjusted)
    oracle.open = PeriodOracle.Open(
      number: present, status: isSameAdjusted ? [.powerDown, .clockAdjusted] : [.powerDown],
      start: nil, tariff: oracle.tariff)
  }

  private mutating func setClock() {
    let limit = [5, 10, 900, 7_200, 100_000][random.below(5)]
    let step = Int64(random.below(2 * limit + 1) - limit)
    guard step != 0 else { return }
    let wanted = meter.legal.time(at: now) + .seconds(step)
    do {
      _ = try meter.legal.setClock(to: wanted, by: .service, now: now)
    } catch { return note("the clock was refused: \(error)") }
    report.clockSets += 1
    oracle.setClock(by: step, now_s: now_s)
    _ = meter.service(now: now, memory: &memory)
  }

  // MARK: profile and demand

  private mutating func readRows(from index: Int) -> [PeriodOracle.Row] {
    var rows: [PeriodOracle.Row] = []
    let length = meter.legal.periodSettings.length.seconds
    var cursor = meter.legal.intervals(from: max(0, index), memory: memory)
    while let interval = meter.legal.nextInterval(&cursor, memory: memory) {
      rows.append(
        PeriodOracle.Row(
          number: (interval.begin.seconds + oracle.zone_s) / length,
          status: interval.status.rawValue,
          values: EnergyKind.allCases.map { Int64(interval[$0]) }))
    }
    report.rowsRead += rows.count
    return rows
  }

  private mutating func compareProfile() {
    let rows = readRows(from: 0)
    let wanted = Array(oracle.rows.suffix(rows.count))
    let depth = meter.legal.profileLayout.capacity
    if rows.count < min(oracle.rows.count, depth * 9 / 10) {
      note("only \(rows.count) of \(oracle.rows.count) rows are there")
    }
    if rows != wanted {
      let first = zip(rows, wanted).first { $0.0 != $0.1 }
      note("a row is \(first.map { "\($0.0), not \($0.1)" } ?? "missing")")
    }
    if oracle.rows.count > 2 * depth { oracle.rows.removeFirst(depth / 2) }
  }

  /// Maxima of periods that an outage touched are known to the meter alone.
  private mutating func compareDemand() {
    let maxima = meter.legal.demandMaxima
    let told = [
      maxima.activeImport, maxima.activeExport, maxima.reactiveImport, maxima.reactiveExport,
    ].map { Int64($0.power_mW) }
    for k in 0..<4 { compare(told[k], oracle.sure[k], oracle.unsure[k], "maximum \(k)") }
    let byTariff = [maxima.activeImportT1, maxima.activeImportT2].map { Int64($0.power_mW) }
    for k in 0..<2 {
      compare(byTariff[k], oracle.sureByTariff[k], oracle.unsure[0], "maximum of T\(k + 1)")
    }
    let above = Int(meter.legal.periodsAboveThreshold)
    if above < oracle.above || above > oracle.above + oracle.unsureAbove {
      note("\(above) periods above the threshold, not \(oracle.above)")
    }
  }

  /// The maxima go into the snapshot and the cumulative ones, and start anew.
  private mutating func resetBilling() {
    let maximum = Int64(meter.legal.demandMaxima.activeImport.power_mW)
    let before = Int64(meter.legal.cumulativeDemand(.activeImport))
    do {
      try meter.legal.resetBilling(now: now)
    } catch { return note("the billing reset was refused: \(error)") }
    for _ in 0..<8 where !meter.service(now: now, memory: &memory) {}
    report.billingResets += 1
    let sum = Int64(meter.legal.cumulativeDemand(.activeImport))
    if sum != before + maximum { note("the cumulative maximum is \(sum) mW") }
    let saved = meter.legal.billingRecord(0, memory: memory)?.maxima.activeImport.power_mW
    if saved.map({ Int64($0) }) != maximum { note("the snapshot has another maximum") }
    if meter.legal.demandMaxima != DemandMaxima() { note("the maxima were not cleared") }
    oracle.clearMaxima()
  }

  private mutating func compare(
    _ told: Int64, _ sure: Int64, _ unsure: [ClosedRange<Int64>], _ what: String
  ) {
    report.maxima += 1
    if told == sure || told > sure && unsure.contains(where: { $0.contains(told) }) { return }
    note("\(what) is \(told) mW, not \(sure)")
  }

  private mutating func note(_ what: String) {
    report.note("\(CivilDateTime(clampingSeconds: now_s)): \(what)")
  }
}

import Foundation
import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// The same P(t) through samples and through the energy model.
///
/// Two meters with the same configuration: one is fed sine waves, 4000 sets a second, the other
/// constant loads. Each piece of load lasts some minutes and ends with a window, because energy
/// that flows both ways within a window is netted by the meter; tariffs are commanded alike.
public struct PathComparison: Sendable {
  /// What of both paths differs most.
  public struct Result: Sendable {
    /// Seconds compared.
    public var seconds = 0
    /// Largest difference of a register, tariff or phase, mWh.
    public var register_mWh: Int64 = 0
    /// Largest value of a register, mWh.
    public var largest_mWh: Int64 = 0
    /// Largest difference of an interval value, 0.1 Wh.
    public var interval: Int64 = 0
    /// Intervals compared.
    public var intervals = 0
    /// Largest difference of a maximum, mW.
    public var maximum_mW: Int64 = 0
    /// Records of the analysis logger compared.
    public var analysisRows = 0
    /// Ten-minute means of the voltages compared.
    public var voltageIntervals = 0
    /// Status bytes, numbers, counts, means or verdicts that differ.
    public var mismatches = 0
    /// Billing resets in both.
    public var billingResets = 0

    /// Within a tenth of a watt-hour, the unit of the intervals: the watt-hour in which registers
    /// are shown allows ten times that.
    public var agrees: Bool {
      register_mWh <= 100 && interval <= 1 && maximum_mW <= 100 && mismatches == 0
    }
  }

  private static let volts = 230.0

  /// A current by phase: amperes and lag in degrees.
  private struct Piece {
    var amperes: [Double]
    var lag: [Double]

    init(_ random: inout SplitMix64) {
      amperes = (0..<3).map { _ in random.below(6) == 0 ? 0 : 0.3 + 25 * random.unit() }
      lag = (0..<3).map { _ in
        random.below(4) == 0 ? 180 - 40 * random.unit() : 60 * random.unit() - 20
      }
    }

    /// One cycle of samples and what it measures.
    func cycle() -> [SampleSet] {
      (0..<80).map { n in
        let pairs = (0..<3).map { k -> (Int32, Int32) in
          let turn = 2 * Double.pi * (Double(n) / 80 - Double(k) / 3)
          let u = PathComparison.volts * 2.0.squareRoot() * sin(turn) / 500 * 8_388_608
          let i =
            amperes[k] * 2.0.squareRoot() * sin(turn - lag[k] * .pi / 180) / 200 * 8_388_608
          return (Int32(u.rounded()), Int32(i.rounded()))
        }
        return SampleSet(
          u1: pairs[0].0, i1: pairs[0].1, u2: pairs[1].0, i2: pairs[1].1, u3: pairs[2].0,
          i3: pairs[2].1)
      }
    }

    var load: ConstantLoad {
      var load = ConstantLoad(active_mW: InlineArray(repeating: 0))
      for k in 0..<3 {
        let apparent = PathComparison.volts * amperes[k] * 1000
        load.active_mW[k] = Int32((apparent * cos(lag[k] * .pi / 180)).rounded())
        load.reactive_mvar[k] = Int32((apparent * sin(lag[k] * .pi / 180)).rounded())
      }
      return load
    }
  }

  /// Runs both paths.
  /// - Parameters:
  ///   - seconds: in all.
  ///   - pieceSeconds: of one load.
  ///   - length: of the registration periods.
  public static func run(
    seconds: Int, pieceSeconds: Int = 420, length: PeriodLength = .minutes15, seed: UInt64
  ) throws -> Result {
    var random = SplitMix64(seed: seed)
    let start = Instant(utc: CivilDateTime(clampingSeconds: 839_980_000))
    var configuration = MeterConfiguration.bench
    configuration.periods = PeriodSettings(length: length)
    var sampled = Meter(configuration, .bench)
    var modelled = Meter(configuration, .bench)
    var memory = TestMemory()
    var modelMemory = TestMemory()
    _ = try sampled.start(now: start, chip: .hasRun, memory: &memory)
    _ = try modelled.start(now: start, chip: .hasRun, memory: &modelMemory)
    var n = 0
    while n < seconds * 4000 {
      let piece = Piece(&random)
      let cycle = piece.cycle()
      let end = min(n + pieceSeconds * 4000, seconds * 4000)
      var isBetween = false
      // A load changes where a window ends: what flows both ways within one is netted there.
      while n < end || !isBetween && n < seconds * 4000 {
        isBetween = sampled.add(cycle[n % 80])
        n += 1
        if isBetween {
          let now = start + Instant.Duration(ticks: Int64(n) * 65_536 / 4000)
          sampled.closeWindow(now: now)
          _ = sampled.service(now: now, memory: &memory)
        }
      }
      let now = start + Instant.Duration(ticks: Int64(n) * 65_536 / 4000)
      if n == seconds * 4000 { sampled.endOfInput(now: now) }
      modelled.advance(to: now, with: piece.load, memory: &modelMemory)
      if random.below(4) == 0 {
        let tariff = Tariff.allCases[random.below(4)]
        sampled.legal.choose(tariff, now: now)
        modelled.legal.choose(tariff, now: now)
      }
      _ = sampled.service(now: now, memory: &memory)
      _ = modelled.service(now: now, memory: &modelMemory)
    }
    var result = Result()
    result.seconds = seconds
    compare(sampled, modelled, &result)
    compareProfiles(sampled, memory, modelled, modelMemory, &result)
    compareAnalysis(sampled, memory, modelled, modelMemory, &result)
    compareWeeks(
      sampled.voltageQualityReport(.running, memory: memory),
      modelled.voltageQualityReport(.running, memory: modelMemory), &result)
    return result
  }

  private static func compare(
    _ a: borrowing Meter, _ b: borrowing Meter, _ result: inout Result
  ) {
    for index in 0..<Register.count {
      guard let register = Register(index: index) else { continue }
      let (x, y) = (Int64(a.legal.registers[register]), Int64(b.legal.registers[register]))
      result.register_mWh = max(result.register_mWh, abs(x - y))
      result.largest_mWh = max(result.largest_mWh, x)
    }
    let (x, y) = (a.legal.demandMaxima, b.legal.demandMaxima)
    for (p, q) in [
      (x.activeImport, y.activeImport), (x.activeImportT1, y.activeImportT1),
      (x.activeImportT2, y.activeImportT2), (x.activeExport, y.activeExport),
      (x.reactiveImport, y.reactiveImport), (x.reactiveExport, y.reactiveExport),
    ] {
      result.maximum_mW = max(result.maximum_mW, abs(Int64(p.power_mW) - Int64(q.power_mW)))
      if p.end_s != q.end_s { result.mismatches += 1 }
    }
    if a.legal.billingCount != b.legal.billingCount { result.mismatches += 1 }
    result.billingResets = Int(b.legal.billingCount)
  }

  private static func compareProfiles(
    _ a: borrowing Meter, _ memory: borrowing TestMemory, _ b: borrowing Meter,
    _ modelMemory: borrowing TestMemory, _ result: inout Result
  ) {
    var (x, y) = (a.legal.intervals(memory: memory), b.legal.intervals(memory: modelMemory))
    while true {
      let one = a.legal.nextInterval(&x, memory: memory)
      let two = b.legal.nextInterval(&y, memory: modelMemory)
      guard let one, let two else {
        if (one == nil) != (two == nil) { result.mismatches += 1 }
        return
      }
      result.intervals += 1
      if one.begin != two.begin || one.status != two.status { result.mismatches += 1 }
      for kind in EnergyKind.allCases {
        result.interval = max(result.interval, abs(Int64(one[kind]) - Int64(two[kind])))
      }
    }
  }

  /// Voltages within 0.2 V, powers and currents within 6 W and 6 mA: a window of 200 ms at the
  /// border of two intervals goes to the first of them, as much of 15 minutes at full load.
  private static func compareAnalysis(
    _ a: borrowing Meter, _ memory: borrowing TestMemory, _ b: borrowing Meter,
    _ modelMemory: borrowing TestMemory, _ result: inout Result
  ) {
    if a.analysisCount != b.analysisCount { result.mismatches += 1 }
    for index in 0..<min(a.analysisCount, b.analysisCount) {
      let one = a.analysisRow(index, memory: memory)
      let two = b.analysisRow(index, memory: modelMemory)
      guard let one, let two, one.number == two.number, one.status == two.status else {
        result.mismatches += 1
        continue
      }
      result.analysisRows += 1
      for k in 0..<a.analysisLayout.channelCount {
        let (x, y) = (Int64(one.values[k]), Int64(two.values[k]))
        let quantity = a.analysisLayout.quantity(k)
        let isVoltage = [.voltageL1, .voltageL2, .voltageL3].contains(quantity)
        if abs(x - y) > (isVoltage ? 200 : 6000) { result.mismatches += 1 }
      }
    }
  }

  private static func compareWeeks(
    _ a: VoltageQualityReport?, _ b: VoltageQualityReport?, _ result: inout Result
  ) {
    guard let a, let b else {
      if (a == nil) != (b == nil) { result.mismatches += 1 }
      return
    }
    let (x, y) = (a.week, b.week)
    result.voltageIntervals = Int(y.intervals)
    if x.number != y.number || x.intervals != y.intervals || x.flagged != y.flagged
      || x.unbalances != y.unbalances || abs(Int(x.frequencies) - Int(y.frequencies)) > 1
      || a.isVoltageRight != b.isVoltageRight || a.isFrequencyRight != b.isFrequencyRight
      || a.isUnbalanceRight != b.isUnbalanceRight
    {
      result.mismatches += 1
    }
    for phase in 0..<3 {
      let lowest = (Int(x.lowest_dV(phase: phase) ?? 0), Int(y.lowest_dV(phase: phase) ?? 0))
      let highest = (Int(x.highest_dV(phase: phase) ?? 0), Int(y.highest_dV(phase: phase) ?? 0))
      if abs(lowest.0 - lowest.1) > 1 || abs(highest.0 - highest.1) > 1 { result.mismatches += 1 }
    }
  }
}

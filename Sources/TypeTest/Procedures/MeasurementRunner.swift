import Foundation
import LegalMeter
import Meter
import Quantities
import Waveforms

/// Carries out measurements on the meters of a batch. Each begins with a fresh device, so none
/// depends on another and all may run at once.
struct MeasurementRunner: Sendable {
  let batch: any DeviceBatch

  /// One measurement on one meter.
  ///
  /// - Throws: what source or device throw; a register that the type lacks is a refusal.
  func run(_ job: BenchJob, meter: Int) throws -> Finding {
    do throws {
      guard let rig = try rig(job, meter: meter) else {
        return Finding(values: [], refusal: "this device cannot be accelerated")
      }
      return try carryOut(job.measurement, rig)
    } catch DeviceError.noSuchRegister(let register) {
      return Finding(values: [], refusal: "this type has no register \(register.rawValue)")
    }
  }

  /// nil where a device cannot be hurried as the measurement needs.
  private func rig(_ job: BenchJob, meter: Int) throws -> Rig? {
    let (conditions, calibrated) = (job.measurement.conditions, job.isCalibrated)
    let variant = batch.variant
    switch job.measurement {
    case .noLoad:
      return try Rig(
        batch, meter: meter, isCalibrated: calibrated, conditions,
        adjust: { Self.addStray(&$0, variant, conditions) })
    case .shortOvercurrent:
      let imax = Double(variant.maximumCurrent_mA) / 1000
      return try Rig(
        batch, meter: meter, isCalibrated: calibrated, conditions,
        prepare: { Self.addOvercurrent(&$0, 30 * imax) })
    case .capacity:
      guard let device = try batch.accelerated(meter: meter, factor: Self.acceleration) else {
        return nil
      }
      return try Rig(batch, meter: meter, conditions, device: device)
    default:
      return try Rig(batch, meter: meter, isCalibrated: calibrated, conditions)
    }
  }

  private func carryOut(_ measurement: Measurement, _ rig: Rig) throws -> Finding {
    switch measurement {
    case .error(_, let repeats): try ErrorProcedure(rig).run(repeats: repeats)
    case .starting(let c, let limit): try starting(rig, c, limit_s: limit)
    case .noLoad(let c, let seconds): try noLoad(rig, c, seconds)
    case .startUp(let c): try startUp(rig, c)
    case .agreement(let c): try agreement(rig, c)
    case .selfHeating: try selfHeating(rig)
    case .dips(let c): try dips(rig, c)
    case .shortOvercurrent: try shortOvercurrent(rig)
    case .pulseTiming(let c): try pulseTiming(rig, c)
    case .overrange: try overrange(rig)
    case .capacity(let c, let hours): try capacity(rig, c, hours)
    }
  }

  // MARK: start and stop

  /// Voltage first, then the current; seconds to the first pulse, or to the next if that is more.
  private func starting(
    _ rig: Rig, _ conditions: TestConditions, limit_s: Double
  ) throws -> Finding {
    try rig.device.follow(conditions.register)
    var idle = conditions
    idle.current_A = 0
    try rig.set(idle)
    try rig.settle(3)
    let begin = rig.elapsed_s
    try rig.set(conditions)
    while rig.pulses.count < 2, rig.elapsed_s < begin + 2 * limit_s + 5 { try rig.run(5) }
    let times = rig.pulses.prefix(2).map { Double($0.time) / 65_536 / Rig.setsPerSecond }
    let first = times.first.map { $0 - begin } ?? rig.elapsed_s - begin
    let second = times.count > 1 ? times[1] - times[0] : rig.elapsed_s - begin
    return Finding(
      values: [max(first, second)],
      notes: times.count < 2
        ? ["\(times.count) pulses came"]
        : ["first pulse after \(Self.text(first)) s, next after \(Self.text(second)) s"],
      simulated_s: rig.elapsed_s)
  }

  /// A load first, so that registration is on; then voltage alone, with a stray current just below
  /// the threshold. Values: pulses, and the largest advance of a register in Wh.
  private func noLoad(
    _ rig: Rig, _ conditions: TestConditions, _ seconds: Double
  ) throws -> Finding {
    var load = conditions
    load.current_A = Double(batch.variant.transitionalCurrent_mA) / 1000
    try rig.set(load)
    try rig.run(3)
    try rig.set(conditions)
    try rig.settle(3)
    try rig.run(seconds)
    let advance = Self.largestAdvance(rig.readings)
    return Finding(
      values: [Double(rig.pulses.count), advance],
      notes: ["registers moved by \(Self.text(advance)) Wh"], simulated_s: rig.elapsed_s)
  }

  /// Voltage and current at once; seconds to the first energy.
  private func startUp(_ rig: Rig, _ conditions: TestConditions) throws -> Finding {
    while rig.elapsed_s < 10 {
      try rig.run(0.2)
      if let first = rig.readings.first(where: { $0[conditions.register] > 0 }) {
        return Finding(
          values: [Double(first.sets) / Rig.setsPerSecond], simulated_s: rig.elapsed_s)
      }
    }
    return Finding(values: [rig.elapsed_s], notes: ["no energy"], simulated_s: rig.elapsed_s)
  }

  // MARK: pulses and registers

  /// Hundred pulses or a minute, then no current until the queue is empty; Wh by which register
  /// and pulses differ beyond the one pulse that may stand open.
  private func agreement(_ rig: Rig, _ conditions: TestConditions) throws -> Finding {
    let power = rig.referencePower(conditions.register)
    guard power > 0 else { return Finding(values: [], refusal: "no energy flows") }
    try rig.device.follow(conditions.register)
    var idle = conditions
    idle.current_A = 0
    try rig.set(idle)
    try rig.run(3)
    // A calibrated meter has registered before.
    let before = rig.readings.last?[conditions.register] ?? 0
    try rig.set(conditions)
    try rig.run(min(max(100 * 3600 / power, 5), 60))
    try rig.set(idle)
    try rig.run(15)
    let after = rig.readings.last?[conditions.register] ?? 0
    let register = Double(after - before) / 3.6e9
    let pulses = Double(rig.pulses.count)
    return Finding(
      values: [max(0, abs(register - pulses - 0.5) - 0.5)],
      notes: ["\(rig.pulses.count) pulses, register \(Self.text(register)) Wh"],
      simulated_s: rig.elapsed_s)
  }

  /// Shortest pause in ms, pulses being 30 ms wide.
  private func pulseTiming(_ rig: Rig, _ conditions: TestConditions) throws -> Finding {
    let procedure = ErrorProcedure(rig)
    try rig.device.follow(conditions.register)
    try procedure.settle()
    try rig.run(min(max(100 * 3600 / max(procedure.power, 1), 5), 60))
    let times = rig.pulses.map { Double($0.time) / 65_536 / Rig.setsPerSecond * 1000 }
    guard times.count > 1 else { return Finding(values: [], refusal: "fewer than two pulses") }
    let shortest = zip(times.dropFirst(), times).map { $0 - $1 }.min() ?? 0
    return Finding(
      values: [shortest - Self.pulseWidth_ms],
      notes: ["\(times.count) pulses, the closest \(Self.text(shortest)) ms apart"],
      simulated_s: rig.elapsed_s)
  }

  private func overrange(_ rig: Rig) throws -> Finding {
    try rig.run(2)
    return Finding(values: [Double(rig.clippedCount)], simulated_s: rig.elapsed_s)
  }

  /// Width of an S0 pulse and of the flash of the LED, fixed.
  static let pulseWidth_ms = 30.0
  static let acceleration: UInt64 = 100_000

  /// Full load on a meter whose current counts mean 10⁵ times as much: hours that the register
  /// shows at the true power.
  private func capacity(
    _ rig: Rig, _ conditions: TestConditions, _ hours: Double
  ) throws -> Finding {
    let power = rig.referencePower(conditions.register)
    guard power > 0 else { return Finding(values: [], refusal: "no energy flows") }
    try rig.run(hours * 3600 / Double(Self.acceleration) * 1.05 + 2)
    let kilowattHours = Double(rig.readings.last?[conditions.register] ?? 0) / 3.6e12
    let falls = zip(rig.readings.dropFirst(), rig.readings).contains {
      $0[conditions.register] < $1[conditions.register]
    }
    return Finding(
      values: [falls ? 0 : kilowattHours / (power / 1000)],
      notes: ["the register went up to \(Self.text(kilowattHours)) kWh"],
      simulated_s: rig.elapsed_s)
  }
}

// MARK: - Disturbances

extension MeasurementRunner {
  /// Twenty minutes of warming: the error then, less the error of the first seconds.
  private func selfHeating(_ rig: Rig) throws -> Finding {
    let procedure = ErrorProcedure(rig)
    let cold = try procedure.run(repeats: 1)
    guard let first = cold.values.first else { return cold }
    try rig.settle(1200)
    try rig.run(procedure.period_s)
    let warm = procedure.measured().error
    return Finding(
      values: [warm - first],
      notes: ["\(Self.text(first)) % cold, \(Self.text(warm)) % after 20 min"],
      simulated_s: rig.elapsed_s)
  }

  /// Dips and interruptions without current; kWh by which any register moved.
  private func dips(_ rig: Rig, _ conditions: TestConditions) throws -> Finding {
    try rig.run(TerminalSignal.settling_s)
    try rig.run(conditions.waveform.dipLength_s + 5)
    let advance = Self.largestAdvance(rig.readings)
    return Finding(
      values: [advance / 1000], notes: ["\(rig.pulses.count) pulses"], simulated_s: rig.elapsed_s)
  }

  static let overcurrent_s = 40.0

  /// The error before a half cycle of 30 Imax, and after it.
  ///
  /// The half cycle stands in the source's own time, so the source is set once.
  private func shortOvercurrent(_ rig: Rig) throws -> Finding {
    let procedure = ErrorProcedure(rig, beginsLightly: false)
    let before = try procedure.run(repeats: 1)
    guard let first = before.values.first else { return before }
    try rig.settle(max(0, Self.overcurrent_s + 1 - rig.elapsed_s))
    let clipped = rig.clippedCount
    try rig.settle(ErrorProcedure.settling_s)
    try rig.run(procedure.period_s)
    let after = procedure.measured().error
    return Finding(
      values: [after - first], notes: ["\(clipped) samples at the end stop"],
      simulated_s: rig.elapsed_s)
  }

  /// 0.55 of the power at which registration begins, in each system, at the voltage of the test.
  static func addStray(
    _ parts: inout FrontEndParameters, _ variant: MeterVariant, _ conditions: TestConditions
  ) {
    let voltage = TerminalSignal.nominalVoltage_V * conditions.voltageFactor
    // In vector sum the threshold is on the total.
    let systems = variant.summation == .vector ? Phase.allCases.filter(variant.hasSystem).count : 1
    let power = Double(variant.registrationThreshold_mW) / 1000 * 0.55 / Double(systems)
    guard voltage > 0 else { return }
    for index in 0..<3 { parts.systems[index].crosstalk_A_per_V = power / voltage / voltage }
  }

  static func addOvercurrent(_ signal: inout Signal, _ current_A: Double) {
    let load = signal.phases.map(\.current_A).max() ?? 0
    guard load > 0 else { return }
    signal.fullScale_A = 1.6 * current_A
    signal.dips.append(
      Dip(
        start_s: overcurrent_s, duration_s: 0.5 / signal.frequency_Hz, voltageFactor: 1,
        currentFactor: current_A / load))
  }

  /// Largest advance of any register between the first and the last reading, Wh.
  static func largestAdvance(_ readings: [DeviceReading]) -> Double {
    guard let first = readings.first, let last = readings.last else { return 0 }
    return zip(last.energies_µWs, first.energies_µWs).map { Double($0 - $1) }.max().map {
      $0 / 3.6e9
    } ?? 0
  }

  static func text(_ value: Double) -> String {
    String(format: abs(value) < 1 ? "%.4f" : "%.2f", value)
  }
}

import Foundation
import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

/// The calibration bench of the factory: gain, phase and offset of each system at 23 °C, and the
/// temperature coefficient from a second temperature (decision 010).
///
/// 1. Voltage without current: the power read is crosstalk and becomes the offset.
/// 2. Twice Iref at cos φ 0.5: RMS voltage gives the voltage gain, |P + jQ| the current gain, the
///    angle of P + jQ the phase.
/// 3. The same at 55 °C: the rest is the linear coefficient; the parabola is that of the type.
public struct Calibration: Sendable {
  /// Seconds of the three steps; more means less noise in the result.
  public var offset_s = 300.0
  public var gain_s = 20.0
  /// The second temperature; nil leaves the temperature coefficients at those of the type.
  public var secondTemperature_C: Double? = 55.0

  public init() {}

  static let settle_s = 3.0
  static let lag_deg = 60.0
  /// Parabola of the shunts' alloy, part of the type: 10^-12 / K².
  static let typeSquare_ppt: Int32 = -400_000

  /// Calibrates one meter of a batch; the result holds its memory.
  ///
  /// - Throws: `DeviceError` where the meter refuses.
  public func run(_ batch: SimulatedBatch, meter: Int) throws -> Specimen {
    var specimen = batch.specimens[meter]
    let device = try batch.simulated(meter: meter, isCalibrated: false, temperature_C: 23)
    device.keepsWindows = true
    let current = Double(batch.variant.referenceCurrent_mA) / 1000 * 2
    var calibrations = try offsets(device, batch, specimen)
    let warm = try phasors(device, batch, specimen, current, 23, seed: 2)
    for phase in Phase.allCases where batch.variant.hasSystem(phase) {
      Self.setGain(&calibrations[phase.index], warm[phase.index])
      calibrations[phase.index].temperatureSquare_ppt = Self.typeSquare_ppt
    }
    try device.calibrate(calibrations)
    if let second = secondTemperature_C {
      device.temperature_C = second
      let hot = try phasors(device, batch, specimen, current, second, seed: 3)
      for phase in Phase.allCases where batch.variant.hasSystem(phase) {
        let drift = hot[phase.index].magnitude - 1
        calibrations[phase.index].temperatureLinear_ppb = Int32(
          (drift * 1e9 / (second - 23)).rounded())
      }
      try device.calibrate(calibrations)
    }
    specimen.calibrations = calibrations
    specimen.memory = device.memoryImage
    return specimen
  }

  /// What a system reads against what there is.
  private struct Phasor {
    /// |P + jQ| as a fraction of U·I.
    var magnitude: Double
    /// Radians by which the angle read is too large.
    var turn: Double
    /// Voltage read as a fraction of the true one.
    var voltage: Double
  }

  /// Turns the gains by what was read at gains of 1.
  private static func setGain(_ calibration: inout SystemCalibration, _ read: Phasor) {
    let voltage = 1 / read.voltage
    let current = 1 / read.magnitude / voltage
    calibration.voltageGain = Int32((voltage * 1_073_741_824).rounded())
    calibration.currentGain = Int32((current * 1_073_741_824).rounded())
    // What was read as offset was read at gains of 1.
    let power = voltage * current
    calibration.activeOffset_µW = Int32((Double(calibration.activeOffset_µW) * power).rounded())
    calibration.reactiveOffset_µvar = Int32(
      (Double(calibration.reactiveOffset_µvar) * power).rounded())
    calibration.phase = Int32((read.turn / (2 * .pi) * 4_294_967_296).rounded())
  }

  private func offsets(
    _ device: SimulatedMeter, _ batch: SimulatedBatch, _ specimen: Specimen
  ) throws -> [SystemCalibration] {
    let conditions = TestConditions(current_A: 0)
    let windows = try windows(device, batch, specimen, conditions, offset_s, seed: 1)
    return (0..<3).map { index in
      let seconds = Double(windows.reduce(0) { $0 + $1[index].sets }) / 4000
      var calibration = SystemCalibration.ideal
      guard seconds > 0 else { return calibration }
      let active = Double(windows.reduce(0) { $0 + $1[index].active_µWs }) / seconds
      let reactive = Double(windows.reduce(0) { $0 + $1[index].reactive_µvars }) / seconds
      calibration.activeOffset_µW = Int32(active.rounded())
      calibration.reactiveOffset_µvar = Int32(reactive.rounded())
      return calibration
    }
  }

  private func phasors(
    _ device: SimulatedMeter, _ batch: SimulatedBatch, _ specimen: Specimen, _ current_A: Double,
    _ temperature_C: Double, seed: UInt64
  ) throws -> [Phasor] {
    var conditions = TestConditions(current_A: current_A, lag_deg: Self.lag_deg)
    conditions.temperature_C = temperature_C
    let windows = try windows(device, batch, specimen, conditions, gain_s, seed: seed)
    let truth = ReferencePower(TerminalSignal(conditions, variant: batch.variant))
    return (0..<3).map { index in
      let seconds = Double(windows.reduce(0) { $0 + $1[index].sets }) / 4000
      let active = Double(windows.reduce(0) { $0 + $1[index].active_µWs }) * 1e-6
      let reactive = Double(windows.reduce(0) { $0 + $1[index].reactive_µvars }) * 1e-6
      let voltage =
        windows.reduce(0) { $0 + Double($1[index].voltage_mV) } / Double(max(windows.count, 1))
      let (p, q) = (truth.active_W[index] * seconds, truth.reactive_var[index] * seconds)
      guard p * p + q * q > 0 else { return Phasor(magnitude: 1, turn: 0, voltage: 1) }
      return Phasor(
        magnitude: (active * active + reactive * reactive).squareRoot()
          / (p * p + q * q).squareRoot(),
        turn: atan2(reactive, active) - atan2(q, p),
        voltage: voltage / 1000 / TerminalSignal.nominalVoltage_V)
    }
  }

  /// Windows of the systems after settling.
  private func windows(
    _ device: SimulatedMeter, _ batch: SimulatedBatch, _ specimen: Specimen,
    _ conditions: TestConditions, _ seconds: Double, seed: UInt64
  ) throws -> [[SystemReading]] {
    var parts = specimen.parts
    parts.temperature_C = conditions.temperature_C
    parts.seed = specimen.parts.seed &* 31 &+ seed
    let terminals = TerminalSignal(conditions, variant: batch.variant)
    var source = try BenchSource(terminals.signal, parts: parts)
    try Self.play(&source, Self.settle_s, to: device)
    _ = device.takeWindows()
    try Self.play(&source, seconds, to: device)
    _ = device.takePulses()
    _ = device.takeReadings()
    return device.takeWindows()
  }

  private static func play(
    _ source: inout BenchSource, _ seconds: Double, to device: SimulatedMeter
  ) throws {
    var left = Int(seconds * 4000)
    while left > 0 {
      let count = try source.read(limit: left)
      guard count > 0 else { return }
      try device.feed(source.buffer)
      left -= count
    }
  }
}

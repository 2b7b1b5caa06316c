import Foundation
import LegalMeter
import Waveforms

/// The error of a register at a load, by pulses where they come often enough, else by the
/// high-resolution register.
///
/// Pulses: energy between the first and the last edge from the meter constant, reference energy
/// from the power and the time between the same edges. Register: from the end of one window to
/// the end of a later one.
struct ErrorProcedure {
  let rig: Rig
  let conditions: TestConditions
  /// Reference power of the register, W or var.
  let power: Double
  /// Ws of one pulse.
  let pulse_Ws: Double
  /// Registers even where pulses come often enough.
  let isRegisterOnly: Bool
  /// Begins a heavy load with a light one; false where the source must not be set anew.
  let beginsLightly: Bool

  init(_ rig: Rig, isRegisterOnly: Bool = false, beginsLightly: Bool = true) {
    self.rig = rig
    self.isRegisterOnly = isRegisterOnly
    self.beginsLightly = beginsLightly
    conditions = rig.terminals.conditions
    power = rig.referencePower(conditions.register)
    pulse_Ws = 3600
  }

  /// Seconds after which the meter is in step: the reference locks in 0.2 s, and the creep rule
  /// decides after 1 s.
  static let settling_s = 2.0

  /// Brings the meter in step. What the creep rule holds in its first second comes out as pulses
  /// that hurry; a heavy load therefore begins with a light one.
  func settle() throws {
    if beginsLightly, power > 5000 {
      var light = conditions
      light.current_A *= 1000 / power
      try rig.set(light)
      try rig.settle(Self.settling_s)
      try rig.set(conditions)
    }
    try rig.settle(Self.settling_s)
  }

  /// Seconds of one measurement: enough that noise stays near 0.004 %, from 2 to 20 s, and for
  /// five pulses, at least 6 s, where pulses are used: an edge is known to about one set.
  var period_s: Double {
    let noise = NoiseBound(rig.terminals)
    let wanted = noise.relative(seconds: 1) / 0.00004
    let quiet = min(max(wanted * wanted, 2), 20)
    let whole = isSteady ? quiet : max(quiet, 12)
    return usesPulses ? max(whole, 6, 5 * pulse_Ws / max(power, 1)) : whole
  }

  /// The power of three equal sines does not pulsate; any other swings by up to 1.6 ms of itself
  /// between the ends of a measurement, which then lasts longer.
  private var isSteady: Bool {
    conditions.waveform == .sine && conditions.reversed.isEmpty && conditions.energised == .all
      && conditions.loaded == .all && rig.terminals.signal.phases.allSatisfy { $0.voltage_V > 0 }
  }

  /// A current of bursts makes pulses uneven; there the register over whole groups counts.
  var usesPulses: Bool {
    !isRegisterOnly && conditions.waveform.cyclesPerPeriod == 1 && power > 0
      && 5 * pulse_Ws / power <= 12
  }

  /// Percent, one for each repeat.
  func run(repeats: Int) throws -> Finding {
    guard power > 0 else {
      return Finding(values: [], refusal: "no energy flows into this register")
    }
    try rig.device.follow(conditions.register)
    try settle()
    var finding = Finding(values: [])
    for _ in 0..<repeats {
      rig.restart()
      try rig.run(period_s)
      let (error, note) = measured()
      finding.values.append(error)
      if finding.notes.isEmpty { finding.notes = [note] }
    }
    finding.simulated_s = rig.elapsed_s
    return finding
  }

  /// The error over what the rig has collected, percent, and how it was found.
  func measured() -> (error: Double, note: String) {
    if usesPulses, rig.pulses.count >= 4, let first = rig.pulses.first,
      let last = rig.pulses.last
    {
      let seconds = Double(last.time - first.time) / 65_536 / Rig.setsPerSecond
      let energy = Double(rig.pulses.count - 1) * pulse_Ws
      let error = (energy / (power * seconds) - 1) * 100
      return (error, "\(rig.pulses.count) pulses")
    }
    return (registerError, "register over \(rig.readings.count - 1) windows")
  }

  private var registerError: Double {
    var readings = rig.readings[...]
    // Whole groups of a burst: two windows of ten cycles hold five groups of four.
    if conditions.waveform.cyclesPerPeriod > 1, readings.count % 2 == 0 {
      readings = readings.dropFirst()
    }
    guard readings.count > 1, let first = readings.first, let last = readings.last else {
      return -100
    }
    let seconds = Double(last.sets - first.sets) / Rig.setsPerSecond
    let energy = Double(last[conditions.register] - first[conditions.register]) * 1e-6
    return (energy / (power * seconds) - 1) * 100
  }
}

/// What noise of the converter does to a measurement of power: σ of P over P
/// (metrology, statistical limit).
struct NoiseBound {
  private let perRootSet: Double

  /// - Parameter terminals: with the modelled noise of 90 and 95 dB below full scale.
  init(_ terminals: TerminalSignal) {
    let voltage = 500 / 2.0.squareRoot() * pow(10, -90.0 / 20)
    let current = 200 / 2.0.squareRoot() * pow(10, -95.0 / 20)
    var (square, apparent) = (0.0, 0.0)
    for phase in terminals.signal.phases {
      let (u, i) = (phase.voltage_V * current, phase.current_A * voltage)
      square += u * u + i * i
      apparent += phase.voltage_V * phase.current_A
    }
    let power = max(abs(terminals.conditions.factor), 0.1) * apparent
    perRootSet = power > 0 ? square.squareRoot() / power : 1
  }

  /// σ as a fraction of the power.
  func relative(seconds: Double) -> Double {
    perRootSet / (Rig.setsPerSecond * seconds).squareRoot()
  }
}

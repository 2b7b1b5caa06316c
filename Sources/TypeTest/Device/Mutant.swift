import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

/// Meters with one known fault each, to see that the bench finds it where it must.
public enum Mutant: String, CaseIterable, Sendable {
  /// Gain of all systems 1.2 % too high.
  case gain
  /// Currents read 1° late.
  case phase
  /// Reactive energy from the voltage of a quarter of 20 ms before.
  case quarterDelay = "quarter-delay"
  /// Energy added up sample by sample in binary32 watt-seconds.
  case float32
  /// No threshold for registration.
  case creepOff = "creep-off"
  /// The current of system 2 is connected the wrong way round.
  case systemReversed = "system-reversed"
  /// A pulse that comes within 60 ms of the one before is lost.
  case droppedPulses = "dropped-pulses"
  /// The phases are netted before import and export are told apart.
  case vectorSum = "vector-sum"
}

/// Meters with ideal parts and a fault, or with none.
public struct MutantBatch: DeviceBatch {
  public let variant: MeterVariant
  public let mutant: Mutant?
  public var concurrency = 2
  public var count: Int { 1 }
  public var name: String { mutant.map { "mutant \($0.rawValue)" } ?? "ideal" }
  private let parts: FrontEndParameters

  /// - Parameter mutant: nil for a meter without fault.
  public init(
    _ variant: MeterVariant, _ mutant: Mutant?, parts: FrontEndParameters = .ideal
  ) {
    self.variant = variant
    self.mutant = mutant
    self.parts = parts
  }

  public func parts(meter: Int) -> FrontEndParameters? { parts }

  public func device(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> any DeviceUnderTest {
    var built = variant
    if mutant == .vectorSum {
      var request = variant.request
      request.summation = .vector
      built = try MeterVariant(request)
    }
    let device = try SimulatedMeter(built, settings: SimulatedMeter.settings(built))
    device.temperature_C = temperature_C
    var calibration = SystemCalibration.ideal
    switch mutant {
    case .gain: calibration.currentGain += calibration.currentGain / 1000 * 12
    case .phase: calibration.phase = -11_930_465
    case nil, .vectorSum: return device
    default: return MutantMeter(device, mutant)
    }
    try device.calibrate([calibration, calibration, calibration])
    return device
  }
}

/// A meter whose samples, energies or pulses are spoiled on their way.
final class MutantMeter: DeviceUnderTest {
  private let inner: SimulatedMeter
  private let mutant: Mutant?
  private var register = EnergyRegister.activeImport
  /// A+, A−, R+, R− as the fault makes them, Ws.
  private var energies = [0.0, 0, 0, 0]
  private var single = [Float](repeating: 0, count: 4)
  private var wholePulses = [0, 0, 0, 0]
  private var lastReading = DeviceReading(sets: 0, energies_µWs: [0, 0, 0, 0])
  private var readings: [DeviceReading] = []
  private var pulses: [DevicePulse] = []
  private var pulseCount: UInt32 = 0
  private var followedFrom_Ws = 0.0
  private var lastEdge: Int64?
  private var history = [[Int32]](repeating: [], count: 3)
  private var delayed = [0.0, 0, 0]

  /// What stands in the binary32 registers at the start, as in a meter that has been in use: its
  /// steps are 0.24 mWs, and a start from zero would hide the fault.
  private static let worn_Ws: Float = 2048

  init(_ inner: SimulatedMeter, _ mutant: Mutant?) {
    self.inner = inner
    self.mutant = mutant
    inner.keepsWindows = mutant == .creepOff
    if mutant == .float32 {
      single = [Float](repeating: Self.worn_Ws, count: 4)
      energies = [Double](repeating: Double(Self.worn_Ws), count: 4)
    }
  }

  func follow(_ register: EnergyRegister) throws {
    try inner.follow(register)
    self.register = register
    followedFrom_Ws = energies[register.kind.index]
  }

  func feed(_ samples: borrowing SampleBuffer) throws {
    if mutant == .systemReversed {
      var turned = SampleBuffer(capacity: samples.capacity)
      for index in 0..<samples.count {
        var set = samples[index]
        set.i2 = -set.i2
        turned.append(set)
      }
      try inner.feed(turned)
    } else {
      if mutant == .quarterDelay { multiplyDelayed(samples) }
      try inner.feed(samples)
    }
    spoil()
  }

  /// Σ u(n − 20)·i(n): a fixed delay of a quarter period of 50 Hz at 4000 sets per second.
  private func multiplyDelayed(_ samples: borrowing SampleBuffer) {
    let scale = ChannelScale.meter
    for index in 0..<samples.count {
      let set = samples[index]
      let pairs = [(set.u1, set.i1), (set.u2, set.i2), (set.u3, set.i3)]
      for (phase, pair) in pairs.enumerated() {
        history[phase].append(pair.0)
        guard history[phase].count > 20 else { continue }
        delayed[phase] +=
          Double(history[phase].removeFirst()) * scale.volts * Double(pair.1) * scale.amperes
          / Rig.setsPerSecond
      }
    }
  }

  /// Takes what the sound meter registered and makes the fault's energies and pulses of it.
  private func spoil() {
    let windows = inner.takeWindows()
    for (index, reading) in inner.takeReadings().enumerated() {
      let before = energies
      let window = index < windows.count ? windows[index] : []
      add(reading, window)
      emit(from: before, reading)
      lastReading = reading
      let shown = mutant == .droppedPulses || mutant == .systemReversed
      readings.append(
        shown
          ? reading
          : DeviceReading(sets: reading.sets, energies_µWs: energies.map { Int64($0 * 1e6) }))
    }
    for edge in inner.takePulses() where mutant == .systemReversed || mutant == .droppedPulses {
      defer { if mutant == .systemReversed { lastEdge = edge.time } }
      if mutant == .droppedPulses {
        // 60 ms are 240 sets.
        if let last = lastEdge, edge.time - last < 240 << 16 { continue }
        lastEdge = edge.time
      }
      pulses.append(edge)
    }
  }

  private func add(_ reading: DeviceReading, _ window: [SystemReading]) {
    // The delay does not touch the threshold: what the sound meter holds is held.
    let isRegistering = reading.energies_µWs != lastReading.energies_µWs
    for kind in 0..<4 {
      let sound = Double(reading.energies_µWs[kind] - lastReading.energies_µWs[kind]) * 1e-6
      switch mutant {
      case .float32: addSingly(kind, sound, sets: Int(reading.sets - lastReading.sets))
      case .quarterDelay where kind >= 2 && !isRegistering: break
      case .quarterDelay where kind >= 2:
        energies[kind] += delayed.reduce(0) { $0 + max(0, kind == 2 ? $1 : -$1) }
      case .creepOff:
        energies[kind] += window.reduce(0) { sum, system in
          let part = Double(kind < 2 ? system.active_µWs : system.reactive_µvars) * 1e-6
          return sum + max(0, kind % 2 == 0 ? part : -part)
        }
      default: energies[kind] += sound
      }
    }
    delayed = [0, 0, 0]
  }

  /// One addition for each set to a binary32 sum that gives a pulse at 3600 Ws.
  private func addSingly(_ kind: Int, _ energy: Double, sets: Int) {
    let step = Float(energy / Double(max(sets, 1)))
    for _ in 0..<sets {
      single[kind] += step
      if single[kind] >= 3600 {
        single[kind] -= 3600
        wholePulses[kind] += 1
      }
    }
    energies[kind] = Double(wholePulses[kind]) * 3600 + Double(single[kind])
  }

  /// Edges of the register that is followed, evenly within the window.
  private func emit(from before: [Double], _ reading: DeviceReading) {
    guard mutant != .droppedPulses, mutant != .systemReversed else { return }
    let kind = register.kind.index
    let (low, high) = (before[kind] - followedFrom_Ws, energies[kind] - followedFrom_Ws)
    var next = (low / 3600).rounded(.down) + 1
    while next * 3600 <= high, high > low {
      let share = (next * 3600 - low) / (high - low)
      let sets = Double(lastReading.sets) + share * Double(reading.sets - lastReading.sets)
      pulseCount += 1
      pulses.append(DevicePulse(time: Int64(sets * 65_536), number: pulseCount))
      next += 1
    }
  }

  func takePulses() -> [DevicePulse] {
    defer { pulses.removeAll() }
    return pulses
  }

  func takeReadings() -> [DeviceReading] {
    defer { readings.removeAll() }
    return readings
  }

  func finish() throws { try inner.finish() }
}

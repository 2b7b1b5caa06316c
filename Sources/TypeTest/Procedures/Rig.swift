import LegalMeter
import Meter
import Metrology
import Waveforms

/// One meter clamped on the bench: a source that can be set anew, and what has come out.
final class Rig {
  let batch: any DeviceBatch
  let meter: Int
  let device: any DeviceUnderTest
  private(set) var source: BenchSource
  private(set) var terminals: TerminalSignal
  /// Sets fed so far.
  private(set) var fed: Int64 = 0
  private(set) var pulses: [DevicePulse] = []
  private(set) var readings: [DeviceReading] = []
  /// Samples at the end stops of sources that were taken off.
  private var clippedBefore: UInt64 = 0
  private let adjust: @Sendable (inout FrontEndParameters) -> Void
  private let prepare: @Sendable (inout Signal) -> Void

  static let rate = SampleRate(4000)
  static var setsPerSecond: Double { rate.hertz }

  /// - Parameters:
  ///   - adjust: changes the parts, for example for a stray current.
  ///   - prepare: changes the signal, for example for an overcurrent.
  init(
    _ batch: any DeviceBatch, meter: Int, isCalibrated: Bool = true, _ conditions: TestConditions,
    device: (any DeviceUnderTest)? = nil,
    adjust: @escaping @Sendable (inout FrontEndParameters) -> Void = { _ in },
    prepare: @escaping @Sendable (inout Signal) -> Void = { _ in }
  ) throws {
    self.batch = batch
    self.meter = meter
    self.adjust = adjust
    self.prepare = prepare
    self.device =
      try device
      ?? batch.device(
        meter: meter, isCalibrated: isCalibrated, temperature_C: conditions.temperature_C)
    terminals = TerminalSignal(conditions, variant: batch.variant, rate: Self.rate)
    source = try Self.source(terminals, batch, meter, adjust, prepare)
  }

  /// Sets the source anew; time and meter go on.
  func set(_ conditions: TestConditions) throws {
    clippedBefore += source.clippedCount
    terminals = TerminalSignal(conditions, variant: batch.variant, rate: Self.rate)
    source = try Self.source(terminals, batch, meter, adjust, prepare)
  }

  private static func source(
    _ terminals: TerminalSignal, _ batch: any DeviceBatch, _ meter: Int,
    _ adjust: (inout FrontEndParameters) -> Void, _ prepare: (inout Signal) -> Void
  ) throws -> BenchSource {
    var parts: FrontEndParameters?
    if var changed = batch.parts(meter: meter) {
      changed.temperature_C = terminals.conditions.temperature_C
      changed.seed ^= terminals.conditions.stableHash
      adjust(&changed)
      parts = changed
    }
    var signal = terminals.signal
    prepare(&signal)
    return try BenchSource(signal, parts: parts)
  }

  /// Plays for a time and collects what the meter gives.
  func run(_ seconds: Double) throws {
    var left = Int((seconds * Self.setsPerSecond).rounded())
    while left > 0 {
      let count = try source.read(limit: left)
      guard count > 0 else { return }
      try device.feed(source.buffer)
      fed += Int64(count)
      left -= count
    }
    pulses += device.takePulses()
    readings += device.takeReadings()
  }

  /// Plays for a time whose pulses and readings are not wanted; the last reading stays.
  func settle(_ seconds: Double) throws {
    try run(seconds)
    pulses.removeAll(keepingCapacity: true)
    readings.removeFirst(max(readings.count - 1, 0))
  }

  /// Forgets what has been collected but for the last reading.
  func restart() {
    pulses.removeAll(keepingCapacity: true)
    readings.removeFirst(max(readings.count - 1, 0))
  }

  /// Samples at the end stops of the converter so far.
  var clippedCount: UInt64 { clippedBefore + source.clippedCount }
  /// Simulated seconds so far.
  var elapsed_s: Double { Double(fed) / Self.setsPerSecond }
  /// Power that a register must count.
  func referencePower(_ register: EnergyRegister) -> Double {
    ReferencePower(terminals).power(of: register)
  }
}

extension TestConditions {
  /// The same in every run and on every machine, for the seed of the noise.
  var stableHash: UInt64 {
    let text =
      "\(voltageFactor) \(energised.rawValue) \(current_A) \(loaded.rawValue) "
      + "\(reversed.rawValue) \(lag_deg) \(register.rawValue) \(frequencyFactor) "
      + "\(temperature_C) \(waveform.rawValue) \(isSequenceReversed)"
    // FNV-1a.
    return text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

import Bytes

/// What the measuring unit has to know; fixed until the unit is made anew.
public struct MeasuringSettings: Equatable, Sendable {
  /// Rate of the source, 2,000...32,000 Hz.
  public var rate: SampleRate
  /// Nominal mains frequency, 50 or 60 Hz.
  public var nominalHertz: UInt8
  /// Whole cycles in one window: 10 at 50 Hz, 12 at 60 Hz.
  public var cyclesPerWindow: UInt8
  /// Voltage above which a phasor is used for the frequency, mV.
  public var presentVoltage_mV: Int32
  /// Nominal voltage of a system, mV: dips and swells are parts of it.
  public var nominalVoltage_mV: Int32
  /// What a count means, by system.
  public var scales: InlineArray<3, ChannelScale>
  /// Calibration, by system.
  public var calibrations: InlineArray<3, SystemCalibration>

  public init(
    rate: SampleRate, nominalHertz: UInt8 = 50, scale: ChannelScale,
    calibration: SystemCalibration = .ideal
  ) {
    self.rate = rate
    self.nominalHertz = nominalHertz
    cyclesPerWindow = nominalHertz == 60 ? 12 : 10
    presentVoltage_mV = 20_000
    nominalVoltage_mV = 230_000
    scales = InlineArray(repeating: scale)
    calibrations = InlineArray(repeating: calibration)
  }

  public static func == (a: Self, b: Self) -> Bool {
    for k in 0..<3 where a.scales[k] != b.scales[k] || a.calibrations[k] != b.calibrations[k] {
      return false
    }
    return a.rate == b.rate && a.nominalHertz == b.nominalHertz
      && a.cyclesPerWindow == b.cyclesPerWindow && a.presentVoltage_mV == b.presentVoltage_mV
  }

  /// Why settings cannot be used, nil if they can.
  public var refusal: Refusal? {
    let low = UInt64(rate.denominator) * 2000
    let high = UInt64(rate.denominator) * 32_000
    if rate.denominator == 0 || UInt64(rate.numerator) < low || UInt64(rate.numerator) > high {
      return .rate
    }
    if nominalHertz != 50 && nominalHertz != 60 { return .nominalFrequency }
    for k in 0..<3 {
      let s = scales[k]
      let limit: UInt64 = 1_000_000_000_000_000_000
      if s.femtovoltsPerCount == 0 || s.femtovoltsPerCount > limit { return .scale }
      if s.femtoamperesPerCount == 0 || s.femtoamperesPerCount > limit { return .scale }
      if !calibrations[k].isPlausible { return .calibration }
    }
    return nil
  }

  /// What is wrong with settings.
  public enum Refusal: UInt8, Error, Sendable {
    /// The sample rate is outside 2...32 kHz.
    case rate
    /// The nominal frequency is neither 50 nor 60 Hz.
    case nominalFrequency
    /// A count stands for nothing, or for more than 1000 V or 1000 A.
    case scale
    /// A gain is outside 0.5...1.5 or a phase beyond 10 degrees.
    case calibration
  }
}

/// Three separate measuring systems with a common time base: samples in, windows out.
///
/// ```swift
/// var unit = MeasuringUnit(settings)
/// if unit.add(set) { let window = unit.closeWindow(temperature_dC: 230) }
/// ```
public struct MeasuringUnit: Sendable {
  private var accumulator: SampleAccumulator
  private var tracker: FrequencyTracker
  private var system1: MeasuringSystem
  private var system2: MeasuringSystem
  private var system3: MeasuringSystem
  public let rate: SampleRate
  private let presentVoltage_mV: Int32
  private let nominalVoltage_mV: Int32

  /// - Precondition: `settings.refusal` is nil.
  public init(_ settings: MeasuringSettings) {
    precondition(settings.refusal == nil, "settings refused")
    rate = settings.rate
    presentVoltage_mV = settings.presentVoltage_mV
    nominalVoltage_mV = settings.nominalVoltage_mV
    tracker = FrequencyTracker(
      rate: rate, hertz: Int(settings.nominalHertz), cycles: Int(settings.cyclesPerWindow))
    accumulator = SampleAccumulator(
      increment: tracker.nominalIncrement, cycles: FrequencyTracker.searchCycles,
      watch: HalfCycleWatch(longest: rate.numerator / rate.denominator &* 60))
    system1 = Self.system(settings, 0)
    system2 = Self.system(settings, 1)
    system3 = Self.system(settings, 2)
    for k in 0..<3 { watchNominal(k) }
  }

  /// Tells the watch over dips and swells what the nominal voltage is in counts.
  private mutating func watchNominal(_ system: Int) {
    let factor = scaling(system).voltage
    if factor.mantissa == 0 { return }
    let counts = ScaleFactor(UInt64(max(nominalVoltage_mV, 0))) / factor
    accumulator.watch.setNominal(system, counts: counts.applied(to: 1))
  }

  private func scaling(_ system: Int) -> SystemScaling {
    switch system {
    case 0: system1.scaling
    case 1: system2.scaling
    default: system3.scaling
    }
  }

  private static func system(_ settings: MeasuringSettings, _ k: Int) -> MeasuringSystem {
    MeasuringSystem(
      scaling: SystemScaling(
        scale: settings.scales[k], rate: settings.rate, calibration: settings.calibrations[k]))
  }

  /// Changes the calibration of one system; its remainders and offset estimates go on.
  public mutating func calibrate(
    _ system: Int, scale: ChannelScale, calibration: SystemCalibration
  ) {
    let scaling = SystemScaling(scale: scale, rate: rate, calibration: calibration)
    switch system {
    case 0: system1.scaling = scaling
    case 1: system2.scaling = scaling
    default: system3.scaling = scaling
    }
    watchNominal(system)
  }

  /// A dip or swell that was over in the window closed last, nil when there is no further one.
  /// - Parameter window: sets in that window.
  @inline(never)
  public mutating func nextDisturbance(window: UInt32) -> VoltageDisturbance? {
    guard var found = accumulator.watch.next(window: window) else { return nil }
    let r = rootMean(UInt64(max(found.extreme, 0)), count: found.cycle)
    let scaled = scaling(Int(found.0.system)).voltage.applied(to: Int64(r.root))
    found.0.extreme_mV = Int32(clamping: scaled >> Int64(r.fractionBits))
    return found.0
  }

  /// Systems in which a dip or swell is under way, as bits.
  public var openDisturbances: UInt8 { accumulator.watch.open }

  /// Forgets dips and swells under way: the supply has gone.
  public mutating func forgetDisturbances() { accumulator.watch.forget() }

  /// Sets in the open window so far.
  public var count: UInt32 { accumulator.count }
  /// Sets that the open window still takes.
  public var remaining: UInt32 { accumulator.remaining }
  /// Reference step per sample, 2^-32 turns, for analysers that share the time base.
  public var referenceIncrement: UInt32 { accumulator.reference.increment }
  /// True when the reference follows the mains.
  public var isLocked: Bool { tracker.isLocked }

  /// Adds one set.
  /// - Returns: true when the window is complete and must be closed.
  @inline(__always)
  public mutating func add(_ set: SampleSet) -> Bool { accumulator.add(set) }

  /// Adds sets of a block from `start` on until block or window end.
  public mutating func add(_ block: borrowing SampleBlock, from start: Int) -> (
    next: Int, complete: Bool
  ) {
    accumulator.add(block, from: start)
  }

  /// Closes the open window, complete or not, and opens the next.
  /// - Parameter temperature_dC: temperature of the measuring systems, tenths of a degree.
  public mutating func closeWindow(temperature_dC: Int16) -> MeasuredWindow {
    let complete = accumulator.remaining == 0
    let samples = accumulator.closeWindow()
    let whole = complete && tracker.isLocked
    let increment = accumulator.reference.increment
    let image = WindowImage(
      phase: accumulator.reference.phase, increment: increment, samples: max(samples, 1))
    let t = temperature_dC
    var window = MeasuredWindow(
      systems: (
        system1.evaluate(
          accumulator.sums1, samples: samples, isWhole: whole, image: image, temperature_dC: t,
          rate: rate),
        system2.evaluate(
          accumulator.sums2, samples: samples, isWhole: whole, image: image, temperature_dC: t,
          rate: rate),
        system3.evaluate(
          accumulator.sums3, samples: samples, isWhole: whole, image: image, temperature_dC: t,
          rate: rate)
      ), samples: samples, frequency_mHz: 0, isWhole: whole)
    let next =
      complete
      ? tracker.update(window, increment: increment, present_mV: presentVoltage_mV) : increment
    window.frequency_mHz = tracker.hasMeasured ? frequency(next) : 0
    if !complete { accumulator.watch.forget() }
    accumulator.openWindow(
      after: samples, increment: next, cycles: tracker.windowCycles, isArmed: tracker.isLocked)
    return window
  }

  /// Hertz times 1000 of a reference step, rounded.
  private func frequency(_ increment: UInt32) -> UInt32 {
    let scaled = UInt64(increment) * UInt64(rate.numerator) / UInt64(rate.denominator)
    return UInt32(truncatingIfNeeded: ((scaled * 1000) + (1 << 31)) >> 32)
  }
}

/// Follows the mains frequency by the advance of a voltage phasor between windows.
///
/// The phasor's angle against the reference is known at the middle of each window; its change,
/// together with the exact advance of the reference, is the mean frequency between the two
/// middles. The estimate does not depend on how well the reference fitted, so retuning by it
/// cannot oscillate. While the reference is searching, windows are two cycles long, which makes
/// the estimate unambiguous within ±25 % of the nominal frequency.
struct FrequencyTracker {
  /// Cycles in a window while searching.
  static let searchCycles = 2

  let cycles: Int
  let nominalIncrement: UInt32
  /// True when the reference follows the mains.
  private(set) var isLocked = false
  /// True once a frequency has been measured.
  private(set) var hasMeasured = false
  /// System whose voltage is followed, -1 for none.
  private var system: Int8 = -1
  private var lastAngle: UInt32 = 0
  private var lastSamples: UInt32 = 0
  private var lastIncrement: UInt32 = 0
  private var steadyWindows: Int8 = 0

  init(rate: SampleRate, hertz: Int, cycles: Int) {
    self.cycles = cycles
    let turns = (UInt64(hertz) << 32) * UInt64(rate.denominator)
    nominalIncrement = UInt32((turns + UInt64(rate.numerator) / 2) / UInt64(rate.numerator))
  }

  /// Whole cycles of the next window.
  var windowCycles: Int { isLocked || system < 0 ? cycles : Self.searchCycles }

  /// Takes a finished window.
  /// - Parameters:
  ///   - window: phasors against the reference.
  ///   - increment: the reference step in that window.
  ///   - present_mV: a voltage below this is not followed.
  /// - Returns: reference step for the next window.
  mutating func update(
    _ window: borrowing MeasuredWindow, increment: UInt32, present_mV: Int32
  ) -> UInt32 {
    let best = strongest(window, present_mV)
    if best < 0 {
      // Without voltage the window clock runs on at the last frequency.
      system = -1
      steadyWindows = 0
      return increment
    }
    let angle = window[Int(best)].voltageAngle
    defer {
      system = best
      lastAngle = angle
      lastSamples = window.samples
      lastIncrement = increment
    }
    if best != system {
      steadyWindows = 0
      return increment
    }
    let turned = Int64(Int32(bitPattern: angle &- lastAngle))
    let reference =
      Int64(lastIncrement) * (Int64(lastSamples) + 1) + Int64(increment)
      * (Int64(window.samples) - 1)
    let estimate = (reference + 2 * turned) / (Int64(lastSamples) + Int64(window.samples))
    return accept(estimate, increment)
  }

  private mutating func accept(_ estimate: Int64, _ increment: UInt32) -> UInt32 {
    let nominal = Int64(nominalIncrement)
    guard estimate > nominal * 3 / 4, estimate < nominal * 5 / 4 else {
      isLocked = false
      steadyWindows = 0
      return nominalIncrement
    }
    hasMeasured = true
    let change = (estimate - Int64(increment)).magnitude
    // 0.1 % is 50 mHz: the reference fits for metering. 2 % is a jump: search again.
    if change * 1000 < UInt64(nominal) {
      steadyWindows = min(steadyWindows + 1, 2)
      if steadyWindows == 2 { isLocked = true }
    } else {
      steadyWindows = 0
      if change * 50 > UInt64(nominal) { isLocked = false }
    }
    return UInt32(truncatingIfNeeded: estimate)
  }

  /// The strongest voltage; the present one is kept until another is a quarter stronger.
  private func strongest(_ window: borrowing MeasuredWindow, _ present_mV: Int32) -> Int8 {
    var best: Int8 = -1
    var level = present_mV
    if system >= 0, window[Int(system)].voltage_mV >= present_mV {
      best = system
      level = window[Int(system)].voltage_mV / 4 * 5
    }
    for k in 0..<3 where window[k].voltage_mV > level {
      best = Int8(truncatingIfNeeded: k)
      level = window[k].voltage_mV
    }
    return best
  }
}

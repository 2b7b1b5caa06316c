import Metrology

/// Finds the sample rate from the times of the samples and insists that they are even.
struct RateFromTimes {
  private var first_s = 0.0
  private var last_s = 0.0
  private var step_s = 0.0
  private(set) var count = 0

  /// Takes the next time; false where it does not follow evenly.
  ///
  /// - Parameter quantum_s: the smallest step that the digits of the times can show.
  mutating func add(_ time_s: Double, quantum_s: Double) -> Bool {
    defer {
      last_s = time_s
      count += 1
    }
    switch count {
    case 0:
      first_s = time_s
      return true
    case 1:
      step_s = time_s - last_s
      return step_s > 0
    default:
      let step = time_s - last_s
      // Rounded times differ by a quantum on either side; so does the first step.
      return step > 0 && abs(step - step_s) <= 0.02 * step_s + 2.01 * quantum_s
    }
  }

  /// The step that is held to be even, for messages.
  var expectedStep_s: Double { step_s }

  /// Whole hertz where the digits allow that reading, millihertz otherwise; nil outside 2 kHz to
  /// 32 kHz or below two samples.
  func rate(quantum_s: Double) -> SampleRate? {
    guard count >= 2, last_s > first_s else { return nil }
    let span = last_s - first_s
    let hertz = Double(count - 1) / span
    guard hertz >= 1_999, hertz <= 32_001 else { return nil }
    let tolerance = hertz * max(2e-6, 2 * quantum_s / span)
    if abs(hertz - hertz.rounded()) <= tolerance {
      let whole = UInt32(hertz.rounded())
      return (2_000...32_000).contains(whole) ? SampleRate(whole) : nil
    }
    return (2_000...32_000).contains(hertz)
      ? SampleRate(UInt32((hertz * 1000).rounded()), per: 1000) : nil
  }
}

import Bytes

/// What a window that does not hold exactly whole cycles does to phasors, and its undoing.
///
/// A window ends with a sample, not with a cycle. The sum of x * e^(-j ref) then holds, beside
/// the wanted N/2 * V, the image D/2 * conj(V) with D = sum of e^(-2j ref). D is known from the
/// reference alone, so the two can be separated exactly.
struct WindowImage {
  /// D / N, real and imaginary part, Q30.
  let real: Int64
  let imaginary: Int64
  /// 1 - |D / N|^2, Q30.
  private let determinant: Int64

  /// - Parameters:
  ///   - phase: reference at the first sample, 2^-32 turns.
  ///   - increment: step per sample.
  ///   - samples: N, at least 1.
  init(phase: UInt32, increment: UInt32, samples: UInt32) {
    // A geometric sum: |D| = sin(N * step) / sin(step), at the angle of its middle.
    let numerator = Int64(CORDIC.cosineSine(increment &* samples).sine)
    let denominator = Int64(CORDIC.cosineSine(increment).sine)
    let scaled = denominator &* Int64(samples)
    let size = scaled == 0 ? 0 : (numerator << 30) / scaled
    let middle = 2 &* phase &+ increment &* (samples &- 1)
    let direction = CORDIC.cosineSine(middle)
    real = (size &* Int64(direction.cosine)) >> 30
    imaginary = 0 &- (size &* Int64(direction.sine)) >> 30
    let square = (real &* real &+ imaginary &* imaginary) >> 30
    determinant = (1 << 30) - square
  }

  /// The phasor without its image. A window too short to tell the two apart is left as it is.
  /// - Parameters: sums of x * cos and x * sin of the reference.
  func removed(from c: Int64, _ s: Int64) -> (Int64, Int64) {
    if determinant < 1 << 28 { return (c, s) }
    // X = c - js; X - d * conj(X), divided by the determinant.
    let x = c &- multipliedShifted(c, real, by: 30) &+ multipliedShifted(s, imaginary, by: 30)
    let y = s &+ multipliedShifted(c, imaginary, by: 30) &+ multipliedShifted(s, real, by: 30)
    return (scaled(x), scaled(y))
  }

  private func scaled(_ x: Int64) -> Int64 {
    if determinant == 1 << 30 { return x }
    let reciprocal = (Int64(1) << 60) / determinant
    return multipliedShifted(x, reciprocal, by: 30)
  }
}

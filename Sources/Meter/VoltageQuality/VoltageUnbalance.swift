import Bytes
import Metrology

/// Unbalance of three voltages: negative by positive sequence (IEC 61000-4-30, 5.7).
enum VoltageUnbalance {
  /// u2 / u1 in 0.01 %; nil without a positive sequence to speak of.
  ///
  /// The RMS values stand for the magnitudes of the fundamentals, the phasors give the angles.
  @inline(never)
  static func ratio(_ window: MeasuredWindow) -> UInt16? {
    let a = phasor(window[0]), b = phasor(window[1]), c = phasor(window[2])
    let turnedB = turned(b), turnedC = turned(c)
    // Turning forwards is -1/2 + j k, backwards -1/2 - j k; the halves are common.
    let halfX = (b.x + c.x) / 2, halfY = (b.y + c.y) / 2
    let positive = magnitude(
      a.x - halfX - turnedB.y + turnedC.y, a.y - halfY + turnedB.x - turnedC.x)
    let negative = magnitude(
      a.x - halfX + turnedB.y - turnedC.y, a.y - halfY - turnedB.x + turnedC.x)
    // 3 * 20 V.
    if positive < 60_000 { return nil }
    return UInt16(clamping: (negative * 10_000 + positive / 2) / positive)
  }

  private static func phasor(_ window: SystemWindow) -> (x: Int64, y: Int64) {
    let unit = CORDIC.cosineSine(window.voltageAngle)
    let u = Int64(window.voltage_mV)
    return ((u * Int64(unit.cosine)) >> 30, (u * Int64(unit.sine)) >> 30)
  }

  /// Times the root of 3/4.
  private static func turned(_ v: (x: Int64, y: Int64)) -> (x: Int64, y: Int64) {
    let k: Int64 = 929_887_697
    return ((v.x * k) >> 30, (v.y * k) >> 30)
  }

  private static func magnitude(_ x: Int64, _ y: Int64) -> UInt64 {
    squareRoot(UInt64(x * x + y * y))
  }
}

/// Angles and rotations by shifts and adds (Volder 1959): the same bits on every machine.
///
/// An angle is a `UInt32` fraction of a turn: 2^32 is 360 degrees, arithmetic wraps.
public enum CORDIC {
  /// atan(2^-k) in 2^-32 turns, k = 0...29, rounded.
  static let angles: InlineArray<30, UInt32> = [
    0x2000_0000, 0x12E4_051E, 0x09FB_385B, 0x0511_11D4, 0x028B_0D43, 0x0145_D7E1, 0x00A2_F61E,
    0x0051_7C55, 0x0028_BE53, 0x0014_5F2F, 0x000A_2F98, 0x0005_17CC, 0x0002_8BE6, 0x0001_45F3,
    0x0000_A2FA, 0x0000_517D, 0x0000_28BE, 0x0000_145F, 0x0000_0A30, 0x0000_0518, 0x0000_028C,
    0x0000_0146, 0x0000_00A3, 0x0000_0051, 0x0000_0029, 0x0000_0014, 0x0000_000A, 0x0000_0005,
    0x0000_0003, 0x0000_0001,
  ]

  /// 1 / gain of 30 iterations, in Q30: 0.607252935...
  static let inverseGain: Int64 = 652_032_874

  /// Cosine and sine of an angle in Q30; the error is below 2^-27.
  public static func cosineSine(_ angle: UInt32) -> (cosine: Int32, sine: Int32) {
    // Fold into the right half plane, where the iterations converge.
    let flipped = (angle &+ 0x4000_0000) & 0x8000_0000 != 0
    var z = Int32(bitPattern: flipped ? angle &+ 0x8000_0000 : angle)
    // Four guard bits keep the rounding of 30 shifts out of the result.
    var x = inverseGain &<< 4
    var y: Int64 = 0
    for k in 0..<30 {
      let a = Int32(bitPattern: angles[k])
      let dx = x &>> Int64(k)
      let dy = y &>> Int64(k)
      if z >= 0 {
        x &-= dy
        y &+= dx
        z &-= a
      } else {
        x &+= dy
        y &-= dx
        z &+= a
      }
    }
    let c = Int32(truncatingIfNeeded: (x &+ 8) &>> 4)
    let s = Int32(truncatingIfNeeded: (y &+ 8) &>> 4)
    return flipped ? (0 &- c, 0 &- s) : (c, s)
  }

  /// The angle of the vector (x, y), 0 for a null vector; the error is below 2^-26 turns.
  public static func angle(x: Int64, y: Int64) -> UInt32 {
    let size = max(x.magnitude, y.magnitude)
    if size == 0 { return 0 }
    // Bring the larger component to 58 bits: room for the gain of 1.65 and the sum.
    let lead = size.leadingZeroBitCount &- 5
    var vx = lead >= 0 ? x &<< Int64(lead) : x &>> Int64(0 &- lead)
    var vy = lead >= 0 ? y &<< Int64(lead) : y &>> Int64(0 &- lead)
    var z: UInt32 = 0
    if vx < 0 {
      vx = 0 &- vx
      vy = 0 &- vy
      z = 0x8000_0000
    }
    for k in 0..<30 {
      let dx = vx &>> Int64(k)
      let dy = vy &>> Int64(k)
      if vy >= 0 {
        vx &+= dy
        vy &-= dx
        z &+= angles[k]
      } else {
        vx &-= dy
        vy &+= dx
        z &-= angles[k]
      }
    }
    return z
  }
}

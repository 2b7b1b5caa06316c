/// The integer square root: the largest r with r * r <= value.
public func squareRoot(_ value: UInt64) -> UInt64 {
  if value == 0 { return 0 }
  var bit = UInt64(1) << UInt64((63 - value.leadingZeroBitCount) & ~1)
  var rest = value
  var root: UInt64 = 0
  while bit != 0 {
    if rest >= root &+ bit {
      rest &-= root &+ bit
      root = root &>> 1 &+ bit
    } else {
      root = root &>> 1
    }
    bit = bit &>> 2
  }
  return root
}

/// The root of `sum / count` as a fixed-point number of full precision.
///
/// Small sums are scaled up by an even power of two before the division, so that the relative
/// error stays below 2^-24 whatever the size of the mean.
/// - Returns: `root` with `fractionBits` bits behind the point; 0 for a sum or count of 0.
public func rootMean(_ sum: UInt64, count: UInt32) -> (root: UInt64, fractionBits: Int) {
  if sum == 0 || count == 0 { return (0, 0) }
  let shift = UInt64(sum.leadingZeroBitCount) & ~1
  let mean = (sum << shift) / UInt64(count)
  return (squareRoot(mean), Int(truncatingIfNeeded: shift / 2))
}

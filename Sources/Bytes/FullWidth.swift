/// Products and shifts that keep every bit, on 32- and 64-bit targets alike.
///
/// On 32-bit targets `Int64(a) &* Int64(b)` of two `Int32` goes through out-of-line generic
/// conversions; joining the two halves of the full-width product compiles to one SMULL/SMLAL.

/// The signed 64-bit product of two signed 32-bit numbers.
@inline(__always)
@_transparent
public func product(_ a: Int32, _ b: Int32) -> Int64 {
  #if _pointerBitWidth(_32)
    let p = a.multipliedFullWidth(by: b)
    return unsafeBitCast(SIMD2<UInt32>(p.low, UInt32(bitPattern: p.high)), to: Int64.self)
  #else
    return Int64(a) &* Int64(b)
  #endif
}

/// Sign extension of a 32-bit number without the generic conversion of 32-bit targets.
@inline(__always)
@_transparent
public func widened(_ a: Int32) -> Int64 {
  #if _pointerBitWidth(_32)
    return unsafeBitCast(
      SIMD2<UInt32>(UInt32(bitPattern: a), UInt32(bitPattern: a &>> 31)), to: Int64.self)
  #else
    return Int64(a)
  #endif
}

/// `(a * b) >> shift`, rounded towards minus infinity, through the full 128-bit product.
///
/// The result must fit 64 bits; bits above are lost silently, so callers prove the bound.
/// - Parameter shift: 0...127.
@inlinable
public func multipliedShifted(_ a: Int64, _ b: Int64, by shift: Int) -> Int64 {
  let p = a.multipliedFullWidth(by: b)
  return shifted(high: p.high, low: p.low, by: shift)
}

/// `(high * 2^64 + low) >> shift`, the low 64 bits of it.
@inlinable
public func shifted(high: Int64, low: UInt64, by shift: Int) -> Int64 {
  if shift == 0 { return Int64(bitPattern: low) }
  if shift >= 64 { return high &>> Int64(min(shift &- 64, 63)) }
  let upper = UInt64(bitPattern: high) &<< UInt64(64 &- shift)
  return Int64(bitPattern: upper | low &>> UInt64(shift))
}

import Bytes

/// Six channels of simultaneous samples, structure of arrays, borrowed for one call.
public struct SampleBlock: ~Escapable {
  public let u1: Span<Int32>, i1: Span<Int32>
  public let u2: Span<Int32>, i2: Span<Int32>
  public let u3: Span<Int32>, i3: Span<Int32>
  /// Sets in the block.
  public let count: Int

  /// - Precondition: all six spans have the same length.
  @_lifetime(copy u1, copy i1, copy u2, copy i2, copy u3, copy i3)
  public init(
    u1: Span<Int32>, i1: Span<Int32>, u2: Span<Int32>, i2: Span<Int32>, u3: Span<Int32>,
    i3: Span<Int32>
  ) {
    precondition(
      u1.count == i1.count && u1.count == u2.count && u1.count == i2.count
        && u1.count == u3.count && u1.count == i3.count, "channels differ in length")
    self.u1 = u1
    self.i1 = i1
    self.u2 = u2
    self.i2 = i2
    self.u3 = u3
    self.i3 = i3
    count = u1.count
  }
}

extension SampleAccumulator {
  /// Adds sets from `start` on until the block or the window ends.
  /// - Returns: the position behind the last set taken, and whether the window is complete.
  public mutating func add(_ block: borrowing SampleBlock, from start: Int) -> (
    next: Int, complete: Bool
  ) {
    var at = start
    while at < block.count {
      #if arch(arm)
        let room = Int(truncatingIfNeeded: stop &- position)
      #else
        let room = Int(truncatingIfNeeded: chunkEnd &- position)
      #endif
      let length = min(room, block.count - at)
      #if !arch(arm)
        passBorders(of: block, from: at, length)
      #endif
      let parts = sums(of: block, from: at, length)
      Self.merge(parts.0, into: &sums1, &chunk1)
      Self.merge(parts.1, into: &sums2, &chunk2)
      Self.merge(parts.2, into: &sums3, &chunk3)
      at += length
      position = position &+ Int32(truncatingIfNeeded: length)
      #if arch(arm)
        if position == stop, reachStop() { return (at, true) }
      #else
        if position == chunkEnd { if closeChunk() { return (at, true) } } else { setStop() }
      #endif
    }
    return (at, false)
  }

  #if !arch(arm)
    /// Half cycles that end within the next `length` sets: of them only the squares of the
    /// voltages are summed apart. Vector units lose more by shorter runs than by that; the Cortex-M
    /// does not.
    @inline(__always)
    private mutating func passBorders(
      of block: borrowing SampleBlock, from at: Int, _ length: Int
    ) {
      var uu1 = sums1.uu, uu2 = sums2.uu, uu3 = sums3.uu
      var done = 0
      var next = Int(truncatingIfNeeded: watch.border &- count)
      while next <= length {
        let range = (at + done)..<(at + next)
        uu1 &+= Self.squares(block.u1.extracting(range))
        uu2 &+= Self.squares(block.u2.extracting(range))
        uu3 &+= Self.squares(block.u3.extracting(range))
        watch.pass(uu1, uu2, uu3)
        done = next
        next = Int(truncatingIfNeeded: watch.border &- count)
      }
    }

    @inline(__always)
    private static func squares(_ u: Span<Int32>) -> Int64 {
      var uu: UInt64 = 0
      var su: Int32 = 0
      for k in u.indices {
        let a = biased(u[k])
        uu &+= a &* a
        su &+= u[k]
      }
      let sum = widened(su)
      return unbiased(uu, sum &+ sum, UInt64(truncatingIfNeeded: u.count) &<< 62)
    }
  #endif

  /// The sums of three systems over part of the open chunk.
  @inline(__always)
  private func sums(
    of block: borrowing SampleBlock, from at: Int, _ length: Int
  ) -> (WindowSums, WindowSums, WindowSums) {
    let table = Int(truncatingIfNeeded: position)
    let c = reference.cosine.span.extracting(table..<(table + length))
    let s = reference.sine.span.extracting(table..<(table + length))
    let whole = length == ReferenceOscillator.chunkSamples
    let sc = whole ? reference.cosineSum : Self.sum(c)
    let ss = whole ? reference.sineSum : Self.sum(s)
    let range = at..<(at + length)
    return (
      Self.sum(block.u1.extracting(range), block.i1.extracting(range), c, s, sc, ss),
      Self.sum(block.u2.extracting(range), block.i2.extracting(range), c, s, sc, ss),
      Self.sum(block.u3.extracting(range), block.i3.extracting(range), c, s, sc, ss)
    )
  }

  #if arch(arm)
    /// Nine sums of one system over part of a chunk, by the multiply-accumulate of the Cortex-M, in
    /// two passes: so the sums of each stay in its registers.
    @inline(never)
    private static func sum(
      _ u: Span<Int32>, _ i: Span<Int32>, _ c: Span<Int32>, _ s: Span<Int32>, _: Int64, _: Int64
    ) -> WindowSums {
      var ui: Int64 = 0, uu: Int64 = 0, ii: Int64 = 0
      var su: Int32 = 0, si: Int32 = 0
      for k in u.indices {
        let a = u[k], b = i[unchecked: k]
        ui &+= product(a, b)
        uu &+= product(a, a)
        ii &+= product(b, b)
        su &+= a
        si &+= b
      }
      var uc: Int64 = 0, uq: Int64 = 0, ic: Int64 = 0, iq: Int64 = 0
      for k in u.indices {
        let a = u[k], b = i[unchecked: k], x = c[unchecked: k], y = s[unchecked: k]
        uc &+= product(a, x)
        uq &+= product(a, y)
        ic &+= product(b, x)
        iq &+= product(b, y)
      }
      var out = WindowSums()
      (out.ui, out.uu, out.ii, out.u, out.i) = (ui, uu, ii, widened(su), widened(si))
      (out.uc, out.uq, out.ic, out.iq) = (uc, uq, ic, iq)
      return out
    }
  #else
    /// Nine sums of one system over part of a chunk.
    ///
    /// Samples and table are biased by 2^31, which makes every product unsigned: vector units
    /// without a signed 32 x 32 multiplication (baseline x86-64) then still work on several
    /// samples at a time. Sums are taken modulo 2^64 and the bias comes off exactly afterwards:
    /// sum(ab) = sum((a + B)(b + B)) - B * (sum a + sum b) - n * B * B.
    @inline(__always)
    private static func sum(
      _ u: Span<Int32>, _ i: Span<Int32>, _ c: Span<Int32>, _ s: Span<Int32>, _ sc: Int64,
      _ ss: Int64
    ) -> WindowSums {
      var ui: UInt64 = 0, uu: UInt64 = 0, ii: UInt64 = 0
      var uc: UInt64 = 0, uq: UInt64 = 0, ic: UInt64 = 0, iq: UInt64 = 0
      var su: Int32 = 0, si: Int32 = 0
      for k in u.indices {
        su &+= u[k]
        si &+= i[unchecked: k]
        let a = biased(u[k]), b = biased(i[unchecked: k])
        let x = biased(c[unchecked: k]), y = biased(s[unchecked: k])
        ui &+= a &* b
        uu &+= a &* a
        ii &+= b &* b
        uc &+= a &* x
        uq &+= a &* y
        ic &+= b &* x
        iq &+= b &* y
      }
      var out = WindowSums()
      out.u = widened(su)
      out.i = widened(si)
      let square = UInt64(truncatingIfNeeded: u.count) &<< 62
      out.ui = unbiased(ui, out.u &+ out.i, square)
      out.uu = unbiased(uu, out.u &+ out.u, square)
      out.ii = unbiased(ii, out.i &+ out.i, square)
      out.uc = unbiased(uc, out.u &+ sc, square)
      out.uq = unbiased(uq, out.u &+ ss, square)
      out.ic = unbiased(ic, out.i &+ sc, square)
      out.iq = unbiased(iq, out.i &+ ss, square)
      return out
    }
  #endif

  private static func sum(_ values: Span<Int32>) -> Int64 {
    var sum: Int64 = 0
    for k in values.indices { sum &+= widened(values[k]) }
    return sum
  }

  @inline(__always)
  private static func biased(_ x: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: x) ^ 0x8000_0000)
  }

  @inline(__always)
  private static func unbiased(_ sum: UInt64, _ both: Int64, _ square: UInt64) -> Int64 {
    Int64(bitPattern: sum &- (UInt64(bitPattern: both) &<< 31) &- square)
  }

  @inline(__always)
  private static func merge(
    _ part: WindowSums, into sums: inout WindowSums, _ chunk: inout ChunkSums
  ) {
    sums.ui &+= part.ui
    sums.uu &+= part.uu
    sums.ii &+= part.ii
    chunk.u &+= Int32(truncatingIfNeeded: part.u)
    chunk.i &+= Int32(truncatingIfNeeded: part.i)
    chunk.uc &+= part.uc
    chunk.uq &+= part.uq
    chunk.ic &+= part.ic
    chunk.iq &+= part.iq
  }
}

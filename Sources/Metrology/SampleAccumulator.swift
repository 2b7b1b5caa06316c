import Bytes

/// The sample path of the three measuring systems: integer sums over whole cycles, no gaps.
///
/// Two forms give the same bits: `add(_:)` takes one set at a time, `add(block…)` takes six
/// arrays. Neither allocates, branches on data, or can trap: arithmetic wraps, and the bounds of
/// `WindowSums` say why it does not for converter values of 24 bits.
public struct SampleAccumulator: Sendable {
  var reference: ReferenceOscillator
  var sums1 = WindowSums(), sums2 = WindowSums(), sums3 = WindowSums()
  var chunk1 = ChunkSums(), chunk2 = ChunkSums(), chunk3 = ChunkSums()
  /// Position within the chunk, and its end.
  var position: Int32 = 0
  var chunkEnd: Int32 = 0
  /// Position at which the sample path turns aside: chunk end or border of half cycles.
  var stop: Int32 = 0
  /// Dips and swells.
  var watch: HalfCycleWatch
  /// Samples taken into this window before the open chunk, and in the whole window.
  var taken: UInt32 = 0
  var windowSamples: UInt32 = 0

  /// - Parameters:
  ///   - increment: phase step per sample of the reference, 2^-32 turns.
  ///   - cycles: whole cycles in the first window.
  public init(increment: UInt32, cycles: Int) {
    self.init(increment: increment, cycles: cycles, watch: HalfCycleWatch())
  }

  init(increment: UInt32, cycles: Int, watch: HalfCycleWatch) {
    reference = ReferenceOscillator(increment: increment)
    self.watch = watch
    openWindow(cycles: cycles, isArmed: false)
  }

  /// Samples of the open window so far.
  public var count: UInt32 { taken &+ UInt32(bitPattern: position) }
  /// Samples that the open window still takes.
  public var remaining: UInt32 { windowSamples &- count }

  /// Adds one set of samples.
  /// - Returns: true when the window is complete; it must then be closed before the next set.
  @inline(__always)
  public mutating func add(_ set: SampleSet) -> Bool {
    let n = Int(truncatingIfNeeded: position & 63)
    let c = reference.cosine[n]
    let s = reference.sine[n]
    Self.add(set.u1, set.i1, c, s, to: &sums1, &chunk1)
    Self.add(set.u2, set.i2, c, s, to: &sums2, &chunk2)
    Self.add(set.u3, set.i3, c, s, to: &sums3, &chunk3)
    position = position &+ 1
    return position == stop ? reachStop() : false
  }

  @inline(__always)
  private static func add(
    _ u: Int32, _ i: Int32, _ c: Int32, _ s: Int32, to sums: inout WindowSums,
    _ chunk: inout ChunkSums
  ) {
    sums.ui &+= product(u, i)
    sums.uu &+= product(u, u)
    sums.ii &+= product(i, i)
    chunk.u &+= u
    chunk.i &+= i
    chunk.uc &+= product(u, c)
    chunk.uq &+= product(u, s)
    chunk.ic &+= product(i, c)
    chunk.iq &+= product(i, s)
  }

  /// A chunk ends, half a cycle, or both.
  /// - Returns: true when the window is complete.
  @inline(never)
  mutating func reachStop() -> Bool {
    if taken &+ UInt32(bitPattern: position) == watch.border {
      watch.pass(sums1.uu, sums2.uu, sums3.uu)
    }
    if position == chunkEnd { return closeChunk() }
    setStop()
    return false
  }

  @inline(__always)
  mutating func setStop() {
    stop = min(chunkEnd, Int32(bitPattern: watch.border &- taken))
  }

  /// Books the open chunk into the window.
  /// - Returns: true when the window is complete.
  @inline(never)
  mutating func closeChunk() -> Bool {
    let c = reference.baseCosine &>> ReferenceOscillator.baseShift
    let s = reference.baseSine &>> ReferenceOscillator.baseShift
    Self.book(&chunk1, into: &sums1, c, s)
    Self.book(&chunk2, into: &sums2, c, s)
    Self.book(&chunk3, into: &sums3, c, s)
    taken = taken &+ UInt32(bitPattern: position)
    position = 0
    let left = windowSamples &- taken
    chunkEnd = Int32(bitPattern: min(left, UInt32(ReferenceOscillator.chunkSamples)))
    if left == 0 { return true }
    setStop()
    reference.advanceChunk()
    return false
  }

  @inline(__always)
  private static func book(
    _ chunk: inout ChunkSums, into sums: inout WindowSums, _ c: Int32, _ s: Int32
  ) {
    sums.u &+= widened(chunk.u)
    sums.i &+= widened(chunk.i)
    let uc = narrowed(chunk.uc), uq = narrowed(chunk.uq)
    let ic = narrowed(chunk.ic), iq = narrowed(chunk.iq)
    // base * sum of (u * rotation): the angle of a product is the sum of the angles.
    sums.uc &+= product(uc, c) &- product(uq, s)
    sums.uq &+= product(uc, s) &+ product(uq, c)
    sums.ic &+= product(ic, c) &- product(iq, s)
    sums.iq &+= product(ic, s) &+ product(iq, c)
    chunk = ChunkSums()
  }

  /// A chunk sum from Q30 to Q1, rounded.
  @inline(__always)
  private static func narrowed(_ sum: Int64) -> Int32 {
    let half: Int64 = 1 << (ReferenceOscillator.chunkShift - 1)
    return Int32(truncatingIfNeeded: (sum &+ half) &>> ReferenceOscillator.chunkShift)
  }

  /// Books what is open, whether the window is complete or not.
  /// - Returns: samples in the window.
  mutating func closeWindow() -> UInt32 {
    if position != 0 { _ = closeChunk() }
    return taken
  }

  /// Clears the sums and starts the next window behind the one of `samples`.
  mutating func openWindow(
    after samples: UInt32, increment: UInt32, cycles: Int, isArmed: Bool
  ) {
    reference.advance(samples: samples)
    reference.increment = increment
    reference.prepareWindow()
    sums1 = WindowSums()
    sums2 = WindowSums()
    sums3 = WindowSums()
    openWindow(cycles: cycles, isArmed: isArmed)
  }

  private mutating func openWindow(cycles: Int, isArmed: Bool) {
    taken = 0
    position = 0
    windowSamples = reference.samples(forCycles: cycles)
    chunkEnd = Int32(bitPattern: min(windowSamples, UInt32(ReferenceOscillator.chunkSamples)))
    watch.openWindow(samples: windowSamples, cycles: cycles, isArmed: isArmed)
    setStop()
  }
}

extension SampleAccumulator {
  /// Ends the window and opens one like it; the sample path without what a window end does.
  /// - Returns: the active sum of system 1.
  public mutating func benchmarkReopen() -> Int64 {
    let ui = sums1.ui
    sums1 = WindowSums()
    sums2 = WindowSums()
    sums3 = WindowSums()
    openWindow(cycles: 10, isArmed: true)
    return ui
  }

  /// One number out of all sums, to compare two forms of the sample path on a target without tests.
  public var benchmarkCheck: Int64 {
    var check: Int64 = 0
    func mix(_ sums: WindowSums, _ chunk: ChunkSums) {
      let values: InlineArray<15, Int64> = [
        sums.ui, sums.uu, sums.ii, sums.u, sums.i, sums.uc, sums.uq, sums.ic, sums.iq,
        Int64(chunk.u), Int64(chunk.i), chunk.uc, chunk.uq, chunk.ic, chunk.iq,
      ]
      for n in values.indices { check = check &* 31 &+ values[n] }
    }
    mix(sums1, chunk1)
    mix(sums2, chunk2)
    mix(sums3, chunk3)
    return check
  }
}

import Bytes

/// The quadrature reference, tracked to the mains frequency.
///
/// A 32-bit phase says exactly where the reference stands. Within a chunk of 64 samples it is
/// written as `base * rotation[n]`: the sample path multiplies with the small rotation table
/// only, and the base is applied once per chunk (decision 001). Base and table are
/// recomputed from the exact phase at the start of every window, so no error accumulates.
struct ReferenceOscillator {
  /// Samples in one chunk.
  static let chunkSamples = 64
  /// Fraction bits of base, as applied to chunk sums.
  static let baseShift: Int32 = 5
  /// Chunk sums drop from Q30 to Q1 before they meet the base in Q25: Q26 in the end.
  static let chunkShift: Int64 = 29

  /// Phase at the start of the window, 2^-32 turns.
  var phase: UInt32 = 0
  /// Phase step per sample, 2^-32 turns.
  var increment: UInt32
  /// Phase by which the windows so far went beyond whole cycles; within half an increment.
  private var excess: Int32 = 0
  /// cos and sin of n * increment, Q30, n = 0..<64.
  var cosine = InlineArray<64, Int32>(repeating: 0)
  var sine = InlineArray<64, Int32>(repeating: 0)
  /// Sums of the two tables, for the block form.
  var cosineSum: Int64 = 0
  var sineSum: Int64 = 0
  /// Reference at the start of the chunk, Q30.
  var baseCosine: Int32 = 0
  var baseSine: Int32 = 0
  /// Rotation over one whole chunk, Q30.
  private var chunkCosine: Int32 = 0
  private var chunkSine: Int32 = 0

  init(increment: UInt32) {
    self.increment = increment
    prepareWindow()
  }

  /// Samples in the next window of `cycles` whole turns, to the nearest sample.
  ///
  /// What a window is too long or too short, at most half a sample, is made up for in the next:
  /// on average windows hold whole cycles, wherever in the cycle they began and however often the
  /// increment is retuned.
  mutating func samples(forCycles cycles: Int) -> UInt32 {
    let turns = (Int64(cycles) << 32) - Int64(excess)
    let step = Int64(increment)
    let samples = (turns + step / 2) / step
    excess = Int32(truncatingIfNeeded: samples * step - turns)
    return UInt32(truncatingIfNeeded: samples)
  }

  /// Moves the exact phase over a finished window of `samples`.
  mutating func advance(samples: UInt32) { phase = phase &+ increment &* samples }

  /// Fills table and base from the exact phase and increment.
  mutating func prepareWindow() {
    let step = CORDIC.cosineSine(increment)
    var c: Int32 = 1 << 30
    var s: Int32 = 0
    cosineSum = 0
    sineSum = 0
    for n in 0..<Self.chunkSamples {
      cosine[n] = c
      sine[n] = s
      cosineSum &+= widened(c)
      sineSum &+= widened(s)
      (c, s) = Self.rotated(c, s, by: step)
    }
    (chunkCosine, chunkSine) = CORDIC.cosineSine(
      increment &* UInt32(truncatingIfNeeded: Self.chunkSamples))
    (baseCosine, baseSine) = CORDIC.cosineSine(phase)
  }

  /// Moves the base over one whole chunk.
  @inline(__always)
  mutating func advanceChunk() {
    (baseCosine, baseSine) = Self.rotated(baseCosine, baseSine, by: (chunkCosine, chunkSine))
  }

  /// Complex product of two unit vectors in Q30, rounded.
  @inline(__always)
  private static func rotated(
    _ c: Int32, _ s: Int32, by r: (cosine: Int32, sine: Int32)
  ) -> (Int32, Int32) {
    let half: Int64 = 1 << 29
    let x = (product(c, r.cosine) &- product(s, r.sine) &+ half) &>> 30
    let y = (product(s, r.cosine) &+ product(c, r.sine) &+ half) &>> 30
    return (Int32(truncatingIfNeeded: x), Int32(truncatingIfNeeded: y))
  }
}

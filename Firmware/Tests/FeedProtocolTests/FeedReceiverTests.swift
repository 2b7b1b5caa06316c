import FeedProtocol
import Metrology
import Testing

/// A sample set whose channels all differ and depend on the number.
private func samples(_ number: UInt32) -> SampleSet {
  let n = Int32(truncatingIfNeeded: number)
  return SampleSet(
    u1: n &* 7, i1: -n, u2: n &* 1_000_003, i2: 0x4B56_4B56, u3: Int32.min &+ n,
    i3: Int32.max &- n)
}

private func wire(_ number: UInt32) -> [UInt8] {
  let frame = FeedFrame(sequence: number, samples: samples(number)).encoded()
  return frame.indices.map { frame[$0] }
}

private func run(_ bytes: [UInt8], _ receiver: inout FeedReceiver) -> [FeedEvent] {
  bytes.compactMap { receiver.receive($0) }
}

/// Small repeatable generator (a linear congruence is chance enough for damage).
private struct Chance {
  var state: UInt64
  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}

@Test func frameLayout() {
  let bytes = FeedFrame(
    sequence: 0x0403_0201,
    samples: SampleSet(u1: 5, i1: -1, u2: 0, i2: 0, u3: 0, i3: Int32.min)
  ).encoded()
  #expect((0..<14).map { bytes[$0] } == [0x4B, 0x56, 1, 2, 3, 4, 5, 0, 0, 0, 255, 255, 255, 255])
  #expect((26..<30).map { bytes[$0] } == [0, 0, 0, 0x80])
  #expect(FeedFrame(checking: bytes.span)?.sequence == 0x0403_0201)
}

@Test func soundFeedComesThroughWhole() {
  var receiver = FeedReceiver()
  let events = run((0..<1000).flatMap { wire($0) }, &receiver)
  #expect(events == (0..<1000).map { .samples(samples($0), missing: 0) })
  #expect(receiver.counts.samples == 1000)
  #expect(receiver.counts.skippedBytes == 0)
}

@Test func beginsAnywhere() {
  var receiver = FeedReceiver()
  let events = run(Array(wire(41)[9...]) + wire(42) + wire(43), &receiver)
  #expect(
    events.suffix(2) == [.samples(samples(42), missing: 0), .samples(samples(43), missing: 0)])
}

@Test("Every single damaged bit costs its own frame and no other", arguments: 0..<(34 * 8))
func damagedBit(bit: Int) {
  var damaged = wire(1)
  damaged[bit / 8] ^= 1 << UInt8(bit % 8)
  var receiver = FeedReceiver()
  let events = run(wire(0) + damaged + wire(2) + wire(3) + wire(4), &receiver)
  let sets = events.filter { if case .samples = $0 { true } else { false } }
  #expect(
    sets == [
      .samples(samples(0), missing: 0), .samples(samples(2), missing: 1),
      .samples(samples(3), missing: 0), .samples(samples(4), missing: 0),
    ])
  #expect(receiver.counts.gaps == 1)
  #expect(receiver.counts.missing == 1)
  #expect(receiver.counts.skippedBytes == 34)
}

@Test("A frame cut at any length costs one frame and no more", arguments: 0..<34)
func truncated(length: Int) {
  var receiver = FeedReceiver()
  let events = run(wire(0) + wire(1).prefix(length) + wire(2) + wire(3), &receiver)
  let sets = events.compactMap { if case .samples(let set, _) = $0 { set } else { nil } }
  // A check value that ends in "K" lends the cut frame the first byte of the next one.
  #expect(
    sets == [samples(0), samples(2), samples(3)] || sets == [samples(0), samples(1), samples(3)])
  #expect(receiver.counts.missing == 1)
}

@Test func repeatedFramesAreNotMeasuredTwice() {
  var receiver = FeedReceiver()
  let events = run(wire(7) + wire(8) + wire(7) + wire(8) + wire(9), &receiver)
  #expect(
    events == [
      .samples(samples(7), missing: 0), .samples(samples(8), missing: 0),
      .repeated(sequence: 7), .repeated(sequence: 8), .samples(samples(9), missing: 0),
    ])
  #expect(receiver.counts.repeated == 2)
}

@Test func numberZeroRestartsAndWrapDoesNot() {
  var receiver = FeedReceiver()
  #expect(
    run(wire(5) + wire(0) + wire(1), &receiver) == [
      .samples(samples(5), missing: 0), .restart(samples(0)), .samples(samples(1), missing: 0),
    ])
  receiver = FeedReceiver()
  #expect(
    run(wire(UInt32.max) + wire(0), &receiver) == [
      .samples(samples(UInt32.max), missing: 0), .samples(samples(0), missing: 0),
    ])
}

@Test(
  "Random damage never invents samples and never loses step", arguments: 0..<20 as Range<UInt64>)
func randomDamage(seed: UInt64) {
  var chance = Chance(state: seed)
  var bytes: [UInt8] = []
  for number in 0..<500 as Range<UInt32> {
    var frame = wire(number)
    switch chance.below(10) {
    case 0: frame[chance.below(34)] ^= UInt8(1 + chance.below(255))
    case 1: frame.remove(at: chance.below(34))
    case 2: frame.insert(UInt8(chance.below(256)), at: chance.below(35))
    case 3: frame = (0..<chance.below(80)).map { _ in UInt8(chance.below(256)) }
    default: break
    }
    bytes += frame
  }
  bytes += wire(500) + wire(501) + wire(502)
  var receiver = FeedReceiver()
  var taken: UInt32 = 0
  for event in run(bytes, &receiver) {
    guard case .samples(let set, _) = event else { continue }
    taken += 1
    #expect(set == samples(UInt32(bitPattern: -set.i1)))
  }
  #expect(taken >= 503 - 500 * 4 / 10 - 60)
  #expect(taken == receiver.counts.samples)
  #expect(receiver.counts.skippedBytes + taken * 34 <= UInt32(bytes.count))
  #expect(run(wire(503), &receiver) == [.samples(samples(503), missing: 0)])
}

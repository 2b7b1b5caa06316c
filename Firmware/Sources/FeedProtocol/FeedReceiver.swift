import Metrology

/// What came out of the feed.
public enum FeedEvent: Equatable, Sendable {
  /// The next sample set. `missing` sets were lost just before it; 0 in a sound feed.
  case samples(SampleSet, missing: UInt32)
  /// The feed starts anew with this sample set, its number 0.
  case restart(SampleSet)
  /// A sound frame with a number already passed; its samples must not be measured twice.
  case repeated(sequence: UInt32)
  /// Something that began like a frame but fails its check.
  case damaged
}

/// Counters of a feed since start, wrapping.
public struct FeedCounts: Equatable, Sendable {
  /// Sample sets given out.
  public var samples: UInt32 = 0
  /// Frames that failed their check.
  public var damaged: UInt32 = 0
  /// Times when numbers were skipped.
  public var gaps: UInt32 = 0
  /// Sample sets missing in all gaps together.
  public var missing: UInt32 = 0
  /// Frames with a number already passed.
  public var repeated: UInt32 = 0
  /// Bytes outside of sound frames.
  public var skippedBytes: UInt32 = 0

  public init() {}
}

/// Finds the frames in the bytes of the sample feed.
///
/// Sans-IO: bytes go in one at a time, events come out. After damage every byte that could begin
/// a frame is tried again, so at most the frames touched by the damage are lost; a false "KV"
/// within samples costs nothing but time. The state is a buffer of one frame.
///
///     var receiver = FeedReceiver()
///     while let byte = port.next() {
///       if case .samples(let set, missing: 0)? = receiver.receive(byte) { measure(set) }
///     }
public struct FeedReceiver: Sendable {
  private var buffer = InlineArray<34, UInt8>(repeating: 0)
  private var count = 0
  /// The number the next frame should carry; nil before the first one.
  private var expected: UInt32?
  /// Counters since the receiver was made.
  public private(set) var counts = FeedCounts()

  public init() {}

  /// Takes one byte; gives an event when it completes a frame, sound or damaged.
  public mutating func receive(_ byte: UInt8) -> FeedEvent? {
    buffer[count] = byte
    count += 1
    if count <= 2 {
      // Cheap while in step; also where a search for the beginning goes on byte by byte.
      if !couldBegin(at: 0) { realign(from: 1) }
      return nil
    }
    guard count == FeedFrame.wireBytes else { return nil }
    guard let frame = FeedFrame(checking: buffer.span) else {
      counts.damaged &+= 1
      realign(from: 1)
      return .damaged
    }
    count = 0
    return accept(frame)
  }

  private mutating func accept(_ frame: FeedFrame) -> FeedEvent {
    // The distance is signed: half the circle ahead is a gap, the other half is the past.
    let ahead = Int32(bitPattern: frame.sequence &- (expected ?? frame.sequence))
    let isRestart = frame.sequence == 0 && ahead != 0
    guard ahead >= 0 || isRestart else {
      counts.repeated &+= 1
      return .repeated(sequence: frame.sequence)
    }
    expected = frame.sequence &+ 1
    counts.samples &+= 1
    if isRestart { return .restart(frame.samples) }
    if ahead > 0 {
      counts.gaps &+= 1
      counts.missing &+= UInt32(bitPattern: ahead)
    }
    return .samples(frame.samples, missing: UInt32(bitPattern: ahead))
  }

  /// True when what stands at `offset` is a beginning of the sync bytes, as far as received.
  private func couldBegin(at offset: Int) -> Bool {
    buffer[offset] == FeedFrame.sync.first
      && (offset + 1 == count || buffer[offset + 1] == FeedFrame.sync.second)
  }

  /// Drops bytes up to the next possible beginning of a frame, or all.
  private mutating func realign(from first: Int) {
    var start = first
    while start < count, !couldBegin(at: start) { start += 1 }
    for n in start..<count { buffer[n - start] = buffer[n] }
    count -= start
    counts.skippedBytes &+= UInt32(truncatingIfNeeded: start)
  }
}

/// What a recovery found, and what it cost.
public struct RecoveryReport: Equatable, Sendable {
  /// Whether there is something to go on from.
  public enum Outcome: UInt8, Sendable {
    /// The newest intact record was taken.
    case recovered
    /// Nothing was ever committed here: all pages are as delivered (0xFF), but for at most the
    /// one that a first record was being written to.
    case blank
    /// There is something, but no intact record: foreign or damaged memory. The owner must say
    /// so and must not show the registers as if they were new.
    case lost
  }

  /// How far the search had to go.
  public enum Search: UInt8, Sendable {
    /// Anchors and the chain behind the newest of them.
    case quick
    /// The quick search met contradictions; the heads of all records were read.
    case heads
    /// The five best heads were not intact; every record was read whole. Beyond 8 KiB.
    case records
  }

  public var outcome: Outcome
  public var search: Search
  /// Slots beside or above the record taken that were neither intact nor what was to be expected
  /// there. One is what an ordinary power cut leaves.
  public var damaged: UInt16
  /// Bytes read from the memory.
  public var bytesRead: UInt32
  /// Sequence number of the record taken, 0 if none.
  public var sequence: UInt64

  public init(
    outcome: Outcome, search: Search = .quick, damaged: UInt16 = 0, bytesRead: UInt32 = 0,
    sequence: UInt64 = 0
  ) {
    self.outcome = outcome
    self.search = search
    self.damaged = damaged
    self.bytesRead = bytesRead
    self.sequence = sequence
  }
}

/// What became of the program that a journal, ring or record has in the memory.
public enum ProgramProgress: UInt8, Sendable {
  /// Nothing is on its way.
  case idle
  /// The memory is still programming, or there is more to program.
  case busy
  /// It has been read back and is intact: from now on it survives any power cut.
  case committed
  /// What was read back is not what was programmed. The old record is still there; the caller
  /// appends again, which then goes to another place.
  case failed
}

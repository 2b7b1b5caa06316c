import Bytes

/// Eight counters that never give the same number twice, whatever happens to the supply.
///
/// Numbers are reserved ahead in blocks: what the memory holds is the first number that has not
/// been reserved yet. After a start a counter goes on there, so a cut costs at most what was
/// reserved and never repeats a number. A reservation is written to both copies before it is used:
/// a bit that flips in one takes nothing back. A counter that has reached its end stays there.
///
/// Payload: first number not reserved of counters 0...7, 4 bytes each, least significant first.
public struct ReservedCounters: Sendable {
  /// Number of counters.
  public static var count: Int { 8 }
  /// Numbers reserved at a time.
  public static var block: UInt32 { 1024 }

  private var record: AtomicRecord
  private var next = InlineArray<8, UInt32>(repeating: 1)
  /// First number that may not be used yet.
  private var limit = InlineArray<8, UInt32>(repeating: 1)
  private var wanted = InlineArray<8, UInt32>(repeating: 1)
  /// Copies of the present reservation that have been committed.
  private var written: UInt8 = 0
  /// True when the memory holds something but nothing intact: no number is given any more.
  public private(set) var isLost = true

  /// - Parameters:
  ///   - region: two pages.
  ///   - kind: distinguishes records.
  public init(region: PageRegion = MemoryMap.state(10), kind: UInt8 = 10) {
    record = AtomicRecord(region: region, kind: kind)
  }

  /// Goes on behind everything that was ever reserved.
  @inline(never)
  public mutating func recover(
    from memory: borrowing some PageMemory & ~Copyable
  ) -> RecoveryReport {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    let report = record.recover(from: memory, into: &room, length: &length)
    isLost = report.outcome == .lost || (report.outcome == .recovered && length != 32)
    written = 0
    for k in next.indices {
      var stored: UInt32 = 1
      if length == 32 {
        stored = 0
        for i in 0..<4 { stored |= UInt32(bytes[4 * k + i]) &<< UInt32(8 * i) }
      }
      next[k] = stored
      limit[k] = stored
    }
    return report
  }

  /// The next number of a counter, from 1; nil when nothing is reserved yet, after its last number,
  /// or when the memory is lost. Never the same number twice.
  /// - Parameter counter: 0..<8.
  public mutating func take(_ counter: Int) -> UInt32? {
    guard !isLost, next[counter] < limit[counter] else { return nil }
    next[counter] += 1
    return next[counter] - 1
  }

  /// Numbers that a counter can give without a program.
  public func reserve(_ counter: Int) -> UInt32 { limit[counter] - next[counter] }

  /// True when `pump` has something to do: a reserve is below half a block.
  public var needsProgram: Bool {
    if isLost { return false }
    if !record.isIdle || written == 1 { return true }
    for k in next.indices where Self.isShort(next[k], limit[k]) { return true }
    return false
  }

  private static func isShort(_ next: UInt32, _ limit: UInt32) -> Bool {
    limit - next < block / 2 && limit < .max
  }

  /// Reserves ahead, one program per call.
  /// - Returns: `.committed` when new numbers may be taken.
  @inline(never)
  public mutating func pump(
    _ memory: inout some PageMemory & ~Copyable
  ) -> ProgramProgress {
    guard needsProgram else { return .idle }
    if record.isIdle {
      if written == 0 {
        for k in next.indices {
          wanted[k] = limit[k]
          if Self.isShort(next[k], limit[k]) {
            wanted[k] = limit[k] > .max - Self.block ? .max : limit[k] + Self.block
          }
        }
      }
      _ = record.begin(payload.span)
    }
    switch record.pump(payload.span, to: &memory) {
    case .committed:
      written += 1
      if written == 1 { return .busy }
      written = 0
      limit = wanted
      return .committed
    case .failed: return .failed
    case .idle, .busy: return .busy
    }
  }

  private var payload: InlineArray<32, UInt8> {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    for k in wanted.indices {
      for i in 0..<4 { bytes[4 * k + i] = UInt8(truncatingIfNeeded: wanted[k] &>> UInt32(8 * i)) }
    }
    return bytes
  }
}

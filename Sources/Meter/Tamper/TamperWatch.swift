import MeterTime
import PermanentMemory

/// Alarms: what is seen, what was seen and not yet acknowledged, and when.
///
/// An alarm is raised when its sign has lasted for its time. It stays until somebody acknowledges
/// it after its sign has gone; the event logs are never cleared.
public struct TamperWatch: Sendable {
  static let recordBytes = 68

  /// Signs that last, as bits.
  public private(set) var active: UInt16 = 0
  /// Alarms that nobody has acknowledged, as bits.
  public private(set) var latched: UInt16 = 0
  /// Alarms raised since somebody last asked: what a port pushes.
  private var pushes: UInt16 = 0
  private var held = InlineArray<16, UInt8>(repeating: 0)
  /// The meter's time of the last raise of each kind, s since 2000; 0 never.
  private var times = InlineArray<16, UInt32>(repeating: 0)
  /// Covers and modules as last told.
  public internal(set) var isMeterCoverOpen = false
  public internal(set) var missingModules: UInt8 = 0
  /// Signs without an end of their own, until the next second.
  private var once: UInt16 = 0
  private var record = AtomicRecord(region: MemoryMap.state(15), kind: 8)
  private var needsCommit = false
  /// The copy that is on its way: alarms may be raised meanwhile.
  private var stored = InlineArray<68, UInt8>(repeating: 0)

  public init() {}

  /// When the alarm was raised last, in the meter's time; nil if never.
  public func raised(_ kind: TamperKind) -> Instant? {
    let seconds = times[Int(kind.rawValue)]
    return seconds == 0 ? nil : Instant(seconds: Int64(seconds))
  }

  /// Alarms raised since the last call, as bits.
  public mutating func takePushes() -> UInt16 {
    defer { pushes = 0 }
    return pushes
  }

  /// Notes a sign that has no duration.
  mutating func note(_ kind: TamperKind) { once |= kind.bit }

  /// Looks at one second.
  ///
  /// - Parameters:
  ///   - signs: what is seen, as bits.
  ///   - time: the meter's time.
  /// - Returns: alarms that began and signs that ended, as bits.
  mutating func step(signs: UInt16, time: Instant) -> (began: UInt16, ended: UInt16) {
    let seen = signs | once
    once = 0
    var began: UInt16 = 0
    let ended = active & ~seen
    active &= seen
    for kind in TamperKind.allCases {
      let k = Int(kind.rawValue)
      if seen & kind.bit == 0 {
        held[k] = 0
        continue
      }
      if held[k] < .max { held[k] += 1 }
      if held[k] >= kind.delay && active & kind.bit == 0 { began |= kind.bit }
    }
    if began == 0 { return (0, ended) }
    active |= began
    latched |= began
    pushes |= began
    let seconds = UInt32(clamping: max(time.seconds, 1))
    for kind in TamperKind.allCases where began & kind.bit != 0 {
      times[Int(kind.rawValue)] = seconds
    }
    needsCommit = true
    return (began, ended)
  }

  /// Takes alarms back whose signs have gone.
  /// - Returns: false if there was none.
  mutating func acknowledge() -> Bool {
    let gone = latched & ~active
    if gone == 0 { return false }
    latched &= active
    needsCommit = true
    return true
  }

  // MARK: memory

  private func encoded() -> InlineArray<68, UInt8> {
    var bytes = InlineArray<68, UInt8>(repeating: 0)
    bytes[0] = 1
    bytes[2] = UInt8(truncatingIfNeeded: latched)
    bytes[3] = UInt8(truncatingIfNeeded: latched >> 8)
    for k in 0..<16 {
      for n in 0..<4 {
        bytes[4 + 4 * k + n] = UInt8(truncatingIfNeeded: times[k] >> UInt32(8 * n))
      }
    }
    return bytes
  }

  /// Restores the alarms, at the start.
  /// - Returns: bytes read.
  @inline(never)
  mutating func start(memory: borrowing some PageMemory & ~Copyable) -> UInt32 {
    var bytes = InlineArray<68, UInt8>(repeating: 0)
    var length = 0
    var found: RecoveryReport
    do {
      var room = bytes.mutableSpan
      found = record.recover(from: memory, into: &room, length: &length)
    }
    guard found.outcome == .recovered, length == Self.recordBytes, bytes[0] == 1 else {
      return found.bytesRead
    }
    latched = UInt16(bytes[2]) | UInt16(bytes[3]) << 8
    for k in 0..<16 {
      var seconds: UInt32 = 0
      for n in 0..<4 { seconds |= UInt32(bytes[4 + 4 * k + n]) << UInt32(8 * n) }
      times[k] = seconds
    }
    return found.bytesRead
  }

  /// Brings the alarms into the memory; true when nothing is left to do.
  @inline(never)
  mutating func service(memory: inout some PageMemory & ~Copyable) -> Bool {
    for _ in 0..<8 {
      if record.isIdle && !needsCommit { return true }
      if !memory.isReady { return false }
      if record.isIdle {
        stored = encoded()
        needsCommit = false
        _ = record.begin(stored.span)
      }
      let bytes = stored
      if record.pump(bytes.span, to: &memory) == .failed { needsCommit = true }
    }
    return false
  }
}

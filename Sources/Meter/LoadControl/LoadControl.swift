import MeterTime
import PermanentMemory

/// The two load outputs, the two pulse inputs and the two module pulse outputs.
struct LoadControl: Sendable {
  static let recordBytes = 24

  var output1 = LoadOutput()
  var output2 = LoadOutput()
  var input1 = PulseInput()
  var input2 = PulseInput()
  var pulse1 = ModulePulseOutput()
  var pulse2 = ModulePulseOutput()
  /// Energy already handed to the pulse outputs, µWs.
  var handed1: UInt64 = 0
  var handed2: UInt64 = 0
  private var told: UInt32 = 0
  private var record = AtomicRecord(region: MemoryMap.state(9), kind: 9)
  private var stored = InlineArray<24, UInt8>(repeating: 0)
  /// Commits that may follow each other quickly; one more in 300 s. Two pages of a million
  /// programs each last for more than ten years of water or gas so.
  private var tokens: UInt8 = 32
  private var seconds: UInt16 = 0
  /// Seconds until counters may be committed again: a burst of pulses costs one program, not many.
  private var pause: UInt8 = 0
  static let pauseSeconds: UInt8 = 9

  init() {}

  /// An input that is wired to an alarm is on.
  func isExternalAlarm(_ parameters: LoadParameters) -> Bool {
    input1.level && parameters.input1.function == .alarm
      || input2.level && parameters.input2.function == .alarm
  }

  /// True once after pulses were lost.
  mutating func takeOverflow() -> Bool {
    let lost = pulse1.lost &+ pulse2.lost
    defer { told = lost }
    return lost != told
  }

  // MARK: memory

  private func encoded() -> InlineArray<24, UInt8> {
    var bytes = InlineArray<24, UInt8>(repeating: 0)
    bytes[0] = 1
    bytes[1] = (output1.isCommanded ? 1 : 0) | (output2.isCommanded ? 2 : 0)
    let words: InlineArray<4, UInt32> = [
      input1.count, input1.rest_thousandths, input2.count, input2.rest_thousandths,
    ]
    for k in 0..<4 {
      for n in 0..<4 {
        bytes[4 + 4 * k + n] = UInt8(truncatingIfNeeded: words[k] >> UInt32(8 * n))
      }
    }
    return bytes
  }

  /// The count that the memory holds: what displays and ports may show.
  func committedCount(_ input: Int) -> UInt32 {
    var value: UInt32 = 0
    for n in 0..<4 { value |= UInt32(stored[4 + 8 * input + n]) << UInt32(8 * n) }
    return value
  }

  /// A second has passed.
  mutating func countSecond() {
    if pause > 0 { pause -= 1 }
    seconds += 1
    if seconds < 300 { return }
    seconds = 0
    if tokens < 32 { tokens += 1 }
  }

  /// Restores commands and counters, at the start.
  /// - Returns: bytes read.
  @inline(never)
  mutating func start(memory: borrowing some PageMemory & ~Copyable) -> UInt32 {
    stored = encoded()
    var bytes = InlineArray<24, UInt8>(repeating: 0)
    var length = 0
    var found: RecoveryReport
    do {
      var room = bytes.mutableSpan
      found = record.recover(from: memory, into: &room, length: &length)
    }
    guard found.outcome == .recovered, length == Self.recordBytes, bytes[0] == 1 else {
      return found.bytesRead
    }
    stored = bytes
    output1.isCommanded = bytes[1] & 1 != 0
    output2.isCommanded = bytes[1] & 2 != 0
    input1.count = committedCount(0)
    input2.count = committedCount(1)
    for n in 0..<4 {
      input1.rest_thousandths |= UInt32(bytes[8 + n]) << UInt32(8 * n)
      input2.rest_thousandths |= UInt32(bytes[16 + n]) << UInt32(8 * n)
    }
    return found.bytesRead
  }

  /// Brings what moved into the memory; true when nothing is left to do.
  @inline(never)
  mutating func service(memory: inout some PageMemory & ~Copyable) -> Bool {
    for _ in 0..<8 {
      if record.isIdle {
        let now = encoded()
        var isSame = true
        for k in now.indices where now[k] != stored[k] { isSame = false }
        // A command is remembered at once, a count when its turn has come.
        if isSame || (tokens == 0 || pause > 0) && now[1] == stored[1] { return true }
        if !memory.isReady { return false }
        if tokens > 0 { tokens -= 1 }
        pause = Self.pauseSeconds
        stored = now
        _ = record.begin(stored.span)
      }
      if !memory.isReady { return false }
      let bytes = stored
      if record.pump(bytes.span, to: &memory) == .failed {
        stored[0] = 0
        pause = 0
      }
    }
    return false
  }
}

import Bytes
import COSEM
import Ciphers
import MeterTime

/// How far a general block transfer has come, both ways.
struct GeneralTransfer: Sendable {
  /// Blocks that can be sent again.
  static let windowMax = 8

  /// Last block of the client that came in order.
  var received: UInt16 = 0
  /// An answer is on its way, of which these blocks have been sent and taken.
  var isSending = false
  var sent: UInt16 = 0
  var taken: UInt16 = 0
  /// Blocks that may still be sent before the client says something.
  var credit: UInt8 = 0
  /// Number of the last block, once it is known.
  var last: UInt16?
  /// How far the value had come before each of the last blocks, by number modulo eight.
  var history = InlineArray<8, GetProgress>(repeating: GetProgress())
}

/// General block transfer (IEC 62056-5-3, 7.3.13): requests and answers of any length in blocks,
/// several of them in one go, lost ones again.
///
/// What was sent is not kept: a block that was lost is written anew from the place where it began.
/// It is for associations in clear; a ciphered answer would have to be kept whole, since its tag
/// covers all of it, and comes in the blocks of its own service.
extension DLMSServer {
  /// Bytes before the data of a block with the longest length.
  static let generalHeader = 9

  @inline(never)
  mutating func general<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    guard state == .associated, caller.conformance.contains(.generalBlockTransfer) else {
      drop()
      return exception(.notAllowed, state == .idle ? .notPossible : .notSupported, &out)
    }
    do throws(BytesError) {
      var reader = ByteReader(apdu)
      try reader.skip(1)
      let control = try reader.bigEndian(UInt8.self)
      let number = try reader.bigEndian(UInt16.self)
      let taken = try reader.bigEndian(UInt16.self)
      let length = try reader.length()
      let data = try reader.take(length)
      guard reader.remaining == 0 else { throw .truncated }
      if task == .general && transfer.isSending {
        if taken != transfer.last || data.isEmpty {
          return goOn(taken, window: control & 0x3F, &objects, &out)
        }
        // The last block is taken with the next request.
        drop()
      }
      guard try take(data, number) else { return exception(.notAllowed, .tooLong, &out) }
      if control & 0x80 != 0 && number == transfer.received {
        return answer(
          window: control & 0x3F, &objects, security: &security, suite: suite, now: now,
          into: &out)
      }
      // While the client streams it does not listen.
      return control & 0x40 != 0 ? 0 : block(0, isLast: false, number: 1, &out)
    } catch {
      drop()
      return exception(.notAllowed, .other, &out)
    }
  }

  /// Takes a block of the request; one out of order is left to come again.
  /// - Returns: false for more than is taken.
  private mutating func take(
    _ data: Span<UInt8>, _ number: UInt16
  ) throws(BytesError) -> Bool {
    if task != .general || number == 1 {
      // A new request begins with block 1; what came of another one is dropped.
      guard number == 1 else { throw .truncated }
      if task != .general || transfer.received != 1 { drop() }
      task = .general
    }
    guard number == transfer.received &+ 1 else { return true }
    guard keptCount + data.count <= kept.count else {
      drop()
      return false
    }
    for i in data.indices { kept[keptCount + i] = data[i] }
    keptCount += data.count
    transfer.received = number
    return true
  }

  /// The request is whole: it is served, and its answer comes in blocks, too.
  private mutating func answer<Suite: CipherSuite>(
    window: UInt8, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    let request = kept
    let (count, received) = (keptCount, transfer.received)
    drop()
    guard count > 0 else { return exception(.notAllowed, .other, &out) }
    generalWindow = max(1, min(window, UInt8(GeneralTransfer.windowMax), windowMax))
    defer { generalWindow = nil }
    let length = processPlain(
      request.span.extracting(0..<count), &objects, security: &security, suite: suite, now: now,
      into: &out)
    transfer.received = received
    if length == 0 || out[0] == APDUTag.exceptionResponse
      || out[0] == APDUTag.generalBlockTransfer
    {
      return length
    }
    let size = block(length, isLast: true, number: 1, movedFrom: 0, &out)
    transfer.received = 0
    return size
  }

  // MARK: sending

  /// A long answer begins.
  mutating func beginGeneral(
    _ objects: inout some ServerObjects & ~Copyable, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    task = .general
    transfer = GeneralTransfer()
    transfer.isSending = true
    transfer.credit = generalWindow ?? 1
    return sendGeneral(&objects, &out)
  }

  /// The next block of an answer whose window is open; 0 where there is none. To be asked for after
  /// each answer until it is 0.
  @inline(never)
  public mutating func nextBlock(
    _ objects: inout some ServerObjects & ~Copyable, into out: inout MutableSpan<UInt8>
  ) -> Int {
    guard task == .general, transfer.isSending, transfer.last == nil, transfer.credit > 0 else {
      return 0
    }
    return sendGeneral(&objects, &out)
  }

  /// The client tells what it has; what was lost is sent again.
  private mutating func goOn(
    _ taken: UInt16, window: UInt8, _ objects: inout some ServerObjects & ~Copyable,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    if taken == transfer.last || window == 0 {
      // Everything is there, or the client takes nothing more.
      drop()
      return 0
    }
    guard taken >= transfer.taken, taken <= transfer.sent else {
      drop()
      return exception(.notAllowed, .other, &out)
    }
    if taken < transfer.sent {
      progress = transfer.history[Int(taken &+ 1) % GeneralTransfer.windowMax]
      transfer.sent = taken
      transfer.last = nil
    }
    transfer.taken = taken
    transfer.credit = min(window, UInt8(GeneralTransfer.windowMax), windowMax)
    return sendGeneral(&objects, &out)
  }

  private mutating func sendGeneral(
    _ objects: inout some ServerObjects & ~Copyable, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    let number = transfer.sent &+ 1
    guard number != 0 else {
      drop()
      return exception(.notAllowed, .tooLong, &out)
    }
    transfer.history[Int(number) % GeneralTransfer.windowMax] = progress
    let head = number == 1 ? (progress.isList ? 3 : 4) : 0
    let isList = progress.isList
    var result = DataAccessResult.success
    // A block that is sent again has to end where it did.
    let room = room(out) + (generalWindow != nil ? Self.generalHeader : 0)
    let (outcome, count) = produce(&objects, room - head, &result, &out)
    guard outcome == .more || outcome == .complete else {
      drop()
      return exception(.notAllowed, .other, &out)
    }
    transfer.credit -= 1
    transfer.sent = number
    if outcome == .complete { transfer.last = number }
    let start = Self.blockHeader - head
    if head > 0 {
      // The answer's own head stands before its data.
      out[start] = APDUTag.getResponse
      out[start + 1] = isList ? 3 : 1
      out[start + 2] = invoke
      if !isList { out[start + 3] = 0 }
    }
    return block(
      count + head, isLast: outcome == .complete, number: number, movedFrom: start, &out)
  }

  /// Writes the head of a block, and moves its data behind it.
  private func block(
    _ count: Int, isLast: Bool, number: UInt16, movedFrom start: Int = 0,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    let lengthBytes = count < 0x80 ? 1 : count < 0x100 ? 2 : 3
    let head = 6 + lengthBytes
    if head <= start {
      for i in 0..<count { out[head + i] = out[start + i] }
    } else {
      for i in (0..<count).reversed() { out[head + i] = out[start + i] }
    }
    let goesOn = !isLast && count > 0 && transfer.credit > 0
    out[0] = APDUTag.generalBlockTransfer
    out[1] = (isLast ? 0x80 : 0) | (goesOn ? 0x40 : 0) | UInt8(GeneralTransfer.windowMax)
    out[2] = UInt8(number >> 8)
    out[3] = UInt8(truncatingIfNeeded: number)
    out[4] = UInt8(transfer.received >> 8)
    out[5] = UInt8(truncatingIfNeeded: transfer.received)
    switch lengthBytes {
    case 1: out[6] = UInt8(truncatingIfNeeded: count)
    case 2:
      out[6] = 0x81
      out[7] = UInt8(truncatingIfNeeded: count)
    default:
      out[6] = 0x82
      out[7] = UInt8(truncatingIfNeeded: count >> 8)
      out[8] = UInt8(truncatingIfNeeded: count)
    }
    return head + count
  }
}

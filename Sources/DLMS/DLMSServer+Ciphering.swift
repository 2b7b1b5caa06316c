import Bytes
import COSEM
import Ciphers
import MeterTime

extension DLMSServer {
  /// Security header and text of a ciphered APDU, as bytes of it.
  struct CipheredPart {
    var counter: UInt32
    var text: Range<Int>
    var title: Range<Int>?
  }

  /// Nil for anything that is not authenticated and enciphered under a unicast key of suite 0.
  static func cipheredPart(_ apdu: Span<UInt8>) throws(BytesError) -> CipheredPart? {
    var reader = ByteReader(apdu)
    let tag = try reader.bigEndian(UInt8.self)
    var title: Range<Int>?
    if tag == APDUTag.generalGlobal || tag == APDUTag.generalDedicated {
      guard try reader.bigEndian(UInt8.self) == 8 else { return nil }
      title = reader.offset..<(reader.offset + 8)
      try reader.skip(8)
    }
    guard try reader.length() == reader.remaining else { return nil }
    guard try reader.bigEndian(UInt8.self) == SecuritySuite0.both else { return nil }
    let counter = try reader.bigEndian(UInt32.self)
    guard reader.remaining > SecuritySuite0.tagBytes else { return nil }
    return CipheredPart(counter: counter, text: reader.offset..<apdu.count, title: title)
  }

  /// Deciphers into a buffer, once the counter is one that has not been.
  ///
  /// - Returns: bytes of the plain text; nil for whatever is wrong: nobody is told what.
  mutating func decipher<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ security: inout SecurityContext, _ suite: Suite.Type,
    into buffer: inout InlineArray<1024, UInt8>
  ) -> Int? {
    let found: CipheredPart?
    do throws(BytesError) { found = try Self.cipheredPart(apdu) } catch { found = nil }
    guard let part = found, part.text.count <= buffer.count else { return nil }
    if let title = part.title {
      for i in 0..<8 where apdu[title.lowerBound + i] != clientTitle[i] { return nil }
    }
    let isDedicated = Self.isDedicated(apdu[0])
    var keys = security.keys
    if isDedicated {
      guard let dedicatedKey, part.counter >= dedicatedExpected, part.counter < .max else {
        return nil
      }
      keys.encryption = dedicatedKey
    } else {
      guard security.accepts(part.counter, from: caller.client) else { return nil }
    }
    for i in 0..<part.text.count { buffer[i] = apdu[part.text.lowerBound + i] }
    var span = buffer.mutableSpan
    var text = span._mutatingExtracting(0..<part.text.count)
    guard SecuritySuite0.open(suite, &text, keys, clientTitle, part.counter) else {
      return nil
    }
    if isDedicated {
      dedicatedExpected = part.counter + 1
    } else {
      security.took(part.counter, from: caller.client)
    }
    return part.text.count - SecuritySuite0.tagBytes
  }

  /// Answers a ciphered APDU by a ciphered one.
  @inline(never)
  mutating func processCiphered<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    guard state != .idle else {
      drop()
      return exception(.notAllowed, .notPossible, &out)
    }
    var buffer = InlineArray<1024, UInt8>(repeating: 0)
    // Where a dedicated key was agreed on it is the only one, once the client has shown itself.
    let isRightKey =
      Self.isDedicated(apdu[0])
      ? dedicatedKey != nil
      : dedicatedKey == nil || state == .pending
    // The answer goes under the key of the request, also where that changes it.
    let before = security
    guard caller.isCiphered, isRightKey,
      let count = decipher(apdu, &security, suite, into: &buffer),
      Self.isWithin(apdu[0], buffer[0])
    else {
      security.refused &+= 1
      drop()
      return exception(.notAllowed, .deciphering, &out)
    }
    let plain = processPlain(
      buffer.span.extracting(0..<count), &objects, security: &security, suite: suite, now: now,
      into: &out)
    // An exception tells nothing of the meter and goes as it is.
    if plain == 0 || out[0] == APDUTag.exceptionResponse { return plain }
    let isGeneral = apdu[0] == APDUTag.generalGlobal || apdu[0] == APDUTag.generalDedicated
    return encipher(
      plain, isGeneral: isGeneral, isDedicated: Self.isDedicated(apdu[0]), &objects, before, suite,
      &out)
  }

  /// The service within has to be the one that the tag around it names.
  private static func isWithin(_ outer: UInt8, _ inner: UInt8) -> Bool {
    outer == APDUTag.generalGlobal || outer == APDUTag.generalDedicated || outer == inner &+ 8
      || outer == inner &+ 16
  }

  private static func isDedicated(_ tag: UInt8) -> Bool {
    tag == APDUTag.generalDedicated || (0xD0...0xD7).contains(tag)
  }

  /// Enciphers the answer that stands at the beginning of `out`.
  /// - Returns: bytes of it, 0 where no counter is left.
  mutating func encipher<Suite: CipherSuite>(
    _ count: Int, isGeneral: Bool, isDedicated: Bool = false,
    _ objects: inout some ServerObjects & ~Copyable, _ security: SecurityContext,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    guard let counter = objects.nextInvocationCounter() else { return 0 }
    let inner = count + 5 + SecuritySuite0.tagBytes
    let lengthBytes = inner < 0x80 ? 1 : inner < 0x100 ? 2 : 3
    let head = (isGeneral ? 10 : 1) + lengthBytes + 5
    guard head + count + SecuritySuite0.tagBytes <= out.count else { return 0 }
    let general = isDedicated ? APDUTag.generalDedicated : APDUTag.generalGlobal
    let tag = isGeneral ? general : isDedicated ? out[0] &+ 16 : Self.globalTag(out[0])
    var keys = security.keys
    if isDedicated, let dedicatedKey { keys.encryption = dedicatedKey }
    var i = count
    while i > 0 {
      i -= 1
      out[head + i] = out[i]
    }
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(0..<head))
      try writer.bigEndian(tag)
      if isGeneral {
        try writer.bigEndian(UInt8(8))
        for k in 0..<8 { try writer.bigEndian(security.title[k]) }
      }
      if lengthBytes > 1 { try writer.bigEndian(UInt8(0x80 + lengthBytes - 1)) }
      try writer.bigEndian(UInt64(inner), byteCount: max(1, lengthBytes - 1))
      try writer.bigEndian(SecuritySuite0.both)
      try writer.bigEndian(counter)
    } catch { return 0 }
    let end = head + count + SecuritySuite0.tagBytes
    var text = out._mutatingExtracting(head..<end)
    guard SecuritySuite0.seal(suite, &text, keys, security.title, counter) else {
      return 0
    }
    return end
  }

  private static func globalTag(_ tag: UInt8) -> UInt8 {
    tag == APDUTag.initiateResponse ? APDUTag.gloInitiateResponse : tag &+ 8
  }

  // MARK: HLS

  /// Pass 3 and 4 of high-level security: the client has answered the challenge.
  mutating func replyToHLS<Suite: CipherSuite>(
    _ parameters: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, now: Instant,
    into out: inout MutableSpan<UInt8>
  ) -> Int {
    guard state == .pending else { return actionResponse(.readWriteDenied, 0, &out) }
    // One try for each challenge.
    state = .idle
    guard !security.attempts.isClosed(caller.client, at: now),
      isRight(parameters, security, suite)
    else {
      security.attempts.fail(caller.client, at: now)
      return actionResponse(.readWriteDenied, 0, &out)
    }
    let challenge = clientChallenge
    guard let counter = objects.nextInvocationCounter(),
      let code = SecuritySuite0.code(
        suite, over: challenge.span.extracting(0..<clientChallengeCount), security.keys,
        security.title, counter)
    else { return actionResponse(.temporaryFailure, 0, &out) }
    security.attempts.succeed(caller.client)
    state = .associated
    // Octet string of 17 bytes: control, counter, code.
    out[6] = 0x09
    out[7] = 17
    out[8] = SecuritySuite0.authenticated
    for i in 0..<4 { out[9 + i] = UInt8(truncatingIfNeeded: counter >> UInt32(24 - 8 * i)) }
    for i in 0..<12 { out[13 + i] = code[i] }
    return actionResponse(.success, 19, &out)
  }

  private func isRight<Suite: CipherSuite>(
    _ parameters: Span<UInt8>, _ security: SecurityContext, _ suite: Suite.Type
  ) -> Bool {
    guard parameters.count == 19, parameters[0] == 0x09, parameters[1] == 17,
      parameters[2] == SecuritySuite0.authenticated
    else { return false }
    var counter: UInt32 = 0
    for i in 3..<7 { counter = counter << 8 | UInt32(parameters[i]) }
    guard
      let code = SecuritySuite0.code(
        suite, over: serverChallenge.span, security.keys, clientTitle, counter)
    else { return false }
    return ConstantTime.equal(code.span, parameters.extracting(7..<19))
  }
}

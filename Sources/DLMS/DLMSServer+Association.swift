import Bytes
import COSEM
import Ciphers
import MeterTime

/// Why an association is refused (IEC 62056-5-3, ACSE service user diagnostics).
enum AssociationDiagnosis: UInt8, Sendable {
  case none = 0
  case noReason = 1
  case contextNotSupported = 2
  case mechanismNotRecognised = 11
  case mechanismRequired = 12
  case authenticationFailure = 13
  case authenticationRequired = 14
}

extension DLMSServer {
  /// What a request for an association leads to.
  private enum Verdict {
    case accepted
    /// The server's challenge has to be answered first.
    case pending
    case refused(AssociationDiagnosis)
    /// The association layer would, but the services do not fit: number of the initiate error.
    case badInitiate(UInt8)
  }

  @inline(never)
  mutating func associate<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    security: inout SecurityContext, suite: Suite.Type, entropy: InlineArray<16, UInt8>?,
    now: Instant, into out: inout MutableSpan<UInt8>
  ) -> Int {
    drop()
    let request: AssociationRequest
    do throws(BytesError) {
      request = try AssociationRequest(parsing: apdu)
    } catch {
      return exception(.notAllowed, .other, &out)
    }
    let context: UInt8 = request.context == 3 ? 3 : 1
    // An association that stands is not taken over; that of one's own challenge may begin anew.
    if state == .associated {
      return response(
        .refused(.noReason), context: context, request, &objects, security, suite, &out)
    }
    state = .idle
    let verdict = judge(request, &security, suite, entropy, now)
    switch verdict {
    case .accepted: state = .associated
    case .pending: state = .pending
    case .refused, .badInitiate: break
    }
    return response(verdict, context: context, request, &objects, security, suite, &out)
  }

  private mutating func judge<Suite: CipherSuite>(
    _ request: borrowing AssociationRequest, _ security: inout SecurityContext,
    _ suite: Suite.Type, _ entropy: InlineArray<16, UInt8>?, _ now: Instant
  ) -> Verdict {
    if request.hasOtherVersion { return .refused(.noReason) }
    guard request.context == 1 || request.context == 3 else {
      return .refused(.contextNotSupported)
    }
    caller.isCiphered = request.context == 3
    caller.mechanism = .none
    if request.hasStrangeMechanism { return .refused(.mechanismNotRecognised) }
    let needed = Self.mechanisms(caller.client)
    let asked = request.mechanism ?? 0
    guard let mechanism = Mechanism(rawValue: asked) else {
      return .refused(.mechanismNotRecognised)
    }
    guard needed.contains(mechanism) else {
      return .refused(mechanism == .none ? .authenticationRequired : .mechanismNotRecognised)
    }
    caller.mechanism = mechanism
    // Ciphering needs a title and a key that the client has shown to know.
    if caller.isCiphered && mechanism != .highGMAC { return .refused(.contextNotSupported) }
    // What is shared is looked at only while nobody guesses.
    if mechanism != .none && security.attempts.isClosed(caller.client, at: now) {
      return .refused(.authenticationFailure)
    }
    if mechanism == .highGMAC && !isReadyForHigh(request, security) {
      return .refused(.authenticationFailure)
    }
    if let verdict = initiate(request, &security, suite) { return verdict }
    switch mechanism {
    case .none: return .accepted
    case .low:
      guard Self.isPassword(request.authentication, security.keys) else {
        security.attempts.fail(caller.client, at: now)
        return .refused(.authenticationFailure)
      }
      security.attempts.succeed(caller.client)
      return .accepted
    case .highGMAC:
      guard let entropy else { return .refused(.noReason) }
      return challenge(request.authentication, entropy)
    }
  }

  /// How a client may show who it is; no client falls back to less.
  static func mechanisms(_ client: UInt8) -> [Mechanism] {
    switch client {
    case 16: [.none]
    case 2: [.low, .highGMAC]
    case 1: [.highGMAC]
    default: []
    }
  }

  /// Titles, ciphering and challenge are as high-level security wants them.
  private mutating func isReadyForHigh(
    _ request: borrowing AssociationRequest, _ security: SecurityContext
  ) -> Bool {
    guard caller.isCiphered, request.callingTitle.count == 8,
      (8...64).contains(request.authentication.count)
    else { return false }
    var isOwn = true
    for i in 0..<8 {
      clientTitle[i] = request.callingTitle[i]
      if clientTitle[i] != security.title[i] { isOwn = false }
    }
    // A7: with the meter's own title its own messages would come back to it.
    return !isOwn
  }

  private mutating func challenge(
    _ theirs: Span<UInt8>, _ entropy: InlineArray<16, UInt8>
  ) -> Verdict {
    clientChallengeCount = theirs.count
    for i in theirs.indices { clientChallenge[i] = theirs[i] }
    serverChallenge = entropy
    // A6: a challenge that comes back would be answered by the one who set it.
    if ConstantTime.equal(theirs, entropy.span) { return .refused(.authenticationFailure) }
    return .pending
  }

  /// Looks at the whole room, whatever the lengths are.
  private static func isPassword(_ given: Span<UInt8>, _ keys: SecurityKeys) -> Bool {
    var padded = InlineArray<16, UInt8>(repeating: 0)
    for i in 0..<min(16, given.count) { padded[i] = given[i] }
    let isEqual = ConstantTime.equal(padded.span, keys.password.span)
    return isEqual && given.count == keys.passwordCount && keys.passwordCount > 0
  }

  /// Takes what the client proposes; nil where it fits.
  private mutating func initiate<Suite: CipherSuite>(
    _ request: borrowing AssociationRequest, _ security: inout SecurityContext,
    _ suite: Suite.Type
  ) -> Verdict? {
    var buffer = InlineArray<1024, UInt8>(repeating: 0)
    let information = request.userInformation
    var count = information.count
    guard count >= 1 else { return .refused(.noReason) }
    if information[0] == APDUTag.gloInitiateRequest {
      guard caller.isCiphered, caller.mechanism == .highGMAC,
        let plain = decipher(information, &security, suite, into: &buffer)
      else { return .refused(.authenticationFailure) }
      count = plain
    } else {
      guard caller.mechanism != .highGMAC, count <= buffer.count else {
        return .refused(.authenticationFailure)
      }
      for i in information.indices { buffer[i] = information[i] }
    }
    let proposed: InitiateRequest
    do throws(BytesError) {
      proposed = try InitiateRequest(parsing: buffer.span.extracting(0..<count))
    } catch { return .badInitiate(0) }
    // In clear a dedicated key would be no secret.
    if proposed.hasDedicatedKey && (!caller.isCiphered || proposed.dedicatedKey == nil) {
      return .badInitiate(0)
    }
    (dedicatedKey, dedicatedExpected) = (proposed.dedicatedKey, 0)
    if proposed.version != 6 { return .badInitiate(1) }
    if (1..<12).contains(proposed.pduMax) { return .badInitiate(3) }
    caller.conformance = proposed.conformance.intersection(.served)
    // A ciphered message would have to be kept whole to be cut into general blocks.
    caller.conformance.remove(caller.isCiphered ? .generalBlockTransfer : .generalProtection)
    if caller.conformance.isDisjoint(with: [.get, .set, .action, .access]) {
      return .badInitiate(2)
    }
    caller.pduMax.send = proposed.pduMax
    return nil
  }

  // MARK: answer

  private mutating func response<Suite: CipherSuite>(
    _ verdict: Verdict, context: UInt8, _ request: borrowing AssociationRequest,
    _ objects: inout some ServerObjects & ~Copyable, _ security: SecurityContext,
    _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    var information = InlineArray<64, UInt8>(repeating: 0)
    var informationCount = 0
    var (result, diagnosis) = (UInt8(0), AssociationDiagnosis.none)
    switch verdict {
    case .accepted: informationCount = initiateResponse(&information)
    case .pending:
      diagnosis = .authenticationRequired
      informationCount = initiateResponse(&information)
      var span = information.mutableSpan
      informationCount = encipher(
        informationCount, isGeneral: false, &objects, security, suite, &span)
      if informationCount == 0 {
        state = .idle
        (result, diagnosis) = (2, .noReason)
      }
    case .refused(let why): (result, diagnosis) = (1, why)
    case .badInitiate(let why):
      (result, diagnosis) = (1, .noReason)
      let error: InlineArray<4, UInt8> = [APDUTag.confirmedServiceError, 0x01, 0x06, why]
      for i in 0..<4 { information[i] = error[i] }
      informationCount = 4
    }
    let isHigh = state == .pending
    return Self.write(
      context: context, result: result, diagnosis, title: isHigh ? security.title : nil,
      challenge: isHigh ? serverChallenge : nil,
      information.span.extracting(0..<informationCount), &out)
  }

  private func initiateResponse(_ bytes: inout InlineArray<64, UInt8>) -> Int {
    let c = caller.conformance.rawValue
    let answer: InlineArray<14, UInt8> = [
      APDUTag.initiateResponse, 0x00, 0x06, 0x5F, 0x1F, 0x04, 0x00,
      UInt8(truncatingIfNeeded: c >> 16), UInt8(truncatingIfNeeded: c >> 8),
      UInt8(truncatingIfNeeded: c), UInt8(Self.receiveMax >> 8),
      UInt8(truncatingIfNeeded: Self.receiveMax), 0x00, 0x07,
    ]
    for i in 0..<14 { bytes[i] = answer[i] }
    return 14
  }

  /// Writes an AARE.
  private static func write(
    context: UInt8, result: UInt8, _ diagnosis: AssociationDiagnosis,
    title: InlineArray<8, UInt8>?, challenge: InlineArray<16, UInt8>?,
    _ information: Span<UInt8>, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    var count = 0
    do throws(BytesError) {
      // At most 126 bytes, so that every length is one byte.
      var writer = ByteWriter(out._mutatingExtracting(0..<128))
      try writer.bigEndian(UInt16(0x6100))
      let name: InlineArray<11, UInt8> = [
        0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, context,
      ]
      try writer.append(name.span)
      let verdict: InlineArray<12, UInt8> = [
        0xA2, 0x03, 0x02, 0x01, result, 0xA3, 0x05, 0xA1, 0x03, 0x02, 0x01, diagnosis.rawValue,
      ]
      try writer.append(verdict.span)
      if let title {
        try writer.bigEndian(UInt32(0xA40A_0408))
        try writer.append(title.span)
      }
      if let challenge {
        let high: InlineArray<17, UInt8> = [
          0x88, 0x02, 0x07, 0x80, 0x89, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02,
          Mechanism.highGMAC.rawValue, 0xAA, 0x12, 0x80, 0x10,
        ]
        try writer.append(high.span)
        try writer.append(challenge.span)
      }
      if !information.isEmpty {
        try writer.bigEndian(UInt8(0xBE))
        try writer.bigEndian(UInt8(information.count + 2))
        try writer.bigEndian(UInt8(0x04))
        try writer.bigEndian(UInt8(information.count))
        try writer.append(information)
      }
      count = writer.count
    } catch { return 0 }
    out[1] = UInt8(truncatingIfNeeded: count - 2)
    return count
  }

  // MARK: release

  /// An RLRQ: ends the association.
  mutating func release<Suite: CipherSuite>(
    _ apdu: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    _ security: inout SecurityContext, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    guard state != .idle else { return exception(.notAllowed, .notPossible, &out) }
    do throws(BytesError) {
      var fields = BERReader(try BERReader.inner(apdu, tag: APDUTag.rlrq))
      while !fields.isAtEnd {
        let tag = fields.tag
        let contents = try fields.next()
        guard tag == 0xBE && caller.isCiphered else { continue }
        // Few clients protect their release. One that does has to know the key.
        var buffer = InlineArray<1024, UInt8>(repeating: 0)
        let inner = try BERReader.inner(contents, tag: 4)
        if decipher(inner, &security, suite, into: &buffer) == nil {
          security.refused &+= 1
          return exception(.notAllowed, .deciphering, &out)
        }
      }
    } catch { return exception(.notAllowed, .other, &out) }
    reset()
    let answer: InlineArray<5, UInt8> = [APDUTag.rlre, 0x03, 0x80, 0x01, 0x00]
    for i in 0..<5 { out[i] = answer[i] }
    return 5
  }
}

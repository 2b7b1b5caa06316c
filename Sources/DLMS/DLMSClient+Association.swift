import Bytes
import COSEM
import Ciphers

extension DLMSClient {
  /// Writes the request for an association.
  ///
  /// - Parameters:
  ///   - entropy: sixteen bytes that nobody can foresee: the challenge to the server.
  ///   - out: at least 256 bytes.
  /// - Returns: bytes of it.
  public mutating func associate<Suite: CipherSuite>(
    entropy: InlineArray<16, UInt8>, suite: Suite.Type, into out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard state == .idle else { throw .notNow }
    guard out.count >= 256 else { throw .tooLong }
    challenge = entropy
    task = .none
    serverTitle = settings.serverTitle
    serverCounter = nil
    var buffer = InlineArray<64, UInt8>(repeating: 0)
    var information = buffer.mutableSpan
    var count = writeInitiate(&information)
    if settings.isCiphered {
      // Within an AARQ the title stands already: no general form.
      count = try seal(count, tag: APDUTag.gloInitiateRequest, suite, &information)
    }
    let length = write(information.span.extracting(0..<count), &out)
    guard length > 0 else { throw .tooLong }
    state = .associating
    return length
  }

  private func writeInitiate(_ out: inout MutableSpan<UInt8>) -> Int {
    let c = settings.conformance.rawValue
    let bytes: InlineArray<14, UInt8> = [
      APDUTag.initiateRequest, 0, 0, 0, 6, 0x5F, 0x1F, 4, 0, UInt8(truncatingIfNeeded: c >> 16),
      UInt8(truncatingIfNeeded: c >> 8), UInt8(truncatingIfNeeded: c),
      UInt8(settings.pduMax >> 8), UInt8(truncatingIfNeeded: settings.pduMax),
    ]
    for i in 0..<14 { out[i] = bytes[i] }
    return 14
  }

  /// Writes the fields of an AARQ, then its head before them.
  private func write(_ information: Span<UInt8>, _ out: inout MutableSpan<UInt8>) -> Int {
    let isHigh = settings.mechanism == .highGMAC
    var count = 0
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(3..<out.count))
      let name: InlineArray<11, UInt8> = [
        0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01, settings.isCiphered ? 3 : 1,
      ]
      try writer.append(name.span)
      if settings.isCiphered || isHigh {
        try writer.bigEndian(UInt32(0xA60A_0408))
        try writer.append(settings.title.span)
      }
      if settings.mechanism != .none {
        let mechanism: InlineArray<13, UInt8> = [
          0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x02,
          settings.mechanism.rawValue,
        ]
        try writer.append(mechanism.span)
        let size = isHigh ? 16 : settings.password.count
        try writer.bigEndian(UInt8(0xAC))
        try writer.bigEndian(UInt8(size + 2))
        try writer.bigEndian(UInt8(0x80))
        try writer.bigEndian(UInt8(size))
        try writer.append(isHigh ? challenge.span : settings.password)
      }
      try writer.bigEndian(UInt8(0xBE))
      try writer.bigEndian(UInt8(information.count + 2))
      try writer.bigEndian(UInt8(0x04))
      try writer.bigEndian(UInt8(information.count))
      try writer.append(information)
      count = writer.count
    } catch { return 0 }
    out[0] = APDUTag.aarq
    if count >= 0x80 {
      out[1] = 0x81
      out[2] = UInt8(truncatingIfNeeded: count)
      return count + 3
    }
    out[1] = UInt8(count)
    for i in 0..<count { out[2 + i] = out[3 + i] }
    return count + 2
  }

  // MARK: answer

  mutating func associated<Suite: CipherSuite>(
    _ apdu: inout MutableSpan<UInt8>, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> DLMSClientEvent {
    var theirs = InlineArray<64, UInt8>(repeating: 0)
    var theirsCount = 0
    var information = 0..<0
    var isRefused = false
    do throws(BytesError) {
      let whole = apdu.span
      let response = try AssociationResponse(parsing: whole)
      information = Self.place(of: response.userInformation, in: whole)
      isRefused = response.result != 0
      if !isRefused {
        try take(response)
        theirsCount = min(response.challenge.count, 64)
        for i in 0..<theirsCount { theirs[i] = response.challenge[i] }
      }
    } catch { throw .malformed }
    if isRefused { throw refusal(apdu.span, information) }
    try agree(&apdu, information, suite)
    guard settings.mechanism == .highGMAC else {
      state = .associated
      return .associated
    }
    // A6: whoever sends the challenge back would have it answered here.
    guard theirsCount >= 8,
      !ConstantTime.equal(theirs.span.extracting(0..<theirsCount), challenge.span)
    else { throw .serverNotAuthentic }
    let count = try prove(theirs.span.extracting(0..<theirsCount), suite, &out)
    state = .proving
    task = .act
    return .send(count)
  }

  /// Where a part of an APDU stands; nothing in between is copied.
  private static func place(of part: Span<UInt8>, in whole: Span<UInt8>) -> Range<Int> {
    guard !part.isEmpty, let range = whole.indices(of: part) else { return 0..<0 }
    return range
  }

  private mutating func take(_ response: borrowing AssociationResponse) throws(BytesError) {
    if response.title.count == 8 {
      var title = InlineArray<8, UInt8>(repeating: 0)
      for i in 0..<8 { title[i] = response.title[i] }
      serverTitle = title
    }
  }

  private func refusal(_ apdu: Span<UInt8>, _ information: Range<Int>) -> DLMSClientError {
    do throws(BytesError) {
      let response = try AssociationResponse(parsing: apdu)
      let bytes = apdu.extracting(information)
      if !bytes.isEmpty, bytes[0] == APDUTag.confirmedServiceError, bytes.count == 4 {
        return .initiate(errorClass: bytes[2], number: bytes[3])
      }
      return .refused(result: response.result, response.diagnosis)
    } catch { return .malformed }
  }

  /// Takes what the server agrees to.
  private mutating func agree<Suite: CipherSuite>(
    _ apdu: inout MutableSpan<UInt8>, _ information: Range<Int>, _ suite: Suite.Type
  ) throws(DLMSClientError) {
    guard !information.isEmpty else { throw .malformed }
    var place = information
    if settings.isCiphered {
      let tag = apdu[place.lowerBound]
      guard tag == APDUTag.gloInitiateResponse || tag == APDUTag.generalGlobal else {
        throw .otherProtection(0)
      }
      place = try decipher(&apdu, place, suite)
    }
    do throws(BytesError) {
      let response = try InitiateResponse(parsing: apdu.span.extracting(place))
      guard response.associationName == 7, response.version == 6 else { throw .truncated }
      conformance = response.conformance.intersection(settings.conformance)
      serverPduMax = response.pduMax
    } catch { throw .otherContext }
  }

  // MARK: high-level security

  /// Pass 3: the code over the server's challenge.
  private mutating func prove<Suite: CipherSuite>(
    _ theirs: Span<UInt8>, _ suite: Suite.Type, _ out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard counter < UInt32.max else { throw .cannotCipher }
    let number = counter
    counter += 1
    begin()
    guard
      let code = SecuritySuite0.code(suite, over: theirs, settings.keys, settings.title, number)
    else { throw .cannotCipher }
    var reply = InlineArray<19, UInt8>(repeating: 0)
    (reply[0], reply[1], reply[2]) = (0x09, 17, SecuritySuite0.authenticated)
    for i in 0..<4 { reply[3 + i] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i)) }
    for i in 0..<12 { reply[7 + i] = code[i] }
    return try writeAction(DLMSServer.replyToHLS, reply.span, suite, &out)
  }

  /// Pass 4: the server shows that it knows the key, too.
  mutating func proved<Suite: CipherSuite>(
    _ data: Span<UInt8>, _ suite: Suite.Type
  ) throws(DLMSClientError) -> DLMSClientEvent {
    guard data.count == 19, data[0] == 0x09, data[1] == 17,
      data[2] == SecuritySuite0.authenticated, let title = serverTitle
    else { throw .serverNotAuthentic }
    var number: UInt32 = 0
    for i in 3..<7 { number = number << 8 | UInt32(data[i]) }
    let own = challenge
    guard
      let code = SecuritySuite0.code(suite, over: own.span, settings.keys, title, number),
      ConstantTime.equal(code.span, data.extracting(7..<19))
    else { throw .serverNotAuthentic }
    state = .associated
    task = .none
    return .associated
  }

  // MARK: release

  /// Writes the end of the association.
  /// - Returns: bytes of it.
  public mutating func release(
    into out: inout MutableSpan<UInt8>
  ) throws(DLMSClientError) -> Int {
    guard state == .associated, task == .none else { throw .notNow }
    guard out.count >= 5 else { throw .tooLong }
    let bytes: InlineArray<5, UInt8> = [APDUTag.rlrq, 0x03, 0x80, 0x01, 0x00]
    for i in 0..<5 { out[i] = bytes[i] }
    state = .releasing
    return 5
  }
}

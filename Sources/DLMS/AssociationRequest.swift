import Bytes

/// How a client shows who it is (IEC 62056-5-3, 5.3.4 and 7.2.3.8).
public enum Mechanism: UInt8, Sendable {
  /// It does not.
  case none = 0
  /// By a password in clear.
  case low = 1
  /// By a message code over a challenge, AES-GMAC.
  case highGMAC = 5
}

/// An AARQ, checked: the request for an association.
struct AssociationRequest: ~Escapable {
  /// Last byte of the application context name: 1 LN, 2 SN, 3 LN ciphered, 4 SN ciphered; nil
  /// where it is another name.
  var context: UInt8?
  /// Last byte of the mechanism name; nil where there is none.
  var mechanism: UInt8?
  /// The name of the mechanism is none of DLMS.
  var hasStrangeMechanism = false
  /// The protocol version has no bit 0.
  var hasOtherVersion = false
  var callingTitle: Span<UInt8>
  var authentication: Span<UInt8>
  var userInformation: Span<UInt8>

  /// - Parameter bytes: the APDU with its tag.
  @_lifetime(copy bytes)
  init(parsing bytes: Span<UInt8>) throws(BytesError) {
    let nothing = bytes.extracting(0..<0)
    (callingTitle, authentication, userInformation) = (nothing, nothing, nothing)
    var fields = BERReader(try BERReader.inner(bytes, tag: APDUTag.aarq))
    var seen: UInt32 = 0
    while !fields.isAtEnd {
      let tag = fields.tag
      let contents = try fields.next()
      // Each field once, in whatever order.
      let bit = UInt32(1) << UInt32(tag & 0x1F)
      guard seen & bit == 0 else { throw .truncated }
      seen |= bit
      switch tag {
      case 0x80:
        hasOtherVersion = contents.count != 2 || contents[1] & 0x80 == 0
      case 0xA1: context = Self.last(try BERReader.inner(contents, tag: 6), arc: 1)
      case 0xA6: callingTitle = try BERReader.inner(contents, tag: 4)
      case 0x8B:
        mechanism = Self.last(contents, arc: 2)
        hasStrangeMechanism = mechanism == nil
      case 0xAC: authentication = try BERReader.inner(contents, tag: 0x80)
      case 0xBE: userInformation = try BERReader.inner(contents, tag: 4)
      // Titles and qualifiers that say nothing to this server, and the requirements of ACSE, which
      // the mechanism tells as well.
      case 0x8A, 0xA2...0xA5, 0xA7...0xA9, 0xBD: break
      default: throw .truncated
      }
    }
  }

  /// The last arc of 2.16.756.5.8.`arc`.x.
  private static func last(_ oid: Span<UInt8>, arc: UInt8) -> UInt8? {
    let head: InlineArray<6, UInt8> = [0x60, 0x85, 0x74, 0x05, 0x08, arc]
    guard oid.count == 7 else { return nil }
    for i in 0..<6 where oid[i] != head[i] { return nil }
    return oid[6]
  }
}

/// An xDLMS InitiateRequest.
struct InitiateRequest {
  var hasDedicatedKey = false
  /// Where it is one of suite 0.
  var dedicatedKey: InlineArray<16, UInt8>?
  var version: UInt8
  var conformance: Conformance
  var pduMax: UInt16

  init(parsing bytes: Span<UInt8>) throws(BytesError) {
    var reader = ByteReader(bytes)
    guard try reader.bigEndian(UInt8.self) == APDUTag.initiateRequest else { throw .truncated }
    if try reader.bigEndian(UInt8.self) != 0 {
      hasDedicatedKey = true
      let key = try reader.take(Int(try reader.bigEndian(UInt8.self)))
      if key.count == 16 { dedicatedKey = InlineArray { key[$0] } }
    }
    // Response allowed, quality of service.
    for _ in 0..<2 where try reader.bigEndian(UInt8.self) != 0 { try reader.skip(1) }
    version = try reader.bigEndian()
    // Application 31, BIT STRING of 24 bits behind a byte of unused ones.
    guard try reader.bigEndian(UInt16.self) == 0x5F1F, try reader.bigEndian(UInt16.self) == 0x0400
    else { throw .truncated }
    conformance = Conformance(
      rawValue: UInt32(truncatingIfNeeded: try reader.bigEndian(byteCount: 3)))
    pduMax = try reader.bigEndian()
  }
}

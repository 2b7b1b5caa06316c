import Bytes

/// An AARE, checked: the answer to the request for an association (IEC 62056-5-3, 7.2.3).
struct AssociationResponse: ~Escapable {
  /// Last byte of the application context name; nil where it is another name.
  var context: UInt8?
  /// 0 accepted, 1 rejected for good, 2 rejected for now.
  var result: UInt8
  var diagnosis: AssociationDiagnostic
  var title: Span<UInt8>
  var mechanism: UInt8?
  var challenge: Span<UInt8>
  var userInformation: Span<UInt8>

  /// - Parameter bytes: the APDU with its tag.
  @_lifetime(copy bytes)
  init(parsing bytes: Span<UInt8>) throws(BytesError) {
    let nothing = bytes.extracting(0..<0)
    (title, challenge, userInformation) = (nothing, nothing, nothing)
    diagnosis = AssociationDiagnostic(isProvider: false, number: 0)
    result = 0xFF
    var fields = BERReader(try BERReader.inner(bytes, tag: APDUTag.aare))
    while !fields.isAtEnd {
      let tag = fields.tag
      let contents = try fields.next()
      switch tag {
      case 0xA1: context = Self.last(try BERReader.inner(contents, tag: 6), arc: 1)
      case 0xA2: result = try Self.number(contents)
      case 0xA3:
        guard contents.count > 0, contents[0] == 0xA1 || contents[0] == 0xA2 else {
          throw .truncated
        }
        diagnosis = AssociationDiagnostic(
          isProvider: contents[0] == 0xA2,
          number: try Self.number(try BERReader.inner(contents, tag: contents[0])))
      case 0xA4: title = try BERReader.inner(contents, tag: 4)
      case 0x89: mechanism = Self.last(contents, arc: 2)
      case 0xAA: challenge = try BERReader.inner(contents, tag: 0x80)
      case 0xBE: userInformation = try BERReader.inner(contents, tag: 4)
      default: break
      }
    }
    guard result != 0xFF else { throw .truncated }
  }

  private static func number(_ bytes: Span<UInt8>) throws(BytesError) -> UInt8 {
    let value = try BERReader.inner(bytes, tag: 2)
    guard value.count == 1 else { throw .truncated }
    return value[0]
  }

  /// The last arc of 2.16.756.5.8.`arc`.x.
  private static func last(_ oid: Span<UInt8>, arc: UInt8) -> UInt8? {
    let head: InlineArray<6, UInt8> = [0x60, 0x85, 0x74, 0x05, 0x08, arc]
    guard oid.count == 7 else { return nil }
    for i in 0..<6 where oid[i] != head[i] { return nil }
    return oid[6]
  }
}

/// Why a server refuses an association, as ACSE says it.
public struct AssociationDiagnostic: Equatable, Sendable {
  /// It comes from the service provider, not from the service user.
  public var isProvider: Bool
  public var number: UInt8

  public init(isProvider: Bool, number: UInt8) {
    (self.isProvider, self.number) = (isProvider, number)
  }
}

/// An xDLMS InitiateResponse: what a server agrees to.
struct InitiateResponse {
  var version: UInt8
  var conformance: Conformance
  var pduMax: UInt16
  /// Name of the association: 7 for logical names, FA00 for short ones.
  var associationName: UInt16

  init(parsing bytes: Span<UInt8>) throws(BytesError) {
    var reader = ByteReader(bytes)
    guard try reader.bigEndian(UInt8.self) == APDUTag.initiateResponse else { throw .truncated }
    if try reader.bigEndian(UInt8.self) != 0 { try reader.skip(1) }
    version = try reader.bigEndian()
    guard try reader.bigEndian(UInt16.self) == 0x5F1F, try reader.bigEndian(UInt16.self) == 0x0400
    else { throw .truncated }
    conformance = Conformance(
      rawValue: UInt32(truncatingIfNeeded: try reader.bigEndian(byteCount: 3)))
    pduMax = try reader.bigEndian()
    associationName = try reader.bigEndian()
  }
}

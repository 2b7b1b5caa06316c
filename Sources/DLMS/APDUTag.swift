/// First bytes of APDUs (IEC 62056-5-3, clause 8).
public enum APDUTag {
  public static let initiateRequest: UInt8 = 0x01
  public static let initiateResponse: UInt8 = 0x08
  public static let dataNotification: UInt8 = 0x0F
  public static let confirmedServiceError: UInt8 = 0x0E
  public static let gloInitiateRequest: UInt8 = 0x21
  public static let gloInitiateResponse: UInt8 = 0x28
  public static let aarq: UInt8 = 0x60
  public static let aare: UInt8 = 0x61
  public static let rlrq: UInt8 = 0x62
  public static let rlre: UInt8 = 0x63
  public static let getRequest: UInt8 = 0xC0
  public static let setRequest: UInt8 = 0xC1
  public static let eventNotification: UInt8 = 0xC2
  public static let actionRequest: UInt8 = 0xC3
  public static let getResponse: UInt8 = 0xC4
  public static let setResponse: UInt8 = 0xC5
  public static let actionResponse: UInt8 = 0xC7
  public static let gloGetRequest: UInt8 = 0xC8
  public static let gloSetRequest: UInt8 = 0xC9
  public static let gloActionRequest: UInt8 = 0xCB
  public static let gloEventNotification: UInt8 = 0xCA
  public static let gloGetResponse: UInt8 = 0xCC
  public static let gloSetResponse: UInt8 = 0xCD
  public static let gloActionResponse: UInt8 = 0xCF
  public static let dedGetRequest: UInt8 = 0xD0
  public static let dedSetRequest: UInt8 = 0xD1
  public static let dedActionRequest: UInt8 = 0xD3
  public static let exceptionResponse: UInt8 = 0xD8
  public static let accessRequest: UInt8 = 0xD9
  public static let accessResponse: UInt8 = 0xDA
  public static let generalGlobal: UInt8 = 0xDB
  public static let generalDedicated: UInt8 = 0xDC
  public static let generalBlockTransfer: UInt8 = 0xE0
}

/// Services that both sides of an association agree on (IEC 62056-5-3, 7.3.1).
///
/// Bit 0 of the standard is the highest of 24 here.
public struct Conformance: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue & 0xFF_FFFF }

  private init(bit: UInt32) { rawValue = 0x80_0000 >> bit }

  public static let generalProtection = Conformance(bit: 1)
  public static let generalBlockTransfer = Conformance(bit: 2)
  public static let blockTransferWithGet = Conformance(bit: 11)
  public static let blockTransferWithSet = Conformance(bit: 12)
  public static let blockTransferWithAction = Conformance(bit: 13)
  public static let multipleReferences = Conformance(bit: 14)
  public static let access = Conformance(bit: 17)
  public static let get = Conformance(bit: 19)
  public static let set = Conformance(bit: 20)
  public static let selectiveAccess = Conformance(bit: 21)
  public static let action = Conformance(bit: 23)

  /// What this server does.
  public static let served: Conformance = [
    .generalProtection, .generalBlockTransfer, .blockTransferWithGet, .blockTransferWithSet,
    .blockTransferWithAction, .multipleReferences, .access, .get, .set, .selectiveAccess, .action,
  ]
}

/// The control field of a frame (IEC 62056-46, 6.4.3).
public enum HDLCControl: Equatable, Sendable {
  /// A piece of an APDU; numbers count modulo 8.
  case information(send: UInt8, receive: UInt8, poll: Bool)
  /// Ready: all frames below `receive` have come.
  case receiveReady(receive: UInt8, poll: Bool)
  /// Not ready for more.
  case receiveNotReady(receive: UInt8, poll: Bool)
  /// SNRM: opens a connection.
  case setNormalResponseMode(poll: Bool)
  /// DISC: closes it.
  case disconnect(poll: Bool)
  /// UA: what was asked for is done.
  case acknowledge(final: Bool)
  /// DM: there is no connection.
  case disconnectedMode(final: Bool)
  /// FRMR: a frame that repeating does not mend.
  case frameReject(final: Bool)
  /// UI: an APDU without connection.
  case unnumberedInformation(poll: Bool)

  /// Nil for a field that DLMS does not use.
  public init?(_ byte: UInt8) {
    let flag = byte & 0x10 != 0
    if byte & 1 == 0 {
      self = .information(send: byte >> 1 & 7, receive: byte >> 5, poll: flag)
      return
    }
    switch byte & 0x0F {
    case 0x01: self = .receiveReady(receive: byte >> 5, poll: flag)
    case 0x05: self = .receiveNotReady(receive: byte >> 5, poll: flag)
    default:
      switch byte & 0xEF {
      case 0x83: self = .setNormalResponseMode(poll: flag)
      case 0x43: self = .disconnect(poll: flag)
      case 0x63: self = .acknowledge(final: flag)
      case 0x0F: self = .disconnectedMode(final: flag)
      case 0x87: self = .frameReject(final: flag)
      case 0x03: self = .unnumberedInformation(poll: flag)
      default: return nil
      }
    }
  }

  /// The field as it is sent.
  public var byte: UInt8 {
    switch self {
    case .information(let send, let receive, let poll):
      (receive & 7) << 5 | Self.bit(poll) | (send & 7) << 1
    case .receiveReady(let receive, let poll): (receive & 7) << 5 | Self.bit(poll) | 0x01
    case .receiveNotReady(let receive, let poll): (receive & 7) << 5 | Self.bit(poll) | 0x05
    case .setNormalResponseMode(let poll): 0x83 | Self.bit(poll)
    case .disconnect(let poll): 0x43 | Self.bit(poll)
    case .acknowledge(let final): 0x63 | Self.bit(final)
    case .disconnectedMode(let final): 0x0F | Self.bit(final)
    case .frameReject(let final): 0x87 | Self.bit(final)
    case .unnumberedInformation(let poll): 0x03 | Self.bit(poll)
    }
  }

  private static func bit(_ flag: Bool) -> UInt8 { flag ? 0x10 : 0 }
}

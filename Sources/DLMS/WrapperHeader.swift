/// The header before an APDU on TCP and UDP (IEC 62056-47, 7): version 1, port of the sender, port
/// of the receiver, length; 16 bits each.
public struct WrapperHeader: Equatable, Sendable {
  /// Bytes of a header.
  public static let byteCount = 8

  /// Wrapper port of the sender: of a client its number, 16 public, 1 management.
  public var source: UInt16
  /// Wrapper port of the receiver: of a server its logical device.
  public var destination: UInt16
  /// Bytes of the APDU.
  public var length: UInt16

  public init(source: UInt16, destination: UInt16, length: UInt16) {
    (self.source, self.destination, self.length) = (source, destination, length)
  }

  /// Nil for another version, for no APDU at all and for one that is too long.
  /// - Parameters:
  ///   - bytes: eight.
  ///   - longest: the longest APDU that is taken.
  public init?(parsing bytes: Span<UInt8>, longest: Int) {
    guard bytes.count == 8 else { return nil }
    func word(_ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }
    guard word(0) == 1 else { return nil }
    (source, destination, length) = (word(2), word(4), word(6))
    guard length > 0, Int(length) <= longest else { return nil }
  }

  /// The header as it is sent.
  public var bytes: InlineArray<8, UInt8> {
    [
      0, 1, UInt8(source >> 8), UInt8(truncatingIfNeeded: source), UInt8(destination >> 8),
      UInt8(truncatingIfNeeded: destination), UInt8(length >> 8),
      UInt8(truncatingIfNeeded: length),
    ]
  }
}

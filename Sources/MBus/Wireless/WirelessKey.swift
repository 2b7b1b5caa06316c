import Bytes
import Ciphers

/// A key of 16 bytes.
public struct WirelessKey: Equatable, Sendable {
  var bytes: InlineArray<16, UInt8>

  /// Nil where there are not 16 bytes.
  public init?(_ bytes: Span<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self.bytes = InlineArray(repeating: 0)
    for i in 0..<16 { self.bytes[i] = bytes[i] }
  }

  init(_ bytes: InlineArray<16, UInt8>) { self.bytes = bytes }

  /// A key that everybody knows, for tests: the characters «KVADRANT TEST 01».
  public static var TEST: WirelessKey {
    WirelessKey([
      0x4B, 0x56, 0x41, 0x44, 0x52, 0x41, 0x4E, 0x54, 0x20, 0x54, 0x45, 0x53, 0x54, 0x20, 0x30,
      0x31,
    ])
  }

  public static func == (a: WirelessKey, b: WirelessKey) -> Bool {
    ConstantTime.equal(a.bytes.span, b.bytes.span)
  }

  /// What a derived key is for (EN 13757-7, 9.6; OMS volume 2, 9.1).
  public enum Purpose: UInt8, Sendable {
    case encryptionFromMeter = 0x00
    case authenticationFromMeter = 0x01
    case encryptionToMeter = 0x10
    case authenticationToMeter = 0x11
  }

  /// The key of one message: CMAC over purpose, message counter, the device's number and padding.
  public func derived<Suite: CipherSuite>(
    _ suite: Suite.Type, _ purpose: Purpose, counter: UInt32, identification: UInt32
  ) -> WirelessKey? {
    var input = InlineArray<16, UInt8>(repeating: 0x07)
    input[0] = purpose.rawValue
    for i in 0..<4 {
      input[1 + i] = UInt8(truncatingIfNeeded: counter >> UInt32(8 * i))
      input[5 + i] = UInt8(truncatingIfNeeded: identification >> UInt32(8 * i))
    }
    guard let mac = try? Suite.cmac(of: input.span, key: bytes.span) else { return nil }
    return WirelessKey(mac)
  }
}

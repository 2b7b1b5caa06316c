import MeterTime

/// Keys of security suite 0 and the password of the reading client.
///
/// It does not print itself, and nothing encodes it.
public struct SecurityKeys: Sendable {
  /// Global unicast encryption key.
  public var encryption: InlineArray<16, UInt8>
  /// Authentication key.
  public var authentication: InlineArray<16, UInt8>
  /// Password of low-level security, 1...16 bytes.
  public private(set) var password = InlineArray<16, UInt8>(repeating: 0)
  public private(set) var passwordCount: Int
  /// Known to everybody: such keys never open a port to a network.
  public let areTEST: Bool

  /// - Parameter password: 8...16 bytes; anything else locks the reading client out.
  public init(
    encryption: InlineArray<16, UInt8>, authentication: InlineArray<16, UInt8>,
    password: Span<UInt8>
  ) {
    self.init(encryption, authentication, password, areTEST: false)
  }

  private init(
    _ encryption: InlineArray<16, UInt8>, _ authentication: InlineArray<16, UInt8>,
    _ password: Span<UInt8>, areTEST: Bool
  ) {
    self.encryption = encryption
    self.authentication = authentication
    self.areTEST = areTEST
    passwordCount = (8...16).contains(password.count) ? password.count : 0
    for i in 0..<passwordCount { self.password[i] = password[i] }
  }

  /// The keys of the worked example in the Green Book, and the password «TEST-LLS».
  public static var TEST: SecurityKeys {
    let password: InlineArray<8, UInt8> = [0x54, 0x45, 0x53, 0x54, 0x2D, 0x4C, 0x4C, 0x53]
    return SecurityKeys(
      [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E,
        0x0F,
      ],
      [
        0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE,
        0xDF,
      ], password.span, areTEST: true)
  }
}

/// What all associations of one meter share: keys, counters, and the guard against guessing.
public struct SecurityContext: Sendable {
  public var keys: SecurityKeys
  /// System title of the meter: three letters of the maker, five bytes of the number.
  public var title: InlineArray<8, UInt8>
  public var attempts = AttemptGuard()
  /// The next invocation counters that are taken from the reading and the management client.
  public internal(set) var expected: (reading: UInt32, management: UInt32) = (0, 0)
  /// Ciphered APDUs that were refused since the start.
  public internal(set) var refused: UInt32 = 0

  public init(keys: SecurityKeys, title: InlineArray<8, UInt8>) {
    self.keys = keys
    self.title = title
  }

  func accepts(_ counter: UInt32, from client: UInt8) -> Bool {
    let next = client == 1 ? expected.management : expected.reading
    return counter >= next && counter < UInt32.max
  }

  mutating func took(_ counter: UInt32, from client: UInt8) {
    if client == 1 { expected.management = counter + 1 } else { expected.reading = counter + 1 }
  }
}

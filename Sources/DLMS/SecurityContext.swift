import Ciphers
import MeterTime

/// Keys of security suite 0 and the password of the reading client.
///
/// It does not print itself, and nothing encodes it.
public struct SecurityKeys: Sendable {
  /// Global unicast encryption key.
  public var encryption: InlineArray<16, UInt8>
  /// Authentication key.
  public var authentication: InlineArray<16, UInt8>
  /// Master key, under which other keys are sent; nil where none are taken.
  public private(set) var master: InlineArray<16, UInt8>?
  /// Password of low-level security, 1...16 bytes.
  public private(set) var password = InlineArray<16, UInt8>(repeating: 0)
  public var passwordCount: Int { Int(passwordBytes) }
  private var passwordBytes: UInt8
  /// Known to everybody: such keys never open a port to a network.
  public private(set) var areTEST: Bool

  /// - Parameter password: 8...16 bytes; anything else locks the reading client out.
  public init(
    encryption: InlineArray<16, UInt8>, authentication: InlineArray<16, UInt8>,
    master: InlineArray<16, UInt8>? = nil, password: Span<UInt8>
  ) {
    self.init(encryption, authentication, master, password, areTEST: false)
  }

  private init(
    _ encryption: InlineArray<16, UInt8>, _ authentication: InlineArray<16, UInt8>,
    _ master: InlineArray<16, UInt8>?, _ password: Span<UInt8>, areTEST: Bool
  ) {
    self.encryption = encryption
    self.authentication = authentication
    self.master = master
    self.areTEST = areTEST
    passwordBytes = (8...16).contains(password.count) ? UInt8(password.count) : 0
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
      ],
      [
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE,
        0xFF,
      ], password.span, areTEST: true)
  }

  /// One of the keys is one of the others.
  public func sharesKey(with other: SecurityKeys) -> Bool {
    func same(_ a: InlineArray<16, UInt8>, _ b: InlineArray<16, UInt8>) -> Bool {
      ConstantTime.equal(a.span, b.span)
    }
    if same(encryption, other.encryption) || same(authentication, other.authentication) {
      return true
    }
    guard let master, let known = other.master else { return false }
    return same(master, known)
  }

  /// Takes another key: 0 encryption, 2 authentication, 3 master. Keys that came under a TEST
  /// master key are known to whoever listened, so they stay TEST keys.
  mutating func replace(_ id: UInt8, with key: InlineArray<16, UInt8>) {
    switch id {
    case 0: encryption = key
    case 2: authentication = key
    default: master = key
    }
  }

  // MARK: memory

  /// Bytes of `encoded`.
  public static var encodedBytes: Int { 72 }

  /// For the permanent memory, and for nothing else: layout 1; flags; three keys; password.
  public var encoded: InlineArray<72, UInt8> {
    var bytes = InlineArray<72, UInt8>(repeating: 0)
    bytes[0] = 1
    bytes[1] = (areTEST ? 1 : 0) | (master != nil ? 2 : 0)
    bytes[2] = UInt8(truncatingIfNeeded: passwordCount)
    for i in 0..<16 {
      bytes[8 + i] = encryption[i]
      bytes[24 + i] = authentication[i]
      bytes[40 + i] = master?[i] ?? 0
      bytes[56 + i] = password[i]
    }
    return bytes
  }

  /// Nil for a layout that this version does not know.
  public init?(decoding bytes: InlineArray<72, UInt8>) {
    guard bytes[0] == 1, bytes[1] < 4, bytes[2] <= 16 else { return nil }
    func key(_ at: Int) -> InlineArray<16, UInt8> { InlineArray { bytes[at + $0] } }
    let password = key(56)
    self.init(
      key(8), key(24), bytes[1] & 2 != 0 ? key(40) : nil,
      password.span.extracting(0..<Int(bytes[2])), areTEST: bytes[1] & 1 != 0)
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

  /// Another key: no counter has been used with it.
  mutating func restartCounters() { expected = (0, 0) }

  mutating func took(_ counter: UInt32, from client: UInt8) {
    if client == 1 { expected.management = counter + 1 } else { expected.reading = counter + 1 }
  }
}

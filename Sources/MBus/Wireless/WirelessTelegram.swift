import Bytes
import Ciphers

/// Why a radio telegram gives no records.
public enum WirelessError: Error, Equatable, Sendable {
  /// A layer goes on where the telegram ends.
  case truncated
  /// A CI field, a security mode or a form of the authentication layer that is not known.
  case unsupported
  /// The telegram is enciphered, and there is no key.
  case noKey
  /// Check, padding or authentication does not fit: a wrong key, or a forged telegram.
  case authentication
  /// A compact telegram whose full form has not been seen.
  case unknownFormat
}

/// The heads of a radio telegram, and where its records stand once it is opened.
public struct WirelessTelegram: Equatable, Sendable {
  /// C field of the link layer.
  public internal(set) var control: UInt8 = 0
  /// Who sent it over the air.
  public internal(set) var link = DeviceAddress.any
  /// Communication control of the extended link layer.
  public internal(set) var communication: UInt8?
  /// Access number of the extended link layer, or of the head of the data.
  public internal(set) var accessNumber: UInt8 = 0
  /// Session number of the extended link layer: mode, time, session.
  public internal(set) var session: UInt32?
  /// Message counter of the authentication layer.
  public internal(set) var counter: UInt32?
  /// CI field of the data.
  public internal(set) var information: UInt8 = 0
  /// The device whose data these are.
  public internal(set) var device = DeviceAddress.any
  public internal(set) var status: StatusByte = []
  public internal(set) var configuration: UInt16 = 0
  /// Whether the data came enciphered.
  public internal(set) var wasEnciphered = false
  /// Whether the data came with a check that needs the key.
  public internal(set) var isAuthenticated = false
  /// Index of the first record in the payload, and bytes of all.
  public internal(set) var recordsOffset = 0
  public internal(set) var recordsBytes = 0

  /// Opens a payload: reads all heads, deciphers in place, checks.
  ///
  /// - Parameters:
  ///   - payload: from the C field on, without the checks of the link layer; deciphered afterwards.
  ///   - key: nil accepts what came in clear only; with a key, a telegram that came in clear is
  ///     accepted as well, and says so in `wasEnciphered`.
  public init<Suite: CipherSuite>(
    opening payload: inout MutableSpan<UInt8>, key: WirelessKey?, _ suite: Suite.Type
  ) throws(WirelessError) {
    guard payload.count >= 10 else { throw .truncated }
    control = payload[0]
    link = Self.address(payload.span, linkAt: 1)
    device = link
    var at = 9
    if (0x8C...0x8F).contains(payload[at]) {
      at = try openExtendedLink(&payload, at, key, suite)
    }
    var authentication: AuthenticationHead?
    if at < payload.count, payload[at] == 0x90 {
      let head = try AuthenticationHead(payload.span, at)
      authentication = head
      counter = head.counter
      at = head.end
    }
    guard at < payload.count else { throw .truncated }
    try openData(&payload, at, key, authentication, suite)
  }

  /// Manufacturer, number, version and medium as the link layer orders them.
  static func address(_ bytes: Span<UInt8>, linkAt at: Int) -> DeviceAddress {
    DeviceAddress(
      identification: word(bytes, at + 2),
      manufacturer: Manufacturer(code: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8),
      version: bytes[at + 6], medium: Medium(code: bytes[at + 7]))
  }

  static func word(_ bytes: Span<UInt8>, _ at: Int) -> UInt32 {
    UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
      | UInt32(bytes[at + 3]) << 24
  }

  /// The extended link layer (EN 13757-4, clause 12.2): 8C short, 8D with session, 8E and 8F with
  /// another address as well. Gives the index of the next CI field.
  private mutating func openExtendedLink<Suite: CipherSuite>(
    _ payload: inout MutableSpan<UInt8>, _ start: Int, _ key: WirelessKey?, _ suite: Suite.Type
  ) throws(WirelessError) -> Int {
    let information = payload[start]
    var at = start + 3
    guard at < payload.count else { throw .truncated }
    communication = payload[start + 1]
    accessNumber = payload[start + 2]
    if information >= 0x8E {
      guard at + 8 < payload.count else { throw .truncated }
      device = Self.address(payload.span, linkAt: at)
      at += 8
    }
    guard information == 0x8D || information == 0x8F else { return at }
    guard at + 6 < payload.count else { throw .truncated }
    let number = Self.word(payload.span, at)
    session = number
    at += 4
    let isEnciphered = number >> 29 == 1
    guard number >> 29 <= 1 else { throw .unsupported }
    if isEnciphered, let key {
      let counter = Self.counterBlock(payload.span, communication ?? 0, number)
      do throws(CipherError) {
        var part = payload._mutatingExtracting(at..<payload.count)
        try Suite.applyCTR(&part, key: key.bytes.span, counter: counter.span)
      } catch {
        throw .unsupported
      }
    }
    let sent = UInt16(payload[at]) | UInt16(payload[at + 1]) << 8
    at += 2
    guard WirelessCRC.check(payload.span.extracting(at...)) == sent else {
      throw isEnciphered && key == nil ? .noKey : .authentication
    }
    // Some meters announce a cipher and send in clear; the check has told.
    wasEnciphered = isEnciphered && key != nil
    return at
  }

  /// The first counter block of AES-CTR: sender, communication control without the bits that a
  /// repeater changes, session, frame number, block number.
  static func counterBlock(
    _ payload: Span<UInt8>, _ communication: UInt8, _ session: UInt32
  ) -> InlineArray<16, UInt8> {
    var block = InlineArray<16, UInt8>(repeating: 0)
    for i in 0..<8 { block[i] = payload[1 + i] }
    block[8] = communication & ~0x12
    for i in 0..<4 { block[9 + i] = UInt8(truncatingIfNeeded: session >> UInt32(8 * i)) }
    return block
  }

  /// The head of the data, and the data where they are enciphered.
  private mutating func openData<Suite: CipherSuite>(
    _ payload: inout MutableSpan<UInt8>, _ start: Int, _ key: WirelessKey?,
    _ authentication: AuthenticationHead?, _ suite: Suite.Type
  ) throws(WirelessError) {
    information = payload[start]
    if information == 0x78 || information == 0x79 {
      recordsOffset = start + 1
      recordsBytes = payload.count - recordsOffset
      return
    }
    guard
      let header = ApplicationHeader(
        information: information, payload.span.extracting((start + 1)...))
    else {
      throw information == 0x72 || information == 0x7A ? .truncated : .unsupported
    }
    if let address = header.address { device = address }
    accessNumber = header.accessNumber
    status = header.status
    configuration = header.configuration
    var at = start + 1 + header.headBytes
    let mode = header.securityMode
    if mode == 7 { at += 1 }
    guard at <= payload.count else { throw .truncated }
    recordsOffset = at
    recordsBytes = payload.count - at
    guard mode != 0 else { return }
    guard mode == 5 || mode == 7 else { throw .unsupported }
    guard let key else { throw .noKey }
    let bytes = 16 * Int(configuration >> 4 & 15)
    guard bytes <= recordsBytes else { throw .truncated }
    var (cipherKey, initial) = (key, initialVector)
    if mode == 7 {
      guard let authentication, let counter else { throw .unsupported }
      cipherKey = try derivedKey(payload.span, start, key, authentication, counter, suite)
      initial = InlineArray(repeating: 0)
    }
    do throws(CipherError) {
      var part = payload._mutatingExtracting(at..<at + bytes)
      try Suite.decryptCBC(&part, key: cipherKey.bytes.span, initial: initial.span)
    } catch {
      throw .unsupported
    }
    // Enciphered data begin with two fillers (EN 13757-7, 7.7.2): the only check of mode 5.
    if bytes > 0 {
      guard payload[at] == 0x2F, payload[at + 1] == 0x2F else { throw .authentication }
    }
    wasEnciphered = true
    isAuthenticated = mode == 7
  }

  /// Mode 5: sender, then the access number eight times.
  private var initialVector: InlineArray<16, UInt8> {
    var vector = InlineArray<16, UInt8>(repeating: accessNumber)
    let code = device.manufacturer.code
    vector[0] = UInt8(truncatingIfNeeded: code)
    vector[1] = UInt8(truncatingIfNeeded: code >> 8)
    for i in 0..<4 {
      vector[2 + i] = UInt8(truncatingIfNeeded: device.identification >> UInt32(8 * i))
    }
    vector[6] = device.version
    vector[7] = device.medium.code
    return vector
  }

  /// Mode 7: checks the authentication over everything from the CI field on, and gives the key of
  /// this message.
  private func derivedKey<Suite: CipherSuite>(
    _ payload: Span<UInt8>, _ start: Int, _ key: WirelessKey, _ head: AuthenticationHead,
    _ counter: UInt32, _ suite: Suite.Type
  ) throws(WirelessError) -> WirelessKey {
    let isToMeter = control & 0x40 != 0 && control & 0x0F == 0x03
    let number = device.identification
    guard
      let macKey = key.derived(
        suite, isToMeter ? .authenticationToMeter : .authenticationFromMeter, counter: counter,
        identification: number),
      let cipherKey = key.derived(
        suite, isToMeter ? .encryptionToMeter : .encryptionFromMeter, counter: counter,
        identification: number),
      let mac = try? Suite.cmac(
        of: head.authenticated.span, payload.extracting(start...), key: macKey.bytes.span)
    else { throw .unsupported }
    guard
      ConstantTime.equal(
        mac.span.extracting(0..<head.macBytes),
        payload.extracting(head.macOffset..<head.macOffset + head.macBytes))
    else { throw .authentication }
    return cipherKey
  }
}

/// The authentication and fragmentation layer (EN 13757-7, clause 6), whole messages only.
struct AuthenticationHead: Equatable {
  var counter: UInt32
  var macOffset: Int
  var macBytes: Int
  /// Message control and counter, as they are authenticated.
  var authenticated: InlineArray<5, UInt8>
  /// Index of the next CI field.
  var end: Int

  static func == (a: AuthenticationHead, b: AuthenticationHead) -> Bool {
    a.counter == b.counter && a.macOffset == b.macOffset && a.end == b.end
  }

  /// - Parameter start: index of the CI field 90.
  init(_ payload: Span<UInt8>, _ start: Int) throws(WirelessError) {
    guard start + 4 < payload.count else { throw .truncated }
    end = start + 2 + Int(payload[start + 1])
    guard end < payload.count else { throw .truncated }
    let control = UInt16(payload[start + 2]) | UInt16(payload[start + 3]) << 8
    // A message in several fragments is not put together here.
    guard control & 0x4000 == 0, control & 0x2C00 == 0x2C00 else { throw .unsupported }
    let message = payload[start + 4]
    var at = start + 5
    if control & 0x0200 != 0 { at += 2 }
    let sizes: InlineArray<8, UInt8> = [0, 0, 0, 2, 4, 8, 12, 16]
    guard message & 0x0F < 8 else { throw .unsupported }
    macBytes = Int(sizes[Int(message & 0x0F)])
    // Fewer than eight bytes are no protection worth the name.
    guard macBytes >= 8, message & 0x20 != 0 else { throw .unsupported }
    guard at + 4 + macBytes <= end else { throw .truncated }
    authenticated = InlineArray(repeating: message)
    for i in 0..<4 { authenticated[1 + i] = payload[at + i] }
    counter = WirelessTelegram.word(payload, at)
    macOffset = at + 4
  }
}

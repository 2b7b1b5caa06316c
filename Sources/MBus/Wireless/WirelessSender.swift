import Bytes
import Ciphers
import MeterTime

/// How a radio module protects its telegrams.
public enum WirelessSecurity: UInt8, Sendable {
  case none
  /// AES-CTR of the extended link layer, as the family's modules use it.
  case linkCTR
  /// AES-CBC with the access number in its vector. Nothing but fillers tells a wrong key, and the
  /// same number comes back every 256 telegrams: records should hold the time.
  case mode5
  /// AES-CBC under a key of each message, with a counter and a CMAC.
  case mode7
}

/// The sending side of a one-way radio module: counts, enciphers, frames.
public struct WirelessSender: Sendable {
  public let address: DeviceAddress
  public let security: WirelessSecurity
  public let format: WirelessFormat
  private let key: WirelessKey?
  /// Of the last telegram.
  public private(set) var accessNumber: UInt8
  /// Of the last telegram of mode 7; to be kept through a restart.
  public private(set) var counter: UInt32
  /// Time and number of the last session under AES-CTR, of which none may come twice.
  private var session: UInt32?

  /// - Parameters:
  ///   - accessNumber: a random number after power-up (EN 13757-4, 12.2.2).
  ///   - counter: the last one that was used.
  ///   - key: nil only where nothing is to be enciphered.
  public init?(
    _ address: DeviceAddress, _ security: WirelessSecurity, key: WirelessKey?,
    format: WirelessFormat = .b, accessNumber: UInt8 = 0, counter: UInt32 = 0
  ) {
    if security != .none, key == nil { return nil }
    self.address = address
    self.security = security
    self.key = key
    self.format = format
    self.accessNumber = accessNumber
    self.counter = counter
  }

  /// The time to the next telegram: the nominal interval, changed by the access number so that two
  /// meters do not stay on each other (EN 13757-4, 12.6.2).
  public func interval(nominal: Instant.Duration) -> Instant.Duration {
    let part = Int64(abs(Int(accessNumber) - 128) - 64)
    return Instant.Duration(ticks: nominal.ticks + nominal.ticks * part / 2048)
  }

  /// Counters go on behind this one.
  public mutating func use(counter: UInt32) { self.counter = counter }

  /// Makes the next telegram.
  ///
  /// - Parameters:
  ///   - records: up to 200 bytes; of which time they are, only they tell.
  ///   - isCompact: leaves the heads of the records out, with `linkCTR` and `none` only.
  ///   - now: goes into the session number.
  ///   - output: room for `WirelessFormat.bytesMax` bytes.
  /// - Returns: bytes of the frame with its checks; 0 where the records do not fit, where the
  ///   counter of mode 7 has come to its end, and under AES-CTR behind the sixteenth telegram of a
  ///   minute and where time has gone back: the same session would give the same key stream.
  public mutating func telegram<Suite: CipherSuite>(
    _ records: Span<UInt8>, isCompact: Bool = false, at now: Instant, _ suite: Suite.Type,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    guard records.count <= 200, counter < .max || security != .mode7 else { return 0 }
    if security == .linkCTR {
      guard let next = session(at: now) else { return 0 }
      session = next
    }
    accessNumber &+= 1
    var payload = InlineArray<256, UInt8>(repeating: 0)
    var span = payload.mutableSpan
    writeLink(into: &span)
    let count: Int
    switch security {
    case .none, .linkCTR:
      let number = session ?? Self.minutes(now) << 4
      count = writeExtended(records, isCompact: isCompact, number, suite, into: &span)
    case .mode5: count = writeMode5(records, suite, into: &span)
    case .mode7:
      counter &+= 1
      count = writeMode7(records, suite, into: &span)
    }
    guard count > 0 else { return 0 }
    return format.encode(payload.span.extracting(0..<count), into: &output)
  }

  /// Minutes since 2000 as far as 25 bits go, 63 years.
  private static func minutes(_ now: Instant) -> UInt32 {
    UInt32(truncatingIfNeeded: max(0, now.seconds) / 60) & 0x1FF_FFFF
  }

  /// Minutes, and the number within the minute; nil where there is none that is new.
  private func session(at now: Instant) -> UInt32? {
    let first = Self.minutes(now) << 4
    guard let last = session, last >= first else { return first }
    return last | 15 == first | 15 && last & 15 < 15 ? last + 1 : nil
  }

  /// C field and address: nine bytes.
  private func writeLink(into payload: inout MutableSpan<UInt8>) {
    payload[0] = 0x44
    payload[1] = UInt8(truncatingIfNeeded: address.manufacturer.code)
    payload[2] = UInt8(truncatingIfNeeded: address.manufacturer.code >> 8)
    for i in 0..<4 {
      payload[3 + i] = UInt8(truncatingIfNeeded: address.identification >> UInt32(8 * i))
    }
    payload[7] = address.version
    payload[8] = address.medium.code
  }

  private func writeExtended<Suite: CipherSuite>(
    _ records: Span<UInt8>, isCompact: Bool, _ number: UInt32, _ suite: Suite.Type,
    into payload: inout MutableSpan<UInt8>
  ) -> Int {
    // One way, synchronous.
    let session = (security == .linkCTR ? UInt32(1) << 29 : 0) | number
    payload[9] = 0x8D
    payload[10] = 0x20
    payload[11] = accessNumber
    for i in 0..<4 { payload[12 + i] = UInt8(truncatingIfNeeded: session >> UInt32(8 * i)) }
    payload[18] = isCompact ? 0x79 : 0x78
    var count = 19
    if isCompact {
      var rest = payload._mutatingExtracting(19..<payload.count)
      let bytes = CompactFormats.compress(records, into: &rest)
      guard bytes > 0 else { return 0 }
      count += bytes
    } else {
      for i in records.indices { payload[19 + i] = records[i] }
      count += records.count
    }
    let check = WirelessCRC.check(payload.span.extracting(18..<count))
    payload[16] = UInt8(truncatingIfNeeded: check)
    payload[17] = UInt8(truncatingIfNeeded: check >> 8)
    guard security == .linkCTR, let key else { return count }
    let block = WirelessTelegram.counterBlock(payload.span, 0x20, session)
    var part = payload._mutatingExtracting(16..<count)
    do throws(CipherError) {
      try Suite.applyCTR(&part, key: key.bytes.span, counter: block.span)
    } catch {
      return 0
    }
    return count
  }

  private func writeMode5<Suite: CipherSuite>(
    _ records: Span<UInt8>, _ suite: Suite.Type, into payload: inout MutableSpan<UInt8>
  ) -> Int {
    let blocks = (records.count + 2 + 15) / 16
    payload[9] = 0x7A
    payload[10] = accessNumber
    payload[11] = 0
    payload[12] = UInt8(truncatingIfNeeded: blocks << 4)
    payload[13] = 0x25
    var vector = InlineArray<16, UInt8>(repeating: accessNumber)
    for i in 0..<8 { vector[i] = payload[1 + i] }
    return encipher(records, blocks, at: 14, key, vector, suite, into: &payload)
  }

  private func writeMode7<Suite: CipherSuite>(
    _ records: Span<UInt8>, _ suite: Suite.Type, into payload: inout MutableSpan<UInt8>
  ) -> Int {
    let blocks = (records.count + 2 + 15) / 16
    // Authentication layer: control and counter, a MAC of eight bytes.
    payload[9] = 0x90
    payload[10] = 0x0F
    payload[11] = 0x00
    payload[12] = 0x2C
    payload[13] = 0x25
    for i in 0..<4 { payload[14 + i] = UInt8(truncatingIfNeeded: counter >> UInt32(8 * i)) }
    payload[26] = 0x7A
    payload[27] = accessNumber
    payload[28] = 0
    payload[29] = UInt8(truncatingIfNeeded: blocks << 4)
    payload[30] = 0x27
    payload[31] = 0x10
    let number = address.identification
    guard
      let cipherKey = key?.derived(
        suite, .encryptionFromMeter, counter: counter, identification: number),
      let macKey = key?.derived(
        suite, .authenticationFromMeter, counter: counter, identification: number)
    else { return 0 }
    let count = encipher(
      records, blocks, at: 32, cipherKey, InlineArray(repeating: 0), suite, into: &payload)
    guard count > 0,
      let mac = try? Suite.cmac(
        of: payload.span.extracting(13..<18), payload.span.extracting(26..<count),
        key: macKey.bytes.span)
    else { return 0 }
    for i in 0..<8 { payload[18 + i] = mac[i] }
    return count
  }

  /// Two fillers, the records, fillers to whole blocks, enciphered.
  private func encipher<Suite: CipherSuite>(
    _ records: Span<UInt8>, _ blocks: Int, at start: Int, _ key: WirelessKey?,
    _ initial: InlineArray<16, UInt8>, _ suite: Suite.Type, into payload: inout MutableSpan<UInt8>
  ) -> Int {
    guard let key, blocks < 16, start + 16 * blocks <= 253 else { return 0 }
    for i in 0..<(16 * blocks) {
      let k = i - 2
      payload[start + i] = k >= 0 && k < records.count ? records[k] : 0x2F
    }
    var part = payload._mutatingExtracting(start..<start + 16 * blocks)
    do throws(CipherError) {
      try Suite.encryptCBC(&part, key: key.bytes.span, initial: initial.span)
    } catch {
      return 0
    }
    return start + 16 * blocks
  }
}

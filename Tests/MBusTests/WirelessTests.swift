import Ciphers
import MeterFaults
import MeterTime
import Testing

@testable import MBus

/// Opens payloads and frames for tests.
enum Radio {
  static func key(_ text: String) -> WirelessKey? {
    let bytes = hex(text)
    return WirelessKey(bytes.span)
  }

  /// The payload of a frame in a format, or nil.
  static func payload(_ frame: [UInt8], _ format: WirelessFormat) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: 256)
    var span = output.mutableSpan
    guard let count = try? format.decode(frame.span, into: &span) else { return nil }
    return Array(output.prefix(count))
  }

  /// The telegram and its records.
  static func open(
    _ payload: [UInt8], _ key: WirelessKey?
  ) throws(WirelessError) -> (WirelessTelegram, [UInt8]) {
    var bytes = payload
    var span = bytes.mutableSpan
    let telegram = try WirelessTelegram(opening: &span, key: key, PortableCiphers.self)
    return (
      telegram,
      Array(bytes[telegram.recordsOffset..<telegram.recordsOffset + telegram.recordsBytes])
    )
  }

  static func error(_ payload: [UInt8], _ key: WirelessKey?) -> WirelessError? {
    do throws(WirelessError) {
      _ = try open(payload, key)
      return nil
    } catch {
      return error
    }
  }

  static func json(_ records: [UInt8]) -> String {
    var writer = TelegramJSON()
    writer.records(records.span)
    return writer.text
  }

  static let testKey = "000102030405060708090A0B0C0D0E0F"
  static let address = DeviceAddress(
    identification: 0x1483_9120, manufacturer: .kamstrup, version: 0x30, medium: .electricity)
  static let records = "046D252E593B 04041A030000 04843C00000000 042B03000000 04AB3C00000000"

  static func frame(
    _ sender: inout WirelessSender, _ records: [UInt8], isCompact: Bool = false,
    at now: Instant = Instant(seconds: 825_940_800)
  ) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
    var span = output.mutableSpan
    let count = sender.telegram(
      records.span, isCompact: isCompact, at: now, PortableCiphers.self, into: &span)
    return Array(output.prefix(count))
  }
}

/// Published telegrams: examples of the OMS specification, and captures.
@Suite struct WirelessVectorTests {
  /// OMS volume 2, annex N: gas meter, security profile A (mode 5), with the checks of format A.
  static let mode5 = """
    2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955\
    B29D6D69EBF3EC8A
    """
  /// The same meter, security profile B (mode 7).
  static let mode7 = """
    434493157856341233037AC98C2075900F002C25B30A000021924D4FBA372FB66E017A75002007109058475F4BC9D1\
    281DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1
    """

  @Test func gasMeterMode5() throws {
    let payload = try #require(Radio.payload(hex(Self.mode5), .a))
    #expect(payload.count == 0x2E)
    let (telegram, records) = try Radio.open(payload, Radio.key("0102030405060708090A0B0C0D0E0F11"))
    #expect(telegram.wasEnciphered && !telegram.isAuthenticated)
    #expect(telegram.accessNumber == 0x2A)
    #expect("\(telegram.device.manufacturer)" == "ELS")
    #expect(telegram.device.identification == 0x1234_5678)
    #expect(
      text(records).hasPrefix("2F2F0C1427048502046D32371F1502FD170000"), "\(text(records))")
    #expect(Radio.json(records).contains(#""quantity":"volume","value":28504.27,"unit":"m3""#))
    #expect(Radio.error(payload, nil) == .noKey)
    #expect(Radio.error(payload, Radio.key(Radio.testKey)) == .authentication)
  }

  @Test func gasMeterMode7() throws {
    let payload = try #require(Radio.payload(hex(Self.mode7), .a))
    let (telegram, records) = try Radio.open(payload, Radio.key(Radio.testKey))
    #expect(telegram.isAuthenticated)
    #expect(telegram.counter == 0x0AB3)
    #expect(Radio.json(records).contains(#""quantity":"volume","value":28504.27,"unit":"m3""#))
    #expect(Radio.error(payload, Radio.key("0102030405060708090A0B0C0D0E0F11")) == .authentication)
  }

  /// A heat meter's telegram under the extended link layer's AES-CTR, in compact form.
  @Test func linkCTR() throws {
    let frame = hex("24442D2C692845631B168D3050209CD621B006B1140AEF4953AE5B86FAFC0B00E70705B846")
    let payload = Array(frame.dropFirst())
    let (telegram, _) = try Radio.open(payload, Radio.key("4E5508544202058100DFEFA06B0934A5"))
    #expect(telegram.wasEnciphered)
    #expect(telegram.session == 567_712_800)
    #expect(Radio.error(payload, nil) == .noKey)
    #expect(Radio.error(payload, Radio.key("4E5508544202058100DFEFA06B0934AF")) == .authentication)
  }

  /// An electricity meter of the family: the session says AES, the data are in clear, the check
  /// fits.
  @Test func electricityInClear() throws {
    let frame = hex(
      "2D442D2C5768663230028D20E4E2C81C20878C7804041A03000004843C00000000042B0300000004AB3C00000000"
    )
    let (telegram, records) = try Radio.open(Array(frame.dropFirst()), nil)
    #expect(!telegram.wasEnciphered)
    #expect("\(telegram.device)" == "326668572D2C3002")
    let text = Radio.json(records)
    #expect(text.contains(#"{"head":"0404","quantity":"energy","value":7940,"unit":"Wh"}"#))
    #expect(text.contains(#"{"head":"042B","quantity":"power","value":3,"unit":"W"}"#))
    var heads = WirelessCRC()
    for byte in hex("040404843C042B04AB3C") { heads.update(byte) }
    #expect(heads.value == 0x8C13, "13 8C on the wire")
  }

  /// A capture of a heat meter in full form: learned, compressed, expanded again.
  @Test func compactForm() throws {
    let frame = hex(
      """
      5C442D2C06357260190C8D207B70032F21271D7802F9FF15011104061765000004EEFF07BFA8000004EEFF08D2\
      4F00000414B1FB000002FD170000026CE919426CFF184406F76400004414E8FA0000043B0B0000000259DB1102\
      5D1C0B
      """)
    let (_, records) = try Radio.open(Array(frame.dropFirst()), nil)
    var formats = CompactFormats()
    var compact = [UInt8](repeating: 0, count: 255)
    var span = compact.mutableSpan
    let count = CompactFormats.compress(records.span, into: &span)
    #expect(count > 0)
    let short = Array(compact.prefix(count))
    #expect(Self.expand(short, formats) == nil, "not seen before")
    formats.learn(records: records.span)
    #expect(Self.expand(short, formats) == records)
    for bit in 0..<(8 * short.count) {
      var bytes = short
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Self.expand(bytes, formats) == nil)
    }
  }

  static func expand(_ data: [UInt8], _ formats: CompactFormats) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: 255)
    var span = output.mutableSpan
    guard let count = try? formats.expand(data.span, into: &span) else { return nil }
    return Array(output.prefix(count))
  }

  @Test func check() {
    #expect(WirelessCRC.check(hex("2E449315785634123303").span) == 0x3363)
    let none: [UInt8] = []
    #expect(WirelessCRC.check(none.span) == 0xFFFF)
  }
}

@Suite struct WirelessTests {
  static let securities: [WirelessSecurity] = [.none, .linkCTR, .mode5, .mode7]

  /// What the sender makes, the receiver opens: all securities, both formats, every length.
  @Test(arguments: securities, [WirelessFormat.a, .b])
  func everyLengthComesBack(security: WirelessSecurity, format: WirelessFormat) throws {
    let key = Radio.key(Radio.testKey)
    var sender = try #require(
      WirelessSender(Radio.address, security, key: key, format: format, accessNumber: 250))
    for count in 0...200 {
      let records = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
      let frame = Radio.frame(&sender, records, at: Instant(seconds: 60 * Int64(count)))
      let payload = try #require(Radio.payload(frame, format))
      let (telegram, back) = try Radio.open(payload, key)
      #expect(telegram.wasEnciphered == (security != .none))
      #expect(telegram.accessNumber == UInt8(truncatingIfNeeded: 251 + count))
      #expect(telegram.device == Radio.address)
      if security == .mode5 || security == .mode7 {
        #expect(back.starts(with: [0x2F, 0x2F] + records))
        #expect(back.dropFirst(2 + count).allSatisfy { $0 == 0x2F })
      } else {
        #expect(back == records)
      }
    }
  }

  /// Through the chips of the radio and back, wherever they begin.
  @Test(arguments: RadioMode.allCases, [WirelessFormat.a, .b])
  func chips(mode: RadioMode, format: WirelessFormat) throws {
    if mode != .c1, format == .b { return }
    var sender = try #require(
      WirelessSender(Radio.address, .mode7, key: Radio.key(Radio.testKey), format: format))
    var random = SplitMix64(seed: 4)
    for round in 0..<50 {
      let frame = Radio.frame(&sender, hex(Radio.records))
      var chips = [UInt8](repeating: 0, count: LineCode.chipBytesMax)
      var span = chips.mutableSpan
      let count = LineCode.encode(frame.span, mode, format, into: &span)
      let noise = (0..<(round % 5)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let sent = noise + chips.prefix(count)
      let (back, found) = try #require(Self.decode(sent, mode))
      #expect(back == frame)
      #expect((found == .a) == (format == .a))
    }
  }

  static func decode(_ chips: [UInt8], _ mode: RadioMode) -> ([UInt8], WirelessFormat)? {
    var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
    var span = output.mutableSpan
    guard let (count, format) = LineCode.decode(chips.span, mode, into: &span) else { return nil }
    return (Array(output.prefix(count)), format)
  }

  /// One chip wrong: the code word, the check of a block, or the synchronisation tells.
  @Test(arguments: RadioMode.allCases)
  func everyWrongChipIsSeen(mode: RadioMode) throws {
    var sender = try #require(
      WirelessSender(Radio.address, .linkCTR, key: Radio.key(Radio.testKey), format: .a))
    let frame = Radio.frame(&sender, hex(Radio.records))
    var chips = [UInt8](repeating: 0, count: LineCode.chipBytesMax)
    var span = chips.mutableSpan
    let count = LineCode.encode(frame.span, mode, .a, into: &span)
    chips.removeLast(chips.count - count)
    for chip in 0..<(8 * count) {
      chips[chip / 8] ^= 0x80 >> UInt8(chip % 8)
      if let (bytes, format) = Self.decode(chips, mode), let payload = Radio.payload(bytes, format)
      {
        #expect(payload == Radio.payload(frame, .a), "chip \(chip) of \(mode)")
      }
      chips[chip / 8] ^= 0x80 >> UInt8(chip % 8)
    }
  }

  @Test(arguments: [WirelessFormat.a, .b])
  func truncationsAndFlipsOfFrames(format: WirelessFormat) throws {
    var sender = try #require(
      WirelessSender(Radio.address, .linkCTR, key: Radio.key(Radio.testKey), format: format))
    let frame = Radio.frame(&sender, Array(repeating: 0x2F, count: 150))
    for count in 0..<frame.count {
      #expect(Radio.payload(Array(frame.prefix(count)), format) == nil)
    }
    for bit in 0..<(8 * frame.count) {
      var bytes = frame
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Radio.payload(bytes, format) == nil)
    }
  }

  /// Payloads cut at any byte give an error or the records that are there, and never trap.
  @Test(arguments: securities)
  func truncatedPayloads(security: WirelessSecurity) throws {
    let key = Radio.key(Radio.testKey)
    var sender = try #require(WirelessSender(Radio.address, security, key: key))
    let payload = try #require(Radio.payload(Radio.frame(&sender, hex(Radio.records)), .b))
    for count in 0..<payload.count {
      let error = Radio.error(Array(payload.prefix(count)), key)
      #expect(error != nil, "\(count) of \(payload.count) bytes")
    }
  }

  @Test func randomPayloads() {
    let key = Radio.key(Radio.testKey)
    var random = SplitMix64(seed: 7)
    for round in 0..<20_000 {
      var bytes = (0..<Int(random.next() % 80)).map { _ in UInt8(truncatingIfNeeded: random.next())
      }
      if bytes.count > 9 {
        bytes[9] = [0x72, 0x7A, 0x78, 0x79, 0x8C, 0x8D, 0x8E, 0x8F, 0x90][round % 9]
      }
      _ = Radio.error(bytes, round % 2 == 0 ? key : nil)
    }
  }

  /// The electricity meter's compact frame, as long as the family's.
  @Test func compactElectricity() throws {
    let key = Radio.key(Radio.testKey)
    var sender = try #require(WirelessSender(Radio.address, .linkCTR, key: key))
    let records = hex("04041A03000004843C00000000042B0300000004AB3C00000000")
    let full = try #require(Radio.payload(Radio.frame(&sender, records), .b))
    #expect(full.count == 0x2D)
    let compact = try #require(Radio.payload(Radio.frame(&sender, records, isCompact: true), .b))
    #expect(compact.count == 0x27)
    let (telegram, data) = try Radio.open(compact, key)
    #expect(telegram.information == 0x79)
    var output = [UInt8](repeating: 0, count: 255)
    var span = output.mutableSpan
    let count = try CompactFormats().expand(data.span, into: &span)
    #expect(Array(output.prefix(count)) == records)
  }

  /// Intervals go from -6.25 % to 0 and come back to their mean over all access numbers.
  @Test func intervals() throws {
    var sender = try #require(WirelessSender(Radio.address, .none, key: nil))
    let nominal = Instant.Duration.seconds(16)
    var intervals: [Int64] = []
    for _ in 0..<256 {
      _ = Radio.frame(&sender, [])
      intervals.append(sender.interval(nominal: nominal).ticks)
    }
    #expect(Set(intervals).count == 129)
    #expect(intervals.min()! == nominal.ticks - nominal.ticks * 64 / 2048)
    #expect(intervals.max()! == nominal.ticks + nominal.ticks * 64 / 2048)
    #expect(abs(intervals.reduce(0, +) / 256 - nominal.ticks) < nominal.ticks / 1000)
  }
}

/// A33 to A35 of the list of attacks.
@Suite struct WirelessAttackTests {
  /// Records that hold the time of their telegram.
  static func records(_ minute: UInt8) -> [UInt8] {
    hex("046D") + [minute & 0x3F, 0x2E, 0x59, 0x3B] + hex("04041A030000")
  }

  /// A telegram that was recorded and is sent again is known for what it is.
  @Test(arguments: [WirelessSecurity.linkCTR, .mode5, .mode7])
  func a33ReplayIsStale(security: WirelessSecurity) throws {
    let key = Radio.key(Radio.testKey)
    var sender = try #require(WirelessSender(Radio.address, security, key: key))
    var replay = ReplayGuard()
    var heard: [[UInt8]] = []
    for minute in 0..<5 as Range<UInt8> {
      let now = Instant(seconds: 825_940_800 + Int64(minute) * 60)
      let payload = try #require(
        Radio.payload(Radio.frame(&sender, Self.records(minute), at: now), .b))
      heard.append(payload)
      let (telegram, records) = try Radio.open(payload, key)
      #expect(replay.judge(telegram, records.span) == .fresh)
    }
    for payload in heard {
      let (telegram, records) = try Radio.open(payload, key)
      #expect(replay.judge(telegram, records.span) == .stale)
    }
    #expect(replay.staleCount == 5)
  }

  /// After 256 telegrams the vector of mode 5 comes back: constant data would be told apart from
  /// changing ones. With the time among the records no two ciphertexts are the same.
  @Test func a34SameVectorHidesAnEqualReading() throws {
    let key = Radio.key(Radio.testKey)
    for (hasTime, isEqual) in [(false, true), (true, false)] {
      var sender = try #require(WirelessSender(Radio.address, .mode5, key: key))
      let first = Radio.frame(&sender, hasTime ? Self.records(1) : hex("04041A030000"))
      for _ in 0..<255 { _ = Radio.frame(&sender, []) }
      let second = Radio.frame(&sender, hasTime ? Self.records(2) : hex("04041A030000"))
      #expect((first == second) == isEqual)
    }
    // Mode 7 has a key of each message.
    var sender = try #require(WirelessSender(Radio.address, .mode7, key: key))
    let first = Radio.frame(&sender, hex("04041A030000"))
    for _ in 0..<255 { _ = Radio.frame(&sender, []) }
    #expect(Radio.frame(&sender, hex("04041A030000")) != first)
  }

  /// Every flipped bit behind the address is refused, and so is an old counter.
  @Test func a35ForgedMode7IsDropped() throws {
    let key = Radio.key(Radio.testKey)
    var sender = try #require(
      WirelessSender(Radio.address, .mode7, key: key, counter: 0x0AB2))
    let payload = try #require(Radio.payload(Radio.frame(&sender, Self.records(3)), .b))
    for bit in (8 * 9)..<(8 * payload.count) {
      var bytes = payload
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if let (telegram, _) = try? Radio.open(bytes, key) {
        // The fragmentation byte and unused flags of the control field are not authenticated.
        #expect(!telegram.isAuthenticated || bit / 8 == 11 || bit / 8 == 12, "bit \(bit)")
      }
    }
    #expect(Radio.error(payload, Radio.key("0102030405060708090A0B0C0D0E0F11")) == .authentication)
    var replay = ReplayGuard()
    let (telegram, records) = try Radio.open(payload, key)
    #expect(replay.judge(telegram, records.span) == .fresh)
    var old = try #require(WirelessSender(Radio.address, .mode7, key: key, counter: 0x0AB1))
    let (second, more) = try Radio.open(
      try #require(Radio.payload(Radio.frame(&old, Self.records(4)), .b)), key)
    #expect(second.counter == 0x0AB2)
    #expect(replay.judge(second, more.span) == .stale)
  }

  /// The key stream of AES-CTR depends on the session and not on the access number: no session
  /// comes twice, within a minute, across minutes, or when time goes back.
  @Test func noSessionTwice() throws {
    var sender = try #require(
      WirelessSender(Radio.address, .linkCTR, key: Radio.key(Radio.testKey)))
    let start = Instant(seconds: 825_940_800)
    var sessions: [UInt32] = []
    for second in 0..<180 as Range<Int64> {
      let frame = Radio.frame(&sender, hex("04041A030000"), at: start + .seconds(second))
      guard let payload = Radio.payload(frame, .b) else { continue }
      sessions.append(try #require(try Radio.open(payload, Radio.key(Radio.testKey)).0.session))
    }
    #expect(sessions.count == 48 && Set(sessions).count == 48)
    #expect(Radio.frame(&sender, hex("04041A030000"), at: start).isEmpty)
    var last = try #require(
      WirelessSender(Radio.address, .mode7, key: Radio.key(Radio.testKey), counter: .max))
    #expect(Radio.frame(&last, hex("04041A030000")).isEmpty, "no counter comes twice")
  }

  /// A sender that is asked to encipher never sends in clear for want of a key.
  @Test func noKeyNoSender() {
    for security in [WirelessSecurity.linkCTR, .mode5, .mode7] {
      #expect(WirelessSender(Radio.address, security, key: nil) == nil)
    }
  }
}

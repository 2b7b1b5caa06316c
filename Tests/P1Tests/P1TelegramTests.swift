import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import P1

@Suite struct P1TelegramTests {
  static let catalogueDigits: [UInt8] = Array("123456789".utf8)

  /// The published check value of CRC-16/ARC.
  @Test func checkValue() { #expect(P1Check.check(Self.catalogueDigits.span) == 0xBB3D) }

  /// A telegram of another maker with its check, from the tests of dsmr_parser.
  static let foreign = """
    /ISk5\\2MT382-1000

    1-3:0.2.8(50)
    0-0:1.0.0(170102192002W)
    0-0:96.1.1(4B384547303034303436333935353037)
    1-0:1.8.1(000004.426*kWh)
    1-0:1.8.2(000002.399*kWh)
    1-0:2.8.1(000002.444*kWh)
    1-0:2.8.2(000000.000*kWh)
    0-0:96.14.0(0002)
    1-0:1.7.0(00.244*kW)
    1-0:2.7.0(00.000*kW)
    0-0:96.7.21(00013)
    0-0:96.7.9(00000)
    1-0:99.97.0(0)(0-0:96.7.19)
    1-0:32.32.0(00000)
    1-0:52.32.0(00000)
    1-0:72.32.0(00000)
    1-0:32.36.0(00000)
    1-0:52.36.0(00000)
    1-0:72.36.0(00000)
    0-0:96.13.0()
    1-0:32.7.0(0230.0*V)
    1-0:52.7.0(0230.0*V)
    1-0:72.7.0(0229.0*V)
    1-0:31.7.0(0.48*A)
    1-0:51.7.0(0.44*A)
    1-0:71.7.0(0.86*A)
    1-0:21.7.0(00.070*kW)
    1-0:41.7.0(00.032*kW)
    1-0:61.7.0(00.142*kW)
    1-0:22.7.0(00.000*kW)
    1-0:42.7.0(00.000*kW)
    1-0:62.7.0(00.000*kW)
    0-1:24.1.0(003)
    0-1:96.1.0(3232323241424344313233343536373839)
    0-1:24.2.1(170102161005W)(00000.107*m3)
    0-2:24.1.0(003)
    0-2:96.1.0()
    !6EEE

    """
  static var foreignBytes: [UInt8] { Array(foreign.replacing("\n", with: "\r\n").utf8) }

  @Test func foreignTelegram() throws {
    let bytes = Self.foreignBytes
    let telegram = try P1Telegram(parsing: bytes.span)
    let isChecked = telegram.isChecked
    #expect(isChecked)
    #expect(Self.text(telegram.identification) == "ISk5\\2MT382-1000")
    var (place, lines) = (0, 0)
    while let line = try telegram.line(after: &place) {
      lines += 1
      if line.code == .electricity(1, 7) {
        let number = try line.number
        #expect(number.digits == 244 && number.decimals == 3)
        #expect(Self.text(line.group(0)!) == "00.244*kW")
      }
      if line.code == OBISCode(0, 1, 24, 2, 1) {
        #expect(Self.text(line.group(1)!) == "00000.107*m3")
        let isEnd = line.group(2) == nil
        #expect(isEnd)
      }
    }
    #expect(lines == 37)
  }

  static func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
  }

  static func written(_ size: Int = 512, _ number: Int64 = 4_426) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: size)
    var count = 0
    do {
      var span = room.mutableSpan
      var writer = P1Writer(span._mutatingExtracting(0..<span.count))
      writer.begin(maker: [0x4B, 0x56, 0x44], Array("TEST".utf8).span)
      writer.line(.abstract(1, 0))
      writer.time(CivilDateTime(clampingSeconds: 820_540_802), isSummer: false)
      writer.end()
      writer.line(.electricity(1, 8, 1))
      writer.number(number, digits: 6, decimals: 3, "kWh")
      writer.end()
      writer.line(.abstract(96, 1, 1))
      writer.octets(Array("K8".utf8).span)
      writer.code(.abstract(96, 7, 19))
      writer.end()
      count = writer.finish()
    }
    return Array(room.prefix(count))
  }

  @Test func writtenTelegram() throws {
    let bytes = Self.written()
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.hasPrefix(
        "/KVD5TEST\r\n\r\n0-0:1.0.0(260101000002W)\r\n1-0:1.8.1(000004.426*kWh)\r\n"
          + "0-0:96.1.1(4B38)(0-0:96.7.19)\r\n!"))
    let isChecked = try P1Telegram(parsing: bytes.span).isChecked
    #expect(isChecked)
  }

  @Test(
    arguments: [
      (0, "000000.000"), (-7, "000000.000"), (999_999_999, "999999.999"),
      (1_234_567_890, "1234567.890"),
    ] as [(Int64, String)])
  func numbers(value: Int64, text: String) {
    #expect(String(decoding: Self.written(512, value), as: UTF8.self).contains("(\(text)*kWh)"))
  }

  /// What does not fit is no telegram, whatever the room.
  @Test func tooSmall() {
    let whole = Self.written().count
    for size in 0..<whole { #expect(Self.written(size).isEmpty) }
    #expect(Self.written(whole).count == whole)
  }

  @Test func withoutCheck() throws {
    var bytes = Array(Self.foreignBytes.dropLast(6))
    bytes += [0x0D, 0x0A]
    let isChecked = try P1Telegram(parsing: bytes.span).isChecked
    #expect(!isChecked)
  }

  /// Every prefix and every flipped bit is refused: the check sees each single one.
  @Test func truncatedAndFlipped() {
    let bytes = Self.foreignBytes
    for length in 0..<bytes.count {
      #expect(throws: P1Error.self) {
        _ = try P1Telegram(parsing: Array(bytes.prefix(length)).span).isChecked
      }
    }
    for bit in 0..<(8 * bytes.count) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      // The digits of the check may be of either case.
      if bit % 8 == 5, bit / 8 > bytes.count - 7, flipped[bit / 8] >= 0x61 { continue }
      #expect(throws: P1Error.self, "bit \(bit)") {
        _ = try P1Telegram(parsing: flipped.span).isChecked
      }
    }
  }

  @Test(arguments: ["", ".", "1.2.3", "12a", "1234567890123456789", "-1"])
  func noNumber(text: String) {
    #expect(throws: P1Error.badNumber) {
      _ = try P1Number(parsing: Array(text.utf8).span).digits
    }
  }

  @Test func stream() throws {
    var receiver = P1Receiver()
    var whole = 0
    let cut = Array(Self.foreignBytes.prefix(300))
    let stream = Array("noise!\r\n".utf8) + cut + Self.foreignBytes + Self.written()
    for byte in stream where receiver.receive(byte) {
      whole += 1
      let isChecked = try receiver.telegram.isChecked
      #expect(isChecked)
    }
    #expect(whole == 2)
    #expect(receiver.dropped == 308)
  }

  /// Whatever comes, nothing traps and nothing false is told.
  @Test func noise() {
    var random = SplitMix64(seed: 93)
    var receiver = P1Receiver()
    let bytes = Self.foreignBytes
    var whole = 0
    for _ in 0..<40 {
      for byte in bytes {
        let noisy = random.next() % 1000 == 0 ? UInt8(truncatingIfNeeded: random.next()) : byte
        guard receiver.receive(noisy) else { continue }
        if (try? receiver.telegram.isChecked) == true { whole += 1 }
      }
    }
    #expect(whole > 0 && whole < 40)
  }
}

import Testing

@testable import HDLC

/// A frame in hexadecimal with its flags, cut out.
func inner(_ hex: String) -> [UInt8] { Array(octets(hex).dropFirst().dropLast()) }

func octets(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] * 16 + digits[$0 + 1])
  }
}

@Suite("Frames") struct FrameTests {
  /// SNRM of client 16 to server 1, as every public trace of a meter begins.
  static let snrm = "7E A0 07 03 21 93 0F 01 7E"

  @Test("a frame from the field is read and written alike")
  func known() throws {
    let bytes = inner(Self.snrm)
    let frame = try HDLCFrame(parsing: bytes.span)
    let (destination, source) = (frame.destination, frame.source)
    #expect(destination == HDLCAddress(1))
    #expect(source == HDLCAddress(16))
    let (control, isEmpty, isSegment) = (
      try frame.control, frame.information.isEmpty, frame.isSegment
    )
    #expect(control == .setNormalResponseMode(poll: true))
    #expect(isEmpty && !isSegment)
    #expect(
      written(to: HDLCAddress(1), from: HDLCAddress(16), .setNormalResponseMode(poll: true), [])
        == octets(Self.snrm))
  }

  func written(
    to: HDLCAddress, from: HDLCAddress, _ control: HDLCControl, _ information: [UInt8],
    isSegment: Bool = false
  ) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: 2100)
    var span = out.mutableSpan
    let count = HDLCFrame.write(
      to: to, from: from, control, isSegment: isSegment, information.span, into: &span)
    return Array(out.prefix(count))
  }

  @Test(
    "addresses of 1, 2 and 4 bytes",
    arguments: [
      HDLCAddress(1), HDLCAddress(0x7F), HDLCAddress(upper: 1, lower: 17),
      HDLCAddress(upper: 1, lower: 17, byteCount: 4), HDLCAddress(upper: 0x3FFF, lower: 0x3FFE),
      HDLCAddress(upper: 1, lower: 0x1234),
    ].compactMap(\.self))
  func addresses(_ address: HDLCAddress) throws {
    for isSegment in [false, true] {
      let bytes = written(
        to: address, from: HDLCAddress(16), .information(send: 5, receive: 3, poll: false),
        [1, 2, 3], isSegment: isSegment)
      let between = Array(bytes.dropFirst().dropLast())
      let frame = try HDLCFrame(parsing: between.span)
      let (destination, segment, control) = (
        frame.destination, frame.isSegment, try frame.control
      )
      let (count, last) = (frame.information.count, frame.information[2])
      #expect(destination == address)
      #expect(segment == isSegment)
      #expect(count == 3 && last == 3)
      #expect(control == .information(send: 5, receive: 3, poll: false))
    }
  }

  @Test("three bytes are no address, nor are five")
  func badAddresses() {
    #expect(HDLCAddress(upper: 0x80, lower: 1, byteCount: 2) == nil)
    #expect(HDLCAddress(upper: 0x4000, lower: 1) == nil)
    #expect(HDLCAddress(upper: 1, lower: 1, byteCount: 3) == nil)
    // 00 02 23 is three bytes long.
    for destination in ["00 02 23", "00 02 02 02 23"] {
      let bytes = checked(octets("A0 00" + destination + "21 93"))
      #expect(throws: HDLCError.badAddress) {
        _ = try HDLCFrame(parsing: bytes.span).isSegment
      }
    }
  }

  /// Sets the length and appends the check.
  private func checked(_ body: [UInt8]) -> [UInt8] {
    var bytes = body
    bytes[1] = UInt8(bytes.count + 2)
    var crc: UInt16 = 0xFFFF
    for byte in bytes {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }
    crc = ~crc
    return bytes + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
  }

  @Test("all control fields come back; others are refused")
  func controls() {
    var known = 0
    for byte in UInt8.min...UInt8.max {
      guard let control = HDLCControl(byte) else { continue }
      known += 1
      #expect(control.byte == byte)
    }
    // 128 information, 16 RR, 16 RNR, 6 unnumbered with and without poll.
    #expect(known == 128 + 32 + 12)
  }

  @Test("no truncation and no flip of one bit passes")
  func damage() throws {
    let good = Array(
      written(
        to: HDLCAddress(upper: 1, lower: 17) ?? .noStation, from: HDLCAddress(1),
        .information(send: 1, receive: 2, poll: true), Array(0..<40)
      ).dropFirst().dropLast())
    for count in 0..<good.count {
      let cut = Array(good.prefix(count))
      #expect(throws: HDLCError.self) { _ = try HDLCFrame(parsing: cut.span).isSegment }
    }
    for bit in 0..<(good.count * 8) {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: HDLCError.self) { _ = try HDLCFrame(parsing: bad.span).isSegment }
    }
    for length in [0, 1, 6, 7, good.count - 1, good.count + 1, 2047] {
      var bad = good
      bad[0] = bad[0] & 0xF8 | UInt8(length >> 8)
      bad[1] = UInt8(length & 0xFF)
      #expect(throws: HDLCError.self) { _ = try HDLCFrame(parsing: bad.span).isSegment }
    }
  }

  @Test("parameters are read as written, and what cannot be is refused")
  func parameters() throws {
    let ours = HDLCParameters(
      transmitBytes: 300, receiveBytes: 512, transmitWindow: 7, receiveWindow: 3)
    let field = ours.field()
    #expect(try HDLCParameters(parsing: field.span) == ours)
    #expect(try HDLCParameters(parsing: [UInt8]().span) == .standard)
    let theirs = HDLCParameters(
      transmitBytes: 100, receiveBytes: 2030, transmitWindow: 1, receiveWindow: 4)
    let agreed = ours.agreed(with: theirs)
    #expect(
      agreed
        == HDLCParameters(
          transmitBytes: 300, receiveBytes: 100, transmitWindow: 4, receiveWindow: 1))
    for bad in [
      "81 80 00 05", "81 80 03 05 01 00", "81 80 03 07 01 08", "81 80 03 08 01 00",
      "81 80 04 05 01 80",
      "80 80 03 05 01 80", "81 80 03 05 05 80", "81",
    ] {
      let bytes = octets(bad)
      #expect(throws: HDLCError.badParameters, "\(bad)") {
        try HDLCParameters(parsing: bytes.span)
      }
    }
    let unknown = octets("81 80 06 0F 01 00 05 01 40")
    #expect(try HDLCParameters(parsing: unknown.span).transmitBytes == 64)
  }
}

import Foundation
import MeterTime
import Quantities
import Testing

@testable import IEC62056_21

/// Messages of IEC 62056-21, clause 6.3: what is well formed is taken, everything else refused.
@Suite("IEC 62056-21: messages") struct MessageTests {
  static func text(_ string: String) -> [UInt8] { Array(string.utf8) }

  static func block(_ string: String) -> [UInt8] {
    var bytes = text(string)
    var check = BlockCheck()
    for byte in bytes.dropFirst() { check.update(byte) }
    bytes.append(check.value)
    return bytes
  }

  @Test(
    "requests (6.3.1)",
    arguments: [
      ("/?!\r\n", ""), ("/?14839120!\r\n", "14839120"), ("/?0000Ab 9!\r\n", "0000Ab 9"),
      ("/?" + String(repeating: "9", count: 32) + "!\r\n", String(repeating: "9", count: 32)),
    ])
  func requests(_ pair: (text: String, address: String)) throws {
    let bytes = Self.text(pair.text)
    let message = try RequestMessage(parsing: bytes)
    #expect(Array(bytes[message.address]) == Self.text(pair.address))
  }

  @Test(
    "what is no request",
    arguments: [
      "", "/", "/?", "/?!", "/?!\r", "?!\r\n", "/?1-2!\r\n", "/?!\n", "/?!\r\n ", "//?!\r\n",
      "/?" + String(repeating: "9", count: 33) + "!\r\n",
    ])
  func noRequests(_ text: String) {
    #expect(throws: MessageError.self) { try RequestMessage(parsing: Self.text(text)) }
  }

  @Test("an address calls a meter by its number, leading noughts or none at all")
  func calls() {
    for (address, isCalled) in [
      ("", true), ("14839120", true), ("0014839120", true), ("14839121", false), ("1483912", false),
      ("1483912A", false), ("99999999999999999999999999999999", false),
    ] {
      #expect(RequestMessage.calls(14_839_120, Self.text(address)) == isCalled)
    }
  }

  @Test("the identification of a real 382C, whose speed is a space")
  func familyIdentification() throws {
    let bytes = Self.text("/KAM 68438BC450000\r\n")
    let found = try Identification(parsing: bytes)
    #expect(found.speed == 0x20)
    #expect(ProtocolMode.meaning(of: found.speed).mode == .a)
    #expect(Array(bytes[found.text]) == Self.text("68438BC450000"))
    #expect(!found.isQuick && !found.offersBinary)
  }

  @Test("modes and speeds in an identification (6.3.14)")
  func speeds() throws {
    for speed in LineSpeed.allCases {
      let c = try #require(ProtocolMode.c.character(for: speed))
      #expect(ProtocolMode.meaning(of: c).mode == .c)
      #expect(ProtocolMode.meaning(of: c).speed == speed)
      guard let b = ProtocolMode.b.character(for: speed) else {
        #expect(speed == .baud300)
        continue
      }
      #expect(ProtocolMode.meaning(of: b).mode == .b)
      #expect(ProtocolMode.meaning(of: b).speed == speed)
    }
    #expect(LineSpeed.allCases.map(\.baud) == [300, 600, 1200, 2400, 4800, 9600, 19200])
    let binary = try Identification(parsing: Self.text("/kam5\\2KVD\r\n"))
    #expect(binary.offersBinary && binary.isQuick)
  }

  @Test("acknowledgements (6.3.3) and their bytes")
  func acknowledgements() throws {
    for (choice, text) in [
      (Acknowledgement.Choice.readout, "\u{6}050\r\n"), (.programming, "\u{6}051\r\n"),
      (.binary, "\u{6}252\r\n"), (.other(7), "\u{6}057\r\n"),
    ] {
      let message = Acknowledgement(choice, at: .baud9600)
      let bytes = (0..<6).map { message.characters[$0] }
      #expect(bytes == Self.text(text))
      #expect(try Acknowledgement(parsing: bytes) == message)
    }
    #expect(try Acknowledgement(parsing: Self.text("\u{6}090\r\n")).speed == nil)
  }

  @Test("a data set with and without address and unit (6.3.12)")
  func dataSets() throws {
    let bytes = Self.text("1.8.0*12(0000123*kWh)(7)0.9.1()")
    var cursor = DataSetCursor()
    var out: [[String]] = []
    func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    while let set = try cursor.next(in: bytes.span) {
      out.append([part(set.address), part(set.value)] + (set.unit.map { [part($0)] } ?? []))
    }
    #expect(out == [["1.8.0*12", "0000123", "kWh"], ["", "7"], ["0.9.1", ""]])
  }

  @Test(
    "what is no data set",
    arguments: [
      "(", "1.8.0", "1.8.0(12", "1.8.0(1/2)", "1.8.0(1!)", "1.8.0((1)", "(1*k(Wh)",
      "12345678901234567(1)", "(" + String(repeating: "1", count: 129) + ")", "1.8.0(1\u{1})",
    ])
  func noDataSets(_ text: String) {
    #expect(throws: MessageError.self) {
      var cursor = DataSetCursor()
      let bytes = Self.text(text)
      while try cursor.next(in: bytes.span) != nil {}
    }
  }

  @Test("addresses in the reduced form (IEC 62056-6-1)")
  func addresses() {
    for (text, code, hasMedium) in [
      ("1.8.0", OBISCode(1, 0, 1, 8, 0), false), ("1.8", OBISCode(1, 0, 1, 8, 0), false),
      ("1-0:1.8.0*255", OBISCode(1, 0, 1, 8, 0), true),
      ("0-0:1.0.0", OBISCode(0, 0, 1, 0, 0), true),
      ("1.8.0*12", OBISCode(1, 0, 1, 8, 0, 12), false), ("C.1.0", OBISCode(0, 0, 96, 1, 0), false),
      ("F.F", OBISCode(0, 0, 97, 97, 0), false), ("P.01", OBISCode(1, 0, 99, 1, 0), false),
      ("P.98", OBISCode(1, 0, 99, 98, 0), false), ("32.7.0", OBISCode(1, 0, 32, 7, 0), false),
    ] {
      let address = DataSetAddress(parsing: Self.text(text))
      #expect(address?.code == code && address?.hasMedium == hasMedium, "\(text)")
    }
    for text in ["", "1", "1.", "300.8.0", "1.8.0*", "1.8.0x", "1-0:", "X.1", "1..0", "1.8.0.0"] {
      #expect(DataSetAddress(parsing: Self.text(text)) == nil, "\(text)")
    }
  }

  @Test("programming messages (6.3.10) with the check of published ones")
  func programming() throws {
    // SOH B 0 ETX: exclusive or of 42, 30, 03 is 71, the `q` that readers send to sign off.
    #expect(Self.block("\u{1}B0\u{3}") == [1, 0x42, 0x30, 3, 0x71])
    let off = try ProgrammingMessage(parsing: Self.block("\u{1}B0\u{3}"))
    #expect(off.command == .endOfSession && off.argument.isEmpty && !off.isPartial)
    let bytes = Self.block("\u{1}R1\u{2}1.8.0(1)\u{3}")
    let read = try ProgrammingMessage(parsing: bytes)
    #expect(read.command == .read(1))
    #expect(Array(bytes[read.argument]) == Self.text("1.8.0(1)"))
    let part = try ProgrammingMessage(parsing: Self.block("\u{1}W3\u{2}C.90.4(00)\u{4}"))
    #expect(part.command == .write(3) && part.isPartial)
    for number in UInt8(0)...9 {
      for letter in Self.text("PRWEBX") {
        guard let command = ProgrammingCommand(letter: letter, number: 0x30 + number) else {
          continue
        }
        #expect(command.characters[0] == letter && command.characters[1] == 0x30 + number)
      }
    }
  }

  @Test("refusals say what they mean and are read back", arguments: ProtocolRefusal.allCases)
  func refusals(_ refusal: ProtocolRefusal) {
    var text = InlineArray<8, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    refusal.write(into: &writer)
    let count = writer.count
    let read = ProtocolRefusal(parsing: text.span.extracting(0..<count))
    #expect(read == refusal)
  }

  static let messages: [[UInt8]] = [
    text("/?14839120!\r\n"), text("/KAM5\\2KVD 382L\r\n"), text("\u{6}051\r\n"),
    block("\u{1}R1\u{2}1.8.0(1)\u{3}"), block("\u{1}P1\u{2}(00000000)\u{3}"),
    block("\u{1}W5\u{2}0-0:1.0.0(261122101500)\u{3}"), text("1-0:1.8.0*12(0000123*kWh)(7)"),
  ]

  @Test("no prefix of a message and no flipped bit traps, and a damaged block is never taken")
  func damage() {
    var taken = 0
    for message in Self.messages {
      for variant in Self.variants(message) {
        _ = try? RequestMessage(parsing: variant)
        _ = try? Identification(parsing: variant)
        _ = try? Acknowledgement(parsing: variant)
        _ = DataSetAddress(parsing: variant)
        var cursor = DataSetCursor()
        while let set = (try? cursor.next(in: variant.span)) ?? nil {
          #expect(set.value.upperBound <= variant.count)
        }
        // Bit 7 is no part of a character of seven bits.
        let isSame = variant.map { $0 & 0x7F } == message.map { $0 & 0x7F }
        if (try? ProgrammingMessage(parsing: variant)) != nil {
          taken += 1
          #expect(isSame, "\(variant)")
        }
      }
    }
    #expect(taken > 3)
  }

  /// All prefixes, and the message with each bit flipped.
  static func variants(_ message: [UInt8]) -> [[UInt8]] {
    (0...message.count).map { Array(message.prefix($0)) }
      + message.indices.flatMap { index in
        (0..<8).map { bit in
          var flipped = message
          flipped[index] ^= 1 << UInt8(bit)
          return flipped
        }
      }
  }

  @Test("even parity is made and checked")
  func parity() {
    for character in UInt8(0)..<128 {
      let octet = EvenParity.octet(character)
      #expect(octet.nonzeroBitCount % 2 == 0 && EvenParity.character(octet) == character)
      #expect(EvenParity.character(octet ^ 0x10) == nil)
    }
  }

  @Test("numbers in decimal, with a point and in hexadecimal; what does not fit is noted")
  func writer() {
    var text = InlineArray<40, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    writer.decimal(42, width: 7)
    writer.put(UInt8(ascii: " "))
    writer.fixed(-1234, decimals: 3)
    writer.put(UInt8(ascii: " "))
    writer.fixed(Int64.min, decimals: 0)
    writer.hexadecimal(0x0AF, digits: 4)
    let count = writer.count
    let isFull = writer.isFull
    #expect(!isFull)
    #expect(
      String(decoding: (0..<count).map { text[$0] }, as: UTF8.self)
        == "0000042 -1.234 -922337203685477580800AF")
    var small = InlineArray<3, UInt8>(repeating: 0)
    var short = TextWriter(small.mutableSpan)
    short.put("four")
    let (full, length) = (short.isFull, short.count)
    #expect(full && length == 3)
  }
}

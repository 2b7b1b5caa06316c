import HDLC
import MeterClient

/// Frames of HDLC, right and wrong (the groups HDLC_FRAME, HDLC_ADDRESS, HDLC_NDM2NRM, HDLC_INFO
/// and HDLC_NDMOP of the public test plan).
enum HDLCTests {
  /// A line to the meter on which frames are made by hand.
  struct Line: Sendable {
    let channel: ByteChannel
    let bench: ConformanceBench

    func frame(_ control: UInt8, _ information: [UInt8] = [], to: [UInt8]? = nil) -> [UInt8] {
      let own: UInt8 = 16 << 1 | 1
      let server = to ?? [UInt8(truncatingIfNeeded: bench.url.server << 1 | 1)]
      let header = server + [own, control]
      let count = 2 + header.count + 2 + (information.isEmpty ? 0 : information.count + 2)
      var bytes = [0xA0 | UInt8(count >> 8), UInt8(count & 0xFF)] + header
      bytes += Self.check(bytes)
      if !information.isEmpty {
        bytes += information
        bytes += Self.check(bytes)
      }
      return [0x7E] + bytes + [0x7E]
    }

    /// The frame check of IEC 62056-46, low byte first.
    static func check(_ bytes: [UInt8]) -> [UInt8] {
      var crc: UInt16 = 0xFFFF
      for byte in bytes {
        crc ^= UInt16(byte)
        for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0x8408 : crc >> 1 }
      }
      crc ^= 0xFFFF
      return [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }

    /// Sends bytes; the control byte of what comes back, nil for silence.
    func ask(_ bytes: [UInt8]) async throws -> UInt8? {
      try await channel.send(bytes)
      var answer: [UInt8] = []
      while let more = try? await channel.receive(milliseconds: 400) {
        answer += more
        if answer.count > 9, answer.last == 0x7E { break }
      }
      // Flag, format, client, server of one byte, control.
      let at = 4 + bench.url.serverBytes
      return answer.count > at + 2 ? answer[at] : nil
    }

    func connect() async throws -> Bool { try await ask(frame(0x93)) == 0x73 }
  }

  private static func test(
    _ title: String, _ clause: String,
    _ run: @escaping @Sendable (Line) async throws -> Verdict
  ) -> ConformanceTest {
    ConformanceTest(.hdlc, title, "IEC 62056-46, \(clause)") { bench in
      guard bench.url.framing == .hdlc else { return .skipped("the link is the wrapper") }
      guard bench.url.physical == nil, bench.url.server < 0x80 else {
        return .skipped("frames are made for addresses of one byte")
      }
      let channel = try await ByteChannel.open(bench.url.place, seconds: bench.url.patience)
      let verdict = try await run(Line(channel: channel, bench: bench))
      await channel.close()
      return verdict
    }
  }

  private static func verdict(_ got: UInt8?, _ wanted: [UInt8?]) -> Verdict {
    func name(_ control: UInt8?) -> String {
      control.map { "control \(Hexadecimal.text([$0]))" } ?? "silence"
    }
    return wanted.contains(got)
      ? .passed
      : .failed(expected: wanted.map(name).joined(separator: " or "), got: name(got))
  }

  static let all: [ConformanceTest] = modes + damaged + addresses + parameters + information

  private static let modes = [
    test("SNRM is answered by UA (HDLC_FRAME_P1)", "6.4.3") { line in
      verdict(try await line.ask(line.frame(0x93)), [0x73])
    },
    test("DISC in NDM is answered by DM (HDLC_FRAME_P1)", "6.4.3") { line in
      verdict(try await line.ask(line.frame(0x53)), [0x1F])
    },
    test("DISC in NRM is answered by UA", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      return verdict(try await line.ask(line.frame(0x53)), [0x73])
    },
    test("RR in NRM is answered by RR (HDLC_FRAME_P1)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      return verdict(try await line.ask(line.frame(0x11)), [0x11])
    },
    test("SNRM in NRM opens anew", "6.4.4") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      return verdict(try await line.ask(line.frame(0x93)), [0x73])
    },
    test("an I frame in NDM is answered by DM (HDLC_NDMOP_N1)", "6.4.4") { line in
      verdict(
        try await line.ask(line.frame(0x10, [0xE6, 0xE6, 0] + AARQ().bytes)), [0x1F, nil])
    },
    test("RR in NDM is answered by DM or not at all", "6.4.4") { line in
      verdict(try await line.ask(line.frame(0x11)), [0x1F, nil])
    },
    test("two flags between frames are one", "6.4.1") { line in
      verdict(try await line.ask([0x7E] + line.frame(0x93)), [0x73])
    },
    test("junk before a frame is passed over (HDLC_FRAME_N2)", "6.4.1") { line in
      verdict(try await line.ask([0x55, 0xAA, 0x00] + line.frame(0x93)), [0x73])
    },
  ]

  /// Changes to an SNRM that make it none.
  private static let changes: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
    ("without its opening flag (HDLC_FRAME_N1)", { Array($0.dropFirst()) }),
    ("without both flags (HDLC_FRAME_N1)", { Array($0.dropFirst().dropLast()) }),
    ("with a wrong check (HDLC_FRAME_N8)", { $0.changed(at: $0.count - 2, by: 1) }),
    (
      "with the other byte of the check wrong (HDLC_FRAME_N8)",
      { $0.changed(at: $0.count - 3, by: 0x80) }
    ),
    ("of format type 1 (HDLC_FRAME_N7)", { $0.changed(at: 1, by: 0xB0) }),
    ("of format type 2 (HDLC_FRAME_N7)", { $0.changed(at: 1, by: 0x30) }),
    ("with a length one too long (HDLC_FRAME_N4)", { $0.changed(at: 2, by: 0x0F) }),
    ("with a length of 2 (HDLC_FRAME_N4)", { $0.changed(at: 2, by: $0[2] ^ 2) }),
    (
      "with a length of 2047 (HDLC_FRAME_N4)",
      { $0.changed(at: 1, by: 7).changed(at: 2, by: $0[2] ^ 0xFF) }
    ),
    ("one byte short (HDLC_FRAME_P2)", { $0.dropLast(2) + [0x7E] }),
    ("that ends after its address", { $0.prefix(4) + [0x7E] }),
  ]

  private static let damaged: [ConformanceTest] = changes.map { title, change in
    test("a frame \(title) is passed over, and the next is answered", "6.4.2") { line in
      let got = try await line.ask(change(line.frame(0x93)))
      if got != nil { return verdict(got, [nil]) }
      // The rest of a longer frame may swallow the first one that follows.
      let next = try await line.ask(line.frame(0x93))
      return verdict(next == nil ? try await line.ask(line.frame(0x93)) : next, [0x73])
    }
  }

  private static let addresses: [ConformanceTest] = [
    ("of another device (HDLC_ADDRESS_N1)", [UInt8(0x7B << 1 | 1)]),
    ("of three bytes (HDLC_ADDRESS_N7)", [0x02, 0x02, 0x03]),
    ("of five bytes (HDLC_ADDRESS_N7)", [0x02, 0x02, 0x02, 0x02, 0x03]),
    ("of no station (HDLC_ADDRESS_N4)", [0x01]),
    ("of all stations, which asks for no answer", [0xFF]),
  ].map { title, address in
    test("an SNRM to an address \(title) is not answered", "6.4.2.3") { line in
      verdict(try await line.ask(line.frame(0x93, to: address)), [nil])
    }
  }

  private static let parameters: [ConformanceTest] =
    [
      ("128 bytes and window 1", "81800C0501800601800704000000010804000000 01"),
      ("128 bytes in two", "818014 05020080 06020080 070400000001 080400000001"),
      ("2030 bytes (HDLC_NDM2NRM_P1)", "818014 050207EE 060207EE 070400000001 080400000001"),
      ("window 4 (HDLC_NDM2NRM_P2)", "818012 0501 80 0601 80 070400000004 080400000004"),
      ("window 7", "818012 0501 80 0601 80 070400000007 080400000007"),
      ("nothing but a head", "818000"),
    ].enumerated().map { place, item in
      test("SNRM with \(item.0) is answered by UA", "6.4.4.4.3.2") { line in
        var field = Hexadecimal.bytes(item.1) ?? []
        // The head tells how much follows.
        if field.count > 2 { field[2] = UInt8(field.count - 3) }
        return verdict(try await line.ask(line.frame(0x93, field)), [0x73])
      }
    }
    + [
      ("window 0", "818006 070400000000"), ("window 9", "818006 070400000009"),
      ("length 0", "818003 050100"), ("a length beyond its end", "8180FF 050180"),
      ("a format that is not 81", "828003 050180"), ("one byte", "81"),
    ].map { title, hex in
      test("SNRM with \(title) is not answered by UA (HDLC_FRAME_N3)", "6.4.4.4.3.2") { line in
        let got = try await line.ask(line.frame(0x93, Hexadecimal.bytes(hex) ?? []))
        return verdict(got, [nil, 0x97, 0x1F])
      }
    }

  private static let information = [
    test("an unknown command gets FRMR or silence (HDLC_FRAME_N5)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      return verdict(try await line.ask(line.frame(0xEF)), [nil, 0x97, 0x87])
    },
    test("an AARQ in one frame is answered by an I frame (HDLC_INFO_P1)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      let got = try await line.ask(line.frame(0x10, [0xE6, 0xE6, 0] + AARQ().bytes))
      return verdict(got, [0x30])
    },
    test("a wrong N(S) is not taken (HDLC_INFO_N1)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      let got = try await line.ask(line.frame(0x14, [0xE6, 0xE6, 0] + AARQ().bytes))
      return verdict(got, [nil, 0x11, 0x19, 0x97])
    },
    test("a wrong N(R) is not taken (HDLC_INFO_N2)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      let got = try await line.ask(line.frame(0x70, [0xE6, 0xE6, 0] + AARQ().bytes))
      return verdict(got, [nil, 0x11, 0x97])
    },
    test("an information field that is too long is not taken (HDLC_INFO_N3)", "6.4.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      let long = [0xE6, 0xE6, 0] + AARQ().bytes + [UInt8](repeating: 0, count: 700)
      return verdict(try await line.ask(line.frame(0x10, long)), [nil, 0x97, 0x11])
    },
    test("another LLC header is not answered by an AARE", "5.3") { line in
      guard try await line.connect() else { return .failed(expected: "UA", got: "none") }
      let got = try await line.ask(line.frame(0x10, [0xE6, 0xE7, 0] + AARQ().bytes))
      return verdict(got, [nil, 0x31, 0x11, 0x97])
    },
  ]
}

extension [UInt8] {
  /// A byte of it turned in the bits that are named.
  func changed(at place: Int, by bits: UInt8) -> [UInt8] {
    var copy = self
    if indices.contains(place) { copy[place] ^= bits }
    return copy
  }
}

extension MeterURL {
  /// Bytes of the server's address in HDLC.
  var serverBytes: Int { physical == nil ? 1 : addressBytes ?? 2 }
}

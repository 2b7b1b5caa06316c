import MeterClient

/// Headers of the wrapper, right and wrong.
enum WrapperTests {
  private static let clause = "IEC 62056-47, 7.2"

  private static func test(
    _ title: String,
    _ run: @escaping @Sendable (ConformanceBench, ByteChannel) async throws -> Verdict
  ) -> ConformanceTest {
    ConformanceTest(.wrapper, title, clause) { bench in
      guard bench.url.framing == .wrapper else { return .skipped("the link is HDLC") }
      let channel = try await ByteChannel.open(bench.url.place, seconds: bench.url.patience)
      let verdict = try await run(bench, channel)
      await channel.close()
      return verdict
    }
  }

  private static func message(
    _ apdu: [UInt8] = AARQ().bytes, version: UInt16 = 1, source: UInt16 = 16,
    destination: UInt16 = 1, length: Int? = nil
  ) -> [UInt8] {
    let words = [version, source, destination, UInt16(truncatingIfNeeded: length ?? apdu.count)]
    return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + apdu
  }

  /// What comes within a time, up to a number of bytes.
  private static func collect(_ channel: ByteChannel, _ count: Int) async -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard let more = try? await channel.receive(milliseconds: 700) else { break }
      bytes += more
    }
    return bytes
  }

  static let all: [ConformanceTest] = headers + splits + others

  private static let headers = [
    ("version 0", message(version: 0)), ("version 2", message(version: 2)),
    ("version FFFF", message(version: 0xFFFF)), ("length 0", message([], length: 0)),
    ("length one above the bytes", message(length: AARQ().bytes.count + 1)),
    ("length FFFF", message(length: 0xFFFF)), ("seven bytes of a header", Array(message()[..<7])),
  ].map { title, bytes in
    test("a header with \(title) gets no answer of an association") { bench, channel in
      try await channel.send(bytes)
      let answer = await collect(channel, 9)
      guard answer.count < 9 || answer[8] != 0x61 else {
        return .failed(expected: "silence or an end", got: ConformanceBench.text(answer))
      }
      return await bench.isAlive()
        ? .passed : .failed(expected: "a meter that goes on", got: "no association")
    }
  }

  private static let splits = [1, 2, 4, 7, 8, 9, 20].map { place in
    test("a message that comes in two pieces of \(place) and the rest is answered") { _, channel in
      let bytes = message()
      try await channel.send(Array(bytes[..<place]))
      try await Task.sleep(for: .milliseconds(30))
      try await channel.send(Array(bytes[place...]))
      let answer = await collect(channel, 9)
      return ConformanceBench.verdict(
        answer.count > 8 && answer[8] == 0x61, expected: "an AARE", got: answer)
    }
  }

  private static let others = [
    test("ports come back exchanged") { _, channel in
      try await channel.send(message())
      let answer = await collect(channel, 9)
      return ConformanceBench.verdict(
        answer.count > 8 && Array(answer[..<6]) == [0, 1, 0, 1, 0, 16],
        expected: "00 01 00 01 00 10", got: answer)
    },
    test("the length is that of the APDU") { _, channel in
      try await channel.send(message())
      let answer = await collect(channel, 9)
      return ConformanceBench.verdict(
        answer.count > 8 && Int(answer[6]) << 8 | Int(answer[7]) == answer.count - 8,
        expected: "header and APDU in one", got: answer)
    },
    test("a client that nobody knows is refused") { _, channel in
      try await channel.send(message(source: 99))
      let answer = await collect(channel, 9)
      return ConformanceBench.verdict(
        answer.isEmpty || AARQ.isRefused(Array(answer.dropFirst(8))),
        expected: "silence or a refusal", got: answer)
    },
    test("two messages in one segment get two answers") { _, channel in
      let get: [UInt8] = [0xC0, 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 255, 1, 0]
      try await channel.send(message() + message(get))
      let answer = await collect(channel, 60)
      let first = answer.count > 8 ? 8 + Int(answer[6]) << 8 + Int(answer[7]) : 0
      let second = answer.dropFirst(8 + (answer.count > 8 ? Int(answer[7]) : 0) + 8)
      return ConformanceBench.verdict(
        first > 0 && second.first == 0xC4, expected: "an AARE and a get response", got: answer)
    },
    test("silence does not end a connection within two seconds") { _, channel in
      try await Task.sleep(for: .seconds(2))
      try await channel.send(message())
      let answer = await collect(channel, 9)
      return ConformanceBench.verdict(
        answer.count > 8 && answer[8] == 0x61, expected: "an AARE", got: answer)
    },
  ]
}

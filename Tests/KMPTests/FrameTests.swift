import Testing

@testable import KMP

/// Frames and checks of KMP.
@Suite("KMP: frames") struct FrameTests {
  static func frame(_ body: [UInt8], start: UInt8 = KMPFrame.startOfRequest) -> [UInt8] {
    var room = InlineArray<560, UInt8>(repeating: 0)
    var span = room.mutableSpan
    let count = KMPFrame.write(body.span, start: start, into: &span)
    return (0..<count).map { room[$0] }
  }

  @Test(
    "published checks",
    arguments: [
      ([0x3F, 0x01], 0x058A), ([0x3F, 0x02], 0x35E9), ([0x3F, 0x10, 0x01, 0x04, 0x1E], 0x7ABB),
      ([0x3F, 0x10, 0x01, 0x00, 0x01], 0x55A1), ([0x3F, 0x10, 0x01, 0x04, 0x09], 0x186D),
      ([0x3F, 0x10, 0x01, 0x00, 0x80], 0xD408), ([0x3F, 0x01, 0x00, 0x04, 0x06, 0x01], 0x2699),
      (Array("123456789".utf8), 0x31C3),
    ] as [([UInt8], UInt16)])
  func checks(_ pair: (body: [UInt8], check: UInt16)) {
    #expect(KMPCheck.check(pair.body) == pair.check)
    let whole = pair.body + [UInt8(pair.check >> 8), UInt8(pair.check & 0xFF)]
    #expect(KMPCheck.check(whole) == 0)
  }

  @Test("a published frame with stuffing")
  func published() {
    #expect(
      Self.frame([0x3F, 0x10, 0x01, 0x00, 0x80])
        == [0x80, 0x3F, 0x10, 0x01, 0x00, 0x1B, 0x7F, 0xD4, 0x08, 0x0D])
  }

  @Test("what is written is read", arguments: 0..<64)
  func roundTrip(_ seed: Int) {
    let reserved: [UInt8] = [0x06, 0x0D, 0x1B, 0x40, 0x80]
    let body = (0..<(2 + seed * 4)).map { k in
      (k * seed) % 3 == 0 ? reserved[k % 5] : UInt8(truncatingIfNeeded: k &* 37 &+ seed)
    }
    let frame = Self.frame(body)
    for byte in frame.dropFirst().dropLast() where byte != 0x1B {
      #expect(!KMPFrame.isReserved(byte))
    }
    var deframer = KMPDeframer(start: KMPFrame.startOfRequest)
    var events: [KMPDeframer.Event] = []
    for byte in frame { events.append(deframer.receive(byte)) }
    #expect(events.last == .frame && events.dropLast().allSatisfy { $0 == .none })
    let got = (0..<deframer.body.count).map { deframer.body[$0] }
    #expect(got == body)
  }

  @Test("every prefix, every flipped bit: no frame is taken for another")
  func damage() {
    let body: [UInt8] = [0x3F, 0x10, 0x02, 0x00, 0x80, 0x04, 0x1E]
    let frame = Self.frame(body)
    var variants = (0..<frame.count).map { Array(frame.prefix($0)) }
    for k in frame.indices {
      for bit in 0..<8 {
        var flipped = frame
        flipped[k] ^= 1 << UInt8(bit)
        variants.append(flipped)
      }
    }
    for variant in variants {
      var deframer = KMPDeframer(start: KMPFrame.startOfRequest)
      for byte in variant where deframer.receive(byte) == .frame {
        Issue.record("taken: \(variant)")
      }
      // The next good frame is understood all the same.
      var last = KMPDeframer.Event.none
      for byte in frame { last = deframer.receive(byte) }
      #expect(last == .frame)
    }
  }

  @Test("endless data and stuffing without need are refused")
  func abuse() {
    var deframer = KMPDeframer(start: KMPFrame.startOfRequest)
    _ = deframer.receive(0x80)
    for _ in 0..<100_000 { #expect(deframer.receive(0x55) == .none) }
    #expect(deframer.receive(0x0D) == .damaged)
    for tail in [[0x1B, 0x0D], [0x1B, 0x1B, 0x0D], [0x1B, 0xAA, 0x0D]] as [[UInt8]] {
      var last = KMPDeframer.Event.none
      for byte in [0x80, 0x3F, 0x01] + tail { last = deframer.receive(byte) }
      #expect(last == .damaged)
    }
    // 3F 01 with 55 sent as stuffed: the check would fit.
    var last = KMPDeframer.Event.none
    for byte in [0x80, 0x1B, 0xC0, 0x01, 0x05, 0x8A, 0x0D] as [UInt8] {
      last = deframer.receive(byte)
    }
    #expect(last == .damaged)
    #expect(deframer.receive(0x06) == .acknowledge)
  }
}

/// Numbers, times and requests.
@Suite("KMP: values") struct ValueTests {
  @Test("published numbers: -123.45 is 04 C2 00 00 30 39, 255 thousand is 01 03 FF")
  func numbers() {
    let small = KMPNumber(-12345, exponent: -2)
    #expect(small.signs == 0xC2 && small.magnitude == 0x3039)
    #expect(KMPNumber(magnitude: 0x3039, signs: 0xC2) == small)
    #expect(KMPNumber(magnitude: 0xFF, signs: 0x03).scaled(to: 0) == 255_000)
    #expect(small.scaled(to: -3) == -123_450 && small.scaled(to: 0) == -123)
    #expect(KMPNumber(magnitude: .max, signs: 0x3F).scaled(to: 0) == nil)
  }

  @Test("a time of a real dump, in the order of registers and in that of requests")
  func clock() throws {
    let bytes: [UInt8] = [0x83, 0x07, 0x1A, 0x23, 0x13, 0x1B, 0x07, 0x0E]
    let clock = try #require(KMPClock(register: bytes))
    // Sunday, 27 July 2014, 19:35:26.
    #expect((clock.year, clock.month, clock.day) == (14, 7, 27))
    #expect((clock.hour, clock.minute, clock.second, clock.weekday) == (19, 35, 26, 7))
    let request = clock.requestBytes
    #expect((0..<8).map { request[$0] } == bytes.reversed())
    let again = KMPClock(request: request.span)
    #expect(again == clock)
    #expect(KMPClock(register: Array(bytes.dropLast())) == nil)
  }

  @Test("requests for registers: up to eight, and the count must fit")
  func registers() {
    #expect(KMPRegisterRequest(parsing: [UInt8]([1, 4, 0x1E]))?.registers[0] == 0x041E)
    for bytes in [[], [0], [1], [1, 0], [9] + [UInt8](repeating: 0, count: 18), [1, 0, 1, 0]]
      as [[UInt8]]
    {
      #expect(KMPRegisterRequest(parsing: bytes) == nil)
    }
  }

  @Test("requests for records, cut anywhere")
  func logs() throws {
    let tail: [UInt8] = [0, 1, 1, 0, 0, 0, 0, 0]
    let bytes: [UInt8] = [6, 1, 0x04, 0x17, 2, 0xFF]
    let time = try #require(KMPLogRequest(.getLogTimePresent, parsing: (bytes + tail)))
    #expect(time.log == 6 && time.columns[0] == 0x0417 && time.records == 2)
    #expect(KMPLogRequest(.getLogIDPresent, parsing: (bytes + [1, 2]))?.start == .record(258))
    #expect(KMPLogRequest(.getLogLastPresent, parsing: bytes)?.start == .last)
    #expect(KMPLogRequest(.getLogTimePast, parsing: (bytes + tail + [0, 3])) != nil)
    for count in 0..<(bytes.count + tail.count) {
      let cut = Array((bytes + tail).prefix(count))
      #expect(KMPLogRequest(.getLogTimePresent, parsing: cut) == nil)
    }
  }

  @Test("an answer is walked to its end, whatever its lengths say")
  func answers() {
    let answer: [UInt8] = [0, 1, 2, 4, 0x41, 0, 0, 1, 0, 4, 0x1E, 33, 2, 0, 0, 230]
    for count in 0...answer.count {
      var cursor = KMPAnswerCursor()
      var items = 0
      while let item = cursor.next(in: Array(answer.prefix(count)).span) {
        items += 1
        #expect(item.value.upperBound <= count)
      }
      #expect(items == (count == answer.count ? 2 : count >= 9 ? 1 : 0))
    }
    let (short, long): ([UInt8], [UInt8]) = ([0, 1, 0], [UInt8](repeating: 1, count: 9))
    let values = (KMPAnswerCursor.integer(short.span), KMPAnswerCursor.integer(long.span))
    #expect(values.0 == 256 && values.1 == nil)
  }
}

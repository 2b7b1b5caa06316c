import MeterFaults
import MeterTime
import Testing

@testable import HDLC

/// A server that is given frames by hand.
private struct Bench {
  var server = HDLCServer(
    parameters: HDLCParameters(
      transmitBytes: 128, receiveBytes: 128, transmitWindow: 1,
      receiveWindow: 1))
  var now = Instant(seconds: 0)
  var events: [HDLCServer.Event] = []

  mutating func give(_ bytes: [UInt8]) -> [UInt8] {
    events = []
    for byte in bytes {
      let event = server.receive(byte, at: now)
      if event != .none { events.append(event) }
    }
    var room = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
    var span = room.mutableSpan
    let count = server.nextFrame(into: &span)
    return Array(room.prefix(count))
  }

  mutating func give(
    _ control: HDLCControl, _ information: [UInt8] = [], isSegment: Bool = false,
    to: HDLCAddress = HDLCAddress(1), from: HDLCAddress = HDLCAddress(16)
  ) -> HDLCControl? {
    var room = [UInt8](repeating: 0, count: 2100)
    var span = room.mutableSpan
    let count = HDLCFrame.write(
      to: to, from: from, control, isSegment: isSegment, information.span, into: &span)
    let back = give(Array(room.prefix(count)))
    guard back.count > 2 else { return nil }
    let inner = Array(back.dropFirst().dropLast())
    guard let frame = try? HDLCFrame(parsing: inner.span) else { return nil }
    return HDLCControl(frame.controlByte)
  }
}

@Suite("Server station") struct ServerTests {
  private static let llc: [UInt8] = [0xE6, 0xE6, 0x00]

  /// A frame as it goes over the line.
  private func wire(
    _ control: HDLCControl, _ information: [UInt8] = [], to: HDLCAddress = HDLCAddress(1)
  ) -> [UInt8] {
    var room = [UInt8](repeating: 0, count: 2100)
    var span = room.mutableSpan
    let count = HDLCFrame.write(
      to: to, from: HDLCAddress(16), control, isSegment: false, information.span, into: &span)
    return Array(room.prefix(count))
  }

  @Test("A24: endless frames, wrong checks, endless segments, strange addresses, greedy SNRM")
  func attacks() {
    var bench = Bench()
    let snrm = wire(.setNormalResponseMode(poll: true))
    #expect(bench.give([0x7E] + [UInt8](repeating: 0xA0, count: 100_000)).isEmpty)
    for place in 1..<(snrm.count - 1) {
      for bit in 0..<8 {
        var bad = snrm
        bad[place] ^= 1 << UInt8(bit)
        // A flag in the middle makes two frames, of which none is one.
        #expect(bench.give(bad).isEmpty, "byte \(place), bit \(bit)")
        #expect(!bench.events.contains(.connected))
      }
    }
    for count in 1..<(snrm.count - 1) { #expect(bench.give(Array(snrm.prefix(count))).isEmpty) }
    // To all stations, and to another one: nobody answers.
    #expect(bench.give([0x7E]).isEmpty)
    #expect(bench.give(wire(.setNormalResponseMode(poll: true), to: HDLCAddress(0x7F))).isEmpty)
    #expect(bench.give(wire(.setNormalResponseMode(poll: true), to: HDLCAddress(9))).isEmpty)
    // A window of 8 and frames of 65535 bytes are brought down to what the station has.
    let greedy: [UInt8] = [
      0x81, 0x80, 0x14, 5, 2, 0xFF, 0xFF, 6, 2, 0xFF, 0xFF, 7, 4, 0, 0, 0, 8, 8, 4, 0, 0, 0, 8,
    ]
    let answer = bench.give(wire(.setNormalResponseMode(poll: true), greedy))
    #expect(answer.isEmpty || bench.events.contains(.connected))
    _ = bench.give(snrm)
    #expect(bench.events == [.connected])
    // Segments without end never make a request, and the next connection is served.
    var requests = 0
    for n in 0..<500 {
      _ = bench.give(
        .information(send: UInt8(n % 8), receive: 0, poll: true),
        Self.llc + [UInt8](repeating: 1, count: 100), isSegment: true)
      requests += bench.events.count { $0 == .request }
    }
    #expect(requests == 0)
    #expect(bench.give(.setNormalResponseMode(poll: true)) == .acknowledge(final: true))
  }

  @Test("without connection an I frame is answered by DM (NDMOP_N1), SNRM by UA")
  func modes() {
    var bench = Bench()
    #expect(
      bench.give(.information(send: 0, receive: 0, poll: true), Self.llc + [1])
        == .disconnectedMode(final: true))
    #expect(bench.give(.receiveReady(receive: 0, poll: true)) == .disconnectedMode(final: true))
    #expect(bench.give(.disconnect(poll: true)) == .disconnectedMode(final: true))
    #expect(bench.give(.setNormalResponseMode(poll: true)) == .acknowledge(final: true))
    #expect(bench.events == [.connected])
    #expect(
      bench.give(.receiveReady(receive: 0, poll: true)) == .receiveReady(receive: 0, poll: true))
    #expect(bench.give(.disconnect(poll: true)) == .acknowledge(final: true))
    #expect(bench.events == [.disconnected])
  }

  @Test("other addresses, nobody and everybody get no answer")
  func addresses() {
    var bench = Bench()
    for to in [HDLCAddress(2), .noStation, .allStations] {
      #expect(bench.give(.setNormalResponseMode(poll: true), to: to) == nil)
    }
    #expect(
      bench.give(
        .setNormalResponseMode(poll: true), from: HDLCAddress(upper: 1, lower: 1) ?? .noStation)
        == nil)
    #expect(!bench.server.isConnected)
    #expect(bench.give(.setNormalResponseMode(poll: true)) == .acknowledge(final: true))
    // Another client does not disturb the connection.
    #expect(bench.give(.disconnect(poll: true), from: HDLCAddress(1)) == nil)
    #expect(bench.server.isConnected)
  }

  @Test("wrong numbers: N(S) is answered with what is expected, N(R) is rejected")
  func numbers() {
    var bench = Bench()
    _ = bench.give(.setNormalResponseMode(poll: true))
    #expect(
      bench.give(.information(send: 3, receive: 0, poll: true), Self.llc + [1])
        == .receiveReady(receive: 0, poll: true))
    #expect(
      bench.give(.information(send: 0, receive: 5, poll: true), Self.llc + [1])
        == .frameReject(final: true))
    #expect(
      bench.give(.receiveReady(receive: 0, poll: true)) == .frameReject(final: true),
      "it stands until the next SNRM")
    #expect(bench.give(.setNormalResponseMode(poll: true)) == .acknowledge(final: true))
    #expect(
      bench.give(.receiveReady(receive: 0, poll: true)) == .receiveReady(receive: 0, poll: true))
  }

  @Test("an information field above what was agreed is rejected, an unknown control, too")
  func rejects() {
    var bench = Bench()
    _ = bench.give(.setNormalResponseMode(poll: true))
    #expect(
      bench.give(
        .information(send: 0, receive: 0, poll: true), [UInt8](repeating: 1, count: 129))
        == .frameReject(final: true))
    _ = bench.give(.setNormalResponseMode(poll: true))
    // SREJ
    var frame = octets("A0 07 03 21 0D 00 00")
    var crc: UInt16 = 0xFFFF
    for byte in frame.prefix(5) {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0x8408 : crc >> 1 }
    }
    frame[5] = UInt8(~crc & 0xFF)
    frame[6] = UInt8(~crc >> 8)
    let back = bench.give([0x7E] + frame + [0x7E])
    #expect(back.count > 6 && back[5] == 0x97)
  }

  @Test("segments without end are dropped with a rejection; memory does not grow")
  func flood() {
    var bench = Bench()
    _ = bench.give(.setNormalResponseMode(poll: true))
    var answers: [HDLCControl?] = []
    for n in 0..<64 {
      answers.append(
        bench.give(
          .information(send: UInt8(n & 7), receive: 0, poll: true),
          [UInt8](repeating: 1, count: 128), isSegment: true))
    }
    #expect(answers.contains(.frameReject(final: true)))
    #expect(bench.events.isEmpty)
  }

  @Test("a request that is repeated gets its answer again, and once")
  func repeated() {
    var bench = Bench()
    _ = bench.give(.setNormalResponseMode(poll: true))
    _ = bench.give(.information(send: 0, receive: 0, poll: true), Self.llc + [1])
    #expect(bench.events == [.request])
    bench.server.reply([9, 9].span)
    let first = bench.give([])
    #expect(!first.isEmpty)
    let again = bench.give(.information(send: 0, receive: 0, poll: true), Self.llc + [1])
    #expect(bench.events.isEmpty)
    #expect(again == .information(send: 0, receive: 1, poll: true))
  }

  @Test("UI comes as a notice, to all stations, too, and is never answered")
  func notices() {
    var bench = Bench()
    #expect(bench.give(.unnumberedInformation(poll: true), Self.llc + [5], to: .allStations) == nil)
    #expect(bench.events == [.notice])
    let count = bench.server.request.count
    #expect(count == 1)
  }

  @Test("flags missing, shared, doubled; junk before; a frame one byte short")
  func flags() {
    let snrm = octets("7E A0 07 03 21 93 0F 01 7E")
    var bench = Bench()
    #expect(bench.give(Array(snrm.dropFirst())).isEmpty)
    bench = Bench()
    #expect(bench.give([0x7E, 0x7E] + snrm).count > 0)
    bench = Bench()
    #expect(bench.give([0x00, 0xA5, 0xFF] + snrm).count > 0)
    bench = Bench()
    _ = bench.give(Array(snrm.dropLast(2)) + [0x7E])
    #expect(bench.give(snrm + snrm).count > 0, "the next frames are heard")
    bench = Bench()
    _ = bench.give(Array(snrm.dropLast(4)))
    bench.now += .seconds(3)
    #expect(bench.give(snrm).count > 0, "a pause ends a frame")
  }

  @Test("noise neither answers nor disturbs", arguments: 1...4 as ClosedRange<UInt64>)
  func noise(seed: UInt64) {
    var bench = Bench()
    var random = SplitMix64(seed: seed)
    for _ in 0..<20_000 {
      let word = random.next()
      let byte = word & 7 == 0 ? 0x7E : word & 7 == 1 ? 0xA0 : UInt8(truncatingIfNeeded: word >> 8)
      _ = bench.give([byte])
    }
    bench.now += .seconds(5)
    #expect(bench.give(octets("7E A0 07 03 21 93 0F 01 7E")).count > 0)
  }
}

import Foundation
import MBus
import MeterTime
import Ports
import Testing

@testable import VirtualMeter

/// Radio telegrams from a running meter to a receiver that stores them.
@Suite("Wireless M-Bus, sent and received")
struct WirelessReceiverTests {
  static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "radio-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// The radio log of a meter that runs for some minutes.
  static func log(
    minutes: Int64 = 4, state: StateDirectory? = nil, start: Instant = BenchRig.start,
    _ change: (inout RadioSetup) -> Void = { _ in }
  ) throws -> [RadioLine] {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "radio.log").path
    let source = BenchSource(BenchPreset.named(.car).bench, seed: 1, isLively: false)
    let setup = MeterRun.Setup(
      start: start, until: start + .minutes(minutes), speed: .infinity)
    let mailbox = Mailbox()
    var run = try MeterRun(
      setup: setup, source: source, mailbox: mailbox, folder: state, bench: source)
    var radio = RadioSetup(.file(path))
    change(&radio)
    let sender = try RadioSender(radio, meter: setup.meter, mailbox: mailbox)
    _ = try run.run()
    sender.close()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(separator: "\n").compactMap { RadioLine(parsing: $0, format: .b) }
  }

  static func verdicts(
    _ lines: [RadioLine], _ receiver: inout WirelessReceiver
  ) throws -> [WirelessReceiver.Verdict] {
    var verdicts: [WirelessReceiver.Verdict] = []
    for line in lines { verdicts.append(try receiver.receive(line).verdict) }
    return verdicts
  }

  /// One way of sending.
  struct Way: Sendable {
    var security: WirelessSecurity
    var form: RadioLine.Form
    var mode: RadioMode

    init(_ security: WirelessSecurity, _ form: RadioLine.Form, _ mode: RadioMode) {
      (self.security, self.form, self.mode) = (security, form, mode)
    }
  }

  @Test(
    "what a meter sends a receiver reads, in every security and mode, as frames and as chips",
    arguments: [
      Way(.none, .frame, .c1), Way(.linkCTR, .chips, .c1), Way(.mode5, .frame, .t1),
      Way(.mode7, .frame, .c1), Way(.mode7, .chips, .s1), Way(.mode7, .chips, .t1),
    ])
  func allWays(_ way: Way) throws {
    let lines = try Self.log { setup in
      (setup.security, setup.form, setup.mode) = (way.security, way.form, way.mode)
      // In mode 5 the time among the records tells telegrams apart, to the minute.
      setup.interval = .seconds(way.security == .mode5 ? 64 : 16)
    }
    #expect(lines.count >= (way.security == .mode5 ? 3 : 11))
    #expect(lines.allSatisfy { $0.mode == way.mode && $0.form == way.form })
    var receiver = try WirelessReceiver(keys: way.security == .none ? RadioKeys() : .TEST)
    for line in lines {
      let reception = try receiver.receive(line)
      #expect(reception.verdict == .fresh, "\(reception.json)")
      #expect(reception.json.contains(#""quantity":"energy""#))
      #expect(reception.json.contains(#""quantity":"power","value":11"#), "3 × 230 V × 16 A")
    }
  }

  @Test("A33: a telegram that was recorded is not stored twice, nor after the receiver's restart")
  func a33() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "readings").path
    for security in [WirelessSecurity.linkCTR, .mode5, .mode7] {
      let lines = try Self.log { $0.security = security }
      for restart in 0..<3 {
        var receiver = try WirelessReceiver(keys: .TEST, store: path + "\(security)")
        let first = try Self.verdicts(lines, &receiver)
        // In mode 5 the time tells telegrams apart, and that to the minute.
        if restart == 0 { #expect(first.filter { $0 == .fresh }.count >= 3) }
        if restart > 0 { #expect(first.allSatisfy { $0 == .stale }, "\(security)") }
        let again = try Self.verdicts(lines.reversed(), &receiver)
        #expect(again.allSatisfy { $0 == .stale })
      }
      let stored = try String(contentsOfFile: path + "\(security)", encoding: .utf8)
      #expect(Set(stored.split(separator: "\n")).count == stored.split(separator: "\n").count)
    }
  }

  @Test("A35: every flipped bit, another key and an old counter are refused, counted, not stored")
  func a35() throws {
    let lines = try Self.log { $0.security = .mode7 }
    var receiver = try WirelessReceiver(keys: .TEST)
    let second = lines[1]
    #expect(try receiver.receive(second).verdict == .fresh)
    #expect(try receiver.receive(lines[0]).verdict == .stale, "an old counter")
    for bit in 0..<(8 * second.octets.count) {
      var forged = second
      forged.octets[bit / 8] ^= 1 << UInt8(bit % 8)
      guard case .refused = try receiver.receive(forged).verdict else {
        Issue.record("bit \(bit)")
        continue
      }
    }
    // A forger makes the checks of the link layer right again.
    let third = lines[2].octets
    var payload = [UInt8](repeating: 0, count: 256)
    var span = payload.mutableSpan
    let count = try WirelessFormat.b.decode(third.span, into: &span)
    for bit in (8 * 13)..<(8 * count) {
      var bytes = Array(payload.prefix(count))
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      var frame = [UInt8](repeating: 0, count: 290)
      span = frame.mutableSpan
      let length = WirelessFormat.b.encode(bytes.span, into: &span)
      guard case .refused = try receiver.receive(RadioLine(Array(frame.prefix(length)))).verdict
      else {
        Issue.record("bit \(bit) with its check")
        continue
      }
    }
    #expect(receiver.counts.fresh == 1 && receiver.counts.stale == 1)
    let other = try RadioKeys(parsing: String(repeating: "11", count: 16), name: "KEY")
    var stranger = try WirelessReceiver(keys: other)
    #expect(try stranger.receive(lines[3]).verdict == .refused("authentication"))
    var none = try WirelessReceiver(keys: RadioKeys())
    #expect(try none.receive(lines[3]).verdict == .refused("noKey"))
  }

  @Test("a telegram in clear is not taken where a key is there, unless that is asked for")
  func clear() throws {
    let lines = try Self.log { $0.security = WirelessSecurity.none }
    var careful = try WirelessReceiver(keys: .TEST)
    #expect(try careful.receive(lines[0]).verdict == .refused("clear"))
    var open = try WirelessReceiver(keys: .TEST, acceptsClear: true)
    #expect(try open.receive(lines[0]).verdict == .fresh)
  }

  @Test("counters of mode 7 go on after a restart of the meter")
  func counters() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let state = try StateDirectory(path: folder.path)
    var receiver = try WirelessReceiver(keys: .TEST)
    for round in 0..<3 as Range<Int64> {
      let lines = try Self.log(state: state, start: BenchRig.start + .hours(round)) {
        $0.security = .mode7
      }
      #expect(try Self.verdicts(lines, &receiver).allSatisfy { $0 == .fresh })
    }
  }

  @Test("a key that everybody knows is not for others to hear")
  func testKey() throws {
    let meter = MeterSetup()
    var setup = RadioSetup(.tcp(host: "0.0.0.0", port: 0))
    #expect(throws: Failure.self) { try setup.settings(meter) }
    setup.keys = try RadioKeys(parsing: String(repeating: "5A", count: 16), name: "KEY")
    #expect(try setup.settings(meter).security == .mode7)
    setup.keys = RadioKeys()
    #expect(throws: Failure.self) { try setup.settings(meter) }
    setup.security = WirelessSecurity.none
    #expect(try setup.settings(meter).key == nil)
  }

  @Test("lines of a radio log, and what is none")
  func lines() throws {
    var line = RadioLine([0x2E, 0x44])
    line.time = Instant(seconds: 825_940_800)
    (line.mode, line.format, line.form) = (.t1, .a, .chips)
    #expect(RadioLine(parsing: line.text, format: .b) == line)
    #expect(RadioLine(parsing: "2E44", format: .a)?.format == .a)
    for text in ["", "# 2E44", "2E4", "XY", "- c1 b frame", "- c9 b frame 2E44", "x c1 b frame 2E"]
    {
      #expect(RadioLine(parsing: text, format: .b) == nil, "\(text)")
    }
  }

  @Test("octets over TCP: frames are found among noise")
  func octets() async throws {
    let air = try RadioAir(.tcp(host: "127.0.0.1", port: 0))
    let place = air.address
    let lines = try Self.log { $0.security = .mode7 }
    var source = try RadioSource(place, format: .b)
    var noise = RadioLine([0x00, 0x0B, 0x0C, 0xFF, 0x12])
    for line in lines {
      air.send(noise)
      air.send(line)
      noise.octets[0] &+= 1
    }
    air.close()
    var found: [[UInt8]] = []
    while let line = source.next() { found.append(line.octets) }
    // A length of noise that is longer than what is left hides the last ones.
    #expect(found.count >= lines.count - 3)
    #expect(found.allSatisfy { octets in lines.contains { $0.octets == octets } })
    #expect(source.noise > 0)
  }
}

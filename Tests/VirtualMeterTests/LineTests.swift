import Foundation
import KMP
import MBusRecords
import Testing

@testable import VirtualMeter

/// The lines of a running meter on real pseudo terminals and TCP ports.
@Suite("Lines of a running meter", .serialized)
struct LineTests {
  static let kmp: [UInt8] = [0x80, 0x3F, 0x10, 0x01, 0x00, 0x01, 0x55, 0xA1, 0x0D]
  static let request = Array("/?!\r\n".utf8)

  static func isReadout(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("1.8.0(000000") && bytes.count > 2 && bytes[bytes.count - 2] == 3
  }

  static func optical(
    _ rig: LineRig, _ place: LinePlace = .pseudoTerminal,
    _ change: (inout OpticalSetup) -> Void = { _ in }
  ) throws -> OpticalPortServer {
    var setup = OpticalSetup(place)
    change(&setup)
    return try OpticalPortServer(
      setup, meter: rig.setup, mailbox: rig.service.mailbox, security: SharedSecurity(keys: .TEST))
  }

  static func short(_ control: UInt8, _ address: UInt8) -> [UInt8] {
    [0x10, control, address, control &+ address, 0x16]
  }

  @Test("wired M-Bus on a pseudo terminal: both profiles, noise before and behind")
  func wired() async throws {
    for (identity, profile) in [
      (MeterIdentity.family382L, nil), (.kvd, .full), (.kvd, .family),
    ] as [(MeterIdentity, RecordProfile?)] {
      let rig = try LineRig(identity: identity)
      var setup = WiredBusSetup(.pseudoTerminal)
      setup.profile = profile
      let port = try WiredBusPort(setup, meter: rig.setup, mailbox: rig.service.mailbox)
      let reader = try Reader(port.address)
      #expect(reader.ask(Self.short(0x40, 1)) { !$0.isEmpty } == [0xE5])
      reader.send([0x00, 0xFF, 0x68, 0x16])
      _ = reader.receive(first: 700)
      let answer = reader.ask(Self.short(0x5B, 1)) { $0.count > 5 && $0.last == 0x16 }
      #expect(answer.starts(with: [0x68]))
      let isFamily = identity == .family382L || profile == .family
      #expect((answer.count == 76) == isFamily, "\(answer.count) bytes")
      #expect(reader.ask(Self.short(0x5B, 9), first: 300).isEmpty)
      port.close()
      try await rig.end()
    }
  }

  @Test("one caller after the other on TCP: what one has begun is not the next one's")
  func callers() async throws {
    let rig = try LineRig()
    let port = try WiredBusPort(
      WiredBusSetup(.tcp(host: "127.0.0.1", port: 0)), meter: rig.setup,
      mailbox: rig.service.mailbox)
    for _ in 0..<5 {
      let reader = try Reader(port.address)
      #expect(reader.ask(Self.short(0x40, 1)) { !$0.isEmpty } == [0xE5])
      reader.send(Array(Self.short(0x5B, 1).prefix(3)))
    }
    port.close()
    try await rig.end()
  }

  @Test("a meter without supply is silent on all its lines, and speaks again with it")
  func supply() async throws {
    let rig = try LineRig()
    let optical = try Self.optical(rig)
    let bus = try WiredBusPort(
      WiredBusSetup(.pseudoTerminal), meter: rig.setup, mailbox: rig.service.mailbox)
    let (head, master) = (try Reader(optical.address), try Reader(bus.address))
    for isOn in [true, false, true] {
      try await rig.service.perform(.mains(isOn))
      let answers = (
        head.ask(Self.kmp, first: 600) { $0.last == 0x0D },
        master.ask(Self.short(0x40, 1), first: 600) { !$0.isEmpty }
      )
      #expect(answers.0.isEmpty != isOn)
      #expect(answers.1.isEmpty != isOn)
    }
    optical.close()
    bus.close()
    try await rig.end()
  }

  static func frame(_ body: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    var span = bytes.mutableSpan
    let count = KMPFrame.write(body.span, start: KMPFrame.startOfRequest, into: &span)
    return Array(bytes.prefix(count))
  }

  @Test("a start of the meter by KMP is acknowledged first, and the line works afterwards")
  func reset() async throws {
    let rig = try LineRig()
    let port = try Self.optical(rig)
    let reader = try Reader(port.address)
    #expect(Self.isReadout(reader.ask(Self.request, Self.isReadout)))
    #expect(reader.ask(Self.frame([0x3F, 0x07]), first: 300).isEmpty, "not without a login")
    #expect(reader.ask(Self.frame([0x3F, 0x92, 0x04, 0xD2])) { !$0.isEmpty } == [6])
    #expect(reader.ask(Self.frame([0x3F, 0x07])) { !$0.isEmpty } == [6])
    #expect(reader.ask(Self.kmp) { $0.last == 0x0D }.first == 0x40)
    port.close()
    try await rig.end()
  }

  @Test("characters that take as long as on a real line: 2400 baud is 240 a second")
  func timing() async throws {
    let rig = try LineRig()
    let port = try Self.optical(rig) { setup in
      setup.mode = .c
      setup.isTimed = true
    }
    let reader = try Reader(port.address)
    let start = Date()
    let name = reader.ask(Self.request) { $0.last == 0x0A }
    #expect(name.starts(with: Array("/KVD5382L".utf8)))
    // Reaction time and characters, less what is there before the last of them has ended.
    #expect(Date().timeIntervalSince(start) >= 0.19)
    let middle = Date()
    let data = reader.ask(Array("\u{6}030\r\n".utf8), Self.isReadout)
    #expect(Self.isReadout(data))
    #expect(Date().timeIntervalSince(middle) >= Double(data.count - 64) / 240)
    port.close()
    try await rig.end()
  }

  @Test(
    "places that cannot be are a matter of usage, and passwords of tests stay on this machine")
  func places() async throws {
    for text in ["", "serial", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:70000", "udp://a:1"] {
      #expect(throws: Failure.self) { try LinePlace(parsing: text, option: "--mbus") }
    }
    #expect(try LinePlace(parsing: "pty", option: "--mbus") == .pseudoTerminal)
    #expect(LinePlace(from: 8382, .mbus) == .tcp(host: "127.0.0.1", port: 8385))
    #expect(LinePlace(from: 0, .kmp) == .tcp(host: "127.0.0.1", port: 0))
    let rig = try LineRig()
    #expect(throws: Failure.self) {
      try Self.optical(rig, .tcp(host: "0.0.0.0", port: 0))
    }
    #expect(throws: Failure.self) {
      try WiredBusPort(
        WiredBusSetup(.device("/dev/null")), meter: rig.setup, mailbox: rig.service.mailbox)
    }
    #expect(
      WiredBusSetup(.tcp(host: "0.0.0.0", port: 0)).module(rig.setup).settings.mayBeSet == false)
    try await rig.end()
  }
}

import DataReadout
import IEC62056_21
import KMP
import KMPRegisters
import Meter
import MeterFaults
import MeterTime
import Metrology
import Testing

@testable import Ports

/// The optical port: one line, several languages.
@Suite("Optical port") struct OpticalPortTests {
  final class Rig {
    var meter: Meter
    var memory = TestMemory()
    var port: OpticalPort
    var clock = Instant(seconds: 0)

    init(_ parity: OpticalPort.Parity = .transparent, mode: ProtocolMode = .a) throws {
      meter = Meter(.bench, .bench)
      let now = Instant(seconds: 825_940_800)
      _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
      meter.advance(
        to: now + .hours(2), with: ConstantLoad(active_mW: InlineArray(repeating: 3_000_000)),
        memory: &memory)
      var settings = ServerSettings(
        mode: mode, number: 10_000_001, maker: [0x4B, 0x56, 0x44],
        identification: Array("382L".utf8).span)
      settings.password = PortPassword(Array("00000000".utf8).span)
      port = OpticalPort(
        settings, rights: KMPServer.Rights(door: .optical, pin: 1), parity: parity)
    }

    func send(_ octets: [UInt8]) -> [UInt8] {
      for octet in octets {
        port.receive(octet, now: clock)
        clock += .milliseconds(1)
      }
      var out: [UInt8] = []
      var idle = 0
      while idle < 8 {
        if port.needsMeter { port.work(now: clock, &meter, &memory) }
        var bytes = InlineArray<40, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let count = port.next(into: &span, now: clock)
        for k in 0..<count { out.append(bytes[k]) }
        idle = count == 0 ? idle + 1 : 0
        clock += .milliseconds(50)
        port.advance(to: clock)
      }
      return out
    }
  }

  static let kmp: [UInt8] = [0x80, 0x3F, 0x10, 0x01, 0x00, 0x01, 0x55, 0xA1, 0x0D]
  static let request = Array("/?!\r\n".utf8)

  static func isKMP(_ bytes: [UInt8]) -> Bool { bytes.first == 0x40 && bytes.last == 0x0D }
  static func isReadout(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains("1.8.0(0000018*kWh)\r\n")
  }

  @Test("the first octet tells the language, and one follows the other")
  func languages() throws {
    let rig = try Rig()
    #expect(Self.isKMP(rig.send(Self.kmp)))
    #expect(Self.isReadout(rig.send(Self.request)))
    #expect(Self.isKMP(rig.send(Self.kmp)), "at once after a readout")
    #expect(
      Self.isReadout(rig.send([0x00, 0x00, 0x7E] + Self.request)), "noughts and noise before")
  }

  @Test("even parity made and checked here: 7E1 and 8N1 on one line")
  func parity() throws {
    let rig = try Rig(.even)
    let answer = rig.send(Self.request.map { EvenParity.octet($0) })
    #expect(answer.allSatisfy { $0.nonzeroBitCount % 2 == 0 })
    #expect(Self.isReadout(answer.map { $0 & 0x7F }))
    #expect(Self.isKMP(rig.send(Self.kmp)))
    #expect(rig.send(Self.request).isEmpty, "odd parity is noise")
  }

  @Test("a reader with parity in bit 7 on a transparent line is understood")
  func parityOnTransparentLine() throws {
    let rig = try Rig()
    #expect(Self.isReadout(rig.send(Self.request.map { EvenParity.octet($0) })))
  }

  @Test("in a session the octets belong to it; a frame of KMP is noise there")
  func sessions() throws {
    let rig = try Rig(mode: .c)
    _ = rig.send(Self.request)
    _ = rig.send(Array("\u{6}051\r\n".utf8))
    var check = BlockCheck()
    let message = Array("\u{1}P1\u{2}(00000000)\u{3}".utf8)
    for byte in message.dropFirst() { check.update(byte) }
    #expect(rig.send(message + [check.value]) == [6])
    #expect(!Self.isKMP(rig.send(Self.kmp)))
    rig.port.receiveBreak()
    #expect(Self.isKMP(rig.send(Self.kmp)))
  }

  @Test("A29: a frame that does not end is forgotten in 2 s, and no state leaks")
  func a29() throws {
    let rig = try Rig()
    _ = rig.send(Array(Self.kmp.prefix(4)))
    rig.clock += .seconds(2)
    rig.port.advance(to: rig.clock)
    #expect(Self.isReadout(rig.send(Self.request)))
  }

  @Test("A31: damaged frames get no answer and are counted")
  func a31() throws {
    let rig = try Rig()
    for k in 1..<(Self.kmp.count - 1) {
      var damaged = Self.kmp
      damaged[k] ^= 0x10
      #expect(rig.send(damaged).isEmpty)
      rig.clock += .seconds(2)
    }
    #expect(rig.port.damagedFrames > 0 && Self.isKMP(rig.send(Self.kmp)))
  }

  @Test(
    "line noise from 1 in 100 to 1 in 100,000: what is delivered is right",
    arguments: [100, 1000, 10_000, 100_000])
  func lineNoise(_ rate: UInt64) throws {
    var state: UInt64 = rate &* 0x9E37_79B9_7F4A_7C15
    func random() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state >> 20
    }
    func noisy(_ bytes: [UInt8]) -> [UInt8] {
      bytes.map { byte in
        var byte = byte
        for bit in 0..<8 where random() % rate == 0 { byte ^= 1 << UInt8(bit) }
        return byte
      }
    }
    let rig = try Rig()
    var (right, dropped) = (0, 0)
    for _ in 0..<150 {
      var client = KMPClient()
      for byte in noisy(rig.send(noisy(Self.kmp))) where client.receive(byte) == .frame {
        let answer = client.answer
        let body = (0..<answer.count).map { answer[$0] }
        // A flip in the request may ask for another register; the answer says for which.
        if body.count == 10, body[1] == 0, body[2] == 1 {
          #expect(body == [0x10, 0, 1, 2, 4, 0x41, 0, 0, 0, 180])
          right += 1
        }
      }
      if right == 0 { dropped += 1 }
      rig.clock += .seconds(2)
      rig.port.advance(to: rig.clock)
    }
    #expect(right > (rate == 100 ? 5 : 100))
    #expect(Self.isReadout(rig.send(Self.request)), "and the port works as before")
  }

  /// What of some octets is HDLC's.
  static func binary(_ octets: [UInt8], _ rig: Rig) -> [Bool] {
    octets.map { octet in
      rig.clock += .milliseconds(1)
      return rig.port.receive(octet, now: rig.clock)
    }
  }

  /// SNRM without parameters.
  static let snrm: [UInt8] = [0x7E, 0xA0, 0x07, 0x03, 0x21, 0x93, 0x0F, 0x01, 0x7E]

  @Test("7E and a length begin HDLC: as many octets as that says, and then the others again")
  func hdlc() throws {
    let rig = try Rig()
    rig.port = OpticalPort(
      rig.port.iec.settings, rights: rig.port.kmp.rights, hasHDLC: true)
    #expect(Self.binary(Self.snrm, rig).allSatisfy { $0 })
    // The closing flag may open the next frame.
    #expect(Self.binary(Array(Self.snrm.dropFirst()), rig).allSatisfy { $0 })
    #expect(Self.isReadout(rig.send(Self.request)), "without a connection the others go on")
    rig.clock += .seconds(3)
    rig.port.advance(to: rig.clock)
    #expect(Self.isKMP(rig.send(Self.kmp)))
    _ = Self.binary(Self.snrm, rig)
    rig.port.noteHDLC(isConnected: true)
    #expect(Self.binary(Self.kmp + Self.request, rig).allSatisfy { $0 }, "all is HDLC's")
    rig.port.noteHDLC(isConnected: false)
    #expect(Self.isReadout(rig.send(Self.request)))
    #expect(Self.isReadout(rig.send([0x7E] + Self.request.map { EvenParity.octet($0) })))
    _ = Self.binary(Array(Self.snrm.prefix(4)), rig)
    rig.clock += .seconds(2)
    #expect(Self.isReadout(rig.send(Self.request)), "a frame that does not end is forgotten")
  }

  @Test("mode E hands over at the speed agreed; silence gives the line back in 2 s")
  func modeE() throws {
    let rig = try Rig(mode: .e)
    var settings = rig.port.iec.settings
    settings.offersBinary = true
    settings.opening = LineSettings(.baud300)
    rig.port = OpticalPort(settings, rights: rig.port.kmp.rights, hasHDLC: true)
    #expect(String(decoding: rig.send(Self.request), as: UTF8.self) == "/KVD5\\2382L\r\n")
    #expect(rig.send(Array("\u{6}252\r\n".utf8)) == Array("\u{6}252\r\n".utf8))
    #expect(rig.port.line == LineSettings(.baud9600, isSevenBit: false))
    #expect(Self.binary([0x11, 0x80], rig) == [true, true])
    rig.clock += .seconds(2)
    rig.port.advance(to: rig.clock)
    #expect(rig.port.line == LineSettings(.baud300), "A29: a switch of speed and then silence")
    _ = rig.send(Self.request)
    _ = rig.send(Array("\u{6}252\r\n".utf8))
    rig.port.noteHDLC(isConnected: true)
    rig.clock += .seconds(60)
    rig.port.advance(to: rig.clock)
    #expect(rig.port.line.speed == .baud9600, "a connection holds")
    rig.port.noteHDLC(isConnected: false)
    #expect(rig.port.line == LineSettings(.baud300))
  }

  @Test("the state of a port is below 3 KiB")
  func size() { #expect(MemoryLayout<OpticalPort>.size <= 3072) }
}

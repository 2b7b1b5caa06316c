import MeterTime
import Testing

@testable import IEC62056_21

/// A meter behind a server that knows two values, and the line between it and a reader.
struct ServerRig {
  var server: IEC62056Server
  var now = Instant(seconds: 1_000_000)
  var blocks = 0
  /// Lines of the readout.
  var lines = ["1.8.0(0000123*kWh)", "0.9.1(101500)"]

  init(
    _ mode: ProtocolMode, opening: LineSpeed = .baud300, offersBinary: Bool = false,
    password: String = "00000000"
  ) {
    var settings = ServerSettings(
      mode: mode, opening: opening, number: 14_839_120, maker: [0x4B, 0x56, 0x44],
      identification: Array("382L".utf8).span)
    settings.password = PortPassword(Array(password.utf8).span)
    settings.offersBinary = offersBinary
    server = IEC62056Server(settings)
  }

  /// Lets the meter answer and gives what comes out, with time going by.
  mutating func take() -> String {
    var out: [UInt8] = []
    var idle = 0
    while idle < 8 {
      answer()
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let count = server.next(into: &span, now: now)
      for k in 0..<count { out.append(bytes[k]) }
      if count == 0 { idle += 1 } else { idle = 0 }
      now += .milliseconds(60)
      server.advance(to: now)
    }
    return String(decoding: out, as: UTF8.self)
  }

  private var argument: [UInt8] {
    let argument = server.argument
    return (0..<argument.count).map { argument[$0] }
  }

  mutating func answer() {
    while let request = server.request, server.room >= 160 {
      switch request {
      case .readout(let line):
        if Int(line) < lines.count {
          server.finishLine()
          server.write(Array((lines[Int(line)] + "\r\n").utf8).span)
        } else {
          server.finish()
        }
      case .command(.read, _):
        let text = argument
        if text.starts(with: Array("1.8.0".utf8)) {
          server.write(Array("1.8.0(0000123*kWh)".utf8).span)
          server.finish()
        } else if text.starts(with: Array("P.01".utf8)) {
          blocks = 0
          writeBlock()
        } else {
          server.refuse(.unknownAddress)
        }
      case .command(.write, _):
        if server.isOpened { server.acknowledge() } else { server.refuse(.notOpened) }
      case .command: server.refuse(.unknownCommand)
      case .next(let isRepeat):
        if !isRepeat { blocks += 1 }
        writeBlock()
      }
    }
  }

  private mutating func writeBlock() {
    server.write(Array("(\(blocks))\r\n".utf8).span)
    if blocks == 2 { server.finish() } else { server.finishBlock() }
  }

  mutating func send(_ bytes: [UInt8]) {
    for byte in bytes {
      server.receive(byte, now: now)
      now += .milliseconds(1)
    }
  }

  mutating func send(_ text: String) -> String {
    send(Array(text.utf8))
    return take()
  }

  /// Sends a block with its check and gives the answer.
  mutating func block(_ text: String) -> String {
    send(MessageTests.block(text))
    return take()
  }

  mutating func open(_ password: String = "00000000") -> String {
    _ = send("/?!\r\n")
    _ = send("\u{6}051\r\n")
    return block("\u{1}P1\u{2}(\(password))\u{3}")
  }

  mutating func wait(_ seconds: Double) {
    now += .milliseconds(Int64(seconds * 1000))
    server.advance(to: now)
  }
}

/// The meter's side, mode by mode (clause 6.4).
@Suite("IEC 62056-21: server") struct ServerTests {
  static func readout(_ lines: String...) -> String {
    let text = "\u{2}" + lines.map { $0 + "\r\n" }.joined() + "!\r\n\u{3}"
    return String(decoding: MessageTests.block(text), as: UTF8.self)
  }
  static let data = readout("1.8.0(0000123*kWh)", "0.9.1(101500)")

  @Test("mode A: identification and data at once, at one speed")
  func modeA() {
    var rig = ServerRig(.a, opening: .baud9600)
    #expect(rig.send("/?!\r\n") == "/KVD 382L\r\n" + Self.data)
    #expect(rig.server.line == LineSettings(.baud9600))
    rig.wait(2)
    #expect(rig.server.state == .idle)
    #expect(rig.send("/?99999999!\r\n").isEmpty, "another meter is called")
  }

  @Test("mode B: the meter changes the speed by itself after the identification")
  func modeB() {
    var rig = ServerRig(.b)
    rig.send(Array("/?14839120!\r\n".utf8))
    rig.now += .milliseconds(250)
    var bytes = InlineArray<64, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    #expect(rig.server.next(into: &span, now: rig.now) == 11)
    #expect(rig.server.line == LineSettings(.baud300), "while the identification is on its way")
    #expect(rig.take() == Self.data)
    #expect(rig.server.line == LineSettings(.baud300), "and back at the end")
  }

  @Test("mode C: the reader chooses; the acknowledgement is answered at the new speed")
  func modeC() {
    var rig = ServerRig(.c)
    #expect(rig.send("/?!\r\n") == "/KVD5382L\r\n")
    #expect(rig.server.state == .identified)
    rig.send(Array("\u{6}040\r\n".utf8))
    #expect(rig.server.line == LineSettings(.baud4800), "a lower speed than offered")
    #expect(rig.take() == Self.data)
    #expect(rig.server.state == .idle && rig.server.line == LineSettings(.baud300))
  }

  @Test("mode C without an answer: readout at the opening speed")
  func modeCWithoutAnswer() {
    var rig = ServerRig(.c)
    _ = rig.send("/?!\r\n")
    rig.wait(1.6)
    #expect(rig.server.line == LineSettings(.baud300))
    #expect(rig.take() == Self.data)
  }

  @Test("mode D: a button sends, a request does not")
  func modeD() {
    var rig = ServerRig(.d, opening: .baud2400)
    #expect(rig.send("/?!\r\n").isEmpty)
    rig.server.trigger(now: rig.now)
    #expect(rig.take() == "/KVD3382L\r\n\r\n" + Self.data)
  }

  @Test("mode E: confirmed at the opening speed, then eight bits at the new one")
  func modeE() {
    var rig = ServerRig(.e, offersBinary: true)
    #expect(rig.send("/?!\r\n") == "/KVD5\\2382L\r\n")
    #expect(rig.send("\u{6}252\r\n") == "\u{6}252\r\n")
    #expect(rig.server.state == .handedOver)
    #expect(rig.server.line == LineSettings(.baud9600, isSevenBit: false))
    rig.server.endSession()
    #expect(rig.server.line == LineSettings(.baud300))
    var without = ServerRig(.e)
    #expect(without.send("/?!\r\n") == "/KVD5382L\r\n")
    #expect(without.send("\u{6}252\r\n") == Self.data, "what is not offered is not done")
  }

  @Test("programming mode: operand, password, reading, writing, end")
  func programming() {
    var rig = ServerRig(.c)
    rig.server.setOperand(0x0123_4567_89AB_CDEF)
    _ = rig.send("/?!\r\n")
    let operand = rig.send("\u{6}051\r\n")
    #expect(
      operand
        == String(
          decoding: MessageTests.block("\u{1}P0\u{2}(0123456789ABCDEF)\u{3}"), as: UTF8.self))
    #expect(rig.block("\u{1}W1\u{2}0.9.1(101500)\u{3}").contains("(ERR04)"))
    #expect(rig.block("\u{1}P1\u{2}(00000000)\u{3}") == "\u{6}")
    #expect(rig.block("\u{1}R1\u{2}1.8.0(1)\u{3}").contains("\u{2}1.8.0(0000123*kWh)\u{3}"))
    #expect(rig.block("\u{1}R1\u{2}9.9.9()\u{3}").contains("\u{2}(ERR02)\u{3}"))
    #expect(rig.block("\u{1}W1\u{2}0.9.1(101500)\u{3}") == "\u{6}")
    #expect(rig.block("\u{1}R9\u{2}1.8.0()\u{3}").contains("(ERR01)"))
    #expect(rig.block("\u{1}B0\u{3}").isEmpty)
    #expect(rig.server.state == .idle && !rig.server.isOpened)
  }

  @Test("P2: the answer to the operand opens, an old one does not")
  func secret() throws {
    let password = try #require(PortPassword("00000000"))
    func answer(_ operand: String) -> String {
      let text = password.answerText(operand: Array(operand.utf8).span)
      return String(decoding: (0..<32).map { text[$0] }, as: UTF8.self)
    }
    var rig = ServerRig(.c)
    rig.server.setOperand(0x11)
    _ = rig.send("/?!\r\n")
    _ = rig.send("\u{6}051\r\n")
    let right = answer("0000000000000011")
    // SHA-256 of the text 000000000000001100000000, its first half, computed elsewhere.
    #expect(right.count == 32)
    #expect(rig.block("\u{1}P2\u{2}(\(right))\u{3}") == "\u{6}")
    _ = rig.block("\u{1}B0\u{3}")
    rig.server.setOperand(0x12)
    _ = rig.send("/?!\r\n")
    _ = rig.send("\u{6}051\r\n")
    #expect(rig.block("\u{1}P2\u{2}(\(right))\u{3}").contains("(ERR10)"), "a replay")
  }

  @Test("blocks are acknowledged, repeated on NAK, and left by another command")
  func blocks() {
    var rig = ServerRig(.c)
    _ = rig.open()
    #expect(rig.block("\u{1}R6\u{2}P.01()\u{3}").hasPrefix("\u{2}(0)\r\n\u{4}"))
    #expect(rig.send("\u{15}").hasPrefix("\u{2}(0)\r\n\u{4}"), "again")
    #expect(rig.send("\u{6}").hasPrefix("\u{2}(1)\r\n\u{4}"))
    #expect(rig.send("\u{6}").hasPrefix("\u{2}(2)\r\n\u{3}"), "the last one")
    #expect(rig.server.state == .programming)
    #expect(rig.block("\u{1}R6\u{2}P.01()\u{3}").hasPrefix("\u{2}(0)\r\n\u{4}"))
    #expect(rig.block("\u{1}R1\u{2}1.8.0()\u{3}").contains("0000123"))
  }

  @Test("NAK after a reading gives it again; a damaged message is answered by NAK, three end")
  func negatives() {
    var rig = ServerRig(.c)
    _ = rig.open()
    let first = rig.block("\u{1}R1\u{2}1.8.0()\u{3}")
    #expect(rig.send("\u{15}") == first)
    var damaged = MessageTests.block("\u{1}R1\u{2}1.8.0()\u{3}")
    damaged[6] ^= 1
    for attempt in 0..<3 {
      rig.send(damaged)
      #expect(rig.take() == (attempt < 2 ? "\u{15}" : ""))
    }
    #expect(rig.server.state == .idle && rig.server.counters.damaged == 3)
  }

  @Test("a session ends by silence, and a reader may start again at any time")
  func silence() {
    var rig = ServerRig(.c)
    _ = rig.open()
    rig.wait(59)
    #expect(rig.server.state == .programming)
    #expect(rig.send("/?!\r\n") == "/KVD5382L\r\n")
    #expect(!rig.server.isOpened, "nothing of the old session stays")
    _ = rig.open()
    rig.wait(61)
    #expect(rig.server.state == .idle && !rig.server.isOpened)
    #expect(rig.server.counters.timeouts == 1)
  }

  @Test("the state of a server is small")
  func size() { #expect(MemoryLayout<IEC62056Server>.size <= 900) }
}

/// Attacks on the optical port; the numbers are those of the plan of tests.
@Suite("IEC 62056-21: attacks") struct OpticalAttackTests {
  @Test("A29: noise, break and silence after a change of speed lead back to idle in 2 s")
  func a29() {
    var rig = ServerRig(.c)
    rig.send([UInt8](repeating: 0, count: 5000))
    #expect(rig.server.state == .idle)
    _ = rig.send("/?!\r\n")
    _ = rig.send("\u{6}051\r\n")
    #expect(rig.server.line == LineSettings(.baud9600))
    rig.wait(2)
    #expect(rig.server.state == .idle && rig.server.line == LineSettings(.baud300))
    // Noise instead of a command does not hold the speed.
    _ = rig.send("/?!\r\n")
    _ = rig.send("\u{6}051\r\n")
    let start = rig.now
    while rig.now - start < .seconds(2) {
      rig.send([0x55, 0x2A])
      rig.wait(0.1)
    }
    #expect(rig.server.state == .idle && rig.server.line == LineSettings(.baud300))
    _ = rig.open()
    rig.server.receiveBreak()
    #expect(rig.server.state == .idle && !rig.server.isOpened && rig.server.pendingOutput == 0)
  }

  @Test("A29: characters while the meter sends are nothing to it")
  func a29Echo() {
    var rig = ServerRig(.a)
    rig.send(Array("/?!\r\n".utf8))
    rig.send(Array("/?!\r\n\u{6}050\r\n".utf8))
    #expect(rig.take() == "/KVD 382L\r\n" + ServerTests.data)
    #expect(rig.take().isEmpty)
  }

  @Test("A30: wrong passwords make the port wait, longer each time, and end the session")
  func a30() {
    var rig = ServerRig(.c, password: "SECRETPW")
    #expect(rig.open("00000000").contains("(ERR10)"))
    // The right one during the wait is not even looked at.
    #expect(rig.block("\u{1}P1\u{2}(SECRETPW)\u{3}").contains("(ERR11)"))
    rig.wait(1.1)
    #expect(rig.block("\u{1}P1\u{2}(00000001)\u{3}").contains("(ERR10)"))
    rig.wait(2.1)
    let third = rig.block("\u{1}P1\u{2}(00000002)\u{3}")
    #expect(third.contains("(ERR10)") && rig.server.state == .idle)
    #expect(rig.open("SECRETPW").contains("(ERR11)"), "another session changes nothing")
    rig.wait(5)
    #expect(rig.open("SECRETPW") == "\u{6}", "and the owner is never locked out for good")
    #expect(rig.server.tarpit.failures == 0)
  }

  @Test("A30: the wait doubles up to five minutes")
  func tarpit() {
    var tarpit = Tarpit()
    var now = Instant(seconds: 0)
    var waits: [Int64] = []
    for _ in 0..<12 {
      tarpit.noteFailure(at: now)
      let start = now
      while tarpit.isWaiting(at: now) { now += .seconds(1) }
      waits.append((now - start).wholeSeconds)
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  }

  @Test("A30: no answer holds a password, and without one nothing is written")
  func a30Echo() {
    var rig = ServerRig(.c, password: "SECRETPW")
    var heard = rig.open("SECRETPW")
    heard += rig.block("\u{1}R1\u{2}1.8.0()\u{3}") + rig.send("\u{15}")
    #expect(!heard.contains("SECRETPW"))
    #expect((0..<IEC62056Server.inputCapacity).allSatisfy { rig.server.input[$0] != 0x53 })
    var other = ServerRig(.c)
    _ = other.send("/?!\r\n")
    _ = other.send("\u{6}051\r\n")
    #expect(other.block("\u{1}W1\u{2}0.9.1(101500)\u{3}").contains("(ERR04)"))
  }

  @Test("whatever arrives, the server comes back to idle and works", arguments: 0..<64)
  func noise(_ seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random() -> UInt8 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    let pieces = MessageTests.messages + [Array("/?!\r\n".utf8), [6], [0x15], [1], [2], [3]]
    var rig = ServerRig(ProtocolMode.allCases[Int(seed % 5)])
    for _ in 0..<200 {
      var piece = pieces[Int(random()) % pieces.count]
      if random() % 3 == 0 { piece[Int(random()) % piece.count] ^= 1 << (random() % 7) }
      rig.send(piece.map { $0 & 0x7F })
      if random() % 2 == 0 { _ = rig.take() }
    }
    rig.wait(120)
    _ = rig.take()
    rig.wait(120)
    _ = rig.take()
    #expect(rig.server.state == .idle && rig.server.pendingOutput == 0)
    if rig.server.settings.mode == .a { #expect(rig.send("/?!\r\n").contains("1.8.0(0000123")) }
  }
}

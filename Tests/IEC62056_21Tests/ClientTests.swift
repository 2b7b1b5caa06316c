import MeterTime
import Testing

@testable import IEC62056_21

/// Reader and meter on one line, character by character.
struct LinePair {
  var client: IEC62056Client
  var rig: ServerRig
  var lines: [String] = []
  var events: [ClientEvent] = []
  /// Changes a character on its way from the meter to the reader.
  var damage: (Int, UInt8) -> UInt8 = { _, character in character }
  var count = 0

  init(
    _ mode: ProtocolMode, choice: Acknowledgement.Choice = .readout, fastest: LineSpeed = .baud9600
  ) {
    rig = ServerRig(mode)
    client = IEC62056Client(
      ClientSettings(fastest: fastest, choice: choice, address: Array("14839120".utf8).span))
  }

  /// Lets time go by until an event of the reader ends its work.
  mutating func run(until done: (ClientEvent) -> Bool) {
    for _ in 0..<6000 {
      for byte in fromReader() {
        // On lines that are set differently nothing is understood.
        rig.server.receive(client.line == rig.server.line ? byte : 0x7F, now: rig.now)
      }
      rig.answer()
      rig.server.advance(to: rig.now)
      let serverLine = rig.server.line
      for byte in fromMeter() {
        count += 1
        let character = client.line == serverLine ? damage(count, byte) : 0x7F
        if note(client.receive(character & 0x7F, now: rig.now), done) { return }
      }
      if note(client.advance(to: rig.now), done) { return }
      rig.now += .milliseconds(10)
    }
    Issue.record("the reader did not come to an end")
  }

  private mutating func fromReader() -> [UInt8] {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    let count = client.next(into: &span, now: rig.now)
    return (0..<count).map { bytes[$0] }
  }

  private mutating func fromMeter() -> [UInt8] {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    let count = rig.server.next(into: &span, now: rig.now)
    return (0..<count).map { bytes[$0] }
  }

  private mutating func note(_ event: ClientEvent, _ done: (ClientEvent) -> Bool) -> Bool {
    guard event != .none else { return false }
    events.append(event)
    switch event {
    case .line:
      let text = client.text
      lines.append(String(decoding: (0..<text.count).map { text[$0] }, as: UTF8.self))
    case .dropped: lines = []
    default: break
    }
    return done(event)
  }
}

/// The reader's side against the meter's.
@Suite("IEC 62056-21: client") struct ClientTests {
  /// Two characters of a kind that are missing leave the check as it is: wrong parity has to be
  /// told.
  @Test("a block with two characters of wrong parity is not believed, by reader or meter")
  func parity() {
    var reader = IEC62056Client(
      ClientSettings(choice: .readout, address: Array("1".utf8).span))
    let now = Instant(seconds: 1)
    reader.start(now: now)
    for character in Array("/KVD 382L\r\n\u{2}1.8.0(00".utf8) {
      _ = reader.receive(character, now: now)
    }
    for _ in 0..<2 { #expect(reader.receiveDamaged(now: now) == .none) }
    var check = BlockCheck()
    for character in Array("1.8.0(0018)\r\n!\r\n\u{3}".utf8) { check.update(character) }
    var last = ClientEvent.none
    for character in Array("18)\r\n!\r\n\u{3}".utf8) + [check.value] {
      last = reader.receive(character, now: now)
    }
    #expect(last == .dropped)
  }

  static func isEnd(_ event: ClientEvent) -> Bool {
    switch event {
    case .complete, .failed, .programming, .acknowledged, .refused: true
    default: false
    }
  }

  @Test("reads meters of the modes A, B and C", arguments: [ProtocolMode.a, .b, .c])
  func readout(_ mode: ProtocolMode) {
    var pair = LinePair(mode)
    pair.client.start(now: pair.rig.now)
    pair.run(until: Self.isEnd)
    #expect(pair.events.last == .complete)
    #expect(pair.lines == ["1.8.0(0000123*kWh)", "0.9.1(101500)"])
  }

  @Test("goes no faster than it is told")
  func slower() {
    var pair = LinePair(.c, fastest: .baud2400)
    pair.client.start(now: pair.rig.now)
    pair.run(until: { if case .line = $0 { true } else { false } })
    #expect(pair.client.line == LineSettings(.baud2400))
  }

  @Test("programming: password, reading, writing, blocks")
  func programming() {
    var pair = LinePair(.c, choice: .programming)
    pair.client.start(now: pair.rig.now)
    pair.run(until: Self.isEnd)
    #expect(pair.events.last == .programming)
    func give(_ command: ProgrammingCommand, _ argument: String) -> ClientEvent? {
      pair.lines = []
      let given = pair.client.give(command, Array(argument.utf8).span, now: pair.rig.now)
      #expect(given)
      pair.run(until: Self.isEnd)
      return pair.events.last
    }
    #expect(give(.password, "(00000000)") == .acknowledged)
    #expect(give(.read(1), "1.8.0()") == .complete)
    #expect(pair.lines == ["1.8.0(0000123*kWh)"])
    #expect(give(.write(1), "0.9.1(101500)") == .acknowledged)
    #expect(give(.read(1), "9.9.9()") == .refused)
    #expect(give(.read(6), "P.01()") == .complete)
    #expect(pair.lines == ["(0)", "(1)", "(2)"])
    #expect(give(.password, "(1)") == .refused)
  }

  @Test("a damaged block is dropped and read again; no wrong value is delivered", arguments: 1...60)
  func damage(_ place: Int) {
    var pair = LinePair(.c, choice: .programming)
    pair.client.start(now: pair.rig.now)
    pair.run(until: Self.isEnd)
    _ = pair.client.give(.password, Array("(00000000)".utf8).span, now: pair.rig.now)
    pair.run(until: Self.isEnd)
    let start = pair.count
    pair.damage = { count, character in
      count == start + place ? character ^ 0x04 : character
    }
    pair.lines = []
    _ = pair.client.give(.read(1), Array("1.8.0()".utf8).span, now: pair.rig.now)
    pair.run(until: Self.isEnd)
    if pair.events.last == .complete { #expect(pair.lines == ["1.8.0(0000123*kWh)"]) }
  }

  @Test("nobody there: three requests, then an error")
  func nobody() {
    var client = IEC62056Client(ClientSettings(address: [UInt8]().span))
    var now = Instant(seconds: 0)
    client.start(now: now)
    var sent = 0
    var failed: ClientEvent?
    while failed == nil, now < Instant(seconds: 60) {
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      if client.next(into: &span, now: now) > 0 { sent += 1 }
      let event = client.advance(to: now)
      if event != .none { failed = event }
      now += .milliseconds(100)
    }
    #expect(sent == 3 && failed == .failed(.silence))
  }
}

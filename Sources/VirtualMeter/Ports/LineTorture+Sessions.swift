import IEC62056_21
import KMP
import MBus
import MeterTime

extension LineTorture {
  /// What the head has to send, over the line.
  private mutating func fromHead(_ line: inout DamagedLine) -> [UInt8] {
    var arrived: [UInt8] = []
    for _ in 0..<64 {
      if head.needsMeter { head.work(now: clock, &meter, &memory) }
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let count = head.next(into: &span, now: clock)
      if count == 0 && !head.needsMeter { break }
      for k in 0..<count {
        if let octet = line.pass(bytes[k]) { arrived.append(octet) }
      }
    }
    return arrived
  }

  // MARK: IEC 62056-21

  /// A readout, or three values in the programming mode.
  mutating func runReadout(
    _ line: inout DamagedLine, _ choice: Acknowledgement.Choice
  ) -> Session {
    var client = IEC62056Client(
      ClientSettings(choice: choice, address: InlineArray<0, UInt8>(repeating: 0).span))
    client.start(now: clock)
    var (session, lines, wanted) = (Session(), [[UInt8]](), ["1.8.0()", "96.8.0()", "1.6.0()"])
    for _ in 0..<4000 {
      clock += .milliseconds(10)
      toHead(&client, &line)
      var events: [ClientEvent] = []
      // On lines that are set differently nothing is understood.
      let speed = head.line
      for octet in fromHead(&line) where client.line == speed {
        let event: ClientEvent
        if let character = EvenParity.character(octet) {
          event = client.receive(character, now: clock)
        } else {
          event = client.receiveDamaged(now: clock)
        }
        if event == .line { lines.append(Self.text(client)) }
        if event != .none && event != .line { events.append(event) }
      }
      head.advance(to: clock)
      let event = client.advance(to: clock)
      if event != .none { events.append(event) }
      for event in events {
        switch event {
        case .dropped: lines = []
        case .block, .complete:
          session.values += lines
          lines = []
          if event == .complete, choice == .readout || wanted.isEmpty {
            session.isComplete = true
            if choice != .readout { endSession(&client, &line) }
            return session
          }
        case .failed, .refused: return session
        default: break
        }
      }
      if client.isReady, let next = wanted.popLast() {
        _ = client.give(.read(1), Array(next.utf8).span, now: clock)
      }
    }
    return session
  }

  private mutating func endSession(_ client: inout IEC62056Client, _ line: inout DamagedLine) {
    let nothing = InlineArray<0, UInt8>(repeating: 0)
    _ = client.give(.endOfSession, nothing.span, now: clock)
    toHead(&client, &line)
    _ = fromHead(&line)
  }

  private mutating func toHead(_ client: inout IEC62056Client, _ line: inout DamagedLine) {
    while true {
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let speed = client.line
      let count = client.next(into: &span, now: clock)
      if count == 0 { return }
      for k in 0..<count {
        guard let octet = line.pass(EvenParity.octet(bytes[k])), speed == head.line else {
          continue
        }
        head.receive(octet, now: clock)
      }
    }
  }

  private static func text(_ client: borrowing IEC62056Client) -> [UInt8] {
    let text = client.text
    return text.indices.map { text[$0] }
  }

  // MARK: KMP

  /// Three registers, asked for up to three times.
  mutating func runKMP(_ line: inout DamagedLine) -> Session {
    let wanted: [UInt16] = [0x0001, 0x041E, 0x0027]
    let data = [UInt8(wanted.count)] + wanted.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    var request = [UInt8](repeating: 0, count: KMPFrame.longestFrame(body: 64))
    var span = request.mutableSpan
    let count = KMPClient.request(.getRegister, data.span, into: &span)
    var session = Session()
    for _ in 0..<3 {
      var client = KMPClient()
      for octet in request.prefix(count) {
        clock += .milliseconds(1)
        if let octet = line.pass(octet) { head.receive(octet, now: clock) }
      }
      for octet in fromHead(&line) where client.receive(octet) == .frame {
        let answer = client.answer
        let values = Self.values((0..<answer.count).map { answer[$0] }, wanted)
        session.values += values
        if values.count == wanted.count {
          session.isComplete = true
          return session
        }
      }
      clock += .seconds(2)
      head.advance(to: clock)
    }
    return session
  }

  /// The registers of an answer that were asked for, each with its number.
  private static func values(_ answer: [UInt8], _ wanted: [UInt16]) -> [[UInt8]] {
    guard answer.first == KMPCommand.getRegister.rawValue else { return [] }
    let data = Array(answer.dropFirst())
    var cursor = KMPAnswerCursor()
    var (values, place) = ([[UInt8]](), 0)
    while let item = cursor.next(in: data.span) {
      if wanted.contains(item.register) {
        values.append(Array(data[place..<item.value.upperBound]))
      }
      place = item.value.upperBound
    }
    return values
  }

  // MARK: M-Bus

  /// All telegrams of the slave, record by record.
  mutating func runBus(_ line: inout DamagedLine) -> Session {
    var readout = BusReadout(
      primary: module.slave.link.primaryAddress, rate: module.rate, latency: .milliseconds(20))
    var session = Session()
    var room = [UInt8](repeating: 0, count: 64)
    let octetTime = Instant.Duration(ticks: module.rate.ticks(bits: 11))
    for _ in 0..<4000 {
      var span = room.mutableSpan
      switch readout.poll(at: clock, into: &span) {
      case .send(let count):
        for octet in room.prefix(count) {
          clock += octetTime
          if let octet = line.pass(octet) { module.receive(octet, now: clock) }
        }
        answer(&readout, &line, octetTime)
      case .wait(let until): clock = max(clock + .milliseconds(1), until)
      case .telegram: session.values += Self.records(readout.response)
      case .finished:
        session.isComplete = true
        return session
      case .failed: return session
      }
    }
    return session
  }

  /// Lets the module answer; the master hears octets with wrong parity as damage.
  private mutating func answer(
    _ readout: inout BusReadout, _ line: inout DamagedLine, _ octetTime: Instant.Duration
  ) {
    if module.needsMeter { module.work(now: clock, &meter, &memory) }
    clock += .milliseconds(10)
    while true {
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      var span = bytes.mutableSpan
      let count = module.next(into: &span, now: clock)
      if count == 0 { return }
      for k in 0..<count {
        clock += octetTime
        if let octet = line.pass(bytes[k]) {
          readout.receive(octet, at: clock)
        } else {
          readout.receiveDamaged(at: clock)
        }
      }
    }
  }

  /// The records of a telegram, heads and data.
  private static func records(_ bytes: Span<UInt8>) -> [[UInt8]] {
    guard let frame = try? WiredFrame(bytes),
      let header = ApplicationHeader(information: frame.information, frame.data)
    else { return [] }
    let data = frame.data.extracting(header.headBytes...)
    var reader = RecordReader(data)
    var records: [[UInt8]] = []
    while let record = try? reader.next() {
      records.append((record.offset..<record.end).map { data[$0] })
    }
    return records
  }
}

import MeterFaults
import MeterTime
import Testing

@testable import MBus

@Suite struct SearchTests {
  /// Plays a search on a line and gives what it found, and how long it took.
  static func search(_ line: inout SharedLine) -> (
    found: [DeviceAddress], time: Instant.Duration, same: [UInt32], selections: Int
  ) {
    var search = SecondarySearch(rate: .b2400)
    var now = Instant(seconds: 0)
    var found: [DeviceAddress] = []
    var same: [UInt32] = []
    var output = [UInt8](repeating: 0, count: 32)
    let begin = now
    while true {
      var span = output.mutableSpan
      switch search.poll(at: now, into: &span) {
      case .send(let count):
        let (bytes, damaged) = line.ask(Array(output.prefix(count)), at: &now)
        for (byte, isDamaged) in zip(bytes, damaged) {
          now += Instant.Duration(ticks: BaudRate.b2400.ticks(bits: 11))
          if isDamaged { search.receiveDamaged(at: now) } else { search.receive(byte, at: now) }
        }
      case .wait(let until): now = max(now, until)
      case .found(let address): found.append(address)
      case .indistinguishable(let number): same.append(number)
      case .finished: return (found, now - begin, same, search.selections)
      }
    }
  }

  /// 250 slaves with random numbers on one line: all are found, with all their collisions.
  @Test func twoHundredAndFiftySlaves() {
    var random = SplitMix64(seed: 250)
    var numbers: Set<UInt32> = []
    while numbers.count < 250 { numbers.insert(UInt32(random.next() % 100_000_000)) }
    var line = SharedLine(slaves: numbers.sorted().map { TestSlave($0) })
    let (found, time, same, selections) = Self.search(&line)
    #expect(found.map(\.identification) == numbers.sorted().map(DeviceAddress.digits))
    #expect(same.isEmpty)
    // The least that a search by decimal digits needs: each node with several slaves is asked ten
    // times one digit further on, whatever the order.
    var nodes = 1
    for depth in 0..<8 {
      let scale = UInt32(
        [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10][depth])
      let groups = Dictionary(grouping: numbers) { UInt64($0) / UInt64(scale) }
      nodes += 10 * groups.values.filter { $0.count > 1 }.count
    }
    #expect(selections == nodes)
    // What the line itself takes: a selection nobody takes costs its 17 bytes and the window of
    // answers; one that is taken costs the answer, the request and the telegram as well.
    let bit = 1_000.0 / 2_400
    let silent = 17 * 11 * bit + 341 * bit + 50
    let taken = (17 + 1 + 5 + 28) * 11 * bit + 2 * 11 * bit + 44 * bit
    let collisions = Double(nodes - 1) / 10
    let quiet = Double(nodes) - collisions - 250
    let least = (quiet * silent + (collisions + 250) * taken) / 250
    let each = Double(time.wholeMilliseconds) / 250
    print(
      "250 slaves at 2400 Bd: \(selections) selections, \(Int(each)) ms each, least \(Int(least))")
    #expect(each < 1.1 * least)
  }

  @Test func slavesWithTheSameNumberAreToldApartFromNone() {
    var (a, b) = (TestSlave(12_345_678), TestSlave(12_345_678))
    a.device.address.version = 1
    b.device.address.version = 2
    var line = SharedLine(slaves: [a, b, TestSlave(12_345_679)])
    let (found, _, same, _) = Self.search(&line)
    #expect(found.map(\.identification) == [0x1234_5679])
    #expect(same == [0x1234_5678])
  }

  @Test func emptyLine() {
    var line = SharedLine(slaves: [])
    let (found, _, _, selections) = Self.search(&line)
    #expect(found.isEmpty && selections == 1)
  }

  /// A read-out by both kinds of address gives all telegrams, also where every third frame is lost.
  @Test(arguments: [false, true], [0, 3])
  func readout(isSecondary: Bool, lossEvery: Int) {
    var line = SharedLine(slaves: [
      TestSlave(14_839_120, primary: 9), TestSlave(14_839_121, primary: 10),
    ])
    var readout =
      isSecondary
      ? BusReadout(secondary: line.slaves[0].device.address, rate: .b2400)
      : BusReadout(primary: 9, rate: .b2400)
    var now = Instant(seconds: 0)
    var output = [UInt8](repeating: 0, count: 32)
    var (telegrams, asked) = ([Int?](), 0)
    loop: while true {
      var span = output.mutableSpan
      switch readout.poll(at: now, into: &span) {
      case .send(let count):
        asked += 1
        let (bytes, _) = line.ask(Array(output.prefix(count)), at: &now)
        if lossEvery > 0, asked % lossEvery == 0 { continue }
        for byte in bytes {
          now += Instant.Duration(ticks: BaudRate.b2400.ticks(bits: 11))
          readout.receive(byte, at: now)
        }
      case .wait(let until): now = max(now, until)
      case .telegram:
        var bytes: [UInt8] = []
        for i in readout.response.indices { bytes.append(readout.response[i]) }
        telegrams.append(TestSlave.telegram(text(bytes)))
      case .finished: break loop
      case .failed(let failure):
        Issue.record("\(failure)")
        break loop
      }
    }
    #expect(telegrams == [0, 1, 2])
  }

  @Test func nobodyThere() {
    var readout = BusReadout(primary: 9, rate: .b2400)
    var now = Instant(seconds: 0)
    var output = [UInt8](repeating: 0, count: 32)
    var sent = 0
    while true {
      var span = output.mutableSpan
      switch readout.poll(at: now, into: &span) {
      case .send: sent += 1
      case .wait(let until): now = max(now, until)
      case .failed(let failure):
        #expect(failure == .noAnswer)
        #expect(sent == 5, "two resets, three requests")
        return
      default: Issue.record("an answer from nobody")
      }
    }
  }
}

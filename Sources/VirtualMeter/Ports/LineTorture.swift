import DataReadout
import IEC62056_21
import KMP
import KMPRegisters
import MBus
import MBusRecords
import Meter
import MeterFaults
import MeterTime
import Metrology
import Ports

/// Sessions of readers with a meter over lines that flip bits, lose octets and break off.
///
/// A value that a reader is given must be the meter's, whatever the line does; and after each
/// session another one over a good line must give everything.
public struct LineTorture: ~Copyable {
  /// What is spoken.
  public enum Language: String, CaseIterable, Sendable {
    case readout
    case programming
    case kmp
    case mbus
  }

  /// What came of some sessions.
  public struct Report: Equatable, Sendable {
    public var sessions = 0
    /// Sessions over a damaged line that ended with all values.
    public var complete = 0
    /// Values that a reader was given over a damaged line.
    public var values = 0
    /// Values among them that the meter does not have.
    public var wrong = 0
    /// Sessions after which a good line did not give everything.
    public var stuck = 0
    public var octets: UInt64 = 0

    public init() {}

    /// Adds another's numbers.
    public mutating func add(_ other: Report) {
      sessions += other.sessions
      complete += other.complete
      values += other.values
      wrong += other.wrong
      stuck += other.stuck
      octets += other.octets
    }

    /// One line for people.
    public func text(_ language: Language, _ rate: Double) -> String {
      "\(language.rawValue.padded(12)) \(String(rate).padded(8)) \(String(sessions).padded(7)) "
        + "sessions, \(String(complete).padded(7)) complete, \(String(values).padded(8)) values, "
        + "\(wrong) wrong, \(stuck) stuck"
    }

    /// For a campaign.
    public var figures: String {
      """
      figure sessions \(sessions)
      figure complete \(complete)
      figure values \(values)
      figure wrong \(wrong)
      figure stuck \(stuck)
      figure octets \(octets)
      """
    }
  }

  /// Bit error rates of the campaign.
  public static let rates = [1e-2, 1e-3, 1e-4, 1e-5]

  /// A reader's session: what it was given, and whether it says that this is all.
  struct Session {
    var values: [[UInt8]] = []
    var isComplete = false
  }

  let language: Language
  var meter: Meter
  var memory = TestMemory()
  var head: OpticalPort
  var module: WiredModule
  var clock = Instant(seconds: 0)
  var random: SplitMix64
  private var truth: Set<[UInt8]> = []
  private var valueCount = 0

  public init(_ language: Language, seed: UInt64) {
    self.language = language
    random = SplitMix64(seed: seed)
    meter = Meter(.bench, .bench)
    let start = Instant(seconds: 825_940_800)
    _ = try? meter.start(now: start, chip: .hasRun, memory: &memory)
    let load = ConstantLoad(active_mW: [3_100_000, 1_700_000, 250_000])
    meter.advance(to: start + .hours(30), with: load, memory: &memory)
    var settings = ServerSettings(
      mode: .c, opening: .baud300, number: meter.configuration.meterNumber,
      maker: [0x4B, 0x56, 0x44], identification: Array("382L".utf8).span)
    settings.password = PortPassword(Array("00000000".utf8).span)
    head = OpticalPort(
      settings, rights: KMPServer.Rights(door: .optical, pin: 1),
      parity: language == .kmp ? .transparent : .even, hasHDLC: true)
    module = WiredModule(WiredModule.Settings())
    module.work(now: clock, &meter, &memory)
    // The meter does not run any more, so that what it says is known.
    var line = goodLine
    let session = run(&line)
    truth = Set(session.values)
    valueCount = session.values.count
  }

  /// Values of a session over a good line, for tests.
  var expected: Int { valueCount }

  private var parity: DamagedLine.Parity {
    switch language {
    case .readout, .programming: .inOctet
    case .kmp: .none
    case .mbus: .ninthBit
    }
  }

  private var goodLine: DamagedLine {
    DamagedLine(seed: 0, parity: parity, errorRate: 0, cut: nil)
  }

  /// Runs sessions.
  ///
  /// - Parameter errorRate: chance of each bit; every fourth session is cut at some octet as well.
  public mutating func run(sessions: Int, errorRate: Double) -> Report {
    var report = Report()
    for number in 0..<sessions {
      let cut = number % 4 == 3 ? Int(random.next() % 600) : nil
      var line = DamagedLine(
        seed: random.next(), parity: parity, errorRate: errorRate, cut: cut)
      let session = run(&line)
      report.sessions += 1
      report.values += session.values.count
      report.wrong += session.values.filter { !truth.contains($0) }.count
      if session.isComplete { report.complete += 1 }
      report.octets += line.octets
      // A session in the programming mode that breaks off holds the line for its 60 s.
      clock += .seconds(language == .programming ? 61 : 2)
      head.advance(to: clock)
      module.advance(to: clock)
      var good = goodLine
      let after = run(&good)
      if !after.isComplete || after.values.count != valueCount || Set(after.values) != truth {
        report.stuck += 1
      }
      // A link that has been silent for so long begins anew.
      clock += .seconds(11)
      head.advance(to: clock)
    }
    return report
  }

  private mutating func run(_ line: inout DamagedLine) -> Session {
    switch language {
    case .readout: runReadout(&line, .readout)
    case .programming: runReadout(&line, .programming)
    case .kmp: runKMP(&line)
    case .mbus: runBus(&line)
    }
  }
}

import Meter
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities

/// `kvadrant memory torture --kind life`: a memory is written at full load until it is worn out.
///
/// The cells of each page live for a number of programs between half and one and a half times the
/// rated one, at random. The meter at 3 x 230 V x 85 A commits each window; the life ends with
/// the first record that is not committed before its window is over, for then a cut could take
/// more than the promise allows. What the meter shows is looked at from then on.
public struct MemoryLife: Sendable {
  /// What came of it.
  public struct Result: Sendable {
    var cycles: UInt32
    var programsPerSecond: Double
    var theoretical_years: Double
    /// The first page was replaced.
    var firstReplaced_years: Double = 0
    /// All replacements were used and the error symbol came on; nil for never.
    var error_years: Double?
    /// The first record that was not committed in time.
    var end_years: Double = 0
    /// The meter showed the error symbol and digit 2 of its status at the end.
    var isShown = false
    var replaced = 0

    /// Reached part of the theoretical life, per cent.
    var reached_percent: Double { 100 * end_years / theoretical_years }
    /// 95 % reached, and the failure shows.
    public var isGood: Bool {
      guard let error_years else { return false }
      return reached_percent >= 95 && isShown && error_years <= end_years
    }

    public var json: JSONValue {
      .object([
        ("cycles", .integer(cycles)),
        ("programs_per_second", .rounded(programsPerSecond, decimals: 3)),
        ("theoretical_years", .rounded(theoretical_years, decimals: 3)),
        ("first_replaced_years", .rounded(firstReplaced_years, decimals: 3)),
        ("error_shown_years", error_years.map { .rounded($0, decimals: 3) } ?? .null),
        ("end_years", .rounded(end_years, decimals: 3)),
        ("reached_percent", .rounded(reached_percent, decimals: 2)),
        ("replaced_pages", .integer(replaced)), ("shown", .bool(isShown)),
      ])
    }

    public var text: String {
      func years(_ value: Double?) -> String {
        value.map { "\(Decimals.text($0, decimals: 2)) years" } ?? "never"
      }
      return [
        "load               3 x 230 V x 85 A, \(Decimals.text(programsPerSecond, decimals: 2)) "
          + "programs a second, \(cycles) programs of a page",
        "theoretical life   \(years(theoretical_years)), all pages worn evenly",
        "first page replaced after \(years(firstReplaced_years))",
        "no page left, error symbol and status digit 2 shown after \(years(error_years))",
        "first record late after \(years(end_years)): "
          + "\(Decimals.text(reached_percent, decimals: 1)) % of the theoretical life",
        "the meter shows it: \(isShown ? "yes" : "NO")",
      ].joined(separator: "\n")
    }
  }

  var cycles: UInt32
  /// Programs for which one counts.
  var ageing: UInt32
  var seed: UInt64

  public init(cycles: UInt32, ageing: UInt32, seed: UInt64) {
    self.cycles = cycles
    self.ageing = ageing
    self.seed = seed
  }

  /// Programs that fit into a window of 200 ms.
  private static let programsPerWindow = 40

  public func run() -> Result {
    let rate = Self.programsPerSecond
    let pages = MemoryMap.registerJournal.pages.map { $0 } + MemoryMap.replacements.pages.map { $0 }
    var memory = TortureMemory(seed: seed)
    var random = SplitMix64(seed: seed)
    memory.base.ageing = ageing
    memory.base.lives = [UInt32](repeating: .max, count: MemoryMap.pageCount)
    var total = 0.0
    for page in pages {
      let life = cycles / 2 + UInt32(random.unit() * Double(cycles))
      memory.base.lives[page] = life
      total += Double(life / ageing * ageing)
    }
    memory.recover()
    func years(_ commits: Int) -> Double {
      Double(commits) * Double(ageing) / rate / MemoryWear.secondsPerYear
    }
    var result = Result(
      cycles: cycles, programsPerSecond: rate,
      theoretical_years: total / rate / MemoryWear.secondsPerYear)
    var journal = Journal()
    journal.start(memory)
    while journal.commit(&memory, limit: Self.programsPerWindow) {
      let commits = journal.commits
      if memory.condition.replaced > 0 && result.firstReplaced_years == 0 {
        result.firstReplaced_years = years(commits)
      }
      if memory.condition.isFaulty && result.error_years == nil {
        result.error_years = years(commits)
      }
    }
    result.end_years = years(journal.commits)
    result.replaced = Int(memory.condition.replaced)
    result.isShown = Self.isFailureShown(&memory)
    return result
  }

  /// Programs of the journal in a second at full load, as the meter itself makes them.
  static var programsPerSecond: Double {
    var memory = TortureMemory(seed: 1)
    memory.recover()
    var meter = BenchMeter(&memory)
    let before = MemoryMap.registerJournal.pages.reduce(0) { $0 + Int(memory.base.wear[$1]) }
    meter.run(windows: 500, &memory)
    let after = MemoryMap.registerJournal.pages.reduce(0) { $0 + Int(memory.base.wear[$1]) }
    return Double(after - before) / 100
  }

  /// A meter that starts from the worn memory and runs for a minute shows that it is worn.
  private static func isFailureShown(_ memory: inout TortureMemory) -> Bool {
    memory.base.restorePower()
    memory.recover()
    var meter = BenchMeter(&memory)
    meter.run(windows: 300, &memory)
    return meter.showsMemoryError
  }
}

/// The journal alone, with a record that always changes.
private struct Journal {
  private var journal = RegisterJournal()
  private(set) var commits = 0

  mutating func start(_ memory: borrowing TortureMemory) {
    var bytes = InlineArray<240, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    _ = journal.recover(from: memory, into: &span)
  }

  /// False when a record does not get committed within so many programs.
  mutating func commit(_ memory: inout TortureMemory, limit: Int) -> Bool {
    var payload = InlineArray<240, UInt8>(repeating: 0)
    for i in 0..<8 { payload[i] = UInt8(truncatingIfNeeded: commits >> (8 * i)) }
    let first = memory.base.programs
    while memory.base.programs - first <= limit {
      memory.maintain()
      switch journal.poll(memory) {
      case .committed:
        commits += 1
        return true
      case .idle, .failed: _ = journal.append(payload.span, to: &memory)
      case .busy: break
      }
    }
    return false
  }
}

/// The meter of the bench at full load.
struct BenchMeter: ~Copyable {
  private var meter = Meter(.bench, .bench)
  private var now = Instant(seconds: 820_000_000)
  private let load = BenchWindow.loads[0]
  private var place = 0

  init(_ memory: inout TortureMemory) {
    _ = try? meter.start(now: now, memory: &memory)
  }

  mutating func run(windows: Int, _ memory: inout TortureMemory) {
    for _ in 0..<windows {
      load.fillWindow(of: &meter, from: &place)
      now = now + .milliseconds(200)
      meter.closeWindow(now: now)
      var looks = 0
      while looks < 8 && !meter.service(now: now, memory: &memory) { looks += 1 }
      while meter.nextPulse() != nil {}
    }
  }

  /// The error symbol and digit 2 of the status.
  var showsMemoryError: Bool {
    meter.indicators.errorTriangle == .steady && (meter.reading(.meterStatus) ?? 0) & 2 != 0
  }
}

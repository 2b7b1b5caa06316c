import PermanentMemory

/// An atomic record with an observer: what was acknowledged, and what was on its way.
struct RecordUnderTest {
  var record: AtomicRecord
  /// Acknowledged payloads, the newest last.
  var history: [[UInt8]] = []
  var commits = 0
  /// The payload of the change on its way when the supply went.
  var inFlight: [UInt8]?
  let promise: Promise

  init(_ region: PageRegion, kind: UInt8, _ promise: Promise) {
    record = AtomicRecord(region: region, kind: kind)
    self.promise = promise
  }

  var acknowledged: [UInt8]? { history.last }

  /// Recovers; the payload found, nil for none.
  mutating func start(_ memory: inout TortureMemory) throws(Violation) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: record.capacity)
    var span = bytes.mutableSpan
    var length = 0
    let report = record.recover(from: memory, into: &span, length: &length)
    let leniency = memory.leniency
    defer { inFlight = nil }
    guard report.outcome == .recovered else {
      let isNew = commits == 0 && memory.isNew(report)
      // A record that has been changed once has no second copy yet.
      let isFirst = commits == 1 && leniency == .flips && report.damaged > 0
      guard isNew || isFirst || leniency.allowsLoss(report) else {
        throw Violation(promise, "\(report.outcome) after \(commits) commits")
      }
      history = []
      commits = 0
      return nil
    }
    let found = Array(bytes[..<length])
    if let inFlight, found == inFlight {
      note(found)
    } else if let at = history.lastIndex(of: found) {
      let age = history.count - 1 - at
      guard age == 0 || leniency.allowsOld(report) else {
        throw Violation(promise, "a state \(age) commits old came back")
      }
      history.removeLast(age)
    } else if leniency == .order, commits > 16 {
      // Older than what is remembered here.
      history = [found]
    } else {
      throw Violation(.tornPages, "a payload came back that was never given")
    }
    return found
  }

  /// Changes the record.
  /// - Returns: true when it is acknowledged.
  mutating func change(
    to payload: [UInt8], _ memory: inout TortureMemory
  ) throws(Violation) -> Bool {
    inFlight = payload
    var isDone = false
    try memory.untilDone { memory throws(Violation) in
      if record.isIdle { _ = record.begin(payload.span) }
      isDone = record.pump(payload.span, to: &memory) == .committed
      return isDone
    }
    guard isDone else { return false }
    note(payload)
    inFlight = nil
    return true
  }

  private mutating func note(_ payload: [UInt8]) {
    commits += 1
    history.append(payload)
    if history.count > 16 { history.removeFirst() }
  }
}

/// Configuration and keys: records of several pages that change as a whole or not at all.
public struct ConfigurationScript: TortureScript {
  public static let name = "configuration"
  public static let bytesPerWork = 1400
  public static let regions = [MemoryMap.configuration, MemoryMap.keys]

  var configuration = RecordUnderTest(MemoryMap.configuration, kind: 2, .tornPages)
  var keys = RecordUnderTest(MemoryMap.keys, kind: 3, .tornPages)
  private var number: UInt32 = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    _ = try configuration.start(&memory)
    _ = try keys.start(&memory)
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    number += 1
    let isKeys = random.below(3) == 0
    // Mostly short, sometimes everything that fits.
    let limit = isKeys ? keys.record.capacity : configuration.record.capacity
    let length = 4 + random.below(random.below(8) == 0 ? min(limit, 2800) - 3 : 500)
    var payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 31), count: length)
    for i in 0..<4 { payload[i] = UInt8(truncatingIfNeeded: number >> UInt32(8 * i)) }
    if isKeys {
      _ = try keys.change(to: payload, &memory)
    } else {
      _ = try configuration.change(to: payload, &memory)
    }
  }
}

/// The supply control switch: a command acts when its state is committed, not before.
public struct SwitchScript: TortureScript {
  public static let name = "switch"
  public static let bytesPerWork = 256
  public static let regions = [MemoryMap.state(6)]

  var record = RecordUnderTest(MemoryMap.state(6), kind: 6, .supplySwitch)
  /// What the contacts are.
  var isClosed = false
  private var number: UInt32 = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    let wasClosed = isClosed
    let commanded = record.inFlight
    let found = try record.start(&memory)
    // Unknown is open.
    isClosed = found?[0] == 1
    if isClosed && !wasClosed && commanded?[0] != 1 && memory.leniency == .none {
      throw Violation(.supplySwitch, "closed on its own")
    }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    number += 1
    var payload = [UInt8](repeating: 0, count: 16)
    payload[0] = UInt8(random.below(2))
    for i in 0..<4 { payload[4 + i] = UInt8(truncatingIfNeeded: number >> UInt32(8 * i)) }
    if try record.change(to: payload, &memory) { isClosed = payload[0] == 1 }
  }
}

/// Prepayment: numbered top-ups, each of which counts once, however often it is sent.
public struct CreditScript: TortureScript {
  public static let name = "credit"
  public static let bytesPerWork = 256
  public static let regions = [MemoryMap.state(7)]

  var record = RecordUnderTest(MemoryMap.state(7), kind: 7, .credit)
  /// As the meter knows it.
  private var credited: UInt64 = 0
  private var lastNumber: UInt32 = 0
  /// As the sender knows it: the top-up that has not been acknowledged is sent again.
  private var sent: UInt32 = 0
  private var acknowledged: UInt64 = 0

  public init() {}

  private static func amount(_ number: UInt32) -> UInt64 { UInt64(number &* 2_654_435_761 >> 20) }

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    let found = try record.start(&memory)
    credited = 0
    lastNumber = 0
    if let found {
      for i in 0..<8 { credited |= UInt64(found[i]) << UInt64(8 * i) }
      for i in 0..<4 { lastNumber |= UInt32(found[8 + i]) << UInt32(8 * i) }
    }
    var due: UInt64 = 0
    if lastNumber >= sent { due = acknowledged + (lastNumber > sent ? Self.amount(sent + 1) : 0) }
    if memory.leniency == .none {
      guard lastNumber >= sent, credited == due else {
        throw Violation(.credit, "\(credited) credited up to \(lastNumber), \(due) are due")
      }
    }
    acknowledged = credited
    sent = lastNumber
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    // Now and then an old one comes again; the next one until it is acknowledged.
    let number = random.below(4) == 0 ? max(1, lastNumber) : lastNumber + 1
    if number <= lastNumber { return }
    let sum = credited + Self.amount(number)
    var payload = [UInt8](repeating: 0, count: 16)
    for i in 0..<8 { payload[i] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * i)) }
    for i in 0..<4 { payload[8 + i] = UInt8(truncatingIfNeeded: number >> UInt32(8 * i)) }
    guard try record.change(to: payload, &memory) else { return }
    credited = sum
    lastNumber = number
    sent = number
    acknowledged = sum
  }
}

/// Counters reserved ahead: no number is given twice.
public struct CounterScript: TortureScript {
  public static let name = "counters"
  public static let bytesPerWork = 300
  public static let regions = [MemoryMap.state(10)]

  private var counters = ReservedCounters()
  /// The highest number that each counter has ever given.
  private var given = [UInt32](repeating: 0, count: ReservedCounters.count)

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    let report = counters.recover(from: memory)
    let wasGiven = given.contains { $0 > 0 }
    if report.outcome != .recovered && wasGiven && memory.leniency == .none {
      throw Violation(.counters, "\(report.outcome) although numbers have been given")
    }
    // A part that stores in any order may lose a reservation that was acknowledged.
    if memory.leniency == .order { given = given.map { _ in 0 } }
    try reserve(&memory)
  }

  private mutating func reserve(_ memory: inout TortureMemory) throws(Violation) {
    try memory.untilDone { memory throws(Violation) in
      guard counters.needsProgram else { return true }
      _ = counters.pump(&memory)
      return false
    }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    for _ in 0..<3 {
      let counter = random.below(ReservedCounters.count)
      for _ in 0..<(1 + random.below(500)) {
        guard let number = counters.take(counter) else { break }
        guard number > given[counter] else {
          throw Violation(.counters, "counter \(counter) gave \(number) after \(given[counter])")
        }
        given[counter] = number
      }
    }
    try reserve(&memory)
  }
}

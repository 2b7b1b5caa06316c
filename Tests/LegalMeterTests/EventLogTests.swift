import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Testing

/// A legal meter of which only the logs are of interest.
struct LogBook: ~Copyable {
  var meter = LegalMeter(parameters: LegalParameters(), settings: Load.settings)
  var memory: FaultyMemory
  var now = Instant(seconds: 1_000)

  init(seed: UInt64 = 1) {
    memory = FaultyMemory(seed: seed)
    start()
  }

  mutating func start(chip: ClockChip = .unknown) {
    meter = LegalMeter(parameters: LegalParameters(), settings: Load.settings)
    _ = meter.start(now: now, chip: chip, memory: &memory)
  }

  /// Lets the meter work until it has nothing to do, or the memory has lost its supply.
  mutating func serve() {
    for _ in 0..<200 where !meter.service(now: now, memory: &memory) { memory.advance() }
  }

  mutating func log(_ event: LegalEvent, _ parameter: UInt64) {
    now += .seconds(1)
    meter.log(event, now: now, parameter)
    serve()
  }

  static func parameter(_ record: EventRecord) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(record.parameter[$1]) << UInt64(8 * $1) }
  }

  /// Parameters of a log, newest first, but for what starts log by themselves.
  func parameters(_ log: EventLogID) -> [UInt64] {
    var cursor = EventCursor(log)
    var out: [UInt64] = []
    while let (record, _) = cursor.next(meter, memory: memory) {
      let event = LegalEvent(rawValue: record.code)
      if event != .powerUp && event != .memoryRepaired { out.append(Self.parameter(record)) }
    }
    return out
  }
}

@Suite struct EventLogTests {
  @Test("the logs share the region without gap and without overlap, each with a page to spare")
  func regions() {
    var pages = Set<Int>()
    for log in EventLogID.allCases {
      #expect(pages.isDisjoint(with: log.region.pages))
      pages.formUnion(log.region.pages)
      #expect(Int(log.region.count) * 8 >= log.guaranteedDepth + 8)
    }
    #expect(pages == Set(MemoryMap.eventLogs.pages))
    #expect(EventLogID.allCases.count == EventLogID.count)
  }

  /// An event for each log that has one so far.
  static let samples: [(EventLogID, LegalEvent)] = EventLogID.allCases.compactMap { log in
    LegalEvent.allCases.first { $0.log == log && $0 != .powerUp && $0 != .eventsLost }
      .map { (log, $0) }
  }

  @Test("overfilled, each log keeps its depth, newest first, across a start; others lose nothing")
  func depth() {
    for (log, event) in Self.samples {
      var book = LogBook()
      book.serve()
      let before = book.meter.eventCount(memory: book.memory)
      for n in 1...500 as ClosedRange<UInt64> { book.log(event, n) }
      book.start()
      let found = Array(book.parameters(log).prefix(log.guaranteedDepth))
      #expect(found.count == log.guaranteedDepth)
      #expect(found.first == 500)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 == $1 + 1 })
      let whole = Int(log.region.count) * 8
      let count = book.meter.eventCount(log, memory: book.memory)
      #expect(count == whole)
      if log != .status {
        let other = book.meter.eventCount(.status, memory: book.memory)
        #expect(other == before)
      }
    }
  }

  @Test("an event that is acknowledged survives a cut in any later program; none is twice")
  func cuts() {
    var random = SplitMix64(seed: 34)
    var book = LogBook(seed: 7)
    book.memory.programSteps = 1
    var acknowledged: [EventLogID: UInt64] = [:]
    var n: UInt64 = 1
    for round in 0..<150 {
      let shape = TearShape.allCases[random.below(TearShape.allCases.count)]
      book.memory.cut(afterBytes: random.below(900), shape: shape)
      while book.memory.isPowered {
        let (log, event) = Self.samples[random.below(Self.samples.count)]
        n += 1
        book.log(event, n)
        if book.memory.isPowered && book.meter.pendingEvents == 0 { acknowledged[log] = n }
      }
      book.memory.restorePower()
      book.memory.programSteps = 0
      book.start()
      for (log, last) in acknowledged {
        let found = book.parameters(log)
        // The event that was cut may have got through or not.
        let ok = found.prefix(2).contains(last) && Set(found).count == found.count
        if !ok {
          Issue.record("round \(round) \(shape) \(log): \(found.prefix(3)) without \(last)")
          return
        }
      }
      book.memory.programSteps = 1
      book.serve()
    }
  }

  @Test("a queue that is full counts what it loses and logs the number")
  func overflow() {
    var book = LogBook()
    book.serve()
    for n in 0..<20 as Range<UInt64> { book.meter.log(.magnetBegan, now: book.now, n) }
    let waiting = book.meter.pendingEvents
    book.serve()
    var cursor = EventCursor(.status)
    let newest = cursor.next(book.meter, memory: book.memory)?.record
    #expect(waiting == 12)
    #expect(newest?.code == LegalEvent.eventsLost.rawValue)
    #expect(newest.map(LogBook.parameter) == 8)
    #expect(book.meter.pendingEvents == 0)
  }

  @Test("worn-out pages of one log do not stop the others; what they cost is logged")
  func wornLog() {
    var book = LogBook()
    book.serve()
    book.memory.silentPages = Set(EventLogID.legal.region.pages)
    book.log(.sealBroken, 1)
    book.log(.magnetBegan, 2)
    for _ in 0..<8 { book.serve() }
    let codes = book.parameters(.status)
    #expect(codes.contains(2) && book.meter.pendingEvents == 0)
    var cursor = EventCursor(.status)
    var lost: [UInt64] = []
    while let (record, _) = cursor.next(book.meter, memory: book.memory) {
      if record.code == LegalEvent.eventsLost.rawValue { lost.append(LogBook.parameter(record)) }
    }
    #expect(lost == [1])
  }

  @Test("by time, and all logs together in the order of time")
  func merged() {
    var book = LogBook()
    for n in 1...30 as ClosedRange<UInt64> {
      let (_, event) = Self.samples[Int(n) % Self.samples.count]
      book.log(event, n)
    }
    var cursor = EventCursor(from: Instant(seconds: 1_010), to: Instant(seconds: 1_020))
    var found: [UInt64] = []
    while let (record, _) = cursor.next(book.meter, memory: book.memory) {
      found.append(LogBook.parameter(record))
    }
    #expect(found == (10..<20).reversed().map { UInt64($0) })
    let all = book.meter.eventCount(memory: book.memory)
    #expect(all == 31 && book.meter.eventsLogged == 31)
  }

  @Test("nothing of the logs is read before measuring starts, and little when they are recovered")
  func recoveryIsLate() {
    var book = LogBook()
    for n in 1...250 as ClosedRange<UInt64> {
      for (_, event) in Self.samples { book.log(event, n) }
    }
    book.memory.resetReads()
    book.start(chip: .hasRun)
    let early = book.memory.bytesRead
    book.memory.resetReads()
    book.serve()
    // Journal, which is blank but for the starts, and small records.
    #expect(early < 6_144)
    #expect(book.memory.bytesRead < 6_144)
    #expect(book.meter.eventsLogged > 500)
  }
}

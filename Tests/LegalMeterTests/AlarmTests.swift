import LegalMeter
import MeterFaults
import MeterTime
import PermanentMemory
import Testing

@Suite struct AlarmTests {
  @Test("an event raises its alarm once; acknowledging takes the flag and leaves the log")
  func raise() {
    var book = LogBook()
    book.serve()
    book.log(.magnetBegan, 0)
    let raised = book.meter.alarms
    let unsent = book.meter.unsentAlarms
    let before = book.meter.eventCount(.status, memory: book.memory)
    book.meter.noteSent(unsent)
    book.meter.acknowledge(AlarmSet(.magnet), now: book.now)
    book.serve()
    let after = book.meter.alarms
    let count = book.meter.eventCount(.status, memory: book.memory)
    #expect(raised == AlarmSet(.magnet) && unsent == AlarmSet(.magnet))
    #expect(after.isEmpty && book.meter.unsentAlarms.isEmpty)
    // The log has grown by the note of the acknowledgement.
    #expect(count == before + 1)
    book.log(.magnetBegan, 0)
    #expect(book.meter.alarms.has(.magnet))
  }

  @Test("masks decide what is raised, shown and sent, and outlast a start")
  func masks() {
    var book = LogBook()
    book.serve()
    book.meter.setAlarmMasks(
      AlarmMasks(
        raised: AlarmSet.all.subtracting(AlarmSet(.magnet)),
        displayed: AlarmSet(.terminalCover), pushed: AlarmSet(.moduleArea)), now: book.now)
    book.log(.magnetBegan, 0)
    book.log(.sealBroken, UInt64(Seal.terminalCover.rawValue))
    book.log(.sealBroken, UInt64(Seal.moduleArea.rawValue))
    book.start()
    book.serve()
    let (all, shown, sent) = (
      book.meter.alarms, book.meter.displayedAlarms, book.meter.unsentAlarms
    )
    #expect(all == AlarmSet(.terminalCover).union(AlarmSet(.moduleArea)))
    #expect(shown == AlarmSet(.terminalCover) && sent == AlarmSet(.moduleArea))
    let changes = book.parameters(.configuration)
    #expect(changes.count == 1)
  }

  @Test("each reader has its border: it never goes back, and what comes between stays unread")
  func borders() {
    var book = LogBook()
    book.serve()
    for n in 1...5 as ClosedRange<UInt64> { book.log(.sealBroken, n % 3) }
    let newest = book.meter.newestEvent(.legal, memory: book.memory)
    let unread = book.meter.unreadEvents(.legal, by: .module1, memory: book.memory)
    // Two more come between reading and telling so.
    book.log(.sealRestored, 0)
    book.log(.sealRestored, 1)
    book.meter.markRead(.legal, upTo: newest, by: .module1)
    book.serve()
    let left = book.meter.unreadEvents(.legal, by: .module1, memory: book.memory)
    let other = book.meter.unreadEvents(.legal, by: .optical, memory: book.memory)
    book.meter.markRead(.legal, upTo: newest - 3, by: .module1)
    book.meter.markRead(.legal, upTo: .max, by: .module2)
    book.serve()
    book.start()
    book.serve()
    #expect(unread == 5 && left == 2 && other == 7)
    #expect(book.meter.unreadEvents(.legal, by: .module1, memory: book.memory) == 2)
    #expect(book.meter.unreadEvents(.legal, by: .module2, memory: book.memory) == 0)
    let bits = book.meter.unreadLogs(by: .module1, memory: book.memory)
    #expect(bits & 0b1000_0000 != 0)
    book.log(.sealBroken, 0)
    #expect(book.meter.unreadEvents(.legal, by: .module2, memory: book.memory) == 1)
  }

  @Test("an event that a cut left in the log has its alarm", arguments: TearShape.allCases)
  func cut(shape: TearShape) {
    for bytes in stride(from: 0, through: 330, by: 11) {
      var book = LogBook(seed: UInt64(bytes))
      book.serve()
      book.memory.cut(afterBytes: bytes, shape: shape)
      book.log(.magnetBegan, 77)
      book.memory.restorePower()
      book.start()
      book.serve()
      let isLogged = book.parameters(.status).contains(77)
      let isRaised = book.meter.alarms.has(.magnet)
      #expect(!isLogged || isRaised, "\(bytes)")
    }
  }
}

import IEC62056_21
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// How far a long answer has come.
enum ReadoutProgress: Sendable {
  case none
  /// Load profile: intervals that begin from here up to a time. The last one told ended at `end`
  /// with this status; another head is written where that breaks off.
  case profile(from: Instant, until: Instant, end: Instant?, status: UInt8)
  /// An event log: from a number on, up to a time; `last` is the last log that is wanted.
  case log(EventLogID, next: UInt32, last: EventLogID, from: Instant, until: Instant)
}

extension DataReadout {
  /// Room that a line of the load profile or of a log takes at most.
  private static var longestLine: Int { 120 }

  /// Begins the answer to P.01 or P.98: address(from;to), both may be left out.
  mutating func begin(
    _ argument: CommandArgument, _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    guard let span = Self.span(argument.value, server, meter.legal.zone) else {
      return server.refuse(.badValue)
    }
    let code = argument.address.code
    if Self.isLog(code) {
      guard code.e <= EventLogID.count else { return server.refuse(.unknownAddress) }
      let first = EventLogID(rawValue: code.e == 0 ? 0 : code.e - 1) ?? .status
      let last = code.e == 0 ? EventLogID.legal : first
      progress = .log(first, next: 0, last: last, from: span.from, until: span.until)
    } else {
      progress = .profile(from: span.from, until: span.until, end: nil, status: 0)
    }
    blockStart = progress
    goOn(&server, meter, memory)
  }

  private static func span(
    _ range: Range<Int>, _ server: borrowing IEC62056Server, _ zone: ZoneRules
  ) -> (from: Instant, until: Instant)? {
    let text = server.argument
    var cut = range.lowerBound
    while cut < range.upperBound, text[cut] != UInt8(ascii: ";") { cut += 1 }
    let first = range.lowerBound..<cut
    let second = min(cut + 1, range.upperBound)..<range.upperBound
    // A lonely mark such as P.01(1) is no time: everything is wanted.
    let isMark = cut == range.upperBound && first.count < 10
    let from: Instant? =
      first.isEmpty || isMark ? Instant(seconds: 0) : ReadoutTime.instant(text, first, zone)
    let until: Instant? =
      second.isEmpty ? Instant(seconds: 1 << 37) : ReadoutTime.instant(text, second, zone)
    guard let from, let until else { return nil }
    return (from, until)
  }

  /// Writes more of a long answer, as much as there is room for.
  mutating func goOn(
    _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    blockStart = progress
    var isWhole = false
    while server.room >= Self.longestLine {
      if !writeNext(&server, meter, memory) {
        isWhole = true
        break
      }
    }
    let isInBlocks = server.isAnsweringInBlocks
    if isWhole {
      progress = .none
      server.finish()
    } else if isInBlocks {
      server.finishBlock()
    } else {
      server.finishPart()
    }
  }

  /// Writes one line.
  /// - Returns: false where there is none left.
  private mutating func writeNext(
    _ server: inout IEC62056Server, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    switch progress {
    case .none: return false
    case .profile(let from, let until, let end, let status):
      var cursor = meter.legal.intervals(from: from, until: until, memory: memory)
      guard let row = meter.legal.nextInterval(&cursor, memory: memory) else { return false }
      let isNew = end != row.begin || status != row.status.rawValue
      writeInterval(row, withHead: isNew, &server, meter)
      progress = .profile(
        from: row.end, until: until, end: row.end, status: row.status.rawValue)
      return true
    case .log(let log, let next, let last, let from, let until):
      let newest = meter.legal.newestEvent(log, memory: memory)
      let count = meter.legal.eventCount(log, memory: memory)
      let oldest = count == 0 ? 1 : newest &- UInt32(count - 1)
      let number = max(next, oldest)
      guard count > 0, number <= newest else {
        guard let following = EventLogID(rawValue: log.rawValue + 1), log != last else {
          return false
        }
        progress = .log(following, next: 0, last: last, from: from, until: until)
        return true
      }
      progress = .log(log, next: number + 1, last: last, from: from, until: until)
      let record = meter.legal.event(log, Int(newest - number), memory: memory)
      if let record, record.instant >= from, record.instant < until {
        writeEvent(record, log, &server, meter.legal.zone)
      }
      return true
    }
  }

  private func writeInterval(
    _ row: ProfileInterval, withHead: Bool, _ server: inout IEC62056Server,
    _ meter: borrowing Meter
  ) {
    var text = InlineArray<160, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    let channels = meter.legal.profileLayout.channels
    if withHead {
      writer.put("P.01(")
      ReadoutTime.write(row.end, meter.legal.zone, into: &writer)
      writer.put(")(")
      writer.hexadecimal(UInt64(row.status.rawValue), digits: 2)
      writer.put(")(")
      writer.decimal(UInt64(meter.legal.periodSettings.length.minutes))
      writer.put(")(")
      writer.decimal(UInt64(channels.nonzeroBitCount))
      writer.put(UInt8(ascii: ")"))
      for number in UInt8(0)..<4 where channels >> number & 1 != 0 {
        let kind = EnergyKind(rawValue: number) ?? .activeImport
        writer.put(UInt8(ascii: "("))
        writer.decimal(UInt64(kind.rawValue) + 1)
        writer.put(".29)(")
        writer.put(kind.isActive ? "kWh)" : "kvarh)")
      }
      writer.endLine()
    }
    for number in UInt8(0)..<4 where channels >> number & 1 != 0 {
      let kind = EnergyKind(rawValue: number) ?? .activeImport
      writer.put(UInt8(ascii: "("))
      writer.fixed(Int64(row[kind]), decimals: 4)
      writer.put(UInt8(ascii: ")"))
    }
    writer.endLine()
    let count = writer.count
    server.write(text.span.extracting(0..<count))
  }

  private func writeEvent(
    _ record: EventRecord, _ log: EventLogID, _ server: inout IEC62056Server, _ zone: ZoneRules
  ) {
    var text = InlineArray<120, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    writer.put("P.98.")
    writer.decimal(UInt64(log.rawValue) + 1)
    writer.put(UInt8(ascii: "("))
    ReadoutTime.write(record.instant, zone, into: &writer)
    writer.put(")(")
    writer.decimal(UInt64(record.code), width: 4)
    writer.put(")(")
    writer.decimal(UInt64(record.sequence))
    writer.put(")(")
    for k in 0..<8 { writer.hexadecimal(UInt64(record.parameter[7 - k]), digits: 2) }
    writer.put(UInt8(ascii: ")"))
    writer.endLine()
    let count = writer.count
    server.write(text.span.extracting(0..<count))
  }
}

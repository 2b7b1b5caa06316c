import Bytes
import KMP
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// The logs that KMP numbers.
enum KMPLog: Equatable {
  /// 1: closed billing periods.
  case billing
  /// 6
  case profile
  /// 8: the second logger.
  case second
  /// 2, 3, 4, 5, 10, 12.
  case events(EventLogID)

  init?(_ number: UInt8) {
    switch number {
    case 1: self = .billing
    case 2: self = .events(.status)
    case 3: self = .events(.clock)
    case 4: self = .events(.voltage)
    case 5: self = .events(.supplySwitch)
    case 6: self = .profile
    case 8: self = .second
    case 10: self = .events(.profile)
    case 12: self = .events(.neutral)
    default: return nil
    }
  }

  /// The bit of the event status that it belongs to.
  var bit: Int? {
    switch self {
    case .billing: 0
    case .events(.clock): 1
    case .events(.status): 2
    case .events(.voltage): 3
    case .events(.supplySwitch): 4
    default: nil
    }
  }
}

/// A log of the meter as a row of records, 0 the oldest; each has a number that stays with it.
struct KMPLogView {
  var log: KMPLog
  var count: Int
  /// Number of the newest record.
  var newest: UInt32

  init(
    _ log: KMPLog, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) {
    self.log = log
    switch log {
    case .billing: (count, newest) = (meter.legal.billingRecordCount, meter.legal.billingCount)
    case .second:
      count = meter.legal.secondLoggerCount
      newest = 0
    case .events(let id):
      count = meter.legal.eventCount(id, memory: memory)
      newest = meter.legal.newestEvent(id, memory: memory)
    case .profile: (count, newest) = (meter.legal.intervalCount, 0)
    }
    if log == .profile || log == .second, count > 0 {
      newest = number(count - 1, meter, memory)
    }
  }

  /// When a record was written; nil where it is damaged.
  func time(
    _ index: Int, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Instant? {
    switch log {
    case .billing: meter.legal.billingRecord(count - 1 - index, memory: memory)?.time
    case .second: meter.legal.secondLoggerRecord(count - 1 - index, memory: memory)?.time
    case .events(let id): meter.legal.event(id, count - 1 - index, memory: memory)?.instant
    case .profile: interval(index, meter, memory)?.end
    }
  }

  func interval(
    _ index: Int, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable,
    withTotals: Bool = false
  ) -> ProfileInterval? {
    guard index >= 0, index < count else { return nil }
    var cursor = meter.legal.intervals(from: index, withTotals: withTotals, memory: memory)
    return meter.legal.nextInterval(&cursor, memory: memory)
  }

  /// The number of a record. Billing periods and events count up; intervals and the second logger
  /// are numbered by their time.
  func number(
    _ index: Int, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    switch log {
    case .billing, .events: newest &- UInt32(truncatingIfNeeded: count - 1 - index)
    case .profile, .second:
      UInt32(
        truncatingIfNeeded: meter.legal.zone.standardSeconds(
          at: time(index, meter, memory) ?? Instant(ticks: 0)) / unit(meter))
    }
  }

  private func unit(_ meter: borrowing Meter) -> Int64 {
    log == .profile ? meter.legal.periodSettings.length.seconds : 3600
  }

  /// The first record at a time or later; `count` where there is none.
  func index(
    at wanted: Instant, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if (time(middle, meter, memory) ?? Instant(ticks: 0)) < wanted {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// The record with the low 16 bits of its number, or the first behind them; nil where the number
  /// is not in the log.
  func index(
    number wanted: UInt16, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int? {
    guard count > 0 else { return nil }
    let age = UInt16(truncatingIfNeeded: newest) &- wanted
    let full = newest &- UInt32(age)
    guard full >= number(0, meter, memory), full <= newest else { return nil }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if number(middle, meter, memory) < full { low = middle + 1 } else { high = middle }
    }
    return low < count ? low : nil
  }

  /// A column of a record; nil for one that the log does not have.
  func value(
    _ column: UInt16, _ index: Int, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> KMPValue? {
    if column == 0x0417 {
      guard let time = time(index, meter, memory) else { return nil }
      return KMPValue(KMPRegisterValue.clock(at: time, meter), quality: log == .profile)
    }
    let digits = DisplayOptions.EnergyDigits.sixOne
    switch log {
    case .profile:
      guard (1...4).contains(column), meter.legal.profileLayout.channels >> (column - 1) & 1 != 0,
        let row = interval(index, meter, memory, withTotals: true), let totals = row.totals
      else { return nil }
      let kind = Int(column - 1)
      return KMPValue(
        kind < 2 ? .kilowattHour : .kilovarHour, Int64(clamping: totals[kind] / 1000), exponent: -1)
    case .billing:
      guard let record = meter.legal.billingRecord(count - 1 - index, memory: memory) else {
        return nil
      }
      return Self.value(column, record, digits, meter)
    case .second:
      guard let record = meter.legal.secondLoggerRecord(count - 1 - index, memory: memory),
        case .quantity(let quantity, .energy)? = KMPRegisterTable.source(column),
        let register = Register(quantity), let energy = record[register]
      else { return nil }
      return KMPRegisterValue.value(Int64(clamping: energy), quantity, .energy, digits)
    case .events(let id):
      guard let record = meter.legal.event(id, count - 1 - index, memory: memory) else {
        return nil
      }
      return Self.value(column, record, id)
    }
  }

  private static func value(
    _ column: UInt16, _ record: BillingRecord, _ digits: DisplayOptions.EnergyDigits,
    _ meter: borrowing Meter
  ) -> KMPValue? {
    switch column {
    case 0x0027:
      KMPValue(.kilowatt, Int64(record.maxima.activeImport.power_mW) / 1000, exponent: -3)
    case 0x002B:
      KMPValue(
        .kilowatt, Int64(clamping: record.cumulativeAfter(.activeImport) / 1000), exponent: -3)
    case 0x002F: KMPValue(.number, Int64(record.number))
    case 0x0409:
      KMPValue(.kilowatt, Int64(record.maxima.activeImportT1.power_mW) / 1000, exponent: -3)
    case 0x040C:
      KMPValue(.kilowatt, Int64(record.maxima.activeImportT2.power_mW) / 1000, exponent: -3)
    case 0x0410: KMPValue(.number, Int64(record.periodsAboveThreshold))
    case 0x0419:
      if let end = record.maxima.activeImport.end {
        KMPValue(KMPRegisterValue.clock(at: end, meter))
      } else {
        nil
      }
    case 0x03EC: KMPValue(.hour, Int64(record.operatingSeconds / 3600))
    case 0x003A: KMPValue(.number, Int64(clamping: record.pulseInputs[0]))
    default:
      if case .quantity(let quantity, .energy)? = KMPRegisterTable.source(column),
        let register = Register(quantity), let energy = record[register]
      {
        KMPRegisterValue.value(Int64(clamping: energy), quantity, .energy, digits)
      } else {
        nil
      }
    }
  }

  /// Events: the code as register 0032, of the switch also its state and feedback.
  private static func value(
    _ column: UInt16, _ record: EventRecord, _ log: EventLogID
  ) -> KMPValue? {
    switch column {
    case 0x0032: KMPValue(.number, Int64(record.code))
    case 0x043F where log == .supplySwitch:
      KMPValue(.bitField, Int64(record.parameter[1]), width: 1)
    case 0x0440 where log == .supplySwitch:
      KMPValue(.bitField, Int64(record.parameter[2]), width: 1)
    case 0x043D where log == .voltage: KMPValue(.bitField, Int64(record.parameter[0]), width: 1)
    default: nil
    }
  }
}

extension KMPServer {
  /// Where reading begins and which way it goes.
  private func start(
    _ request: KMPLogRequest, _ view: KMPLogView, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> (index: Int, step: Int)? {
    switch request.start {
    case .time(let clock):
      guard let time = KMPRegisterValue.instant(clock, meter.legal.zone) else { return nil }
      let index = view.index(at: time, meter, memory)
      return index < view.count ? (index, 1) : nil
    case .last:
      let log = Int(request.log & 15)
      guard hasRead >> UInt16(log) & 1 != 0 else { return (0, 1) }
      guard let index = view.index(number: lastRead[log], meter, memory) else { return nil }
      return index + 1 < view.count ? (index + 1, 1) : nil
    case .record(let number): return view.index(number: number, meter, memory).map { ($0, 1) }
    case .past(let clock, let offset):
      guard let time = KMPRegisterValue.instant(clock, meter.legal.zone) else { return nil }
      let index = view.index(at: time + .seconds(1), meter, memory) - 1 - Int(offset)
      return index >= 0 ? (index, -1) : nil
    }
  }

  /// A0...A3: log, columns, records, last and newest number, flags.
  mutating func readLog(
    _ request: KMPLogRequest, _ command: KMPCommand, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, into output: inout InlineArray<250, UInt8>
  ) -> KMPOutcome {
    guard let log = KMPLog(request.log) else { return .silent }
    let view = KMPLogView(log, meter, memory)
    var info: KMPLogInfo = view.count == 0 ? [.empty, .end] : []
    let start = view.count == 0 ? nil : start(request, view, meter, memory)
    if start == nil && view.count > 0 { info.insert(.outOfRange) }
    var last: UInt32 = 0
    var writer = ByteWriter(output.mutableSpan)
    do throws(BytesError) {
      try writer.bigEndian(KMPAddress.meter)
      try writer.bigEndian(command.rawValue)
      try writer.bigEndian(request.log)
      try writer.bigEndian(columnCount(request, view, start?.index ?? 0, meter, memory))
      if let start {
        let limit = max(16, min(Int(request.longestAnswer), Self.longestAnswer)) - 5
        last = try writeRecords(request, view, start, limit, meter, memory, &info, into: &writer)
        note(log, request.log, last)
      }
      try writer.bigEndian(UInt16(truncatingIfNeeded: last))
      try writer.bigEndian(UInt16(truncatingIfNeeded: view.newest))
      try writer.bigEndian(info.rawValue)
    } catch {
      return .silent
    }
    return .answer(writer.count)
  }

  private mutating func note(_ log: KMPLog, _ number: UInt8, _ last: UInt32) {
    lastRead[Int(number & 15)] = UInt16(truncatingIfNeeded: last)
    hasRead |= 1 << UInt16(number & 15)
    if let bit = log.bit { seen[bit] = max(seen[bit], last) }
  }

  /// Columns that the log has; the others are left out, as unknown registers are.
  private func columnCount(
    _ request: KMPLogRequest, _ view: KMPLogView, _ index: Int, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> UInt8 {
    var count: UInt8 = 0
    for k in 0..<Int(request.columnCount)
    where view.value(request.columns[k], index, meter, memory) != nil { count += 1 }
    return count
  }

  @_lifetime(writer: copy writer)
  private func writeRecords(
    _ request: KMPLogRequest, _ view: KMPLogView, _ start: (index: Int, step: Int),
    _ limit: Int, _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable,
    _ info: inout KMPLogInfo, into writer: inout ByteWriter
  ) throws(BytesError) -> UInt32 {
    var (index, written) = (start.index, 0)
    var last: UInt32 = 0
    while written < Int(request.records) {
      guard index >= 0, index < view.count else {
        info.insert(.end)
        break
      }
      var bytes = 2
      for k in 0..<Int(request.columnCount) {
        guard let value = view.value(request.columns[k], index, meter, memory) else { continue }
        bytes += Int(value.width) + (written == 0 ? 5 : 0)
      }
      guard writer.count + bytes <= limit else {
        info.insert(.cut)
        break
      }
      last = view.number(index, meter, memory)
      try writer.bigEndian(UInt16(truncatingIfNeeded: last))
      for k in 0..<Int(request.columnCount) {
        guard let value = view.value(request.columns[k], index, meter, memory) else { continue }
        if written == 0 {
          try writer.bigEndian(request.columns[k])
          try value.writeHead(into: &writer)
        }
        try value.writeValue(into: &writer)
      }
      written += 1
      index += start.step
    }
    if index < 0 || index >= view.count { info.insert(.end) }
    return last
  }
}

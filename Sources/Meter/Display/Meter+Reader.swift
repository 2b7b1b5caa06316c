import LegalMeter
import MeterTime
import PermanentMemory
import Quantities

/// The reader of records on the glass: what it asks for is looked up with the next service of the
/// memory, which comes with every window.
extension Meter {
  /// A door was opened by a long press.
  mutating func openReader(_ door: QuantityID, at now: Instant) {
    let step = UInt8(clamping: legal.periodSettings.length.minutes)
    reader = RecordReader(door == .profileReader ? .profile : .billing, step: step, now: now)
  }

  /// A press that belongs to the reader.
  /// - Returns: false where there is none.
  mutating func pressReader(_ event: DisplayEvent, at now: Instant) -> Bool {
    guard display.mode == .reader, reader != nil else { return false }
    reader?.press(event, at: now)
    if reader?.state == .left {
      reader = nil
      display.leaveReader(at: now)
    }
    return true
  }

  /// Looks up what the reader has asked for.
  @inline(never)
  mutating func serviceReader(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) {
    guard var reader else { return }
    guard display.mode == .reader else {
      self.reader = nil
      return
    }
    guard reader.request != .none else { return }
    if legal.isMemoryLost {
      reader.answer(.message(.off), at: now)
    } else if reader.source == .profile {
      lookUpProfile(&reader, now: now, memory: memory)
    } else {
      lookUpBilling(&reader, now: now, memory: memory)
    }
    self.reader = reader
  }

  // MARK: load profile

  private func lookUpProfile(
    _ reader: inout RecordReader, now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) {
    let count = legal.intervalCount
    switch reader.request {
    case .none: break
    case .open:
      guard let first = interval(0, memory), let last = interval(count - 1, memory) else {
        reader.answer(.message(.error), at: now)
        return
      }
      reader.chosen = legal.zone.localTime(at: last.end).civil
      reader.years = (
        legal.zone.localTime(at: first.end).civil.year, reader.chosen.year
      )
      reader.answer(.choice(.year), at: now)
    case .find:
      let wanted = legal.zone.instant(ofLocalTime: reader.chosen)
      show(indexOfInterval(endingAt: wanted, memory), wanted, &reader, now, memory)
    case .earlier:
      // Found anew: rows may have come and gone since.
      let index = indexOfInterval(endingAt: reader.stamp, memory)
      if index == 0 {
        reader.answer(.message(.end), at: now)
      } else {
        show(index - 1, nil, &reader, now, memory)
      }
    case .value:
      show(indexOfInterval(endingAt: reader.stamp, memory), reader.stamp, &reader, now, memory)
    }
  }

  /// Shows a row; an error where it is not the one that was wanted.
  private func show(
    _ index: Int, _ wanted: Instant?, _ reader: inout RecordReader, _ now: Instant,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    guard let row = interval(index, memory), wanted.map({ $0 == row.end }) ?? true else {
      reader.answer(.message(.error), at: now)
      return
    }
    var left = reader.place
    let channels = legal.profileLayout.channels
    left %= UInt8(max(1, channels.nonzeroBitCount))
    reader.place = left
    for kind in EnergyKind.allCases where channels >> kind.rawValue & 1 != 0 {
      if left == 0 {
        reader.value = Int64(row[kind]) * 100
        reader.quantity = RecordReader.total(kind)
        break
      }
      left -= 1
    }
    reader.stamp = row.end
    reader.reached = nil
    reader.answer(.record, at: now)
  }

  private func interval(
    _ index: Int, _ memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileInterval? {
    guard index >= 0, index < legal.intervalCount else { return nil }
    var cursor = legal.intervals(from: index, memory: memory)
    return legal.nextInterval(&cursor, memory: memory)
  }

  /// The first row that ends at a time or later, the number of rows if there is none.
  private func indexOfInterval(
    endingAt time: Instant, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int {
    var (low, high) = (0, legal.intervalCount)
    while low < high {
      let middle = (low + high) / 2
      if let row = interval(middle, memory), row.end < time {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  // MARK: glass

  /// The picture of the reader, behind the indicators of the meter.
  @inline(never)
  func draw(_ reader: RecordReader, at now: Instant) -> Glass {
    var glass = Glass()
    switch reader.state {
    case .choice(let part): draw(part, reader, on: &glass)
    case .message(let message):
      glass.setIdentification(reader.source == .profile ? "P.01" : "P.02")
      switch message {
      case .off: glass.setValue(ValueField(text: "Log off"))
      case .error: glass.setValue(ValueField(text: "Error"))
      case .end: glass.setValue(ValueField(text: "End"))
      }
    case .record: drawRecord(reader, at: now, on: &glass)
    case .left: break
    }
    glass.setIndicators(indicators)
    return glass
  }

  private func draw(_ part: RecordReader.Part, _ reader: RecordReader, on glass: inout Glass) {
    glass.setValue(ValueField(Int64(reader.chosen.date.yymmdd), .date, configuration.options))
    glass.setIdentification(time: reader.chosen.hhmmss)
    switch part {
    case .year:
      glass.setIdentification("YEAr")
      glass.setFieldText("YEAR")
      glass.blinkValue(2..<4)
    case .month:
      glass.setFieldText("MON")
      glass.blinkValue(4..<6)
    case .day:
      glass.setFieldText("DAY")
      glass.blinkValue(6..<8)
    case .hour:
      glass.setFieldText("HOUR")
      glass.blinkIdentification(0..<2)
    case .minute:
      glass.setFieldText("MIN")
      glass.blinkIdentification(2..<4)
    }
  }

  /// A second of time stamp in local time, then three of the value under its code.
  private func drawRecord(_ reader: RecordReader, at now: Instant, on glass: inout Glass) {
    if reader.showsStamp(at: now) {
      let local = legal.zone.localTime(at: reader.reached ?? reader.stamp).civil
      glass.setIdentification(time: local.hhmmss)
      glass.setValue(ValueField(Int64(local.date.yymmdd), .date, configuration.options))
      return
    }
    let row = reader.quantity.row
    if reader.source == .profile {
      // D = 29: energy of one recording interval.
      glass.setIdentification(.electricity(row.obis.c, 29))
      glass.setValue(ValueField(reader.value, .fineEnergy, configuration.options))
    } else {
      let period = UInt8(truncatingIfNeeded: (reader.index + 1) % 100)
      glass.setIdentification(reader.quantity.displayCode, period: period)
      glass.setValue(ValueField(reader.value, row.format, configuration.options))
    }
    glass.setUnit(row.displayUnit)
  }
}

extension RecordReader {
  static func total(_ kind: EnergyKind) -> QuantityID {
    switch kind {
    case .activeImport: .activeImport
    case .activeExport: .activeExport
    case .reactiveImport: .reactiveImport
    case .reactiveExport: .reactiveExport
    }
  }
}

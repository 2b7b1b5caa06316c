import COSEM
import DLMS
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Class 7: the load profile, the closed billing periods, the event logs.
enum Profile: Equatable {
  case load
  case billing
  case events(EventLogID)

  /// What rows are chosen by, and their first column.
  static let clock = AttributeDescriptor(.clock, .abstract(1, 0), 2)

  init?(_ subject: MeterObject.Subject) {
    switch subject {
    case .loadProfile: self = .load
    case .billingProfile: self = .billing
    case .eventLog(let log): self = .events(log)
    default: return nil
    }
  }

  // MARK: columns

  /// Quantities that a billing period keeps, as far as the meter measures them.
  private static let billed: InlineArray<12, QuantityID> = [
    .activeImport, .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4,
    .activeExport, .reactiveImport, .reactiveExport, .maximumActiveImport, .maximumActiveExport,
    .maximumReactiveImport, .maximumReactiveExport,
  ]

  func columnCount(_ meter: borrowing Meter) -> Int {
    switch self {
    case .load: return 2 + meter.legal.profileLayout.channelCount
    case .events: return 3
    case .billing:
      var count = 2
      for k in Self.billed.indices where Self.isMeasured(Self.billed[k], meter) { count += 1 }
      return count
    }
  }

  private static func isMeasured(_ quantity: QuantityID, _ meter: borrowing Meter) -> Bool {
    meter.configuration.variant.refusal(of: quantity) == nil
  }

  /// What stands in a column.
  func column(_ place: Int, _ meter: borrowing Meter) -> AttributeDescriptor {
    if place == 0 { return Self.clock }
    switch self {
    case .load:
      if place == 1 { return AttributeDescriptor(.data, .abstract(96, 10, 1), 2) }
      let kind = channel(place - 2, meter)
      return AttributeDescriptor(.register, .electricity(kind.rawValue + 1, 29), 2)
    case .events(let log):
      return AttributeDescriptor(
        .data, .abstract(96, place == 1 ? 11 : 128, log.rawValue), 2)
    case .billing:
      if place == 1 { return AttributeDescriptor(.data, QuantityID.billingCount.row.obis, 2) }
      let quantity = billed(place - 2, meter)
      let isMaximum = quantity.rawValue >= QuantityID.maximumActiveImport.rawValue
      return AttributeDescriptor(
        isMaximum ? .extendedRegister : .register, quantity.row.obis, 2)
    }
  }

  private func channel(_ place: Int, _ meter: borrowing Meter) -> EnergyKind {
    var left = place
    for kind in EnergyKind.allCases
    where meter.legal.profileLayout.channels >> kind.rawValue & 1 != 0 {
      if left == 0 { return kind }
      left -= 1
    }
    return .activeImport
  }

  private func billed(_ place: Int, _ meter: borrowing Meter) -> QuantityID {
    var left = place
    for k in Self.billed.indices where Self.isMeasured(Self.billed[k], meter) {
      if left == 0 { return Self.billed[k] }
      left -= 1
    }
    return .activeImport
  }

  // MARK: attributes beside the rows

  func write(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    switch attribute {
    case 3:
      let count = columnCount(meter)
      writer.array(count)
      for k in 0..<count { writer.captureObject(column(k, meter)) }
    // Seconds; 0 for what comes when it comes.
    case 4:
      let length = UInt32(clamping: meter.legal.periodSettings.length.seconds)
      writer.doubleLongUnsigned(self == .load ? length : 0)
    // First in, first out, by the clock.
    case 5: writer.enumeration(1)
    case 6: writer.captureObject(Self.clock)
    case 7: writer.doubleLongUnsigned(UInt32(clamping: rowCount(meter, memory)))
    default: writer.doubleLongUnsigned(capacity(meter))
    }
  }

  private func rowCount(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Int {
    switch self {
    case .load: meter.legal.intervalCount
    case .billing: meter.legal.billingRecordCount
    case .events(let log): meter.legal.eventCount(log, memory: memory)
    }
  }

  private func capacity(_ meter: borrowing Meter) -> UInt32 {
    switch self {
    case .load: UInt32(clamping: meter.legal.profileLayout.capacity)
    case .billing: UInt32(MemoryMap.billing.count)
    case .events(let log): UInt32(log.guaranteedDepth)
    }
  }

  // MARK: rows

  /// Counts the rows of a window and finds the first.
  func prepare(
    _ window: ProfileWindow, _ place: inout StreamPlace, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    if self == .load {
      prepareLoad(window, &place, meter, memory)
      return
    }
    let keys = keys(meter, memory)
    let first = UInt64(keys.first) + UInt64(window.first) - 1
    place.words = (first, 0)
    var key = first
    while key <= end(window, keys) {
      if hasTime(UInt32(key), window, meter, memory) { place.rows += 1 }
      key += 1
    }
  }

  /// Numbers of the oldest and the newest row; the oldest is above the newest where there is none.
  private func keys(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> (first: UInt32, last: UInt32) {
    let newest: UInt32
    switch self {
    case .events(let log): newest = meter.legal.newestEvent(log, memory: memory)
    default: newest = meter.legal.billingCount
    }
    let count = UInt32(clamping: rowCount(meter, memory))
    return (newest &- min(count, newest) &+ 1, newest)
  }

  private func end(_ window: ProfileWindow, _ keys: (first: UInt32, last: UInt32)) -> UInt64 {
    min(UInt64(keys.last), UInt64(keys.first) + UInt64(window.last) - 1)
  }

  private func hasTime(
    _ key: UInt32, _ window: ProfileWindow, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    if window.times == nil { return true }
    switch self {
    case .events(let log):
      let newest = meter.legal.newestEvent(log, memory: memory)
      let record = meter.legal.event(log, Int(newest &- key), memory: memory)
      return record.map { window.has($0.instant) } ?? false
    default:
      let index = Int(meter.legal.billingCount &- key)
      let record = meter.legal.billingRecord(index, memory: memory)
      return record.map { window.has($0.time) } ?? false
    }
  }

  /// Writes rows from `place` on; false where they are gone.
  func writeRows(
    _ window: ProfileWindow, _ place: inout StreamPlace, _ writer: inout COSEMWriter,
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    if place.row == 0 {
      writer.begin(row: 0)
      writer.array(Int(place.rows))
      if writer.isFull { return true }
    }
    if self == .load { return writeLoad(window, &place, &writer, meter, memory) }
    var row = max(place.row, 1)
    var key = place.words.0
    let newest = UInt64(keys(meter, memory).last)
    while row <= place.rows {
      // What was counted has been overwritten meanwhile, or was told to be kept and is not.
      guard key <= newest else { return false }
      if hasTime(UInt32(key), window, meter, memory) {
        place.words.0 = key
        writer.begin(row: row)
        writeRow(UInt32(key), window, &writer, meter, memory)
        if writer.isFull { return true }
        row += 1
      }
      key += 1
    }
    return true
  }

  private func writeRow(
    _ key: UInt32, _ window: ProfileWindow, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    let count = columnCount(meter)
    var chosen = 0
    for k in 0..<count where window.has(k) { chosen += 1 }
    writer.structure(chosen)
    switch self {
    case .events(let log):
      let newest = meter.legal.newestEvent(log, memory: memory)
      let record = meter.legal.event(log, Int(newest &- key), memory: memory)
      // A record that is damaged keeps its place, without content.
      for k in 0..<count where window.has(k) {
        guard let record else {
          writer.null()
          continue
        }
        switch k {
        case 0: writer.octets(COSEMDateTime(standard: record.instant, in: meter.legal.zone))
        case 1: writer.longUnsigned(record.code)
        default: writer.long64Unsigned(record.number)
        }
      }
    default:
      let index = Int(meter.legal.billingCount &- key)
      let record = meter.legal.billingRecord(index, memory: memory)
      for k in 0..<count where window.has(k) {
        writeBilled(k, record, &writer, meter)
      }
    }
  }

  private func writeBilled(
    _ column: Int, _ record: BillingRecord?, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    guard let record else {
      writer.null()
      return
    }
    switch column {
    case 0: writer.octets(COSEMDateTime(standard: record.time, in: meter.legal.zone))
    case 1: writer.doubleLongUnsigned(record.number)
    default:
      let quantity = billed(column - 2, meter)
      if let register = Register(quantity) {
        writer.long64Unsigned((record[register] ?? 0) / 1000)
        return
      }
      let maximum: DemandMaximum =
        switch quantity {
        case .maximumActiveImport: record.maxima.activeImport
        case .maximumActiveExport: record.maxima.activeExport
        case .maximumReactiveImport: record.maxima.reactiveImport
        default: record.maxima.reactiveExport
        }
      writer.doubleLong(Int32(clamping: maximum.power_mW))
    }
  }

  // MARK: load profile

  private func prepareLoad(
    _ window: ProfileWindow, _ place: inout StreamPlace, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    let count = UInt32(clamping: meter.legal.intervalCount)
    guard let times = window.times else {
      let first = min(window.first - 1, count)
      let cursor = meter.legal.intervals(from: Int(first), memory: memory)
      place.words = cursor.place.words
      place.rows = max(first, min(window.last, count)) - first
      return
    }
    // Rows carry their end; the memory knows them by their beginning.
    let length = Instant.Duration.seconds(meter.legal.periodSettings.length.seconds)
    var cursor = meter.legal.intervals(
      from: times.from - length, until: times.to, memory: memory)
    place.words = cursor.place.words
    while let interval = meter.legal.nextInterval(&cursor, memory: memory) {
      if window.has(interval.end) { place.rows += 1 }
    }
  }

  private func writeLoad(
    _ window: ProfileWindow, _ place: inout StreamPlace, _ writer: inout COSEMWriter,
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable
  ) -> Bool {
    var cursor = meter.legal.intervals(at: ProfilePlace(words: place.words), false, memory)
    let channels = meter.legal.profileLayout.channels
    let zone = meter.legal.zone
    var chosen = 0
    for k in 0..<columnCount(meter) where window.has(k) { chosen += 1 }
    var row = max(place.row, 1)
    while row <= place.rows {
      let before = cursor.place.words
      guard let interval = meter.legal.nextInterval(&cursor, memory: memory) else { return false }
      guard window.has(interval.end) else { continue }
      place.words = before
      writer.begin(row: row)
      writer.structure(chosen)
      if window.has(0) {
        let status: UInt8 = interval.status.contains(.clockInvalid) ? 1 : 0
        writer.octets(COSEMDateTime(standard: interval.end, in: zone, status: status))
      }
      if window.has(1) { writer.unsigned(interval.status.rawValue) }
      var column = 2
      for kind in EnergyKind.allCases where channels >> kind.rawValue & 1 != 0 {
        if window.has(column) { writer.doubleLongUnsigned(interval[kind]) }
        column += 1
      }
      if writer.isFull { return true }
      row += 1
    }
    return true
  }
}

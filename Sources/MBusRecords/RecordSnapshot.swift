import Bytes
import LegalMeter
import MBus
import Meter
import MeterTime
import Quantities

/// The quantities of a read-out, in the order of their records.
struct RecordList: Sendable {
  private let quantities: InlineArray<64, QuantityID>
  let count: Int

  private init(_ quantities: InlineArray<64, QuantityID>, count: Int) {
    self.quantities = quantities
    self.count = count
  }

  subscript(place: Int) -> QuantityID { quantities[place] }

  /// Those of the family's module.
  static let familyList: RecordList = {
    var list = InlineArray<64, QuantityID>(repeating: .activeImport)
    list[1] = .hourCounter
    list[2] = .powerActiveImport
    list[3] = .maximumActiveImport
    list[4] = .activeImportT1
    list[5] = .activeImportT2
    return RecordList(list, count: 6)
  }()

  /// Number and clock first, then what is billed, what flows now, and what is known of the meter.
  static let fullList = RecordList(
    [
      .meterNumber, .time, .activeImport, .activeExport, .reactiveImport, .reactiveExport,
      .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4, .activeExportT1,
      .activeExportT2, .activeExportT3, .activeExportT4, .maximumActiveImport,
      .maximumActiveImportTime, .maximumActiveExport, .maximumActiveExportTime, .billingCount,
      .billingTime, .reactiveQ1, .reactiveQ2, .reactiveQ3, .reactiveQ4, .powerActiveImport,
      .powerActiveExport, .powerReactiveImport, .powerReactiveExport, .powerApparent, .voltageL1,
      .voltageL2, .voltageL3, .currentL1, .currentL2, .currentL3, .powerActiveL1, .powerActiveL2,
      .powerActiveL3, .powerFactor, .frequency, .activeImportL1, .activeImportL2,
      .activeImportL3, .activeExportL1, .activeExportL2, .activeExportL3, .hourCounter,
      .errorRegister, .switchState, .temperature, .pulseInput1, .pulseInput2, .dipsL1, .dipsL2,
      .dipsL3, .swellsL1, .swellsL2, .swellsL3, .voltageMinimumL1, .voltageMaximumL1,
      .profileInterval, .softwareRevision, .legalChecksum, .configurationChecksum,
    ], count: 64)

  /// Whether a record belongs to the set that an application reset has chosen.
  func belongs(_ place: Int, to set: ReadoutSet) -> Bool {
    let quantity = quantities[place]
    switch set {
    case .simpleBilling:
      return quantity == .meterNumber || quantity == .time || quantity == .activeImport
    case .enhancedBilling: return place < 20
    case .multiTariff: return place < 14
    case .instantaneous: return place < 2 || (24..<40).contains(place)
    default: return true
    }
  }
}

/// The values of a list at one moment.
struct RecordSnapshot: Sendable {
  private var values = InlineArray<64, Int64>(repeating: .min)
  private var isSummer = false

  mutating func capture(_ list: RecordList, _ meter: borrowing Meter) {
    isSummer = false
    if meter.legal.isClockValid { isSummer = meter.legal.localTime(at: meter.now).isDaylightSaving }
    for place in 0..<list.count {
      let quantity = list[place]
      guard var value = meter.reading(quantity) else {
        values[place] = .min
        continue
      }
      // A time goes with its date as one number.
      if case .dateTime(let date)? = quantity.recordForm?.kind {
        value = meter.reading(date).map { $0 * 1_000_000 + value } ?? .min
      }
      values[place] = value
    }
  }

  /// Nil where the meter has no such value, or does not know it.
  func value(at place: Int) -> Int64? { values[place] == .min ? nil : values[place] }

  /// Bytes of the record.
  func size(_ quantity: QuantityID, at place: Int) -> Int {
    var room = InlineArray<32, UInt8>(repeating: 0)
    var writer = RecordWriter(room.mutableSpan)
    write(quantity, at: place, into: &writer)
    return writer.count
  }

  /// Writes the record of a quantity, or nothing where there is no value.
  func write(_ quantity: QuantityID, at place: Int, into writer: inout RecordWriter) {
    guard let form = quantity.recordForm, let value = value(at: place) else { return }
    do throws(BytesError) {
      switch form.kind {
      case .number:
        try writer.integer(form.head, form.scaled(value), byteCount: form.byteCount)
      case .digits:
        let digits = DeviceAddress.digits(UInt32(truncatingIfNeeded: value))
        try writer.decimal(form.head, digits: UInt64(digits), byteCount: form.byteCount)
      case .dateTime:
        var time = Self.time(date: value / 1_000_000)
        let clock = value % 1_000_000
        time.hour = UInt8(truncatingIfNeeded: clock / 10_000)
        time.minute = UInt8(truncatingIfNeeded: clock / 100 % 100)
        time.summer = quantity == .time && isSummer
        try writer.time(form.head, time, byteCount: form.byteCount)
      case .date:
        try writer.time(form.head, Self.time(date: value), byteCount: form.byteCount)
      }
    } catch {
      // A record that does not fit is left out; the division into telegrams leaves room for all.
    }
  }

  /// A date of six digits, yymmdd.
  private static func time(date: Int64) -> RecordTime {
    var time = RecordTime()
    time.year = 2000 + UInt16(truncatingIfNeeded: date / 10_000)
    time.month = UInt8(truncatingIfNeeded: date / 100 % 100)
    time.day = UInt8(truncatingIfNeeded: date % 100)
    return time
  }
}

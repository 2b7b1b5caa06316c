import COSEM
import HDLC
import LegalMeter
import Meter
import MeterTime
import Quantities

extension PushLayout {
  /// Longest frame that is written, bytes.
  public static let bytesMax = 1024

  /// Writes a list as a data notification (IEC 62056-5-3, DATA-NOTIFICATION) behind the LLC, in one
  /// frame of HDLC.
  ///
  /// - Returns: bytes written; 0 where they do not fit, or the layout has no such list.
  @inline(never)
  public func write(
    _ moment: PushMoment, _ identity: CustomerIdentity, _ meter: borrowing Meter,
    into frame: inout MutableSpan<UInt8>
  ) -> Int {
    guard has(moment) else { return 0 }
    var room = InlineArray<960, UInt8>(repeating: 0)
    var count = 0
    do {
      var writer = COSEMWriter(room.mutableSpan)
      notify(moment, identity, meter, &writer)
      if writer.isFull { return 0 }
      count = writer.count
    }
    return HDLCFrame.write(
      to: destination, from: source, control, room.span.extracting(0..<count), into: &frame)
  }

  private func notify(
    _ moment: PushMoment, _ identity: CustomerIdentity, _ meter: borrowing Meter,
    _ writer: inout COSEMWriter
  ) {
    // LLC, tag, invoke identifier and priority.
    writer.number(0xE6_E700, byteCount: 3)
    writer.byte(0x0F)
    writer.number(self == .kamstrup ? 0 : 0x4000_0000, byteCount: 4)
    switch self {
    case .kamstrup:
      // Without a tag, as an octet string of the APDU and not of its data.
      writer.byte(12)
      time(meter, &writer)
    case .kaifa: writer.octets(clock(meter))
    case .aidon, .aidonSweden, .kaifaSweden: writer.null()
    }
    let list = PushList(self, moment)
    var items = 0
    for place in 0..<list.count where isTold(list[place], meter) { items += 1 }
    if isArray {
      writer.array(items)
    } else if isBare {
      writer.structure(items)
    } else {
      // Code and value each count; the family's name of the list has no code.
      writer.structure(2 * items - (self == .kamstrup ? 1 : 0))
    }
    for place in 0..<list.count where isTold(list[place], meter) {
      put(list[place], identity, meter, &writer)
    }
  }

  // MARK: values

  /// A list leaves out what the meter does not have; where a place is the name of a value it
  /// stays, and only a meter of one phase has a shorter list.
  private func isTold(_ item: PushItem, _ meter: borrowing Meter) -> Bool {
    if value(item, meter) != nil { return true }
    guard case .quantity(let quantity) = item else { return isText(item) }
    guard isBare else { return false }
    guard meter.configuration.variant.connection == .onePhase else { return true }
    return quantity.customerKind != .voltage && quantity.customerKind != .current
  }

  private func isText(_ item: PushItem) -> Bool {
    switch item {
    case .listID, .meterID, .model, .clock: true
    case .quantity, .part: false
    }
  }

  private func value(_ item: PushItem, _ meter: borrowing Meter) -> Int64? {
    switch item {
    case .listID, .meterID, .model, .clock: nil
    case .quantity(let quantity):
      meter.reading(quantity).map {
        quantity.customerKind.scaled($0, per: form(quantity.customerKind).divisor)
      }
    case .part(let quantity, _, let isExport):
      meter.reading(quantity).map {
        quantity.customerKind.scaled(
          max(0, isExport ? -$0 : $0), per: form(quantity.customerKind).divisor)
      }
    }
  }

  private func put(
    _ item: PushItem, _ identity: CustomerIdentity, _ meter: borrowing Meter,
    _ writer: inout COSEMWriter
  ) {
    if isArray { writer.structure(isText(item) ? 2 : 3) }
    if !isBare, !(self == .kamstrup && item == .listID) { writer.logicalName(code(item)) }
    switch item {
    case .listID: putListID(identity, &writer)
    case .meterID: string(identity.meterID(meter).span, &writer)
    case .model:
      let model = identity.model(meter)
      // The family's type numbers have eighteen characters.
      string(model.text.span.extracting(0..<(self == .kamstrup ? 18 : model.count)), &writer)
    case .clock: writer.octets(clock(meter))
    case .quantity(let quantity), .part(let quantity, _, _):
      putNumber(value(item, meter), quantity.customerKind, &writer)
    }
  }

  private func putNumber(_ value: Int64?, _ kind: CustomerKind, _ writer: inout COSEMWriter) {
    guard let value else { return writer.null() }
    let form = form(kind)
    switch form.type {
    case .doubleLong: writer.doubleLongUnsigned(UInt32(truncatingIfNeeded: value))
    case .long: writer.longUnsigned(UInt16(clamping: value))
    case .signedLong: writer.long(Int16(clamping: value))
    }
    if isArray { writer.scalerUnit(form.scale, Self.unit(kind)) }
  }

  /// The number of a unit (IEC 62056-6-2, table 4).
  private static func unit(_ kind: CustomerKind) -> UInt8 {
    switch kind {
    case .activePower: 27
    case .reactivePower: 29
    case .activeEnergy: 30
    case .reactiveEnergy: 32
    case .current: 33
    case .voltage: 35
    case .count, .tariff, .other, .none: 255
    }
  }

  private func code(_ item: PushItem) -> OBISCode {
    switch item {
    case .listID: OBISCode(1, self == .aidon ? 1 : 0, 0, 2, 129)
    case .meterID: self == .kamstrup ? OBISCode(1, 1, 0, 0, 5) : .abstract(96, 1)
    case .model: self == .kamstrup ? OBISCode(1, 1, 96, 1, 1) : .abstract(96, 1, 7)
    case .clock: OBISCode(0, channel, 1, 0, 0)
    case .quantity(let quantity):
      OBISCode(1, channel, quantity.row.obis.c, quantity.row.obis.d, quantity.row.obis.e)
    case .part(_, let c, _): OBISCode(1, channel, c, 7, 0)
    }
  }

  private func putListID(_ identity: CustomerIdentity, _ writer: inout COSEMWriter) {
    switch self {
    case .kamstrup:
      writer.visible(identity.isFamily ? "Kamstrup_V0001" : "Kvadrant_V0001")
    case .aidon, .aidonSweden: writer.visible("AIDON_V0001")
    case .kaifa, .kaifaSweden: writer.octets("KFM_001")
    }
  }

  private func string(_ text: Span<UInt8>, _ writer: inout COSEMWriter) {
    writer.string(hasVisibleStrings ? .visibleString : .octetString, text)
  }

  // MARK: time

  /// Local time; Swedish lists and those with units tell how far it is from UTC.
  private func clock(_ meter: borrowing Meter) -> COSEMDateTime {
    var time = COSEMDateTime(
      local: meter.legal.time(at: meter.now), in: meter.legal.zone,
      status: meter.legal.isClockValid ? 0 : 1)
    time.hundredths = 0xFF
    if self == .kamstrup || self == .kaifa { time.deviation = nil }
    return time
  }

  private func time(_ meter: borrowing Meter, _ writer: inout COSEMWriter) {
    let (high, low) = clock(meter).words
    writer.number(high, byteCount: 8)
    writer.number(UInt64(low), byteCount: 4)
  }
}

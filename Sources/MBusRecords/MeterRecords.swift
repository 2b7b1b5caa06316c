import Bytes
import LegalMeter
import MBus
import Meter
import MeterTime
import Quantities

/// Which records the meter tells on the wired bus.
public enum RecordProfile: UInt8, Sendable {
  /// The seven records of the family's module, one telegram.
  case family
  /// Everything that an electricity meter has to tell, in several telegrams.
  case full
}

/// The meter as a device on the wired bus: its address, its telegrams, what may be set.
///
/// The owner calls `capture` before it passes bytes on, so that a read-out is of one moment; what a
/// master sets waits in `clockToSet` for the owner, who knows what the port may do.
public struct MeterRecords: BusApplication, Sendable {
  public private(set) var address: DeviceAddress
  public private(set) var fabricationNumber: UInt32
  public private(set) var status: StatusByte = []
  public private(set) var alarms: UInt8 = 0
  public let profile: RecordProfile
  /// A date and time that a master has sent.
  public var clockToSet: RecordTime?
  /// Whether masters may set clock and addresses.
  public var mayBeSet = true
  private var captured = RecordSnapshot()
  private var frozen = RecordSnapshot()
  private var set = ReadoutSet.all
  /// Where each telegram of the read-out begins in its list.
  private var starts = InlineArray<8, UInt8>(repeating: 0)
  private var telegramCount: UInt8 = 0

  /// - Parameters:
  ///   - number: the meter's number, up to eight digits.
  ///   - isFamily: use the family's letters, so that its readers recognise the meter.
  public init(number: UInt32, isFamily: Bool, profile: RecordProfile) {
    address = DeviceAddress(
      identification: DeviceAddress.digits(number),
      manufacturer: isFamily ? .kamstrup : .kvadrant, version: 1, medium: .electricity)
    fabricationNumber = DeviceAddress.digits(number)
    self.profile = profile
  }

  /// The primary address that a meter has as it comes: the last three digits of its number, or two
  /// where three are too many.
  public static func primaryAddress(of number: UInt32) -> UInt8 {
    let three = number % 1000
    return UInt8(truncatingIfNeeded: three <= 250 ? three : number % 100)
  }

  /// The meter's number has changed: its fabrication number, and its address where no other was
  /// set.
  public mutating func setNumber(_ number: UInt32, identification: UInt32?) {
    fabricationNumber = DeviceAddress.digits(number)
    address.identification = identification ?? fabricationNumber
  }

  /// Takes what the meter says now.
  @inline(never)
  public mutating func capture(_ meter: borrowing Meter) {
    captured.capture(
      profile == .family ? RecordList.familyList : RecordList.fullList, meter)
    let alarms = meter.reading(.alarmRegister) ?? 0
    self.alarms = alarms == 0 ? 0 : max(1, UInt8(truncatingIfNeeded: alarms))
    status = []
    if meter.reading(.errorRegister) ?? 0 != 0 { status.insert(.permanentError) }
    if alarms != 0 { status.formUnion(.alarm) }
  }

  public func accepts(_ rate: BaudRate) -> Bool {
    switch rate {
    case .b300, .b2400, .b9600: true
    default: false
    }
  }

  public mutating func prepare(_ set: ReadoutSet) {
    self.set = set
    frozen = captured
    divide()
  }

  public mutating func reset(_ set: ReadoutSet) { self.set = set }

  public mutating func take(
    _ record: DataRecord, in bytes: Span<UInt8>
  ) -> ApplicationError? {
    switch record.information.quantity {
    case .dateTime:
      guard case .time(let time) = record.value(in: bytes), time.civil != nil else {
        return .unspecified
      }
      clockToSet = time
      return nil
    case .identification: return identify(record, in: bytes)
    default: return .unspecified
    }
  }

  /// A new identification number: four bytes of digits, or a whole address of eight of which the
  /// other parts are this device's or stand for any (EN 13757-3, clause 12).
  private mutating func identify(
    _ record: DataRecord, in bytes: Span<UInt8>
  ) -> ApplicationError? {
    guard record.dataBytes == 4 || record.dataBytes == 8 else { return .unspecified }
    var wanted = address
    for i in 0..<4 {
      let shift = UInt32(8 * i)
      wanted.identification &= ~(0xFF << shift)
      wanted.identification |= UInt32(bytes[record.dataOffset + i]) << shift
    }
    for shift in stride(from: UInt32(0), to: 32, by: 4)
    where wanted.identification >> shift & 15 > 9 { return .unspecified }
    if record.dataBytes == 8 {
      var reader = ByteReader(bytes.extracting(record.dataOffset..<record.end))
      guard let sent = try? DeviceAddress(&reader), wanted.matches(sent) else {
        return .unspecified
      }
    }
    address.identification = wanted.identification
    return nil
  }

  public func write(telegram index: Int, into writer: inout RecordWriter) -> Bool {
    if profile == .family {
      writeFamily(into: &writer)
      return false
    }
    guard index < Int(telegramCount) else { return false }
    let end = index + 1 < Int(telegramCount) ? Int(starts[index + 1]) : RecordList.fullList.count
    for place in Int(starts[index])..<end where RecordList.fullList.belongs(place, to: set) {
      frozen.write(RecordList.fullList[place], at: place, into: &writer)
    }
    let more = index + 1 < Int(telegramCount)
    let none = InlineArray<0, UInt8>(repeating: 0)
    if more { try? writer.manufacturer(none.span, moreFollow: true) }
    return more
  }

  /// Divides the list into telegrams of 240 bytes of records, less one byte for «more follow».
  private mutating func divide() {
    var (used, count) = (0, 1)
    starts[0] = 0
    for place in 0..<RecordList.fullList.count where RecordList.fullList.belongs(place, to: set) {
      let size = frozen.size(RecordList.fullList[place], at: place)
      if used + size > 239, count < 8 {
        starts[count] = UInt8(truncatingIfNeeded: place)
        count += 1
        used = 0
      }
      used += size
    }
    telegramCount = UInt8(truncatingIfNeeded: count)
  }

  /// The seven records of the family's module 68 50 005, byte for byte: total in kWh, hours, power
  /// and its maximum in W, two tariffs under unit 1, and the maker's sixteen bytes.
  private func writeFamily(into writer: inout RecordWriter) {
    let heads: InlineArray<6, RecordHead> = [
      RecordHead(0x06), RecordHead(0x22), RecordHead(0x2B), RecordHead(0x2B, .maximum),
      RecordHead(0x06, tariff: 1, subunit: 1), RecordHead(0x06, tariff: 2, subunit: 1),
    ]
    let divisors: InlineArray<6, Int64> = [1_000_000, 1, 1000, 1000, 1_000_000, 1_000_000]
    for place in 0..<6 {
      let value = frozen.value(at: place) ?? 0
      try? writer.integer(heads[place], value / divisors[place], byteCount: 4)
    }
    var own = InlineArray<16, UInt8>(repeating: 0)
    own[15] = 0x10
    try? writer.manufacturer(own.span)
  }
}

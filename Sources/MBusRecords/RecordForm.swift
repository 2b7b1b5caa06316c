import MBus
import Quantities

/// How a quantity of the directory is told as a record.
public struct RecordForm: Equatable, Sendable {
  /// What is written as data.
  public enum Kind: Equatable, Sendable {
    case number
    /// Digits, one a nibble.
    case digits
    /// The date and time of this quantity, a time, and of its date.
    case dateTime(QuantityID)
    case date
  }

  public var head: RecordHead
  /// The reading is divided by this, rounded to the nearest, halves away from zero.
  public var divisor: Int64
  /// 1, 2, 3, 4, 6 or 8.
  public var byteCount: Int
  public var kind: Kind

  init(_ head: RecordHead, per divisor: Int64 = 1, bytes: Int = 4, _ kind: Kind = .number) {
    self.head = head
    self.divisor = divisor
    self.byteCount = bytes
    self.kind = kind
  }

  /// Energy in Wh or varh, six bytes: a register of seven digits of kWh needs them.
  static func energy(
    _ code: UInt64, tariff: UInt32 = 0, subunit: UInt16 = 0
  ) -> RecordForm {
    RecordForm(RecordHead(code, tariff: tariff, subunit: subunit), per: 1000, bytes: 6)
  }

  /// Power in W, var or VA.
  static func power(
    _ code: UInt64, _ function: DataRecord.Function = .instantaneous, tariff: UInt32 = 0
  ) -> RecordForm {
    RecordForm(RecordHead(code, function, tariff: tariff), per: 1000)
  }

  /// A quantity for which the standard has no code: VIF FF, then its number in the directory.
  static func own(_ quantity: QuantityID, per divisor: Int64 = 1, bytes: Int = 4) -> RecordForm {
    let number = UInt64(quantity.rawValue)
    let code = number < 0x80 ? 0xFF00 | number : 0xFF0000 | (number & 0x7F | 0x80) << 8 | 1
    return RecordForm(RecordHead(code), per: divisor, bytes: bytes)
  }

  /// A whole number of the record's unit.
  public func scaled(_ reading: Int64) -> Int64 {
    guard divisor > 1 else { return reading }
    let half = divisor / 2
    let (sum, overflow) = reading.addingReportingOverflow(reading < 0 ? -half : half)
    return (overflow ? reading : sum) / divisor
  }
}

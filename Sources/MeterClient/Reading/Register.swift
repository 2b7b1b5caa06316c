import COSEM
import Foundation
import Quantities

/// What a register says, with its unit.
public struct Reading: Equatable, Sendable {
  public var name: OBISCode
  public var classID: UInt16
  public var value: COSEMValue
  /// Power of ten.
  public var scaler: Int
  /// Number of the unit, 255 for none.
  public var unit: Int64
  /// The end of the period of a maximum, or when it was captured.
  public var time: COSEMDateTime?

  public init(
    name: OBISCode, classID: UInt16, value: COSEMValue, scaler: Int = 0, unit: Int64 = 255,
    time: COSEMDateTime? = nil
  ) {
    (self.name, self.classID, self.value) = (name, classID, value)
    (self.scaler, self.unit, self.time) = (scaler, unit, time)
  }

  /// The value as exact decimal text where it is a number, else as `COSEMValue` shows it.
  public var text: String { ScaledText.text(value, scaler: scaler) ?? value.description }
  /// The value as a number, where it is one.
  public var number: Decimal? { ScaledText.decimal(value, scaler: scaler) }
  /// Symbol of the unit.
  public var symbol: String { UnitSymbol.text(unit) }
}

/// Numbers with a power of ten, without rounding.
public enum ScaledText {
  public static func decimal(_ value: COSEMValue, scaler: Int) -> Decimal? {
    text(value, scaler: scaler).flatMap { Decimal(string: $0) }
  }

  /// Nil for what is no number.
  public static func text(_ value: COSEMValue, scaler: Int) -> String? {
    let isNegative: Bool
    var digits: String
    switch value {
    case .signed(_, let number):
      isNegative = number < 0
      digits = String(number.magnitude)
    case .unsigned(_, let number): (isNegative, digits) = (false, String(number))
    case .float(let number): return number.isFinite ? "\(number * pow(10, Double(scaler)))" : nil
    default: return nil
    }
    guard abs(scaler) <= 30 else { return nil }
    if scaler > 0, digits != "0" { digits += String(repeating: "0", count: scaler) }
    if scaler < 0 {
      let places = -scaler
      digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
      digits = digits.dropLast(places) + "." + digits.suffix(places)
    }
    return (isNegative ? "-" : "") + digits
  }
}

extension DLMSMeter {
  /// The attribute that tells scaler and unit of a class, where it has one.
  static func scalerAttribute(_ classID: UInt16, of attribute: Int64 = 2) -> UInt8? {
    switch classID {
    case 3, 4: attribute == 2 ? 3 : nil
    case 5: attribute == 2 || attribute == 3 ? 4 : nil
    default: nil
    }
  }

  /// Scaler and unit of a register.
  func scaler(_ classID: UInt16, _ name: OBISCode, of attribute: Int64 = 2)
    async throws(MeterError) -> (scaler: Int, unit: Int64)
  {
    guard let number = Self.scalerAttribute(classID, of: attribute) else { return (0, 255) }
    let value = try await optional(AttributeDescriptor(classID, name, number))
    guard let parts = value?.elements, parts.count == 2, let scaler = parts[0].integer,
      let unit = parts[1].integer
    else { return (0, 255) }
    return (Int(scaler), unit)
  }

  /// A register with its unit, an extended one with its time; of other classes attribute 2.
  public func read(_ classID: UInt16, _ name: OBISCode) async throws(MeterError) -> Reading {
    let value = try await get(AttributeDescriptor(classID, name, 2))
    let (scaler, unit) = try await scaler(classID, name)
    var reading = Reading(
      name: name, classID: classID, value: value, scaler: scaler, unit: unit)
    if classID == 4 {
      reading.time = try await optional(AttributeDescriptor(classID, name, 5))?.dateTime
    }
    return reading
  }

  /// The class of an object of which the name alone is known: asked of the object list once.
  public func classID(of name: OBISCode, in list: [ObjectInfo]) throws(MeterError) -> UInt16 {
    guard let found = list.first(where: { $0.name == name }) else {
      throw MeterError(
        .service, .refused, what: "no object \(name)", expected: "one of the object list",
        got: "\(list.count) others", next: "metertool identify --objects, or CLASS/\(name)")
    }
    return found.classID
  }

  // MARK: clock

  /// Date and time of the meter.
  public func time() async throws(MeterError) -> COSEMDateTime {
    let value = try await get(AttributeDescriptor(.clock, .abstract(1, 0), 2))
    guard let time = value.dateTime else {
      throw MeterError(
        .data, .badData, what: "the clock tells no time", expected: "twelve bytes",
        got: value.description, next: "metertool get 8/0-0:1.0.0/2")
    }
    return time
  }

  /// Sets the clock, keeping the offset that it shows.
  public func setTime(unix seconds: Double) async throws(MeterError) {
    let shown = try await time()
    let deviation = shown.deviation ?? 0
    let offset = dialect.deviation == .inverted ? deviation : 0 - deviation
    var time = COSEMDateTime(unix: seconds, offsetMinutes: offset, dialect.deviation)
    time.status = shown.status & 0x80
    try await set(AttributeDescriptor(.clock, .abstract(1, 0), 2), to: .octets(time.bytes))
  }
}

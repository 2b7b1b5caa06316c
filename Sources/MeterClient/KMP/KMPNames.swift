import Foundation
import KMP
import Quantities

/// Names of KMP registers and units, as a reader shows them.
public enum KMPNames {
  /// Registers that `read` asks for where nothing is named, in the order of a display.
  public static let usual: [UInt16] = [
    0x0033, 0x03EB, 0x03EA, 0x0001, 0x0002, 0x0003, 0x0004, 0x0013, 0x0017, 0x001B, 0x001F,
    0x03FF, 0x0400, 0x0401, 0x0402, 0x041E, 0x041F, 0x0420, 0x0434, 0x0435, 0x0436, 0x03EC,
  ]

  /// Codes of registers that have one.
  private static let codes: [UInt16: OBISCode] = [
    0x0001: .electricity(1, 8), 0x0002: .electricity(2, 8), 0x0003: .electricity(3, 8),
    0x0004: .electricity(4, 8), 0x0005: .electricity(5, 8), 0x0006: .electricity(8, 8),
    0x0013: .electricity(1, 8, 1), 0x0017: .electricity(1, 8, 2), 0x001B: .electricity(1, 8, 3),
    0x001F: .electricity(1, 8, 4), 0x0033: .abstract(96, 1), 0x03FF: .electricity(1, 7),
    0x0400: .electricity(2, 7), 0x0401: .electricity(3, 7), 0x0402: .electricity(4, 7),
    0x041E: .electricity(32, 7), 0x041F: .electricity(52, 7), 0x0420: .electricity(72, 7),
    0x0434: .electricity(31, 7), 0x0435: .electricity(51, 7), 0x0436: .electricity(71, 7),
    0x03EB: .abstract(9, 2), 0x03EA: .abstract(9, 1), 0x03EC: .abstract(96, 8),
  ]

  private static let symbols: [UInt8: String] = [
    1: "Wh", 2: "kWh", 13: "varh", 14: "kvarh", 22: "kW", 26: "kvar", 30: "kVA", 33: "V",
    34: "A", 38: "K", 46: "h", 58: "min", 60: "s", 62: "d", 67: "Hz", 68: "°", 69: "%",
  ]

  public static func symbol(_ unit: UInt8) -> String { symbols[unit] ?? "" }

  static func reading(_ item: KMPAnswerCursor.Item, _ bytes: [UInt8]) -> KMPReading {
    KMPReading(
      register: item.register, unit: item.unit, text: text(item, bytes),
      name: codes[item.register])
  }

  private static func text(_ item: KMPAnswerCursor.Item, _ bytes: [UInt8]) -> String {
    switch KMPUnit(rawValue: item.unit) {
    case .text:
      return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    case .realTimeClock, .realTimeClockQuality:
      guard let clock = KMPClock(register: bytes.span) else { return Hexadecimal.text(bytes) }
      return date(clock.year, clock.month, clock.day) + "T"
        + [clock.hour, clock.minute, clock.second].map(two).joined(separator: ":")
    default: break
    }
    guard let integer = KMPAnswerCursor.integer(bytes.span) else { return Hexadecimal.text(bytes) }
    switch KMPUnit(rawValue: item.unit) {
    case .date:
      let digits = UInt32(truncatingIfNeeded: integer)
      return date(
        UInt8(digits / 10_000 % 100), UInt8(digits / 100 % 100), UInt8(digits % 100))
    case .time:
      let digits = UInt32(truncatingIfNeeded: integer)
      return [digits / 10_000 % 100, digits / 100 % 100, digits % 100].map { two(UInt8($0)) }
        .joined(separator: ":")
    default:
      let number = KMPNumber(magnitude: integer, signs: item.signs)
      let value = COSEMValue.unsigned(.long64Unsigned, number.magnitude)
      let text = ScaledText.text(value, scaler: Int(number.exponent)) ?? "\(integer)"
      return number.isNegative ? "-" + text : text
    }
  }

  private static func two(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func date(_ year: UInt8, _ month: UInt8, _ day: UInt8) -> String {
    "20\(two(year))-\(two(month))-\(two(day))"
  }
}

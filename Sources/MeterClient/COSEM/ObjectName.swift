import COSEM
import Foundation
import Quantities

/// How objects are named on a command line: an OBIS code in one of its writings, a class before
/// it and an attribute behind it, such as `1.8.0`, `1-0:1.8.0*255`, `3/1-0:1.8.0/2`.
public enum ObjectName {
  /// `A-B:C.D.E*F`, `A.B.C.D.E.F`, `A-B:C.D.E`, or the short form `C.D.E` of electricity, where
  /// C above 90 is abstract but for load profiles.
  public static func code(_ text: String) -> OBISCode? {
    if let code = OBISCode(text) { return code }
    let groups = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard groups.allSatisfy({ $0 != nil }) else { return nil }
    let g = groups.compactMap { $0 }
    switch g.count {
    case 6: return OBISCode(g[0], g[1], g[2], g[3], g[4], g[5])
    case 3:
      // Profiles of load are electricity's, event logs are not.
      let isAbstract = g[0] == 0 || g[0] >= 90 && (g[0] != 99 || g[1] >= 90)
      return OBISCode(isAbstract ? 0 : 1, 0, g[0], g[1], g[2])
    default: return nil
    }
  }

  /// What a person would call it.
  public static func title(_ code: OBISCode) -> String? {
    if code.a == 0 { return abstract(code) }
    guard code.a == 1 else { return nil }
    if code.c == 99 { return code.d < 10 ? "load profile \(code.d)" : nil }
    guard let quantity = quantities[code.c] ?? phased(code.c) else { return nil }
    let tariff = code.e == 0 ? "" : " T\(code.e)"
    switch code.d {
    case 8: return "energy \(quantity)\(tariff)"
    case 29: return "energy \(quantity) of the interval"
    case 7: return quantity
    case 6, 16: return "maximum \(quantity)\(tariff)"
    case 2: return "cumulative maximum \(quantity)"
    case 4, 14: return "mean \(quantity) of this period"
    case 5, 15: return "mean \(quantity) of the last period"
    default: return quantity
    }
  }

  private static let quantities: [UInt8: String] = [
    1: "P+", 2: "P-", 3: "Q+", 4: "Q-", 5: "QI", 6: "QII", 7: "QIII", 8: "QIV", 9: "S+",
    10: "S-", 11: "current", 12: "voltage", 13: "power factor", 14: "frequency", 15: "|P|",
    16: "P",
  ]
  private static let perPhase = [
    "P+", "P-", "Q+", "Q-", "QI", "QII", "QIII", "QIV", "S+", "S-", "current", "voltage",
    "power factor", "frequency", "|P|", "P",
  ]

  private static func phased(_ c: UInt8) -> String? {
    guard (21...76).contains(c) else { return c == 91 ? "neutral current" : nil }
    let (phase, offset) = (Int(c) / 20, (Int(c) - 21) % 20)
    return offset < perPhase.count ? "\(perPhase[offset]) L\(phase)" : nil
  }

  private static func abstract(_ code: OBISCode) -> String? {
    switch (code.c, code.d) {
    case (0, 1): "billing resets"
    case (1, _): "clock"
    case (11, _): "special days"
    case (13, _): "activity calendar"
    case (40, _): "association"
    case (41, _): "SAP assignment"
    case (42, _): "logical device name"
    case (43, _): "security"
    case (96, 1): "serial number"
    case (96, 3): code.e == 10 ? "supply control switch" : nil
    case (98, 1): "billing periods"
    case (99, 98): "event log \(code.e)"
    default: nil
    }
  }

  /// Names of interface classes.
  public static func interface(_ number: UInt16) -> String {
    classes[number] ?? "class \(number)"
  }

  private static let classes: [UInt16: String] = [
    1: "Data", 3: "Register", 4: "Extended register", 5: "Demand register",
    6: "Register activation", 7: "Profile generic", 8: "Clock", 9: "Script table",
    10: "Schedule", 11: "Special days table", 12: "Association SN", 15: "Association LN",
    17: "SAP assignment", 18: "Image transfer", 19: "IEC local port setup",
    20: "Activity calendar", 21: "Register monitor", 22: "Single action schedule",
    23: "IEC HDLC setup", 25: "M-Bus slave port", 28: "Auto answer", 29: "Auto connect",
    40: "Push setup", 41: "TCP-UDP setup", 42: "IPv4 setup", 43: "MAC address setup",
    44: "PPP setup", 45: "GPRS modem setup", 47: "GSM diagnostic", 61: "Register table",
    62: "Compact data", 63: "Status mapping", 64: "Security setup", 65: "Parameter monitor",
    66: "Sensor manager", 67: "Sensor", 68: "Arbitrator", 70: "Disconnect control",
    71: "Limiter", 72: "M-Bus client", 111: "Account", 112: "Credit", 113: "Charge",
    115: "Token gateway", 122: "Function control", 123: "Array manager",
    124: "Communication port protection",
  ]
}

/// Symbols of the units of COSEM (IEC 62056-6-2, 4.3.2).
public enum UnitSymbol {
  public static func text(_ number: Int64) -> String { symbols[number] ?? "" }

  private static let symbols: [Int64: String] = [
    1: "a", 2: "mo", 3: "wk", 4: "d", 5: "h", 6: "min", 7: "s", 8: "°", 9: "°C", 11: "m",
    12: "m/s", 13: "m³", 14: "m³", 15: "m³/h", 16: "m³/h", 17: "m³/d", 18: "m³/d", 19: "l",
    20: "kg", 21: "N", 22: "Nm", 23: "Pa", 24: "bar", 25: "J", 26: "J/h", 27: "W", 28: "VA",
    29: "var", 30: "Wh", 31: "VAh", 32: "varh", 33: "A", 34: "C", 35: "V", 36: "V/m", 37: "F",
    38: "Ω", 39: "Ωm", 40: "Wb", 41: "T", 42: "A/m", 43: "H", 44: "Hz", 45: "1/Wh",
    46: "1/varh", 47: "1/VAh", 48: "V²h", 49: "A²h", 50: "kg/s", 51: "S", 52: "K",
    53: "1/(V²h)", 54: "1/(A²h)", 55: "1/m³", 56: "%", 57: "Ah", 60: "Wh/m³", 61: "J/m³",
    70: "dBm", 71: "dBV", 72: "dB",
  ]
}

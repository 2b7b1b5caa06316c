/// The commands of KMP that are known for the generation L.
public enum KMPCommand: UInt8, CaseIterable, Sendable {
  /// Meter type and software revision.
  case getType = 0x01
  case getSerialNumber = 0x02
  /// With backup.
  case reset = 0x07
  /// Date and time as two numbers of 32 bits, YYMMDD and HHMMSS in decimal, local.
  case setClock = 0x09
  /// Up to eight registers.
  case getRegister = 0x10
  case putRegister = 0x11
  case resetWithoutBackup = 0x85
  /// «YES» on the glass.
  case setDisplayYes = 0x86
  /// Ends the billing period.
  case debitingStop = 0x88
  case login = 0x92
  case setCutOffState = 0x97
  case getCutOffState = 0x98
  case getEventStatus = 0x9B
  case clearEventStatus = 0x9C
  /// Records of a log from a time on.
  case getLogTimePresent = 0xA0
  /// Records of a log from the last one read on.
  case getLogLastPresent = 0xA1
  /// Records of a log from a number on.
  case getLogIDPresent = 0xA2
  /// Records of a log before a time.
  case getLogTimePast = 0xA3
  case setVoltageQuality = 0xA6
  case getVoltageQuality = 0xA7
  case getLoadProfileConfiguration = 0xAA
}

/// Where a frame goes. A meter answers to its own address only.
public enum KMPAddress {
  public static let meter: UInt8 = 0x3F
}

/// The units of KMP registers that a meter of electricity uses, with their numbers.
public enum KMPUnit: UInt8, CaseIterable, Sendable {
  case none = 0
  case wattHour = 1
  case kilowattHour = 2
  case varHour = 13
  case kilovarHour = 14
  case kilowatt = 22
  case kilovar = 26
  case kilovoltAmpere = 30
  case volt = 33
  case ampere = 34
  case kelvin = 38
  case hour = 46
  /// hhmmss in decimal.
  case time = 47
  /// yymmdd in decimal.
  case date = 48
  case number = 51
  /// Eight bytes, see `KMPClock`.
  case realTimeClock = 53
  case text = 54
  case minutes = 58
  case bitField = 59
  case seconds = 60
  case days = 62
  /// As `realTimeClock`, with the quality of a record.
  case realTimeClockQuality = 63
  case hertz = 67
  case degree = 68
  case percent = 69
}

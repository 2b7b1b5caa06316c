/// Tags of the data types (IEC 62056-6-2, 4.1.5).
public enum COSEMType: UInt8, CaseIterable, Sendable {
  case null = 0
  case array = 1
  case structure = 2
  case boolean = 3
  case bitString = 4
  case doubleLong = 5
  case doubleLongUnsigned = 6
  case octetString = 9
  case visibleString = 10
  case utf8String = 12
  case bcd = 13
  case integer = 15
  case long = 16
  case unsigned = 17
  case longUnsigned = 18
  case compactArray = 19
  case long64 = 20
  case long64Unsigned = 21
  case enumeration = 22
  case float32 = 23
  case float64 = 24
  case dateTime = 25
  case date = 26
  case time = 27
  case deltaInteger = 28
  case deltaLong = 29
  case deltaDoubleLong = 30
  case deltaUnsigned = 31
  case deltaLongUnsigned = 32
  case deltaDoubleLongUnsigned = 33

  /// Bytes of a value behind its tag; nil where the value tells its own length.
  public var byteCount: Int? {
    switch self {
    case .null: 0
    case .boolean, .bcd, .integer, .unsigned, .enumeration, .deltaInteger, .deltaUnsigned: 1
    case .long, .longUnsigned, .deltaLong, .deltaLongUnsigned: 2
    case .doubleLong, .doubleLongUnsigned, .float32, .deltaDoubleLong, .deltaDoubleLongUnsigned:
      4
    case .long64, .long64Unsigned, .float64: 8
    case .dateTime: 12
    case .date: 5
    case .time: 4
    case .array, .structure, .bitString, .octetString, .visibleString, .utf8String, .compactArray:
      nil
    }
  }

  /// True for a two's complement number.
  public var isSigned: Bool {
    switch self {
    case .integer, .long, .doubleLong, .long64, .deltaInteger, .deltaLong, .deltaDoubleLong: true
    default: false
    }
  }
}

import Bytes

/// A request for records of a log (A0...A3), up to its columns.
public struct KMPLogRequest: Equatable, Sendable {
  /// Where reading begins.
  public enum Start: Equatable, Sendable {
    /// A0, upwards; the first record at this time or later.
    case time(KMPClock)
    /// A1: behind the last record read.
    case last
    /// A2, upwards.
    case record(UInt16)
    /// A3, downwards; passed over are so many records.
    case past(KMPClock, offset: UInt16)
  }

  /// Columns that one request may ask for.
  public static var mostColumns: Int { 16 }

  public var log: UInt8
  public var columns: InlineArray<16, UInt16>
  public var columnCount: UInt8
  public var records: UInt8
  /// The longest answer that is wanted, bytes of address, command and data.
  public var longestAnswer: UInt8
  public var start: Start

  /// Reads what stands behind the command; nil for a wrong length or too many columns.
  public init?(_ command: KMPCommand, parsing data: Span<UInt8>) {
    var reader = ByteReader(data)
    guard let log: UInt8 = try? reader.bigEndian(), let count: UInt8 = try? reader.bigEndian(),
      count > 0, Int(count) <= Self.mostColumns
    else { return nil }
    self.log = log
    columnCount = count
    columns = InlineArray(repeating: 0)
    for k in 0..<Int(count) {
      guard let id: UInt16 = try? reader.bigEndian() else { return nil }
      columns[k] = id
    }
    guard let records: UInt8 = try? reader.bigEndian(),
      let longest: UInt8 = try? reader.bigEndian()
    else { return nil }
    (self.records, longestAnswer) = (records, longest)
    guard let start = Self.start(command, &reader), reader.remaining == 0 else { return nil }
    self.start = start
  }

  private static func start(_ command: KMPCommand, _ reader: inout ByteReader) -> Start? {
    switch command {
    case .getLogLastPresent: return .last
    case .getLogIDPresent:
      guard let id: UInt16 = try? reader.bigEndian() else { return nil }
      return .record(id)
    case .getLogTimePresent, .getLogTimePast:
      guard let bytes = try? reader.take(8), let clock = KMPClock(request: bytes) else {
        return nil
      }
      guard command == .getLogTimePast else { return .time(clock) }
      guard let offset: UInt16 = try? reader.bigEndian() else { return nil }
      return .past(clock, offset: offset)
    default: return nil
    }
  }

  public static func == (a: KMPLogRequest, b: KMPLogRequest) -> Bool {
    for k in 0..<16 where a.columns[k] != b.columns[k] { return false }
    return a.log == b.log && a.columnCount == b.columnCount && a.records == b.records
      && a.longestAnswer == b.longestAnswer && a.start == b.start
  }
}

/// The flags at the end of an answer with records.
public struct KMPLogInfo: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The log holds nothing.
  public static var empty: KMPLogInfo { KMPLogInfo(rawValue: 0x01) }
  /// The number or time that was asked for is not in the log.
  public static var outOfRange: KMPLogInfo { KMPLogInfo(rawValue: 0x04) }
  /// Cut by the longest answer.
  public static var cut: KMPLogInfo { KMPLogInfo(rawValue: 0x08) }
  /// The end of the log is reached.
  public static var end: KMPLogInfo { KMPLogInfo(rawValue: 0x10) }
}

/// The registers of a request (10h): up to eight numbers.
public struct KMPRegisterRequest: Equatable, Sendable {
  /// Registers that one request may ask for.
  public static var most: Int { 8 }

  public var registers: InlineArray<8, UInt16>
  public var count: UInt8

  /// Reads what stands behind the command; nil where the count and the length disagree.
  public init?(parsing data: Span<UInt8>) {
    guard data.count >= 1, data[0] >= 1, Int(data[0]) <= Self.most,
      data.count == 1 + 2 * Int(data[0])
    else { return nil }
    count = data[0]
    registers = InlineArray(repeating: 0)
    for k in 0..<Int(count) {
      registers[k] = UInt16(data[1 + 2 * k]) << 8 | UInt16(data[2 + 2 * k])
    }
  }

  public static func == (a: KMPRegisterRequest, b: KMPRegisterRequest) -> Bool {
    for k in 0..<8 where a.registers[k] != b.registers[k] { return false }
    return a.count == b.count
  }
}

/// Goes through the registers of an answer (10h): number, unit, width, signs, value.
public struct KMPAnswerCursor: Sendable {
  /// One register of an answer.
  public struct Item: Equatable, Sendable {
    public var register: UInt16
    /// Number of the unit; not every one has a name here.
    public var unit: UInt8
    public var signs: UInt8
    /// Where the value stands.
    public var value: Range<Int>
  }

  private var offset: Int

  /// - Parameter offset: behind the command.
  public init(at offset: Int = 0) { self.offset = offset }

  /// The next register; nil at the end and where the bytes are none.
  public mutating func next(in data: Span<UInt8>) -> Item? {
    let start = offset + 5
    guard start <= data.count else { return nil }
    let end = start + Int(data[offset + 3])
    guard end <= data.count else { return nil }
    defer { offset = end }
    return Item(
      register: UInt16(data[offset]) << 8 | UInt16(data[offset + 1]), unit: data[offset + 2],
      signs: data[offset + 4], value: start..<end)
  }

  /// The integer of a value of at most eight bytes; nil for longer ones.
  public static func integer(_ bytes: Span<UInt8>) -> UInt64? {
    guard bytes.count <= 8 else { return nil }
    var value: UInt64 = 0
    for k in bytes.indices { value = value << 8 | UInt64(bytes[k]) }
    return value
  }
}

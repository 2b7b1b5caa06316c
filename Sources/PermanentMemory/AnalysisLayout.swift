/// What an analysis logger keeps: so many channels, and a record every so many minutes.
public struct AnalysisLayout: Equatable, Sendable {
  /// Channels in a record.
  public static let channelsMax = 16
  /// Bytes of a page before the first slot: number of that slot (4), CRC-16 of it (2).
  static let headBytes = 6
  static let pages = UInt32(MemoryMap.analysisLogger.count)

  /// Minutes of an interval; divides a day.
  public let minutes: UInt16
  private let channels: InlineArray<16, UInt8>
  /// Channels in use, 1...16.
  public let channelCount: Int

  /// Nil without any channel, with more than 16, or with an interval that does not divide a day.
  public init?(minutes: UInt16, channels: Span<UInt8>) {
    guard minutes >= 1, minutes <= 1440, 1440 % minutes == 0, channels.count >= 1,
      channels.count <= Self.channelsMax
    else { return nil }
    self.minutes = minutes
    channelCount = channels.count
    var kept = InlineArray<16, UInt8>(repeating: 0)
    for k in channels.indices { kept[k] = channels[k] }
    self.channels = kept
  }

  /// The quantity of a channel, as the owner numbers them.
  /// - Precondition: `channel` is in 0..<channelCount.
  public subscript(channel: Int) -> UInt8 {
    precondition(channel >= 0 && channel < channelCount)
    return channels[channel]
  }

  /// A status byte and four bytes per channel.
  public var recordBytes: Int { 1 + 4 * channelCount }
  /// Slots in a page: 50 for one channel, 3 for sixteen.
  public var slotsPerPage: Int { (256 - Self.headBytes) / recordBytes }
  /// Intervals that can be read at least: one page is always being written.
  public var capacity: Int { (Int(Self.pages) - 1) * slotsPerPage }
  /// Depth in whole days.
  public var depthDays: Int { capacity * Int(minutes) / 1440 }

  public static func == (a: AnalysisLayout, b: AnalysisLayout) -> Bool {
    guard a.minutes == b.minutes, a.channelCount == b.channelCount else { return false }
    for k in 0..<a.channelCount where a.channels[k] != b.channels[k] { return false }
    return true
  }
}

/// One closed interval of the analysis logger.
public struct AnalysisRow: Equatable, Sendable {
  /// A channel without a value.
  public static let none = Int32.min
  /// Largest magnitude of a value: 28 bits with sign, one of them kept for `none`.
  public static let valueMax: Int32 = 0x7FF_FFFF

  /// Intervals since 2000-01-01T00:00 standard time.
  public var number: UInt32
  /// As of a registration period, bits 7, 5, 3, 2, 1 and 0; bits 2 and 0 also where the record
  /// is damaged.
  public var status: UInt8
  /// `none`, or a value of at most `valueMax` to either side; a damaged one reads as `none`.
  public var values: InlineArray<16, Int32>

  public init(
    number: UInt32, status: UInt8,
    values: InlineArray<16, Int32> = InlineArray(repeating: AnalysisRow.none)
  ) {
    self.number = number
    self.status = status
    self.values = values
  }

  public static func == (a: AnalysisRow, b: AnalysisRow) -> Bool {
    for k in 0..<16 where a.values[k] != b.values[k] { return false }
    return a.number == b.number && a.status == b.status
  }
}

/// The bytes of a slot.
///
/// Status: the owner's bits 7, 5, 3, 2, 1, 0; bit 6 makes the number of ones odd; 0x10 is an
/// interval without a record, 0xFF one that has not come. A channel: 28 bits, low byte first, then
/// a check of 4 bits over value and channel.
enum AnalysisBytes {
  static let ownerBits: UInt8 = 0xAF
  static let empty: UInt8 = 0x10
  static let damaged: UInt8 = 0x05
  private static let noValue: UInt32 = 0x800_0000

  static func status(_ status: UInt8) -> UInt8 {
    let kept = status & ownerBits
    return kept.nonzeroBitCount & 1 == 0 ? kept | 0x40 : kept
  }

  static func isRecord(_ status: UInt8) -> Bool {
    status & 0x10 == 0 && status.nonzeroBitCount & 1 == 1
  }

  /// CRC-4 (x^4 + x + 1) of seven nibbles, starting from a value that depends on the channel.
  private static func check(_ value: UInt32, _ channel: Int) -> UInt32 {
    var crc = 0x9 ^ UInt32(truncatingIfNeeded: channel) & 15
    var shift: UInt32 = 28
    while shift > 0 {
      shift -= 4
      let x = crc ^ (value >> shift & 15)
      let y = x << 1 ^ x
      crc = (y ^ (y >> 4 &* 0x13)) & 15
    }
    return crc
  }

  static func word(_ value: Int32, _ channel: Int) -> UInt32 {
    var bits = noValue
    if value != AnalysisRow.none {
      let bound = AnalysisRow.valueMax
      bits = UInt32(bitPattern: min(max(value, -bound), bound)) & 0xFFF_FFFF
    }
    return bits | check(bits, channel) << 28
  }

  /// Nil where the check fails.
  static func value(_ word: UInt32, _ channel: Int) -> Int32? {
    let bits = word & 0xFFF_FFFF
    guard check(bits, channel) == word >> 28 else { return nil }
    if bits == noValue { return AnalysisRow.none }
    return Int32(bitPattern: bits << 4) >> 4
  }
}

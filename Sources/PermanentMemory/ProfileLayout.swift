/// What a load profile consists of, and how much of it fits.
public struct ProfileLayout: Equatable, Sendable {
  /// Bytes before the first record.
  public static var headerBytes: Int { 64 }
  /// Bytes of header and records together.
  public static var regionBytes: Int { MemoryMap.loadProfile.byteCount }

  /// Length of a period, minutes: 5, 15, 30 or 60.
  public let minutes: UInt8
  /// Bit 0 for A+, 1 for A-, 2 for R+, 3 for R-.
  public let channels: UInt8

  /// Nil for another length, or without any channel or with unknown ones.
  public init?(minutes: UInt8, channels: UInt8) {
    guard minutes == 5 || minutes == 15 || minutes == 30 || minutes == 60 else { return nil }
    guard channels != 0, channels < 16 else { return nil }
    self.minutes = minutes
    self.channels = channels
  }

  /// Number of channels, 1...4.
  public var channelCount: Int { channels.nonzeroBitCount }
  /// A status byte and three bytes per channel.
  public var recordBytes: Int { 1 + 3 * channelCount }
  /// Records that fit.
  public var capacity: Int { (Self.regionBytes - Self.headerBytes) / recordBytes }
  /// Slots that a gap takes.
  var markerSlots: UInt32 { channelCount == 1 ? 2 : 1 }

  /// Depth in whole days. The figure of 60 minutes is told as twice that of 30.
  public var depthDays: Int {
    let told = minutes == 60 ? 30 : Int(minutes)
    let days = capacity * told / 1440
    return minutes == 60 ? 2 * days : days
  }
}

/// One closed period as the load profile keeps it.
public struct ProfileRow: Equatable, Sendable {
  /// Periods of this length since 2000-01-01T00:00 standard time, 24 bit.
  public var number: UInt32
  /// As the owner gave it, bits 7, 5, 3, 2, 1 and 0; bits 2 and 0 also where a check failed, and
  /// where the number only counts on from a gap whose length could not be read.
  public var status: UInt8
  /// 0.1 Wh or 0.1 varh, 20 bits, for A+, A-, R+, R-; 0 for channels that are not kept.
  public var values: InlineArray<4, UInt32>

  public init(
    number: UInt32, status: UInt8, values: InlineArray<4, UInt32> = InlineArray(repeating: 0)
  ) {
    self.number = number
    self.status = status
    self.values = values
  }

  public static func == (a: ProfileRow, b: ProfileRow) -> Bool {
    for k in 0..<4 where a.values[k] != b.values[k] { return false }
    return a.number == b.number && a.status == b.status
  }
}

/// The bytes of records and gap markers.
///
/// Status byte: the owner's bits 7, 5, 3, 2, 1, 0; bit 6 makes the number of ones odd; bit 4 is
/// reserved for markers: 0x10 is a marker, 0x13 its second half where a record has only 4 bytes.
/// A channel: 20 bits of value, then a check of 4 bits over value and channel. Neither 0x00 nor
/// 0xFF all over is a valid byte string.
enum ProfileBytes {
  static let ownerBits: UInt8 = 0xAF
  static let marker: UInt8 = 0x10
  static let markerRest: UInt8 = 0x13
  /// Set in rows whose check failed: not for billing, error.
  static let damaged: UInt8 = 0x05

  static func status(_ status: UInt8) -> UInt8 {
    let kept = status & ownerBits
    return kept.nonzeroBitCount & 1 == 0 ? kept | 0x40 : kept
  }

  /// Whether a status byte can be that of a record.
  @inline(__always)
  static func isStatus(_ byte: UInt8) -> Bool {
    byte.nonzeroBitCount & 1 != 0 && byte & marker == 0
  }

  /// The value of a channel that begins at an offset into a record; nil where its check fails.
  @inline(__always)
  static func value(_ bytes: InlineArray<13, UInt8>, _ at: Int, _ channel: Int) -> UInt32? {
    let word = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
    let value = word & 0xF_FFFF
    return check(value, channel) == word &>> 20 ? value : nil
  }

  /// CRC-4 (x^4 + x + 1) of five nibbles, starting from a value that depends on the channel.
  @inline(__always)
  static func check(_ value: UInt32, _ channel: Int) -> UInt32 {
    var crc = 0x9 ^ UInt32(truncatingIfNeeded: channel)
    var shift: UInt32 = 20
    while shift > 0 {
      shift &-= 4
      let x = crc ^ (value &>> shift & 15)
      let y = (x &<< 1) ^ x
      crc = (y ^ (y &>> 4 &* 0x13)) & 15
    }
    return crc
  }

  static func channel(_ value: UInt32, _ channel: Int) -> UInt32 {
    let v = min(value, 0xF_FFFF)
    return v | check(v, channel) << 20
  }
}

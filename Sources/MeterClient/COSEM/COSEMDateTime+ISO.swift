import COSEM
import MeterTime

extension COSEMDateTime {
  /// The twelve bytes.
  public var bytes: [UInt8] {
    let (high, low) = words
    return (0..<8).map { UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * $0)) }
      + (0..<4).map { UInt8(truncatingIfNeeded: low >> UInt32(24 - 8 * $0)) }
  }

  /// Reads ISO 8601; without an offset the deviation stays open. Nil for anything else.
  public init?(iso text: String, _ dialect: Dialect = .standard) {
    let bytes = Array(text.utf8)
    guard let time = try? ISO8601Time(parsing: bytes.span) else { return nil }
    self.init(time.civil, offset: time.offsetMinutes ?? 0, status: 0)
    deviation = time.offsetMinutes.map { dialect == .standard ? 0 - $0 : $0 }
  }

  /// An instant as local time of an offset.
  public init(_ instant: Instant, offsetMinutes: Int16, _ dialect: Dialect, status: UInt8 = 0) {
    let civil = CivilDateTime(clampingSeconds: instant.seconds + Int64(offsetMinutes) * 60)
    self.init(civil, offset: offsetMinutes, status: status)
    if dialect == .inverted { deviation = offsetMinutes }
  }

  /// The same clock so much later; its offset and status stay. Nil where a part is left open.
  public func later(_ span: Instant.Duration, _ dialect: Dialect) -> COSEMDateTime? {
    guard let instant = instant(dialect) else { return nil }
    let offset = dialect == .inverted ? deviation ?? 0 : 0 - (deviation ?? 0)
    return COSEMDateTime(instant + span, offsetMinutes: offset, dialect, status: status)
  }

  /// The instant, where nothing is left open; without a deviation that of UTC.
  public func instant(_ dialect: Dialect) -> Instant? {
    guard let civil else { return nil }
    let minutes = Int64(deviation ?? 0)
    return Instant(utc: civil) + .minutes(dialect == .standard ? minutes : -minutes)
  }
}

extension COSEMDateTime {
  /// Seconds from 1970-01-01 to the meter's epoch, 2000-01-01, both at 00:00:00Z.
  static let unixSecondsAtEpoch = 946_684_800.0

  /// A Unix time in seconds as local time of an offset.
  public init(unix seconds: Double, offsetMinutes: Int16, _ dialect: Dialect) {
    let ticks = (seconds - Self.unixSecondsAtEpoch) * Double(Instant.ticksPerSecond)
    self.init(Instant(ticks: Int64(ticks)), offsetMinutes: offsetMinutes, dialect)
  }

  /// Seconds since 1970.
  public func unix(_ dialect: Dialect) -> Double? {
    instant(dialect).map {
      Double($0.ticks) / Double(Instant.ticksPerSecond) + Self.unixSecondsAtEpoch
    }
  }
}

import Bytes
import MeterTime

/// The meter's clock: where its time lies on the time line of its owner.
///
/// The owner's time line is the count of the clock chip: it never steps. What is set, adjusted or
/// lost is the offset of the meter's time from it. Everything that is recorded carries the
/// meter's time.
///
/// Range: the years 2000...9999 (a clock chip may end earlier: that of the firmware knows
/// 2000...2099). Instants are 64 bits wide, so nothing happens in 2038, 2100, 2106 or 2136.
public struct LegalClock: Equatable, Sendable {
  /// A slewed clock runs by this part slower or faster: 10 s take 43 minutes, and an interval of
  /// five minutes is at most 1.2 s shorter or longer than it should be.
  static let slewDivisor: Int64 = 256
  /// The longest time that a dead reserve can cost.
  static let saveInterval = Instant.Duration.minutes(15)

  /// Meter's time minus owner's time, 1/65536 s, before slewing.
  private(set) var offset: Int64 = 0
  /// What is still to be slewed from `slewStart` on, signed.
  private(set) var slew: Int64 = 0
  /// Owner's time at which slewing began.
  private(set) var slewStart = Instant(ticks: 0)
  /// False from a lost clock until it is set.
  public private(set) var isValid = true
  /// Meter's time of the last change beyond an adjustment; nil if there was none.
  public private(set) var lastSet: Instant?
  /// Signed sum of all movements in the calendar month (UTC) `sumMonth`, milliseconds.
  public private(set) var sum_ms: Int32 = 0
  /// Months since January 2000 that `sum_ms` belongs to.
  private(set) var sumMonth: UInt16 = 0
  /// What carries it through an outage.
  public internal(set) var reserve: ClockReserve
  /// Owner's time at which it was saved last.
  var lastSave = Instant(ticks: 0)

  init(_ source: ClockReserve.Source) { reserve = ClockReserve(source) }

  /// The meter's time at an instant of the owner's time line.
  public func time(at now: Instant) -> Instant {
    Instant(ticks: now.ticks &+ offset &+ slewed(at: now))
  }

  /// When the clock will show a time, on the owner's time line.
  ///
  /// A clock that is being slewed runs by 1/256 fast or slow: each round is so much closer.
  func ownersTime(of wanted: Instant, near now: Instant) -> Instant {
    var at = now
    for _ in 0..<4 {
      let step = wanted - time(at: at)
      if step == .zero { break }
      at += step
    }
    // Never a tick too early: what is done at a deadline would be due once more.
    for _ in 0..<4 where time(at: at) < wanted { at += Instant.Duration(ticks: 1) }
    return at
  }

  /// True while an adjustment is under way.
  public func isSlewing(at now: Instant) -> Bool { slewed(at: now) != slew }

  private func slewed(at now: Instant) -> Int64 {
    if slew == 0 { return 0 }
    let done = max(0, (now.ticks &- slewStart.ticks) / Self.slewDivisor)
    return slew > 0 ? min(done, slew) : max(-done, slew)
  }

  /// Lets the meter's time be `wanted` from now on.
  mutating func step(to wanted: Instant, now: Instant) {
    offset = wanted.ticks &- now.ticks
    slew = 0
    isValid = true
  }

  /// Lets the meter's time drift to what it should be.
  mutating func slew(to wanted: Instant, now: Instant) {
    let present = time(at: now)
    offset = present.ticks &- now.ticks
    slew = wanted.ticks &- present.ticks
    slewStart = now
  }

  /// The chip has stood still: the clock goes on from a time that it surely has passed.
  mutating func lose(resumingAt time: Instant, now: Instant) {
    step(to: time, now: now)
    isValid = false
  }

  /// Adds a movement to the sum of its month.
  /// - Returns: true where the sum has passed the limit by it.
  mutating func count(_ movement_ms: Int64, at time: Instant, limit_s: UInt16) -> Bool {
    let civil = CivilDateTime(clamping: time)
    let month = (civil.year - 2000) * 12 + UInt16(civil.month) - 1
    if month != sumMonth { sum_ms = 0 }
    sumMonth = month
    let before = sum_ms.magnitude
    sum_ms = Int32(clamping: Int64(sum_ms) &+ movement_ms)
    let limit = UInt32(limit_s) * 1000
    return before <= limit && sum_ms.magnitude > limit
  }

  mutating func noteSet(at time: Instant) { lastSet = time }
}

// MARK: - The record

extension LegalClock {
  /// Flags, four times, sum and month, reserve, and the meter's and the owner's time of saving.
  static let recordBytes = 1 + 4 * 8 + 4 + 2 + ClockReserve.recordBytes + 8 + 8

  func encode(into writer: inout ByteWriter, now: Instant) throws(BytesError) {
    try writer.littleEndian(UInt8((isValid ? 1 : 0) | (lastSet == nil ? 0 : 2)))
    try writer.littleEndian(UInt64(bitPattern: offset))
    try writer.littleEndian(UInt64(bitPattern: slew))
    try writer.littleEndian(UInt64(bitPattern: slewStart.ticks))
    try writer.littleEndian(UInt64(bitPattern: lastSet?.ticks ?? 0))
    try writer.littleEndian(UInt32(bitPattern: sum_ms))
    try writer.littleEndian(sumMonth)
    try reserve.encode(into: &writer)
    try writer.littleEndian(UInt64(bitPattern: time(at: now).ticks))
    try writer.littleEndian(UInt64(bitPattern: now.ticks))
  }

  /// - Returns: the meter's time when it was saved.
  mutating func decode(from reader: inout ByteReader) throws(BytesError) -> Instant {
    let flags = try reader.littleEndian(UInt8.self)
    isValid = flags & 1 != 0
    offset = Int64(bitPattern: try reader.littleEndian(UInt64.self))
    slew = Int64(bitPattern: try reader.littleEndian(UInt64.self))
    slewStart = Instant(ticks: Int64(bitPattern: try reader.littleEndian(UInt64.self)))
    let set = Int64(bitPattern: try reader.littleEndian(UInt64.self))
    lastSet = flags & 2 != 0 ? Instant(ticks: set) : nil
    sum_ms = Int32(bitPattern: try reader.littleEndian(UInt32.self))
    sumMonth = try reader.littleEndian(UInt16.self)
    try reserve.decode(from: &reader)
    let saved = Int64(bitPattern: try reader.littleEndian(UInt64.self))
    _ = try reader.littleEndian(UInt64.self)
    return Instant(ticks: saved)
  }
}

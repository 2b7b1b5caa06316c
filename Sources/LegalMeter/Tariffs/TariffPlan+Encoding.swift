import Bytes
import MeterTime
import Quantities

/// The plan as bytes, in the memory and through ports; all numbers with the low byte first:
///
/// | bytes | content |
/// |---|---|
/// | 0 | layout, 1 |
/// | 1..<3 | number |
/// | 3 | working days, bit 0 Monday |
/// | 4..<8 | month and day of season A, of season B |
/// | then 6 times | number of changes; each 2 bytes: minute (12 bits), tariff (2 bits) |
/// | then | number of exception days; each 3 bytes: `ExceptionDay` |
///
/// The six schedules are working, non-working and exception days of season A, then of season B.
extension TariffPlan {
  /// The longest encoding, bytes.
  public static let encodedBytesMax = 8 + 6 * (1 + 8 * 2) + 1 + 100 * 3

  /// Writes the plan.
  /// - Parameter bytes: at least `encodedBytesMax` long.
  /// - Returns: bytes written.
  public func encode(into bytes: inout MutableSpan<UInt8>) -> Int {
    precondition(bytes.count >= Self.encodedBytesMax, "no room for a plan")
    var count = 0
    func put(_ value: UInt32, _ length: Int, into bytes: inout MutableSpan<UInt8>) {
      for k in 0..<length {
        bytes[count + k] = UInt8(truncatingIfNeeded: value >> UInt32(8 * k))
      }
      count += length
    }
    put(1, 1, into: &bytes)
    put(UInt32(number), 2, into: &bytes)
    put(UInt32(workingDays), 1, into: &bytes)
    for season in Season.allCases {
      put(UInt32(start(of: season).month), 1, into: &bytes)
      put(UInt32(start(of: season).day), 1, into: &bytes)
    }
    for season in Season.allCases {
      for kind in DayKind.allCases {
        let schedule = schedule(season, kind)
        put(UInt32(schedule.count), 1, into: &bytes)
        for k in 0..<schedule.count {
          let raw = UInt32(schedule[k].tariff.rawValue) << 12 | UInt32(schedule[k].minute)
          put(raw, 2, into: &bytes)
        }
      }
    }
    put(UInt32(exceptionCount), 1, into: &bytes)
    for k in 0..<exceptionCount { put(exception(k).raw, 3, into: &bytes) }
    return count
  }

  /// Reads a plan; everything is checked.
  public init(decoding bytes: Span<UInt8>) throws(TariffPlanError) {
    var reader = ByteReader(bytes)
    guard try Self.take(&reader, 1) == 1 else { throw .layout }
    self.init(number: UInt16(try Self.take(&reader, 2)))
    try setWorkingDays(UInt8(try Self.take(&reader, 1)))
    let a = (month: UInt8(try Self.take(&reader, 1)), day: UInt8(try Self.take(&reader, 1)))
    let b = (month: UInt8(try Self.take(&reader, 1)), day: UInt8(try Self.take(&reader, 1)))
    try setSeasons(a: a, b: b)
    for season in Season.allCases {
      for kind in DayKind.allCases {
        set(try Self.takeSchedule(&reader), season, kind)
      }
    }
    for _ in 0..<(try Self.take(&reader, 1)) { try add(try Self.takeException(&reader)) }
    guard reader.remaining == 0 else { throw .layout }
  }

  private static func take(
    _ reader: inout ByteReader, _ length: Int
  ) throws(TariffPlanError) -> UInt32 {
    guard let value = try? reader.littleEndian(byteCount: length) else { throw .layout }
    return UInt32(truncatingIfNeeded: value)
  }

  private static func takeSchedule(
    _ reader: inout ByteReader
  ) throws(TariffPlanError) -> DaySchedule {
    var schedule = DaySchedule()
    let count = try take(&reader, 1)
    guard count <= UInt32(changesMax) else { throw .tooManyChanges }
    for _ in 0..<count {
      let raw = try take(&reader, 2)
      guard let tariff = Tariff(rawValue: UInt8(truncatingIfNeeded: raw >> 12)) else {
        throw .layout
      }
      try schedule.add(tariff, from: UInt16(raw & 0xFFF))
    }
    return schedule
  }

  private static func takeException(
    _ reader: inout ByteReader
  ) throws(TariffPlanError) -> ExceptionDay {
    let raw = try take(&reader, 3)
    if raw & 0x80_0000 == 0 {
      guard raw <= UInt32(CivilDate.dayNumberMax) else { throw .exceptionDate }
      return ExceptionDay(raw: raw)
    }
    let day = ExceptionDay(
      everyYear: UInt8(truncatingIfNeeded: raw >> 5) & 15, UInt8(truncatingIfNeeded: raw) & 31)
    guard let day, day.raw == raw else { throw .exceptionDate }
    return day
  }
}

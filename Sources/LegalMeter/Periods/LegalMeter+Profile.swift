import MeterTime
import PermanentMemory
import Quantities

/// One interval of the load profile.
public struct ProfileInterval: Equatable, Sendable {
  /// Beginning in the meter's time.
  public var begin: Instant
  /// End in the meter's time, which is how such values are stamped.
  public var end: Instant
  public var status: PeriodStatus
  /// Energy within it, 0.1 Wh or 0.1 varh.
  public private(set) var values: InlineArray<4, UInt32>
  /// Registers at its end, 0.1 Wh or 0.1 varh; nil unless the reader was asked for them.
  public private(set) var totals: InlineArray<4, UInt64>?

  init(
    _ row: ProfileRow, zone: ZoneRules, length: PeriodLength, totals: InlineArray<4, UInt64>?
  ) {
    begin = zone.instant(standardSeconds: Int64(row.number) * length.seconds)
    end = begin + .seconds(length.seconds)
    status = PeriodStatus(rawValue: row.status)
    values = row.values
    self.totals = totals
  }

  /// Energy of one kind within it, 0.1 Wh or 0.1 varh.
  public subscript(kind: EnergyKind) -> UInt32 { values[kind.index] }

  public static func == (a: ProfileInterval, b: ProfileInterval) -> Bool {
    for k in 0..<4 where a.values[k] != b.values[k] { return false }
    if let x = a.totals, let y = b.totals {
      for k in 0..<4 where x[k] != y[k] { return false }
    } else if a.totals != nil || b.totals != nil {
      return false
    }
    return a.begin == b.begin && a.end == b.end && a.status == b.status
  }
}

/// Goes through the load profile, the oldest interval first; see `LegalMeter.nextInterval`.
public struct ProfileCursor: Sendable {
  var reader: ProfileReader
  /// First number that is no longer wanted.
  var limit: UInt32 = .max
  /// Registers before the next row, 0.1 Wh.
  var totals: InlineArray<4, UInt64>?

  /// Where reading goes on; kept by whoever reads block by block.
  public var place: ProfilePlace { reader.place }
}

/// Questions to the load profile.
extension LegalMeter {
  /// Layout of the records: length of the periods and channels.
  public var profileLayout: ProfileLayout { profile.layout }
  /// How demand and profile are registered.
  public var periodSettings: PeriodSettings { periods.settings }
  /// Times that the profile has been erased, 16 bit.
  public var profileGeneration: UInt16 { profile.generation }
  /// Intervals that can be read.
  public var intervalCount: Int { profile.rowCount }

  /// A cursor before an interval by its index, 0 for the oldest.
  ///
  /// - Parameter withTotals: also tells the registers at the end of each interval. That costs one
  ///   pass from the place to the end.
  @inline(never)
  public func intervals(
    from index: Int = 0, withTotals: Bool = false, memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileCursor {
    intervals(at: profile.place(ofRow: index, memory: memory), withTotals, memory)
  }

  /// A cursor over the intervals that begin within `from..<until`, both in the meter's time.
  @inline(never)
  public func intervals(
    from: Instant, until: Instant, withTotals: Bool = false,
    memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileCursor {
    var cursor = intervals(
      at: profile.place(from: firstNumber(from), memory: memory), withTotals, memory)
    cursor.limit = firstNumber(until)
    return cursor
  }

  /// A cursor at a place where an earlier one has stopped.
  @inline(never)
  public func intervals(
    at place: ProfilePlace, _ withTotals: Bool = false,
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileCursor {
    var cursor = ProfileCursor(reader: ProfileReader(at: place))
    guard withTotals else { return cursor }
    var totals = totalsOfNewest
    var rest = cursor.reader
    while let row = rest.next(of: profile, from: memory) {
      for k in 0..<4 { totals[k] &-= UInt64(row.values[k]) }
    }
    cursor.totals = totals
    return cursor
  }

  /// The next interval, nil at the end; asked again later it goes on with what has been added.
  public func nextInterval(
    _ cursor: inout ProfileCursor, memory: borrowing some PageMemory & ~Copyable
  ) -> ProfileInterval? {
    while let row = cursor.reader.next(of: profile, from: memory) {
      if var totals = cursor.totals {
        for k in 0..<4 { totals[k] &+= UInt64(row.values[k]) }
        cursor.totals = totals
      }
      if row.number < cursor.limit {
        return ProfileInterval(
          row, zone: zone, length: periods.settings.length, totals: cursor.totals)
      }
    }
    return nil
  }

  /// The first period that begins at a time or later.
  private func firstNumber(_ time: Instant) -> UInt32 {
    let length = periods.settings.length.seconds
    let seconds = zone.standardSeconds(at: time) + (time.fraction == 0 ? 0 : 1)
    return UInt32(clamping: (seconds + length - 1) / length)
  }

  /// Registers at the end of the newest interval that can be read, 0.1 Wh.
  private var totalsOfNewest: InlineArray<4, UInt64> {
    var totals = InlineArray<4, UInt64>(repeating: 0)
    for k in 0..<4 {
      totals[k] = (periods.start[k] &- UInt64(periods.carry[k])) / PeriodEngine.unit_mWh
      if let closed = periods.closed { totals[k] &-= UInt64(closed.values[k]) }
      if profile.isPending, let storing = periods.storing {
        totals[k] &-= UInt64(storing.values[k])
      }
    }
    return totals
  }
}

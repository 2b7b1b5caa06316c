import MeterTime

/// What a receiver remembers of one meter, so that a telegram that was recorded and sent again is
/// not stored as news.
///
/// Counters decide where there are some: that of mode 7, or the time in the session number. In mode
/// 5 there is neither; the time among the records decides, and without one the access number, of
/// which half are ahead and half behind.
public struct ReplayGuard: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    case fresh
    /// Heard before, or older than what was heard.
    case stale
  }

  /// The newest counter, session, time among records and access number; to be kept through a
  /// restart of the receiver, else what was recorded before it would be news.
  public private(set) var counter: UInt32?
  public private(set) var session: UInt32?
  public private(set) var time: Int64?
  public private(set) var access: UInt8?
  /// Telegrams that were stale.
  public private(set) var staleCount: UInt32 = 0

  public init() {}

  /// A guard that remembers what another one did.
  public init(counter: UInt32?, session: UInt32?, time: Int64?, access: UInt8?) {
    (self.counter, self.session, self.time, self.access) = (counter, session, time, access)
  }

  /// Judges a telegram that was opened, and remembers it where it is fresh.
  ///
  /// - Parameter records: the records in clear.
  public mutating func judge(_ telegram: WirelessTelegram, _ records: Span<UInt8>) -> Verdict {
    let time = Self.time(records)
    let isFresh: Bool
    if let new = telegram.counter, telegram.isAuthenticated {
      isFresh = counter.map { new > $0 } ?? true
      if isFresh { counter = new }
    } else if let number = telegram.session, telegram.wasEnciphered {
      // Within one minute the access number tells telegrams apart.
      let new = number & 0x1FFF_FFFF
      let isAhead = access.map { Int8(bitPattern: telegram.accessNumber &- $0) > 0 } ?? true
      isFresh = session.map { new > $0 || new == $0 && isAhead } ?? true
      if isFresh { session = new }
    } else if let new = time {
      isFresh = self.time.map { new > $0 } ?? true
      if isFresh { self.time = new }
    } else {
      isFresh = access.map { Int8(bitPattern: telegram.accessNumber &- $0) > 0 } ?? true
    }
    if isFresh { access = telegram.accessNumber } else { staleCount &+= 1 }
    return isFresh ? .fresh : .stale
  }

  /// The first date with time among the records, seconds since 2000.
  private static func time(_ records: Span<UInt8>) -> Int64? {
    var reader = RecordReader(records)
    while let record = try? reader.next() {
      guard record.information.quantity == .dateTime, record.storage == 0 else { continue }
      if case .time(let time) = record.value(in: records), let civil = time.civil {
        return civil.seconds
      }
    }
    return nil
  }
}

/// What may open the switch by itself because of the load (KMP register 1118). Smart disconnect and
/// prepayment exclude each other, so it is one choice.
public enum CutOffBasis: UInt8, CaseIterable, Sendable {
  case none = 0
  /// Smart disconnect by the sum of the phase powers.
  case power = 1
  /// Smart disconnect by the current of any phase.
  case current = 2
  case prepayment = 3
}

/// The characteristic of smart disconnect (Intelligent udkobling).
///
/// With X the current or power and Xd its limit, the switch opens when X has stayed above
/// k1·Xd for t1, or above k2·Xd for t1 + t2, or above k3·Xd for t1 + t2 + t3.
public struct SmartDisconnectParameters: Equatable, Sendable {
  /// Limit by current, mA, or by power, W.
  public var limit: UInt32
  /// Factors in hundredths, k3 <= k2 <= k1.
  public var k1, k2, k3: UInt16
  /// Times in seconds, t1 <= t2 <= t3.
  public var t1, t2, t3: UInt16
  /// Seconds after the disconnection before which nothing closes.
  public var reconnectWait: UInt16
  /// Closes by itself after the wait; otherwise the button does.
  public var isAutomatic: Bool

  /// Times and wait of a delivered meter (30, 30, 30 and 60 s), manual reconnection.
  public init(
    limit: UInt32 = 80_000, k: (UInt16, UInt16, UInt16) = (150, 120, 100),
    t: (UInt16, UInt16, UInt16) = (30, 30, 30), reconnectWait: UInt16 = 60,
    isAutomatic: Bool = false
  ) {
    self.limit = limit
    (k1, k2, k3) = k
    (t1, t2, t3) = t
    self.reconnectWait = reconnectWait
    self.isAutomatic = isAutomatic
  }

  /// What is wrong with parameters.
  public enum Refusal: UInt8, Error, CaseIterable, Sendable {
    /// Outside 1...Imax, or above 3·Un·Imax.
    case limit = 1
    /// A factor is outside 0.10...10.00.
    case factor = 2
    /// k3 <= k2 <= k1 does not hold.
    case factorOrder = 3
    /// A time is outside 1...3600 s.
    case time = 4
    /// t1 <= t2 <= t3 does not hold.
    case timeOrder = 5
    /// The wait is longer than 43,200 s.
    case wait = 6
  }

  /// The first thing that is wrong, nil if nothing is.
  /// - Parameter largest: Imax in mA, or the power at Imax in W.
  public func refusal(largest: UInt32) -> Refusal? {
    if limit < 1 || limit > largest { return .limit }
    for n in 0..<3 where factor(n) < 10 || factor(n) > 1000 { return .factor }
    if k3 > k2 || k2 > k1 { return .factorOrder }
    if t1 < 1 || t2 < 1 || t3 < 1 || t1 > 3600 || t2 > 3600 || t3 > 3600 { return .time }
    if t1 > t2 || t2 > t3 { return .timeOrder }
    if reconnectWait > 43_200 { return .wait }
    return nil
  }

  /// Seconds after which a constant load opens the switch; nil where it never does.
  /// - Parameter value: mA or W.
  public func tripTime(_ value: Int64) -> UInt32? {
    for n in 0..<3 where value * 100 > Int64(factor(n)) * Int64(limit) { return time(n) }
    return nil
  }

  /// k1, k2 or k3 in hundredths.
  func factor(_ n: Int) -> UInt16 { n == 0 ? k1 : n == 1 ? k2 : k3 }

  /// t1, t1 + t2 or t1 + t2 + t3 in seconds.
  func time(_ n: Int) -> UInt32 {
    UInt32(t1) + (n > 0 ? UInt32(t2) : 0) + (n > 1 ? UInt32(t3) : 0)
  }
}

import MeterTime

/// How far the credit has gone.
public enum CreditStage: UInt8, CaseIterable, Sendable {
  /// Prepayment is off.
  case off
  case credit
  /// At or below the warning level.
  case warning
  /// At or below zero, within the emergency credit.
  case emergency
  /// Used up; the cut waits for the end of the friendly hours or days.
  case friendly
  /// Used up; limited power for a limited time.
  case limited
  /// Used up: the supply is cut.
  case exhausted
  /// The time of limited power has run out: the supply is cut.
  case expired

  /// True where the switch may be closed.
  public var supplies: Bool { self < .exhausted }

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Prepayment: a countdown in kWh without tokens.
///
/// A change is staged, committed as a whole, and only then counts: `topUp` or `set`, then `encode`
/// into the memory, then `commit`.
public struct Prepayment: Sendable {
  /// What the memory holds.
  public private(set) var account = PrepaymentAccount()
  private var staged: PrepaymentAccount?
  /// How far the credit has gone.
  public private(set) var stage = CreditStage.off
  /// How long limited power has been exceeded, 1/65536 s.
  private var over: Int64 = 0
  /// Limited power may be exceeded for so long.
  static let grace = Instant.Duration.seconds(10)

  public init() {}

  /// True where `encode` has something to be committed.
  public var needsCommit: Bool { staged != nil }

  /// Adds a numbered amount: each number counts once, however often it is sent.
  ///
  /// - Parameters:
  ///   - number: 1..., given by whoever sells; in any order within the last 64.
  ///   - register: committed A+, mWh.
  public mutating func topUp(
    number: UInt32, amount_Wh: UInt32, register: UInt64
  ) throws(CreditRefusal) {
    if staged != nil { throw .busy }
    var next = account
    try next.topUp(number: number, amount_Wh: amount_Wh, register: register)
    staged = next
  }

  /// Sets the credit absolutely.
  public mutating func set(credit_Wh: UInt64, register: UInt64) throws(CreditRefusal) {
    if staged != nil { throw .busy }
    var next = account
    try next.set(credit_Wh: credit_Wh, register: register)
    staged = next
  }

  /// Turns prepayment on or off, which clears the credit.
  public mutating func turn(on: Bool, register: UInt64) throws(CreditRefusal) {
    if staged != nil { throw .busy }
    if on == account.isOn { return }
    var next = account
    next.turn(on: on, register: register)
    staged = next
  }

  /// What is left, mWh; 0 while prepayment is off.
  /// - Parameter register: committed A+, mWh.
  public func balance_mWh(_ register: UInt64) -> Int64 {
    account.isOn ? account.balance_mWh(register) : 0
  }

  /// Takes one second further.
  ///
  /// - Parameters:
  ///   - register: committed A+, mWh.
  ///   - power_mW: mean over the second.
  ///   - isFriendly: credit used up does not open the switch now.
  ///   - operated: seconds in operation over the whole life.
  ///   - isClosed: the house is supplied.
  /// - Returns: true when the stage has changed.
  public mutating func step(
    register: UInt64, power_mW: Int64, isFriendly: Bool, operated: UInt32, isClosed: Bool,
    span: Instant.Duration, _ parameters: PrepaymentParameters
  ) -> Bool {
    let before = stage
    let balance = account.balance_mWh(register)
    if !account.isOn {
      stage = .off
    } else if balance > Int64(parameters.warning_Wh) * 1000 {
      stage = .credit
    } else if balance > 0 {
      stage = .warning
    } else if balance > -Int64(parameters.emergency_Wh) * 1000 {
      stage = .emergency
    } else if account.isExpired {
      stage = .expired
    } else if account.isOverdrawn {
      stage = .exhausted
    } else if isFriendly && account.limitedSince == nil && isClosed {
      stage = .friendly
    } else {
      stage = limited(power_mW, operated, isClosed: isClosed, span, parameters)
    }
    if stage != .limited { over = 0 }
    return stage != before
  }

  private mutating func limited(
    _ power_mW: Int64, _ operated: UInt32, isClosed: Bool, _ span: Instant.Duration,
    _ parameters: PrepaymentParameters
  ) -> CreditStage {
    guard parameters.limitedPower_W > 0, parameters.limitedTime_s > 0 else { return .exhausted }
    guard staged == nil else { return stage }
    guard let since = account.limitedSince else {
      var next = account
      next.limitedSince = operated
      staged = next
      return .limited
    }
    if operated &- since >= parameters.limitedTime_s {
      var next = account
      next.isExpired = true
      staged = next
      return .expired
    }
    over = power_mW > Int64(parameters.limitedPower_W) * 1000 && isClosed ? over + span.ticks : 0
    if over < Self.grace.ticks { return .limited }
    var next = account
    next.isOverdrawn = true
    staged = next
    return .exhausted
  }

  // MARK: memory

  /// What is to be committed.
  func encode(into bytes: inout InlineArray<48, UInt8>) {
    (staged ?? account).encode(into: &bytes)
  }

  /// The memory holds what `encode` gave.
  public mutating func commit() {
    if let staged { account = staged }
    staged = nil
  }

  /// Takes the account out of its record.
  /// - Returns: false for a layout that this version does not know.
  mutating func restore(_ bytes: InlineArray<48, UInt8>) -> Bool {
    guard let account = PrepaymentAccount(bytes) else { return false }
    self.account = account
    // Until the first second has been looked at nothing may be closed on credit.
    if account.isOn { stage = .exhausted }
    return true
  }
}

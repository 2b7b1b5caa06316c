/// The credit, as the permanent memory keeps it: a sum of top-ups, and the reading of A+ from which
/// it counts down. The countdown is derived from A+ and cannot diverge from it.
public struct PrepaymentAccount: Equatable, Sendable {
  static let recordBytes = 48
  /// Most that the register shows, 9,999,999 kWh.
  static let largest_mWh: Int64 = 9_999_999_000_000

  /// Prepayment is on.
  public var isOn = false
  /// Sum of what was set and topped up since `base_mWh`, mWh.
  public var credit_mWh: Int64 = 0
  /// Committed A+ from which it counts, mWh.
  public var base_mWh: UInt64 = 0
  /// Highest number of a top-up so far.
  public var highestNumber: UInt32 = 0
  /// The 64 numbers up to the highest: bit n is highest - n.
  public var usedNumbers: UInt64 = 0
  /// Hours in operation, in seconds, when limited power began; nil before.
  public var limitedSince: UInt32?
  /// The cut that limited power ended in; only new credit takes it back.
  public var isExpired = false
  /// Limited power was exceeded: cut until new credit comes.
  public var isOverdrawn = false

  public init() {}

  /// What is left, mWh; negative where more was used.
  /// - Parameter register: committed A+, mWh.
  public func balance_mWh(_ register: UInt64) -> Int64 {
    let used = register >= base_mWh ? register - base_mWh : 0
    return credit_mWh - Int64(min(used, 1 << 60))
  }

  /// Whether a number has been used, or is more than 63 below the highest.
  public func isUsed(_ number: UInt32) -> Bool {
    if number > highestNumber { return false }
    let distance = highestNumber - number
    return distance > 63 || usedNumbers >> UInt64(distance) & 1 != 0
  }

  /// Adds a top-up.
  mutating func topUp(
    number: UInt32, amount_Wh: UInt32, register: UInt64
  ) throws(CreditRefusal) {
    if !isOn { throw .off }
    if number == 0 || isUsed(number) { throw .usedNumber }
    let amount = Int64(amount_Wh) * 1000
    if amount == 0 || balance_mWh(register) + amount > Self.largest_mWh { throw .amount }
    credit_mWh += amount
    if number > highestNumber {
      let distance = number - highestNumber
      usedNumbers = distance > 63 ? 1 : usedNumbers << UInt64(distance) | 1
      highestNumber = number
    } else {
      usedNumbers |= 1 << UInt64(highestNumber - number)
    }
    renew(register)
  }

  /// Sets the credit, whatever it was: the absolute write of the family.
  mutating func set(credit_Wh: UInt64, register: UInt64) throws(CreditRefusal) {
    if !isOn { throw .off }
    if credit_Wh > UInt64(Self.largest_mWh / 1000) { throw .amount }
    credit_mWh = Int64(credit_Wh) * 1000
    base_mWh = register
    renew(register)
  }

  /// Turns prepayment on or off; off is the only thing beside a write that clears the credit.
  mutating func turn(on: Bool, register: UInt64) {
    isOn = on
    credit_mWh = 0
    base_mWh = register
    limitedSince = nil
    isExpired = false
    isOverdrawn = false
  }

  private mutating func renew(_ register: UInt64) {
    guard balance_mWh(register) > 0 else { return }
    limitedSince = nil
    isExpired = false
    isOverdrawn = false
  }

  // MARK: memory

  /// The record: version; flags; highest number; start of limited power; credit; base; numbers.
  func encode(into bytes: inout InlineArray<48, UInt8>) {
    bytes = InlineArray(repeating: 0)
    bytes[0] = 1
    bytes[1] =
      (isOn ? 1 : 0) | (isExpired ? 2 : 0) | (isOverdrawn ? 4 : 0) | (limitedSince != nil ? 8 : 0)
    for k in 0..<4 {
      bytes[4 + k] = UInt8(truncatingIfNeeded: highestNumber >> UInt32(8 * k))
      bytes[8 + k] = UInt8(truncatingIfNeeded: (limitedSince ?? 0) >> UInt32(8 * k))
    }
    for k in 0..<8 {
      let shift = UInt64(8 * k)
      bytes[16 + k] = UInt8(truncatingIfNeeded: UInt64(bitPattern: credit_mWh) >> shift)
      bytes[24 + k] = UInt8(truncatingIfNeeded: base_mWh >> shift)
      bytes[32 + k] = UInt8(truncatingIfNeeded: usedNumbers >> shift)
    }
  }

  /// Nil for a layout that this version does not know.
  init?(_ bytes: InlineArray<48, UInt8>) {
    guard bytes[0] == 1, bytes[1] < 16 else { return nil }
    isOn = bytes[1] & 1 != 0
    isExpired = bytes[1] & 2 != 0
    isOverdrawn = bytes[1] & 4 != 0
    var since: UInt32 = 0
    var credit: UInt64 = 0
    for k in 0..<4 {
      highestNumber |= UInt32(bytes[4 + k]) << UInt32(8 * k)
      since |= UInt32(bytes[8 + k]) << UInt32(8 * k)
    }
    for k in 0..<8 {
      credit |= UInt64(bytes[16 + k]) << UInt64(8 * k)
      base_mWh |= UInt64(bytes[24 + k]) << UInt64(8 * k)
      usedNumbers |= UInt64(bytes[32 + k]) << UInt64(8 * k)
    }
    credit_mWh = Int64(bitPattern: credit)
    // Whatever the check let through must not overflow later.
    guard credit_mWh.magnitude < 1 << 60 else { return nil }
    limitedSince = bytes[1] & 8 != 0 ? since : nil
  }
}

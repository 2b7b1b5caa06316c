import Metrology
import Quantities

/// The values of all registers, what is left below 1 mWh, and what the memory already holds.
public struct RegisterBank: Sendable {
  /// mWh and mvarh.
  private var values = InlineArray<39, UInt64>(repeating: 0)
  /// As last committed to the permanent memory: what displays and ports may show.
  private var committedValues = InlineArray<39, UInt64>(repeating: 0)
  /// Position within the present watt-hour, mWh.
  private var withinWattHour = InlineArray<39, UInt16>(repeating: 0)
  /// µWs below 1 mWh of the registers that are summed themselves: totals, quadrants, phases,
  /// absolute.
  private var remainders = InlineArray<21, UInt32>(repeating: 0)
  /// True when some register has passed a watt-hour since the last commit.
  public private(set) var needsCommit = false

  /// µWs in one mWh.
  static let microwattSecondsPerMilliwattHour: Int64 = 3_600_000

  public init() {}

  /// The running value, mWh or mvarh.
  public subscript(register: Register) -> UInt64 { values[Int(register.index)] }
  /// The value that is safe in the permanent memory.
  public func committed(_ register: Register) -> UInt64 { committedValues[Int(register.index)] }

  /// What a register carries below 1 mWh, µWs; 0 for tariffs and resettable counters, which take
  /// whole mWh of their total.
  public func remainder(_ register: Register) -> UInt32 {
    switch register.index {
    case 0..<4: remainders[Int(register.index)]
    case 20...36: remainders[Int(register.index) - 16]
    default: 0
    }
  }

  /// Books a contribution to the totals, the active tariff and the resettable counters.
  mutating func book(total c: EnergyContribution, tariff: Tariff, energies: EnergyType) {
    for kind in EnergyKind.allCases where energies.registers(kind) {
      let whole = carry(c[kind], Register.total(kind), slot: kind.index)
      // Tariffs take whole mWh only: so they add up to the total, always.
      advance(Register.tariff(kind, tariff), whole)
      if kind == .activeImport { advance(Register.resettableImport, whole) }
      if kind == .activeExport { advance(Register.resettableExport, whole) }
    }
    guard energies == .fourQuadrant else { return }
    for q in Quadrant.allCases {
      _ = carry(c[q], Register.quadrant(q), slot: 4 + Int(q.rawValue))
    }
  }

  /// Books a contribution to the registers of one phase.
  mutating func book(_ c: EnergyContribution, phase: Phase) {
    for kind in EnergyKind.allCases {
      _ = carry(
        c[kind], Register.phase(kind, phase), slot: 8 + kind.index * 3 + phase.index)
    }
    _ = carry(c.activeImport &+ c.activeExport, Register.absolute, slot: 20)
  }

  /// Adds µWs; returns the whole mWh by which the register advanced.
  private mutating func carry(_ energy: Int64, _ register: Register, slot: Int) -> UInt64 {
    if energy <= 0 { return 0 }
    let sum = energy &+ Int64(remainders[slot])
    let whole = sum / Self.microwattSecondsPerMilliwattHour
    remainders[slot] = UInt32(
      truncatingIfNeeded: sum &- whole &* Self.microwattSecondsPerMilliwattHour)
    advance(register, UInt64(whole))
    return UInt64(whole)
  }

  private mutating func advance(_ register: Register, _ whole: UInt64) {
    if whole == 0 { return }
    let k = Int(register.index)
    values[k] &+= whole
    let within = UInt64(withinWattHour[k]) &+ whole
    if within >= 1000 {
      needsCommit = true
      withinWattHour[k] = UInt16(truncatingIfNeeded: within % 1000)
    } else {
      withinWattHour[k] = UInt16(truncatingIfNeeded: within)
    }
  }

  /// Sets a resettable counter to zero.
  mutating func reset(_ register: Register) {
    guard register == .resettableImport || register == .resettableExport else { return }
    values[Int(register.index)] = 0
    withinWattHour[Int(register.index)] = 0
    needsCommit = true
  }

  // MARK: the journal record

  /// Bytes of all registers in a journal record: 6 each, little-endian.
  public static let recordBytes = 39 * 6

  /// Writes all registers to the start of `bytes`.
  func encode(into bytes: inout MutableSpan<UInt8>) {
    var at = 0
    for k in 0..<39 {
      var v = values[k]
      for _ in 0..<6 {
        bytes[at] = UInt8(truncatingIfNeeded: v)
        v >>= 8
        at += 1
      }
    }
  }

  /// Notes that the present values are on their way to the memory.
  mutating func noteEncoded() { needsCommit = false }

  /// Asks for a commit without a passed watt-hour.
  mutating func requestCommit() { needsCommit = true }

  /// Takes what was read back from the memory as committed.
  mutating func commit(_ bytes: Span<UInt8>) {
    for k in 0..<39 { committedValues[k] = Self.value(k, bytes) }
  }

  private static func value(_ k: Int, _ bytes: Span<UInt8>) -> UInt64 {
    var v: UInt64 = 0
    for n in 0..<6 { v |= UInt64(bytes[k * 6 + n]) << UInt64(8 * n) }
    return v
  }

  /// Takes the registers of a journal record; they count as committed.
  mutating func decode(_ bytes: Span<UInt8>) {
    for k in 0..<39 {
      let v = Self.value(k, bytes)
      values[k] = v
      withinWattHour[k] = UInt16(truncatingIfNeeded: v % 1000)
    }
    remainders = InlineArray(repeating: 0)
    committedValues = values
    needsCommit = false
  }
}

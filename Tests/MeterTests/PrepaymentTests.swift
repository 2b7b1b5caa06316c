import MeterFaults
import MeterTime
import PermanentMemory
import Testing

@testable import Meter

/// An account with its record in a memory that can be cut.
struct CreditRig: ~Copyable {
  var prepayment = Prepayment()
  var record = AtomicRecord(region: PageRegion(first: 0, count: 2), kind: 7)
  var memory: FaultyMemory
  /// Committed A+, mWh.
  var register: UInt64 = 0

  init(seed: UInt64) { memory = FaultyMemory(pageCount: 2, seed: seed) }

  /// Commits what is staged; false where the supply went away meanwhile.
  mutating func store() -> Bool {
    while prepayment.needsCommit {
      if !memory.isReady { return false }
      var bytes = InlineArray<48, UInt8>(repeating: 0)
      prepayment.encode(into: &bytes)
      if record.isIdle { _ = record.begin(bytes.span) }
      if record.pump(bytes.span, to: &memory) == .committed { prepayment.commit() }
    }
    return true
  }

  /// The next start after a cut.
  mutating func restart() {
    memory.restorePower()
    prepayment = Prepayment()
    record = AtomicRecord(region: PageRegion(first: 0, count: 2), kind: 7)
    var bytes = InlineArray<48, UInt8>(repeating: 0)
    var length = 0
    var room = bytes.mutableSpan
    let found = record.recover(from: memory, into: &room, length: &length)
    if found.outcome == .recovered { _ = prepayment.restore(bytes) }
  }

  var balance: Int64 { prepayment.balance_mWh(register) }
}

@Suite struct PrepaymentTests {
  /// 100,000 sequences of top-ups, absolute writes, consumption, replays and cuts: after each
  /// step the balance is what a plain account in the test says, to the mWh.
  @Test("credit is top-ups and sets less A+ used, whatever is cut and repeated")
  func property() {
    var random = SplitMix64(seed: 20_261_124)
    var rig = CreditRig(seed: 1)
    var wrong = 0
    var replays = 0
    var cuts = 0
    for _ in 0..<100_000 {
      // A new account on the same memory.
      try? rig.prepayment.turn(on: false, register: rig.register)
      _ = rig.store()
      try? rig.prepayment.turn(on: true, register: rig.register)
      _ = rig.store()
      var ledger = Ledger(number: rig.prepayment.account.highestNumber)
      for _ in 0..<(3 + random.below(5)) {
        ledger.step(&rig, &random)
        if rig.balance != ledger.expected { wrong += 1 }
      }
      replays += ledger.replays
      cuts += ledger.cuts
    }
    #expect(wrong == 0)
    #expect(replays > 20_000 && cuts > 20_000, "\(replays) replays, \(cuts) cuts")
  }

  /// The plain account: a sum, kept by the seller and the reader of A+.
  private struct Ledger {
    var expected: Int64 = 0
    var number: UInt32
    var used: [(UInt32, UInt32)] = []
    var replays = 0
    var cuts = 0

    init(number: UInt32) { self.number = number }

    mutating func step(_ rig: inout CreditRig, _ random: inout SplitMix64) {
      switch random.below(8) {
      case 0, 1:
        let energy = UInt64(random.below(3_000_000))
        rig.register += energy
        expected -= Int64(energy)
      case 2, 3: sell(&rig, &random, cutsIn: nil)
      case 4: sell(&rig, &random, cutsIn: random.below(300))
      case 5:
        let credit = UInt64(random.below(100_000))
        try? rig.prepayment.set(credit_Wh: credit, register: rig.register)
        _ = rig.store()
        expected = Int64(credit) * 1000
      case 6:
        guard let (number, amount) = used.randomElement(using: &random) else { return }
        replays += 1
        try? rig.prepayment.topUp(number: number, amount_Wh: amount, register: rig.register)
        _ = rig.store()
      default:
        cuts += 1
        rig.restart()
      }
    }

    /// Sells until the meter has it: a cut before that is followed by the same number again.
    private mutating func sell(
      _ rig: inout CreditRig, _ random: inout SplitMix64, cutsIn bytes: Int?
    ) {
      number += 1 + UInt32(random.below(3))
      let amount = 1 + UInt32(random.below(50_000))
      if let bytes {
        cuts += 1
        let shape = TearShape(rawValue: UInt8(random.below(TearShape.allCases.count)))
        rig.memory.cut(afterBytes: bytes, shape: shape ?? .prefix)
        try? rig.prepayment.topUp(number: number, amount_Wh: amount, register: rig.register)
        _ = rig.store()
        rig.restart()
      }
      try? rig.prepayment.topUp(number: number, amount_Wh: amount, register: rig.register)
      _ = rig.store()
      used.append((number, amount))
      expected += Int64(amount) * 1000
    }
  }

  private static func account() -> Prepayment {
    var p = Prepayment()
    try? p.turn(on: true, register: 0)
    p.commit()
    return p
  }

  private static func topUp(
    _ p: inout Prepayment, _ number: UInt32, _ amount: UInt32 = 1, register: UInt64 = 0
  ) -> CreditRefusal? {
    do throws(CreditRefusal) {
      try p.topUp(number: number, amount_Wh: amount, register: register)
      p.commit()
      return nil
    } catch {
      return error
    }
  }

  @Test("numbers count once, in any order within the last 64")
  func numbers() {
    var p = Self.account()
    let steps: [(UInt32, CreditRefusal?)] = [
      (0, .usedNumber), (5, nil), (5, .usedNumber), (3, nil), (3, .usedNumber), (100, nil),
      (37, nil), (36, .usedNumber), (37, .usedNumber), (100, .usedNumber), (99, nil),
      (.max, nil), (.max, .usedNumber), (1, .usedNumber), (.max - 63, nil),
      (.max - 64, .usedNumber),
    ]
    for (number, refusal) in steps {
      let found = Self.topUp(&p, number)
      #expect(found == refusal, "\(number)")
    }
    #expect(p.balance_mWh(0) == 7000)
  }

  @Test("amounts: none, and more than the register holds")
  func amounts() throws {
    var p = Self.account()
    let none = Self.topUp(&p, 1, 0)
    #expect(none == .amount)
    try p.set(credit_Wh: 9_999_999_000, register: 0)
    p.commit()
    let over = Self.topUp(&p, 2, 1)
    #expect(over == .amount)
    let used = Self.topUp(&p, 2, 1, register: 1000)
    #expect(used == nil)
    #expect(throws: CreditRefusal.amount) {
      try p.set(credit_Wh: 9_999_999_001, register: 0)
    }
  }

  @Test("off clears the credit; nothing else does but a write")
  func off() throws {
    var p = Self.account()
    _ = Self.topUp(&p, 1, 500)
    try p.turn(on: true, register: 0)
    #expect(!p.needsCommit && p.balance_mWh(0) == 500_000)
    try p.turn(on: false, register: 0)
    #expect(throws: CreditRefusal.busy) { try p.set(credit_Wh: 1, register: 0) }
    p.commit()
    #expect(p.balance_mWh(0) == 0)
    #expect(throws: CreditRefusal.off) { try p.set(credit_Wh: 1, register: 0) }
    // Numbers stay used.
    try p.turn(on: true, register: 0)
    p.commit()
    let again = Self.topUp(&p, 1, 500)
    #expect(again == .usedNumber)
  }

  /// One second at a balance.
  private static func stage(
    _ p: inout Prepayment, used: UInt64, watts: Int64 = 100, friendly: Bool = false,
    operated: UInt32 = 0, isClosed: Bool = true, _ parameters: PrepaymentParameters
  ) -> CreditStage {
    _ = p.step(
      register: used, power_mW: watts * 1000, isFriendly: friendly, operated: operated,
      isClosed: isClosed, span: .seconds(1), parameters)
    p.commit()
    return p.stage
  }

  private static func expect(
    _ expected: CreditStage, _ p: inout Prepayment, used: UInt64, watts: Int64 = 100,
    friendly: Bool = false, operated: UInt32 = 0, isClosed: Bool = true,
    _ parameters: PrepaymentParameters, at location: SourceLocation = #_sourceLocation
  ) {
    let found = stage(
      &p, used: used, watts: watts, friendly: friendly, operated: operated, isClosed: isClosed,
      parameters)
    #expect(found == expected, sourceLocation: location)
  }

  @Test("stages: warning, emergency credit, zero")
  func stages() throws {
    var parameters = PrepaymentParameters()
    parameters.warning_Wh = 2
    parameters.emergency_Wh = 3
    var p = Self.account()
    _ = Self.topUp(&p, 1, 10)
    let steps: [(UInt64, CreditStage)] = [
      (0, .credit), (7999, .credit), (8000, .warning), (9999, .warning), (10_000, .emergency),
      (12_999, .emergency), (13_000, .exhausted),
    ]
    for (used, expected) in steps {
      let stage = Self.stage(&p, used: used, parameters)
      #expect(stage == expected, "\(used)")
    }
    // The debt is paid first.
    _ = Self.topUp(&p, 2, 5, register: 13_000)
    #expect(p.balance_mWh(13_000) == 2000)
  }

  @Test("limited power for a limited time; too much of it cuts, and so does its end")
  func limited() {
    var parameters = PrepaymentParameters()
    parameters.limitedPower_W = 500
    parameters.limitedTime_s = 3600
    var p = Self.account()
    Self.expect(.limited, &p, used: 1, operated: 100, parameters)
    Self.expect(.limited, &p, used: 1, operated: 3699, parameters)
    Self.expect(.expired, &p, used: 1, operated: 3700, parameters)
    Self.expect(.expired, &p, used: 1, operated: 0, parameters)
    _ = Self.topUp(&p, 1, 5)
    Self.expect(.credit, &p, used: 1, parameters)
    // Ten seconds are forgiven.
    for _ in 0..<10 { _ = Self.stage(&p, used: 6000, watts: 501, parameters) }
    #expect(p.stage == .limited)
    Self.expect(.exhausted, &p, used: 6000, watts: 501, parameters)
    Self.expect(.exhausted, &p, used: 6000, watts: 0, isClosed: false, parameters)
    #expect(p.account.isOverdrawn)
  }

  @Test("friendly hours and days hold the cut, and only before it")
  func friendly() {
    let parameters = PrepaymentParameters()
    var p = Self.account()
    Self.expect(.friendly, &p, used: 1, friendly: true, parameters)
    Self.expect(.exhausted, &p, used: 1, friendly: false, parameters)
    Self.expect(.exhausted, &p, used: 1, friendly: true, isClosed: false, parameters)
    var hours = PrepaymentParameters()
    hours.friendlyFrom_min = 18 * 60
    hours.friendlyTo_min = 8 * 60
    let moments: [(UInt8, UInt16, Bool, Bool)] = [
      (0, 600, false, false), (0, 479, false, true), (0, 1080, false, true),
      (5, 600, false, true), (6, 600, false, true), (1, 600, true, true), (4, 1079, false, false),
    ]
    for (weekday, minute, isException, expected) in moments {
      #expect(
        hours.isFriendly(weekday: weekday, minute: minute, isException: isException) == expected)
    }
  }

  @Test("a damaged record of the right length restores nothing that traps")
  func damagedRecord() {
    var random = SplitMix64(seed: 5)
    for _ in 0..<2000 {
      var bytes = InlineArray<48, UInt8>(repeating: 0)
      for k in 0..<48 { bytes[k] = UInt8(truncatingIfNeeded: random.next()) }
      bytes[0] = 1
      bytes[1] &= 15
      guard var account = PrepaymentAccount(bytes) else { continue }
      _ = account.balance_mWh(random.next())
      try? account.topUp(
        number: 7, amount_Wh: .max, register: random.next())
    }
  }
}

import MeterFaults
import MeterTime
import PermanentMemory
import Testing

@testable import Meter

/// Where an account is kept: a cut leaves what was there, or what was to be.
private protocol CreditStore: ~Copyable {
  /// Commits what is staged; false where the supply went away meanwhile.
  mutating func store(_ prepayment: inout Prepayment) -> Bool
  /// What the next start finds.
  mutating func restart() -> Prepayment
  /// The supply goes away somewhere in the next commit.
  mutating func planCut(_ random: inout SplitMix64)
}

/// The record as one cell that changes at once, as `AtomicRecord` promises.
private struct CellStore: CreditStore {
  private var cell: InlineArray<48, UInt8>?
  /// Nil without a plan; otherwise whether the cut comes after the change.
  private var cut: Bool?

  mutating func planCut(_ random: inout SplitMix64) { cut = random.below(2) == 0 }

  mutating func store(_ prepayment: inout Prepayment) -> Bool {
    guard prepayment.needsCommit else { return true }
    var bytes = InlineArray<48, UInt8>(repeating: 0)
    prepayment.encode(into: &bytes)
    if cut != false { cell = bytes }
    guard cut == nil else { return false }
    prepayment.commit()
    return true
  }

  mutating func restart() -> Prepayment {
    cut = nil
    var prepayment = Prepayment()
    if let cell { _ = prepayment.restore(cell) }
    return prepayment
  }
}

/// The record itself, in a memory whose pages tear.
private struct TornStore: CreditStore, ~Copyable {
  private static let region = PageRegion(first: 0, count: 2)
  private var record = AtomicRecord(region: Self.region, kind: 7)
  private var memory = FaultyMemory(pageCount: 2, seed: 1)

  init() { _ = restart() }

  mutating func planCut(_ random: inout SplitMix64) {
    let shape = TearShape(rawValue: UInt8(random.below(TearShape.allCases.count)))
    memory.cut(afterBytes: random.below(300), shape: shape ?? .prefix)
  }

  mutating func store(_ prepayment: inout Prepayment) -> Bool {
    while prepayment.needsCommit {
      if !memory.isReady { return false }
      var bytes = InlineArray<48, UInt8>(repeating: 0)
      prepayment.encode(into: &bytes)
      if record.isIdle { _ = record.begin(bytes.span) }
      if record.pump(bytes.span, to: &memory) == .committed { prepayment.commit() }
    }
    return true
  }

  mutating func restart() -> Prepayment {
    memory.restorePower()
    record = AtomicRecord(region: Self.region, kind: 7)
    var bytes = InlineArray<48, UInt8>(repeating: 0)
    var length = 0
    var room = bytes.mutableSpan
    let found = record.recover(from: memory, into: &room, length: &length)
    var prepayment = Prepayment()
    if found.outcome == .recovered { _ = prepayment.restore(bytes) }
    return prepayment
  }
}

/// A meter's account and A+, and the plain account of the seller who also reads A+.
private struct CreditRig<Store: CreditStore & ~Copyable>: ~Copyable {
  var store: Store
  var prepayment = Prepayment()
  /// Committed A+, mWh.
  var register: UInt64 = 0
  var expected: Int64 = 0
  var number: UInt32 = 0
  var used: [(UInt32, UInt32)] = []
  var replays = 0
  var cuts = 0

  init(_ store: consuming Store) { self.store = store }

  /// A new account: off and on again clears the credit, the numbers stay used.
  mutating func begin() {
    try? prepayment.turn(on: false, register: register)
    _ = store.store(&prepayment)
    try? prepayment.turn(on: true, register: register)
    _ = store.store(&prepayment)
    expected = 0
    used = []
  }

  var isRight: Bool { prepayment.balance_mWh(register) == expected }

  mutating func step(_ random: inout SplitMix64) {
    switch random.below(8) {
    case 0, 1:
      let energy = UInt64(random.below(3_000_000))
      register += energy
      expected -= Int64(energy)
    case 2, 3: sell(&random, cut: false)
    case 4: sell(&random, cut: true)
    case 5:
      let credit = UInt64(random.below(100_000))
      try? prepayment.set(credit_Wh: credit, register: register)
      _ = store.store(&prepayment)
      expected = Int64(credit) * 1000
    case 6:
      guard let (number, amount) = used.randomElement(using: &random) else { return }
      replays += 1
      try? prepayment.topUp(number: number, amount_Wh: amount, register: register)
      _ = store.store(&prepayment)
    default:
      cuts += 1
      prepayment = store.restart()
    }
  }

  /// Sells until the meter has it: a cut before that is followed by the same number again.
  private mutating func sell(_ random: inout SplitMix64, cut: Bool) {
    number += 1 + UInt32(random.below(3))
    let amount = 1 + UInt32(random.below(50_000))
    if cut {
      cuts += 1
      store.planCut(&random)
      try? prepayment.topUp(number: number, amount_Wh: amount, register: register)
      _ = store.store(&prepayment)
      prepayment = store.restart()
    }
    try? prepayment.topUp(number: number, amount_Wh: amount, register: register)
    _ = store.store(&prepayment)
    used.append((number, amount))
    expected += Int64(amount) * 1000
  }
}

@Suite struct PrepaymentTests {
  /// After each step of each sequence the balance is what a plain account says, to the mWh.
  private static func sequences<Store: CreditStore & ~Copyable>(
    _ count: Int, _ store: consuming Store, seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    var rig = CreditRig(store)
    var wrong = 0
    for _ in 0..<count {
      rig.begin()
      for _ in 0..<(3 + random.below(6)) {
        rig.step(&random)
        if !rig.isRight { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    #expect(rig.replays > count / 4 && rig.cuts > count / 2, "\(rig.replays) \(rig.cuts)")
  }

  @Test("100,000 sequences: credit is top-ups and sets less A+ used, whatever is repeated and cut")
  func property() { Self.sequences(100_000, CellStore(), seed: 20_261_124) }

  @Test("the same with the record itself in a memory whose pages tear")
  func tornProperty() { Self.sequences(1500, TornStore(), seed: 382) }

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

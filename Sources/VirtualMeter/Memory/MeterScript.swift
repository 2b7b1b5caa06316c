import Foundation
import LegalMeter
import MeterFaults
import Meter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// The whole meter under torture: samples in, the supply gone, and what a new meter on the same
/// memory says.
struct MeterScript: TortureScript, ~Copyable {
  static let name = "meter"
  static let bytesPerWork = 400
  static let regions = [
    MemoryMap.registerJournal, MemoryMap.records, MemoryMap.configuration,
  ]

  private var meter = Meter(Self.configuration, .bench)
  private var now = Instant(seconds: 820_000_000)
  private var metered = RegisterValues()
  private var gain = RegisterValues()
  private var shown = RegisterValues()
  private var known = KnownState()
  /// Numbers of top-ups that have been handed in.
  private var topUps: UInt32 = 0
  /// The cover was opened while nothing ran; its contact holds that until the meter has stored it.
  private var isCoverLatched = false
  /// What happens while the supply is gone.
  private var chance = SplitMix64(seed: 6)
  private var isButtonDown = false
  /// Everything was brought into the memory before the supply went.
  private var isGasped = false
  /// Place in the cycle of the mains.
  private var place = 0
  private var isRestored = false

  init() {}

  /// With credit, so that the account is at stake as well.
  private static var configuration: MeterConfiguration {
    var configuration = MeterConfiguration.bench
    configuration.supply.basis = .prepayment
    return configuration
  }

  mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    meter = Meter(Self.configuration, .bench)
    let report: StartReport
    do throws(StartRefusal) {
      report = try meter.start(now: now, memory: &memory)
    } catch {
      // Two copies of the configuration can only be gone where bits flip or order is lost.
      if Self.isLenient(memory) { return forget(&memory) }
      throw Violation(.tornPages, "the meter does not start: \(error)")
    }
    memory.base.noteMeasuring()
    if report.isLost {
      if Self.isLenient(memory) { return forget(&memory) }
      throw Violation(.nearest, "the registers are lost")
    }
    try check(report, memory)
    isRestored = isRestored || report.isRestored
    isGasped = false
    isButtonDown = false
    metered = RegisterValues(running: meter)
    shown = RegisterValues(committed: meter)
    gain = RegisterValues()
    known = KnownState(meter, memory)
    if chance.below(8) == 0 { isCoverLatched = true }
    if isCoverLatched { openCover() }
    try serve(&memory)
  }

  private mutating func openCover() {
    if !meter.legal.isBroken(.terminalCover) { known.seals = nil }
    meter.legal.breakSeal(.terminalCover, now: now)
  }

  /// A memory on which nothing can be held to a promise any more begins anew.
  private mutating func forget(_ memory: inout TortureMemory) {
    memory.base.restore(image: [UInt8](repeating: 0xFF, count: MemoryMap.byteCount))
    memory.base.cutNow()
    self = MeterScript()
  }

  private static func isLenient(_ memory: borrowing TortureMemory) -> Bool {
    memory.base.flips > 0 || memory.base.reorderDepth > 0
  }

  private func check(
    _ report: StartReport, _ memory: borrowing TortureMemory
  ) throws(Violation) {
    let found = RegisterValues(running: meter)
    try found.checkSums()
    if Self.isLenient(memory) { return }
    if isRestored && !report.isRestored { throw Violation(.nearest, "nothing came back") }
    try found.check(metered: metered, shown: shown, gain: gain, isExact: isGasped)
    // A memory that has reached its end says so, and keeps no more than it can.
    if !memory.condition.isFaulty { try known.check(KnownState(meter, memory)) }
  }

  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    if random.below(6) == 0 { act(&random) }
    let load = BenchWindow.loads[random.below(BenchWindow.loads.count)]
    for _ in 0..<(1 + random.below(3)) where memory.isPowered {
      pass(load)
      // The mains fails; as long as the capacitor lasts the meter saves what it can.
      if random.below(40) == 0 { return try gasp(&memory, .random(&random)) }
      try serve(&memory)
    }
  }

  /// One window of a load.
  private mutating func pass(_ load: BenchWindow) {
    let before = RegisterValues(running: meter)
    load.fillWindow(of: &meter, from: &place)
    now = now + .milliseconds(200)
    // A button that is held closes a switch that may be closed.
    if isButtonDown { known.isClosingAsked = true }
    meter.closeWindow(now: now)
    while meter.nextPulse() != nil {}
    metered = RegisterValues(running: meter)
    gain = metered.less(before)
  }

  /// Somebody does something that is stored or logged.
  private mutating func act(_ random: inout SplitMix64) {
    switch random.below(8) {
    case 0: meter.legal.noteMagnet(random.below(2) == 0, now: now)
    case 1: press(true)
    case 2: press(false)
    case 3:
      if isCoverLatched { return }
      known.seals = nil
      meter.legal.restoreSeal(.terminalCover, now: now)
    case 4: openCover()
    case 5, 6:
      let number = topUps + 1
      let amount_Wh = UInt32(1 + random.below(4000))
      guard (try? meter.topUp(number: number, amount_Wh: amount_Wh, from: .module, now: now)) != nil
      else { return }
      topUps = number
      known.asked = CreditState(
        highest: number, credit_mWh: known.credit.credit_mWh + Int64(amount_Wh) * 1000)
    default: command(SwitchCommand.allCases[random.below(SwitchCommand.allCases.count)])
    }
  }

  private mutating func press(_ isDown: Bool) {
    isButtonDown = isDown
    if isDown { meter.pressButton(now: now) } else { meter.releaseButton(now: now) }
  }

  private mutating func command(_ command: SwitchCommand) {
    guard (try? meter.command(command, now: now)) != nil else { return }
    if command == .close { known.isClosingAsked = true }
  }

  private mutating func gasp(
    _ memory: inout TortureMemory, _ supply: SupplyFailure
  ) throws(Violation) {
    if supply.warns {
      meter.legal.notePowerWarning()
      memory.base.cut(
        afterBytes: supply.programs * 256 + supply.bytesOfLast(), shape: .prefix)
      try serve(&memory)
      isGasped = memory.isPowered
    }
    memory.base.cutNow()
  }

  private mutating func serve(_ memory: inout TortureMemory) throws(Violation) {
    var isDone = false
    for _ in 0..<4000 where memory.isPowered && !isDone {
      isDone = meter.service(now: now, memory: &memory)
      _ = meter.takeCoilAction()
      memory.base.advance()
    }
    shown = RegisterValues(committed: meter)
    guard memory.isPowered else { return }
    if !isDone && !memory.condition.isFaulty && !meter.legal.isMemoryLost {
      throw Violation(.wornPages, "the memory takes nothing, and does not say why")
    }
    guard isDone else { return }
    known = KnownState(meter, memory)
    isCoverLatched = false
  }
}

/// What a meter says of credit.
struct CreditState: Equatable {
  var highest: UInt32 = 0
  var credit_mWh: Int64 = 0
}

/// What the memory acknowledged beside the registers, and what was on its way since.
struct KnownState {
  /// Number of the newest event of each log.
  var events = InlineArray<8, UInt32>(repeating: 0)
  /// Broken seals; nil while a change of them is on its way.
  var seals: UInt8? = 0
  var credit = CreditState()
  /// The account with the top-up that is on its way.
  var asked: CreditState?
  var isClosed = true
  var isClosingAsked = false

  init() {}

  init(_ meter: borrowing Meter, _ memory: borrowing TortureMemory) {
    for log in EventLogID.allCases {
      events[Int(log.rawValue)] = meter.legal.newestEvent(log, memory: memory)
    }
    var broken: UInt8 = 0
    for seal in Seal.allCases where meter.legal.isBroken(seal) { broken |= 1 << seal.rawValue }
    seals = broken
    let account = meter.creditAccount
    credit = CreditState(highest: account.highestNumber, credit_mWh: account.credit_mWh)
    isClosed = meter.supplyState.isClosed
  }

  /// Holds what a start found to what was acknowledged before.
  func check(_ found: KnownState) throws(Violation) {
    for k in events.indices where found.events[k] < events[k] {
      throw Violation(
        .events, "event \(events[k]) of log \(k) is gone, \(found.events[k]) is newest")
    }
    if let seals, found.seals != seals {
      throw Violation(.events, "seals \(seals) were broken, \(found.seals ?? 0) are")
    }
    if found.credit != credit && found.credit != asked {
      throw Violation(
        .credit,
        "\(found.credit.credit_mWh) mWh after top-up \(found.credit.highest), "
          + "\(credit.credit_mWh) after \(credit.highest) are due")
    }
    if found.isClosed && !isClosed && !isClosingAsked {
      throw Violation(.supplySwitch, "closed on its own")
    }
  }
}

/// All registers of a meter at one moment, mWh and mvarh.
struct RegisterValues {
  var values = InlineArray<39, UInt64>(repeating: 0)

  init() {}

  init(running meter: borrowing Meter) {
    for k in values.indices {
      if let register = Register(index: k) { values[k] = meter.legal.registers[register] }
    }
  }

  init(committed meter: borrowing Meter) {
    for k in values.indices {
      if let register = Register(index: k) { values[k] = meter.legal.registers.committed(register) }
    }
  }

  func less(_ other: RegisterValues) -> RegisterValues {
    var out = RegisterValues()
    for k in values.indices { out.values[k] = values[k] &- other.values[k] }
    return out
  }

  /// The tariffs of each energy add up to its total.
  func checkSums() throws(Violation) {
    for kind in EnergyKind.allCases {
      var sum: UInt64 = 0
      for tariff in Tariff.allCases { sum += values[Int(Register.tariff(kind, tariff).index)] }
      let total = values[Int(Register.total(kind).index)]
      if sum != total { throw Violation(.tariffs, "\(kind): \(sum) in tariffs, \(total) in all") }
    }
  }

  /// - Parameter isExact: what was metered was saved to the last mWh before the supply went.
  func check(
    metered: RegisterValues, shown: RegisterValues, gain: RegisterValues, isExact: Bool
  ) throws(Violation) {
    for k in values.indices {
      let (value, was) = (values[k], metered.values[k])
      if value > was { throw Violation(.nearest, "register \(k): \(value) after \(was) mWh") }
      if was - value > 1000 + gain.values[k] {
        throw Violation(.nearest, "register \(k): \(was - value) mWh are lost")
      }
      if value / 1000 < shown.values[k] / 1000 {
        throw Violation(.neverBack, "register \(k): \(value), \(shown.values[k]) mWh were shown")
      }
      if isExact && value != was {
        throw Violation(.nearest, "register \(k): \(value), \(was) mWh were saved in time")
      }
    }
  }
}

/// Cycles of a constant load as samples.
struct BenchWindow: Sendable {
  let u1: [Int32], i1: [Int32]
  let u2: [Int32], i2: [Int32]
  let u3: [Int32], i3: [Int32]
  var count: Int { u1.count }

  /// - Parameters:
  ///   - amperes: of the three phases.
  ///   - lag_deg: of each current behind its voltage; beyond 90 is export.
  init(amperes: [Double], lag_deg: Double) {
    let perCycle = Int(MeasuringSettings.bench.rate.hertz) / 50
    var channels: [[Int32]] = []
    func wave(_ amplitude: Double, _ degrees: Double, _ perCount: Double) -> [Int32] {
      (0..<perCycle).map { n in
        let turn = 2 * Double.pi * (Double(n) / Double(perCycle) - degrees / 360)
        return Int32((amplitude * 2.0.squareRoot() * sin(turn) / perCount).rounded())
      }
    }
    for k in 0..<3 {
      let degrees = Double(k) * 120
      channels.append(wave(230, degrees, Self.voltsPerCount))
      channels.append(
        wave(amperes[k], degrees + lag_deg, Self.amperesPerCount))
    }
    (u1, i1) = (channels[0], channels[1])
    (u2, i2) = (channels[2], channels[3])
    (u3, i3) = (channels[4], channels[5])
  }

  // 500 V and 200 A over 2^23 counts, as `MeasuringSettings.bench` has it.
  private static let voltsPerCount = 500 * 0x1p-23
  private static let amperesPerCount = 200 * 0x1p-23

  /// Adds cycles until the open window is complete.
  /// - Parameter at: the place in the cycle, which goes on from window to window.
  func fillWindow(of meter: inout Meter, from at: inout Int) {
    let block = SampleBlock(
      u1: u1.span, i1: i1.span, u2: u2.span, i2: i2.span, u3: u3.span, i3: i3.span)
    while true {
      let step = meter.add(block, from: at)
      at = step.next == count ? 0 : step.next
      if step.complete { return }
    }
  }

  /// From a heater to full load, consumed and given back.
  static let loads = [
    BenchWindow(amperes: [85, 85, 85], lag_deg: 0),
    BenchWindow(amperes: [20, 3, 0], lag_deg: 25),
    BenchWindow(amperes: [2, 0, 1], lag_deg: 60),
    BenchWindow(amperes: [40, 40, 40], lag_deg: 170),
    BenchWindow(amperes: [10, 16, 25], lag_deg: 300),
  ]
}

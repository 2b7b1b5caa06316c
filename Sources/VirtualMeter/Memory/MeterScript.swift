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

  private var meter = Meter(.bench, .bench)
  private var now = Instant(seconds: 820_000_000)
  private var metered = RegisterValues()
  private var gain = RegisterValues()
  private var shown = RegisterValues()
  /// Number of the newest event that the memory acknowledged.
  private var event: UInt32 = 0
  /// Seals that are known to be broken.
  private var broken = 0
  /// Everything was brought into the memory before the supply went.
  private var isGasped = false
  private var works = 0
  /// Place in the cycle of the mains.
  private var place = 0
  private var isRestored = false

  init() {}

  mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    meter = Meter(.bench, .bench)
    let report: StartReport
    do throws(StartRefusal) {
      report = try meter.start(now: now, memory: &memory)
    } catch {
      // Two copies of the configuration can only be gone where bits flip or order is lost.
      if Self.isLenient(memory) { return forget(&memory) }
      throw Violation(.tornPages, "the meter does not start: \(error)")
    }
    if report.isLost {
      if Self.isLenient(memory) { return forget(&memory) }
      throw Violation(.nearest, "the registers are lost")
    }
    try check(report, memory)
    isRestored = isRestored || report.isRestored
    isGasped = false
    metered = RegisterValues(running: meter)
    shown = RegisterValues(committed: meter)
    gain = RegisterValues()
    try serve(&memory)
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
    let newest = meter.legal.newestEvent(.status, memory: memory)
    if newest < event { throw Violation(.events, "event \(event) is gone, \(newest) is newest") }
  }

  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    works += 1
    if random.below(12) == 0 { act(&random) }
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
    meter.closeWindow(now: now)
    while meter.nextPulse() != nil {}
    metered = RegisterValues(running: meter)
    gain = metered.less(before)
  }

  /// Somebody does something that is logged.
  private mutating func act(_ random: inout SplitMix64) {
    switch random.below(3) {
    case 0: meter.legal.noteMagnet(random.below(2) == 0, now: now)
    case 1: meter.pressButton(now: now)
    default: meter.releaseButton(now: now)
    }
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
      memory.base.advance()
    }
    shown = RegisterValues(committed: meter)
    guard memory.isPowered else { return }
    if !isDone && !memory.condition.isFaulty && !meter.legal.isMemoryLost {
      throw Violation(.wornPages, "the memory takes nothing, and does not say why")
    }
    event = meter.legal.newestEvent(.status, memory: memory)
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

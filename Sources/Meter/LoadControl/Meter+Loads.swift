import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

extension Meter {
  /// The relay of a load output is on.
  /// - Parameter output: 0 or 1.
  public func isLoadOn(_ output: Int) -> Bool {
    output == 0 ? loads.output1.isOn : loads.output2.isOn
  }

  /// When a load output that waits for its random delay switches on.
  public func loadDue(_ output: Int) -> Instant? {
    output == 0 ? loads.output1.due : loads.output2.due
  }

  /// Switches a load output on or off by command.
  /// - Returns: false, and nothing happens, where the output does not follow commands.
  @inline(never)
  public mutating func commandLoad(_ output: Int, isOn: Bool, now: Instant) -> Bool {
    self.now = max(self.now, now)
    guard output == 0 || output == 1, load(output).mode == .command else { return false }
    if output == 0 { loads.output1.isCommanded = isOn } else { loads.output2.isCommanded = isOn }
    stepLoads()
    return true
  }

  /// Tells the level of a pulse input at a time; to be called at each edge.
  @inline(never)
  public mutating func notePulseInput(_ input: Int, isOn: Bool, at now: Instant) {
    if input == 0 {
      loads.input1.take(isOn, at: now, configuration.loads.input1)
    } else if input == 1 {
      loads.input2.take(isOn, at: now, configuration.loads.input2)
    }
    let parameters = configuration.loads
    if parameters.input1.function == .tariff || parameters.input2.function == .tariff {
      legal.setTariffInputs(tariffInputs, now: now)
    }
  }

  /// Units counted by a pulse input, as the memory holds them.
  public func pulseInputCount(_ input: Int) -> UInt32 {
    loads.committedCount(input == 0 ? 0 : 1)
  }

  /// The debounced level of a pulse input.
  public func pulseInputLevel(_ input: Int) -> Bool {
    input == 0 ? loads.input1.level : loads.input2.level
  }

  /// The start of the next pulse of a module's output that is known by now, nil if there is none.
  public mutating func nextModulePulse(_ output: Int) -> Instant? {
    output == 0
      ? loads.pulse1.next(configuration.loads.pulse1)
      : loads.pulse2.next(configuration.loads.pulse2)
  }

  /// Pulses of a module's output that found no room in its queue.
  public func lostModulePulses(_ output: Int) -> UInt32 {
    output == 0 ? loads.pulse1.lost : loads.pulse2.lost
  }

  private func load(_ output: Int) -> LoadOutputParameters {
    output == 0 ? configuration.loads.output1 : configuration.loads.output2
  }

  // MARK: each window and second

  /// Hands the energy of the window that has just closed to the pulse outputs.
  mutating func playModulePulses() {
    if configuration.loads.pulse1.isOn {
      let energy = energy_µWs(configuration.loads.pulse1.register)
      let delta = Int64(truncatingIfNeeded: energy &- loads.handed1)
      loads.handed1 = energy
      loads.pulse1.take(delta, from: now, to: now + windowLength, configuration.loads.pulse1)
    }
    if configuration.loads.pulse2.isOn {
      let energy = energy_µWs(configuration.loads.pulse2.register)
      let delta = Int64(truncatingIfNeeded: energy &- loads.handed2)
      loads.handed2 = energy
      loads.pulse2.take(delta, from: now, to: now + windowLength, configuration.loads.pulse2)
    }
  }

  /// What was metered without samples leaves no pulses.
  mutating func skipModulePulses() {
    loads.handed1 = energy_µWs(configuration.loads.pulse1.register)
    loads.handed2 = energy_µWs(configuration.loads.pulse2.register)
  }

  /// A running total in µWs, modulo 2^64: only differences matter.
  @inline(__always)
  private func energy_µWs(_ kind: EnergyKind) -> UInt64 {
    let register = Register.total(kind)
    return legal.registers[register] &* 3_600_000 &+ UInt64(legal.registers.remainder(register))
  }

  @inline(__always)
  private var windowLength: Instant.Duration {
    let rate = legal.rate
    return Instant.Duration(
      ticks: Int64(legal.window.samples) * Int64(rate.denominator) * Instant.ticksPerSecond
        / Int64(max(rate.numerator, 1)))
  }

  /// Lets the pulse outputs begin where the registers stand now, and tells the tariffs which
  /// inputs they have: the first alone chooses between two, both between four.
  mutating func applyLoads() {
    let inputs = configuration.loads
    if inputs.input2.function == .tariff {
      legal.set(TariffInputSettings(mode: .four), now: now)
    } else if inputs.input1.function == .tariff {
      legal.set(TariffInputSettings(mode: .two), now: now)
    }
    skipModulePulses()
  }

  /// Looks at plans, tariffs and commands.
  mutating func stepLoads() {
    for output in 0..<2 {
      let seed = UInt64(configuration.meterNumber) << 1 | UInt64(output)
      let wanted = wantsLoad(output)
      let longest = configuration.loads.delay_s
      let hasChanged =
        output == 0
        ? loads.output1.step(wanted: wanted, longest_s: longest, seed: seed, now: now)
        : loads.output2.step(wanted: wanted, longest_s: longest, seed: seed, now: now)
      guard hasChanged else { continue }
      legal.log(
        .loadSwitched, now: now,
        UInt64(output) | (isLoadOn(output) ? 1 << 8 : 0)
          | UInt64(load(output).mode.rawValue) << 16)
    }
  }

  private func wantsLoad(_ output: Int) -> Bool {
    let parameters = load(output)
    return switch parameters.mode {
    case .off: false
    case .command: output == 0 ? loads.output1.isCommanded : loads.output2.isCommanded
    case .tariff: parameters.tariffs >> legal.tariff.rawValue & 1 != 0
    case .plan:
      parameters.plan.wants(isWorking: localDay.isWorking, minute: localDay.minute)
    }
  }

  /// Friendly hours or a load plan ask what kind of day it is.
  var usesDays: Bool {
    configuration.supply.basis == .prepayment || load(0).mode == .plan || load(1).mode == .plan
  }

  /// Whether today is a working day, and the minute of the local day.
  var localDay: (isWorking: Bool, weekday: UInt8, minute: UInt16) {
    let civil = configuration.zone.localTime(at: legal.time(at: now)).civil
    let weekday = civil.date.weekday.rawValue &- 1
    let days = configuration.supply.prepayment.workingDays
    return (
      days >> (weekday & 7) & 1 != 0 && !supply.day.isException, weekday,
      UInt16(civil.hour) * 60 + UInt16(civil.minute)
    )
  }

  /// Levels of the inputs that choose the tariff, as bits.
  private var tariffInputs: UInt8 {
    let parameters = configuration.loads
    let first: UInt8 =
      parameters.input1.function == .tariff && loads.input1.isLive ? 1 : 0
    return parameters.input2.function == .tariff && loads.input2.isLive ? first | 2 : first
  }

  /// Outputs and inputs, once in a second.
  @inline(never)
  mutating func watchLoads() {
    loads.input1.settle(now, configuration.loads.input1)
    loads.input2.settle(now, configuration.loads.input2)
    loads.countSecond()
    for input in 0..<2 { legal.pulseInputs[input] = UInt64(pulseInputCount(input)) }
    stepLoads()
  }
}

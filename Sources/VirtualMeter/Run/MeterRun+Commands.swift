import LegalMeter
import Meter
import MeterTime
import Quantities

extension MeterRun {
  /// Obeys a command; called by the owner between two slices.
  ///
  /// - Returns: the answer, or why the command is refused.
  mutating func answer(_ command: ControlCommand) -> Swift.Result<JSONValue, Failure> {
    do throws(Failure) {
      let answer = try perform(command)
      record.note(command, at: now)
      return .success(answer)
    } catch {
      return .failure(error)
    }
  }

  /// Obeys a command.
  ///
  /// - Throws: `refused` for what this meter does not do now.
  private mutating func perform(_ command: ControlCommand) throws(Failure) -> JSONValue {
    let done = JSONValue.object([("ok", .bool(true))])
    switch command {
    case .plug: end(.powerCut)
    case .stop: end(.stopped)
    case .mains(let isIn): if isIn { try restorePower() } else { try cutPower() }
    case .button(let press): pressButton(press)
    case .hold(let isDown): holdButton(isDown)
    case .speed(let speed): change(speed: speed)
    case .status: return status
    case .glass: return .object([("ok", .bool(true)), ("glass", picture.json)])
    case .scenario:
      guard bench != nil else { throw Self.noBench }
      let text = record.yaml(title: "A recorded session", until: now)
      return .object([("ok", .bool(true)), ("scenario", .string(text))])
    case .magnet(let isHeld):
      isMagnetHeld = isHeld
      if isPlugged { meter.legal.noteMagnet(isHeld, now: now) }
    case .load, .voltage, .frequency, .neutral, .wiring, .preset: try changeBench(command)
    case .supply(let command): try perform(command)
    case .modules(let command): return try perform(command)
    case .seal, .tariff, .verify, .identify, .displayTest, .clearResettable:
      try commandMeter(command)
    case .configure, .setClock, .resetBilling, .tariffPlan: try setMeter(command)
    }
    switch command {
    case .plug, .stop:
      return .object([("ok", .bool(true)), ("now", .string(ISOTime.text(now)))])
    default: return done
    }
  }

  private static var noBench: Failure {
    Failure(
      .refused, what: "the samples do not come from a bench",
      expected: "a meter whose loads can be set", next: "start kvadrant demo")
  }

  private mutating func changeBench(_ command: ControlCommand) throws(Failure) {
    guard let source = bench else { throw Self.noBench }
    var bench = source.bench
    var preset: BenchPreset.ID?
    switch command {
    case .load(let phase, let change): bench.change(phase, change)
    case .voltage(let phase, let volts): bench.setVoltage(volts, of: phase)
    case .frequency(let hertz): bench.frequency_Hz = hertz
    case .neutral(let connected): bench.setNeutral(connected)
    case .wiring(let id): bench.wire(id)
    case .preset(let id):
      bench = BenchPreset.named(id).bench
      bench.contacts = contacts.closed
      preset = id
    default: break
    }
    if bench != source.bench || preset != nil { instruments?.preset = preset }
    source.bench = bench
  }

  private mutating func commandMeter(_ command: ControlCommand) throws(Failure) {
    // A seal can be broken at any time, but only a meter with supply notices.
    guard isPlugged else {
      throw Failure(
        .refused, what: "the meter has no supply", expected: "the plug in", next: "put it in")
    }
    switch command {
    case .seal(let seal, true): meter.legal.breakSeal(seal, now: now)
    case .seal(let seal, false): meter.legal.restoreSeal(seal, now: now)
    case .tariff(let tariff): meter.legal.choose(tariff, now: now)
    case .verify(nil): meter.endVerification()
    case .verify(let kind?):
      do throws(LegalRefusal) {
        try meter.verify(kind)
      } catch {
        throw Failure(
          .refused, what: "this meter has no such register", expected: "a register that it has",
          next: "see the register table")
      }
    case .identify: meter.identify(for: .seconds(10))
    case .displayTest: meter.testDisplay(for: .seconds(5))
    case .clearResettable(let export): meter.legal.clearResettable(export: export, now: now)
    default: break
    }
    // What was logged is stored at once, not with the next window.
    afterWindow()
  }

  /// Settings that the meter takes or refuses for a reason of its own.
  private mutating func setMeter(_ command: ControlCommand) throws(Failure) {
    guard isPlugged else {
      throw Failure(
        .refused, what: "the meter has no supply", expected: "the plug in", next: "put it in")
    }
    switch command {
    case .configure(let sections, let door):
      try configure(sections, through: door)
    case .setClock(let time, let authority):
      do throws(ClockRefusal) {
        try meter.legal.setClock(to: time, by: authority, now: now)
      } catch {
        throw Failure(
          .refused, what: "the clock is not set: \(error)",
          expected: "a time that this authority may set", next: "see docs/formats")
      }
    case .tariffPlan(let text): try store(try text.plan())
    case .resetBilling:
      do throws(BillingRefusal) {
        try meter.legal.resetBilling(now: now)
      } catch {
        throw Failure(
          .refused, what: "the billing period is not closed: \(error)",
          expected: "at least 60 seconds between two resets", next: "try again later")
      }
    default: break
    }
    afterWindow()
  }

  private mutating func store(_ plan: TariffPlan) throws(Failure) {
    let activation = meter.legal.time(at: now)
    for _ in 0..<99 {
      memory.maintain()
      switch meter.legal.store(plan, from: activation, now: now, memory: &memory) {
      case .committed: return
      case .busy, .idle: continue
      case .failed: throw Failure(ConfigurationRefusal.memory)
      }
    }
    throw Failure(ConfigurationRefusal.memory)
  }

  private mutating func configure(
    _ sections: [UInt8], through door: ConfigurationDoor
  ) throws(Failure) {
    do throws(ConfigurationRefusal) {
      // RAM and file are ready at once; the bound is for a memory that has failed.
      for _ in 0..<8 {
        let progress = try meter.configure(
          sections.span, through: door, now: now, memory: &memory)
        if progress != .busy { return }
      }
    } catch {
      throw Failure(error)
    }
    throw Failure(ConfigurationRefusal.memory)
  }
}

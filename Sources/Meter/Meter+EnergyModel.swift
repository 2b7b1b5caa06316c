import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// The energy model of the device: years in seconds, for tests, fleets and a plausible past.
extension Meter {
  /// Lets a constant load flow until an instant, from deadline to deadline.
  ///
  /// It begins where the meter stands: at its start, or at the end of the last window or call.
  /// Registers, tariffs, periods, analysis logger, supervision of the supply and quality of the
  /// voltages follow as they would with samples. While the switch is open no power flows, whatever
  /// the load says. With all voltages below 40 % of the nominal one the meter stops after a
  /// second, and nothing is booked until they are back.
  /// - Returns: the instant reached, which is `until` except while the memory is busy: then let it
  ///   finish and call again.
  @discardableResult
  @inline(never)
  public mutating func advance(
    to until: Instant, with load: ConstantLoad, memory: inout some PageMemory & ~Copyable
  ) -> Instant {
    let isPresent = hasSupply(load)
    let load = load.possible
    var reached = now
    repeat {
      guard followSupply(isPresent) else {
        sleep(to: until)
        _ = settle(memory: &memory)
        return until
      }
      let from = legal.bookedUntil ?? until
      let passed = supplyState == .absent || supplyState.isClosed ? load : load.withoutPower
      reached = legal.step(with: passed, to: min(until, nextLook(after: from, passed, isPresent)))
      now = max(now, reached)
      watchSpan(from: from, to: reached)
      guard settle(memory: &memory) else { return reached }
    } while reached < until
    handle(display.advance(to: now))
    return reached
  }

  // MARK: supply

  // Inlined: a copy of the whole meter would be made for the call.
  @inline(__always)
  private func hasSupply(_ load: ConstantLoad) -> Bool {
    let limit = legal.parameters.nominalVoltage_mV / 5 * 2
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      if load.voltage_mV[phase.index] >= limit { return true }
    }
    return false
  }

  /// True while the meter runs; its stops and starts are noted.
  private mutating func followSupply(_ isPresent: Bool) -> Bool {
    if isPresent == isPowered {
      supplySince = nil
      return isPowered
    }
    if isPresent {
      isPowered = true
      supplySince = nil
      legal.notePowerUp(now: now)
      noteSupplyReturned(now: now)
      display.start(at: now)
      return true
    }
    let since = supplySince ?? now
    supplySince = since
    guard now - since >= .seconds(1) else { return true }
    supplySince = nil
    isPowered = false
    legal.notePowerDown(now: now)
    noteSupplyLost(since: since)
    display.stop(at: now, hasBattery: configuration.variant.backup.hasBattery)
    return false
  }

  private mutating func sleep(to until: Instant) {
    let length = until - now
    legal.dropSpan(to: until)
    now = max(now, until)
    followAnalysis(length: length, now: now)
    handle(display.advance(to: now))
  }

  // MARK: spans

  /// Where the next span ends at the latest.
  @inline(__always)
  private func nextLook(
    after from: Instant, _ load: ConstantLoad, _ isPresent: Bool
  ) -> Instant {
    var next = voltageDeadline(after: from)
    if let deadline = analysisDeadline(near: from) { next = min(next, deadline) }
    if !isPresent || isNew(load) || isWatching(load) { next = min(next, from + .seconds(1)) }
    if configuration.loads.output1.mode == .plan || configuration.loads.output2.mode == .plan {
      next = min(next, Instant(seconds: (from.seconds / 60 + 1) * 60))
    }
    // However the clock is moved, time goes on.
    return max(next, from + Instant.Duration(ticks: 1))
  }

  /// Another load than that of the last span: its first second is looked at by itself.
  @inline(__always)
  private func isNew(_ load: ConstantLoad) -> Bool {
    for k in 0..<3 {
      let w = legal.window[k]
      if w.active_mW != load.active_mW[k] || w.reactive_mvar != load.reactive_mvar[k]
        || w.voltage_mV != load.voltage_mV[k]
      {
        return true
      }
    }
    return false
  }

  /// Something counts seconds.
  @inline(__always)
  private func isWatching(_ load: ConstantLoad) -> Bool {
    if supply.smart.isCounting || supply.neutral.isCounting || tamper.isSuspected
      || loads.output1.due != nil || loads.output2.due != nil
    {
      return true
    }
    guard supplyState != .absent else { return false }
    if supply.supplySwitch.needsCommit { return true }
    switch configuration.supply.basis {
    case .none: return false
    case .power, .current:
      return supplyState == .smartDisconnected && configuration.supply.smartDisconnect.isAutomatic
    case .prepayment: return isCreditTurning(load)
    }
  }

  /// The credit may come to another stage within ten minutes, or limits the power already.
  @inline(__always)
  private func isCreditTurning(_ load: ConstantLoad) -> Bool {
    switch creditStage {
    case .off, .friendly, .limited: return true
    case .credit, .warning, .emergency, .exhausted, .expired: break
    }
    guard let balance = credit_mWh else { return true }
    var power: Int64 = 0
    for k in 0..<3 { power += Int64(load.active_mW[k]) }
    let used = max(power, 0) / 6
    let parameters = configuration.supply.prepayment
    let borders: InlineArray<3, Int64> = [
      Int64(parameters.warning_Wh) * 1000, 0, -Int64(parameters.emergency_Wh) * 1000,
    ]
    for k in borders.indices
    where balance > borders[k] && balance - used <= borders[k] + 1000 { return true }
    return false
  }

  /// Everything that looks at a window looks at the span.
  private mutating func watchSpan(from: Instant, to now: Instant) {
    let length = now - from
    guard length > .zero else { return }
    watchVoltages(span: from, to: now)
    skipModulePulses()
    if length.ticks * 100 < Instant.ticksPerSecond * 95 {
      superviseSupply()
    } else {
      superviseSpan(length)
    }
    followAnalysis(length: length, now: now)
  }

  private mutating func superviseSpan(_ length: Instant.Duration) {
    var phases: UInt8 = 0
    var currents = InlineArray<3, Int32>(repeating: 0)
    var power: Int64 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      phases |= 1 << phase.rawValue
      currents[phase.index] = legal.window[phase.index].current_µA / 1000
      power += Int64(legal.window[phase.index].active_mW)
    }
    supply.means.set(current_mA: currents, power_mW: power, span: length)
    superviseSecond(fitted: phases)
  }

  /// Brings everything into the memory; false while it is busy.
  private mutating func settle(memory: inout some PageMemory & ~Copyable) -> Bool {
    for _ in 0..<64 {
      if service(now: now, memory: &memory) { return true }
      if !memory.isReady { return false }
    }
    return true
  }
}

extension ConstantLoad {
  /// The same, with nothing flowing where there is no voltage.
  fileprivate var possible: ConstantLoad {
    var load = self
    for k in 0..<3 where voltage_mV[k] <= 0 {
      load.active_mW[k] = 0
      load.reactive_mvar[k] = 0
    }
    return load
  }

  /// The same voltages, with nothing flowing.
  fileprivate var withoutPower: ConstantLoad {
    ConstantLoad(
      active_mW: InlineArray(repeating: 0), voltage_mV: voltage_mV, frequency_mHz: frequency_mHz)
  }
}

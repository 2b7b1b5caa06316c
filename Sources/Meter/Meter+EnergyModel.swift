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
  /// With all voltages below 40 % of the nominal one the meter stops after a second, as it would
  /// with samples, and nothing is booked until they are back.
  /// - Returns: the instant reached, which is `until` except while the memory is busy: then let it
  ///   finish and call again.
  @discardableResult
  @inline(never)
  public mutating func advance(
    to until: Instant, with load: ConstantLoad, memory: inout some PageMemory & ~Copyable
  ) -> Instant {
    guard followSupply(load, to: until) else {
      legal.dropSpan(to: until)
      now = max(now, until)
      _ = settle(memory: &memory)
      handle(display.advance(to: now))
      return until
    }
    var reached = now
    repeat {
      reached = legal.step(with: load, to: until)
      now = max(now, reached)
      guard settle(memory: &memory) else { return reached }
    } while reached < until
    handle(display.advance(to: now))
    return reached
  }

  /// True while the meter runs; its stops and starts are noted.
  private mutating func followSupply(_ load: ConstantLoad, to until: Instant) -> Bool {
    let limit = legal.parameters.nominalVoltage_mV / 5 * 2
    var isPresent = false
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      if load.voltage_mV[phase.index] >= limit { isPresent = true }
    }
    if isPresent && !isPowered {
      isPowered = true
      legal.notePowerUp(now: now)
      display.start(at: now)
    } else if !isPresent && isPowered {
      guard until - now >= .seconds(1) else { return false }
      isPowered = false
      legal.notePowerDown(now: now + .seconds(1))
      display.stop(at: now, hasBattery: configuration.variant.backup.hasBattery)
    }
    return isPresent
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

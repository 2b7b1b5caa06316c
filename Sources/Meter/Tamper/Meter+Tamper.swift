import LegalMeter
import MeterTime
import Metrology
import Quantities

extension Meter {
  /// The cover of the meter is opened, or closed.
  public mutating func noteMeterCover(isOpen: Bool) { tamper.isMeterCoverOpen = isOpen }

  /// A module slot that should hold a module is empty, or filled again.
  /// - Parameter slot: 0 or 1; others are ignored.
  public mutating func noteModule(slot: UInt8, isMissing: Bool) {
    guard slot < 2 else { return }
    if isMissing {
      tamper.missingModules |= 1 << slot
    } else {
      tamper.missingModules &= ~(1 << slot)
    }
  }

  /// Takes alarms back whose signs have gone; the logs keep them.
  @inline(never)
  public mutating func acknowledgeAlarms(now: Instant) {
    self.now = max(self.now, now)
    legal.acknowledge(AlarmSet.all.subtracting(lastingAlarms), now: self.now)
  }

  /// Alarms whose signs are there now. Those of a moment, such as a changed configuration, never
  /// are.
  public var lastingAlarms: AlarmSet {
    var signs = AlarmSet(rawValue: 0)
    func see(_ alarm: Alarm, _ isSeen: Bool) { if isSeen { signs.formUnion(AlarmSet(alarm)) } }
    for kind in TamperKind.allCases { see(kind.alarm, tamper.active & kind.bit != 0) }
    see(.memory, legal.isMemoryLost)
    see(.clock, !legal.isClockValid)
    see(.magnet, legal.isMagnetPresent)
    see(.terminalCover, legal.isBroken(.terminalCover))
    see(.meterCover, legal.isBroken(.verification))
    see(.moduleArea, legal.isBroken(.moduleArea))
    see(.missingPhase, isPowered && phasesBelow(phaseLimit_mV) != 0)
    see(.neutralFault, supply.neutral.isLost)
    see(.reverseEnergy, legal.isReverse)
    see(.supplySwitch, contactFault != .none)
    see(.external, legal.isExternalAlarm)
    return signs
  }

  /// Looks for signs of manipulation, once in a second.
  @inline(never)
  mutating func watchTamper() {
    legal.noteExternalAlarm(loads.isExternalAlarm(configuration.loads), now: now)
    let bare = currentsWithoutVoltage
    var seen: UInt16 = 0
    if tamper.isMeterCoverOpen { seen |= TamperKind.meterCover.bit }
    if tamper.missingModules != 0 { seen |= TamperKind.moduleRemoved.bit }
    if legal.isPhaseSequenceRight == false { seen |= TamperKind.phaseSequence.bit }
    if bare != 0 { seen |= TamperKind.currentWithoutVoltage.bit }
    if loads.takeOverflow() { seen |= TamperKind.pulseOverflow.bit }
    let (began, ended) = tamper.step(seen)
    if began | ended == 0 { return }
    for kind in TamperKind.allCases {
      let phases: UInt64 = kind == .currentWithoutVoltage ? UInt64(bare) : 0
      if began & kind.bit != 0 {
        legal.log(.tamperBegan, now: now, UInt64(kind.rawValue) | phases << 8)
      }
      if ended & kind.bit != 0 { legal.log(.tamperEnded, now: now, UInt64(kind.rawValue)) }
    }
  }

  /// Phases below a voltage, bit 0 for L1.
  private func phasesBelow(_ limit_mV: Int32) -> UInt8 {
    var phases: UInt8 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      if legal.window[phase.index].voltage_mV < limit_mV { phases |= 1 << phase.rawValue }
    }
    return phases
  }

  /// Phases that carry current without voltage, bit 0 for L1.
  // Inlined, as what it asks: a copy of the whole meter would lie on the stack.
  @inline(__always)
  private var currentsWithoutVoltage: UInt8 {
    var phases = phasesBelow(legal.parameters.nominalVoltage_mV / 5)
    for phase in Phase.allCases
    where legal.window[phase.index].current_µA <= 5000 * legal.parameters.startingCurrent_mA {
      phases &= ~(1 << phase.rawValue)
    }
    return phases
  }
}

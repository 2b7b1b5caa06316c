import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

extension Meter {
  /// Alarms: what is seen, what was seen, and when.
  public var alarms: TamperWatch { tamper }

  /// Alarms raised since the last call, as bits of `TamperKind`: what a port pushes.
  public mutating func takeAlarmPushes() -> UInt16 { tamper.takePushes() }

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
    let before = tamper.latched
    if tamper.acknowledge() {
      legal.log(.alarmsAcknowledged, now: self.now, UInt64(before & ~tamper.latched))
    }
  }

  /// Looks for signs of manipulation, once in a second.
  @inline(never)
  mutating func watchTamper() {
    let signs = tamperSigns | (loads.takeOverflow() ? TamperKind.pulseOverflow.bit : 0)
    let (began, ended) = tamper.step(signs: signs, time: legal.time(at: now))
    for kind in TamperKind.allCases {
      if began & kind.bit != 0 {
        legal.log(
          .tamperBegan, now: now, UInt64(kind.rawValue) | UInt64(tamperPhases(kind)) << 8)
      }
      if ended & kind.bit != 0 && kind != .configurationChanged {
        legal.log(.tamperEnded, now: now, UInt64(kind.rawValue))
      }
    }
  }

  private var tamperSigns: UInt16 {
    var signs: UInt16 = 0
    func see(_ kind: TamperKind, _ isSeen: Bool) { if isSeen { signs |= kind.bit } }
    see(.magnet, legal.isMagnetPresent)
    see(.meterCover, tamper.isMeterCoverOpen)
    see(.terminalCover, legal.isBroken(.terminalCover))
    see(.sealBroken, legal.isBroken(.verification) || legal.isBroken(.moduleArea))
    see(.moduleRemoved, tamper.missingModules != 0)
    see(.phaseSequence, legal.isPhaseSequenceRight == false)
    see(.phaseMissing, tamperPhases(.phaseMissing) != 0)
    see(.currentWithoutVoltage, tamperPhases(.currentWithoutVoltage) != 0)
    see(.currentReversed, tamperPhases(.currentReversed) != 0)
    see(.internalError, legal.isMemoryLost || legal.memoryFailures > 0)
    see(.contactFault, contactFault != .none)
    see(.externalAlarm, loads.isExternalAlarm(configuration.loads))
    return signs
  }

  /// The phases that show a sign, bit 0 for L1.
  private func tamperPhases(_ kind: TamperKind) -> UInt8 {
    var phases: UInt8 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      let w = legal.window[phase.index]
      let isSeen =
        switch kind {
        case .phaseMissing: w.voltage_mV < phaseLimit_mV
        case .currentWithoutVoltage:
          w.voltage_mV < legal.parameters.nominalVoltage_mV / 5
            && w.current_µA > 5000 * legal.parameters.startingCurrent_mA
        case .currentReversed:
          legal.parameters.energies == .activeImport
            && w.active_mW < -legal.parameters.creepThreshold_mW
        default: false
        }
      if isSeen { phases |= 1 << phase.rawValue }
    }
    return phases
  }
}

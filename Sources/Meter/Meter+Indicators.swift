import LegalMeter
import Metrology
import Quantities

extension Meter {
  /// Voltage above which a phase counts as present: 160 V of 230 V.
  var phaseLimit_mV: Int32 {
    VoltageLimits.dropout(nominal_mV: legal.parameters.nominalVoltage_mV)
  }

  /// What the symbols of the glass show now.
  public var indicators: DisplayIndicators {
    var out = DisplayIndicators()
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      let w = legal.window[phase.index]
      let on = legal.isRegistering(phase)
      out[phase].voltage = DisplayIndicators.voltageLamp(
        voltageAboveLimit: w.voltage_mV >= phaseLimit_mV, currentAboveLimit: on)
      if on { out[phase].direction = w.active_mW >= 0 ? .import : .export }
    }
    out.quadrants = legal.activeQuadrants
    let imports = legal.activeQuadrants & 0b1001 != 0
    let exports = legal.activeQuadrants & 0b0110 != 0
    out.direction =
      imports && exports ? .both : imports ? .import : exports ? .export : .none
    out.tariff = legal.tariff
    out.errorTriangle =
      !status.isDisjoint(with: .internalErrors)
      ? .steady : legal.displayedAlarms.isEmpty ? .off : .blink
    out.magnet = legal.isMagnetPresent ? .steady : .off
    out.cover = coverLamp
    out.backstop = legal.isReverse ? .steady : .off
    out.phaseSequence = legal.isPhaseSequenceRight == false ? .blink : .off
    out.radio = configuration.variant.hasRadio ? .steady : .off
    out.verification = legal.verifiedRegister != nil ? .steady : .off
    out.prepayment = prepaymentLamp
    out.switchSymbol = switchSymbol
    return out
  }

  /// Steady while a cover is open, blinking while an alarm waits for somebody to acknowledge it.
  private var coverLamp: Lamp {
    if legal.isBroken(.terminalCover) || tamper.isMeterCoverOpen { return .steady }
    return legal.alarms.isDisjoint(with: .manipulation) ? .off : .blink
  }

  private var prepaymentLamp: Lamp {
    switch creditStage {
    case .off: .off
    case .credit: .steady
    case .warning, .emergency, .friendly, .limited, .exhausted, .expired: .blink
    }
  }

  private var switchSymbol: DisplayIndicators.SwitchSymbol {
    switch supplyState {
    case .absent: .none
    case .connected: .closed
    case .warning: .warning
    default: supplyControlState == 2 ? .released : .open
    }
  }
}

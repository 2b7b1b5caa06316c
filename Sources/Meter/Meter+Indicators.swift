import LegalMeter
import Metrology
import Quantities

extension Meter {
  /// Voltage above which a phase counts as present: 160 V of 230 V.
  var phaseLimit_mV: Int32 { legal.parameters.nominalVoltage_mV / 23 * 16 }

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
    out.errorTriangle = legal.isMemoryFaulty ? .steady : .off
    out.magnet = legal.isMagnetPresent ? .steady : .off
    out.cover = legal.isBroken(.terminalCover) ? .steady : .off
    out.backstop = legal.isReverse ? .steady : .off
    out.phaseSequence = legal.isPhaseSequenceRight == false ? .blink : .off
    out.radio = configuration.variant.hasRadio ? .steady : .off
    out.verification = legal.verifiedRegister != nil ? .steady : .off
    out.switchSymbol = configuration.variant.hasSwitch ? .closed : .none
    return out
  }
}

import Foundation
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// What a meter says when a scenario asks.
enum ScenarioView {
  /// The local time of day.
  static func clock(_ run: borrowing MeterRun) -> String {
    let civil = run.meter.configuration.zone.localTime(at: run.meter.legal.time(at: run.now)).civil
    return String(civil.description.suffix(8))
  }

  /// What is found for an expectation, and whether that is what is expected.
  static func value(
    of expectation: Scenario.Expectation, _ run: inout MeterRun, since: Instant
  ) -> (text: String, isMet: Bool) {
    let wanted = expectation.text
    switch expectation.key {
    case .event, .noEvent:
      let isThere = run.events(limit: 1024, before: nil).contains {
        $0.name == wanted && $0.instant >= since
      }
      return (isThere ? "logged" : "not logged", isThere == (expectation.key == .event))
    case .alarm, .noAlarm:
      guard let alarm = Alarm.allCases.first(where: { "\($0)" == wanted }) else {
        return ("no such alarm", false)
      }
      let isRaised = run.meter.legal.alarms.has(alarm)
      return (isRaised ? "raised" : "not raised", isRaised == (expectation.key == .alarm))
    case .credit, .input1, .input2, .power, .voltageL1, .voltageL2, .voltageL3, .energyImport,
      .energyExport, .neutralVoltage:
      return inRange(number(expectation.key, run), wanted)
    case .text:
      let text = run.picture.text
      return ("«\(text)»", text == wanted)
    default:
      let text = word(expectation.key, run)
      return (text, text == wanted)
    }
  }

  private static func word(_ key: Scenario.ExpectationKey, _ run: borrowing MeterRun) -> String {
    switch key {
    case .state: "\(run.meter.supplyState)"
    case .contacts:
      run.contacts.isClosed ? "closed" : run.contacts.closed.contains(true) ? "mixed" : "open"
    case .fault: "\(run.meter.contactFault)"
    case .stage: "\(run.meter.creditStage)"
    case .tariff: "T\(run.meter.legal.tariff.rawValue + 1)"
    case .output1: run.meter.isLoadOn(0) ? "on" : "off"
    case .output2: run.meter.isLoadOn(1) ? "on" : "off"
    case .powered: run.isPlugged && run.meter.isPowered ? "yes" : "no"
    default: "?"
    }
  }

  private static func number(
    _ key: Scenario.ExpectationKey, _ run: borrowing MeterRun
  ) -> Double? {
    func reading(_ quantity: QuantityID, _ unit: Double) -> Double? {
      run.meter.reading(quantity).map { Double($0) / unit }
    }
    return switch key {
    case .credit: run.meter.credit_mWh.map { Double($0) / 1e6 }
    case .input1: Double(run.meter.pulseInputCount(0))
    case .input2: Double(run.meter.pulseInputCount(1))
    case .power: reading(.powerActiveImport, 1000)
    case .voltageL1: reading(.voltageL1, 1000)
    case .voltageL2: reading(.voltageL2, 1000)
    case .voltageL3: reading(.voltageL3, 1000)
    case .energyImport: reading(.activeImport, 1e6)
    case .energyExport: reading(.activeExport, 1e6)
    case .neutralVoltage: Double(run.meter.neutralVoltage_mV) / 1000
    default: nil
    }
  }

  /// `2.9..3.1`, or one number that has to be met to a thousandth.
  private static func inRange(_ value: Double?, _ wanted: String) -> (String, Bool) {
    guard let value else { return ("not there", false) }
    let text = Decimals.text(value, decimals: 3)
    let parts = wanted.components(separatedBy: "..")
    guard let low = Double(parts[0]), let high = Double(parts[parts.count - 1]) else {
      return ("\(text) (and «\(wanted)» is no range)", false)
    }
    let margin = parts.count == 1 ? abs(low) / 1000 + 1e-9 : 0
    return (text, value >= low - margin && value <= high + margin)
  }
}

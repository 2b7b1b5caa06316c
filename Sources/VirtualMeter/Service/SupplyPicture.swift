import LegalMeter
import Meter
import MeterTime

/// Switch, credit, alarms, load outputs and pulse inputs at one moment, for a panel.
public struct SupplyPicture: Equatable, Sendable {
  /// One alarm.
  public struct Alarm: Equatable, Sendable {
    public var name: String
    /// Its sign lasts.
    public var isActive: Bool
    /// Nobody has acknowledged it.
    public var isRaised: Bool
    /// Local time of the last raise, nil if never.
    public var time: String?
  }

  /// Name of the state, such as `connected`.
  public var state = "absent"
  /// The code that the family's protocol knows.
  public var code: UInt8 = 0
  public var feedback: UInt8 = 0
  /// COSEM: 0 disconnected, 1 connected, 2 ready for reconnection.
  public var control: UInt8 = 1
  /// Contacts that conduct, L1 to L3.
  public var contacts = [true, true, true]
  public var fault = "none"
  public var operations: UInt32 = 0
  /// 1000 for an operation at rated current.
  public var wear: UInt32 = 0
  public var basis = "none"
  /// kWh; nil without prepayment.
  public var credit_kWh: Double?
  public var stage = "off"
  /// Number that a next top-up may have.
  public var nextNumber: UInt32 = 1
  public var neutral_V = 0.0
  public var alarms: [Alarm] = []
  /// Load outputs that are on.
  public var outputs = [false, false]
  /// Units counted by the pulse inputs.
  public var inputs: [UInt32] = [0, 0]
}

extension MeterRun {
  /// What a panel shows of the supply.
  var supplyPicture: SupplyPicture {
    var out = SupplyPicture()
    out.state = "\(meter.supplyState)"
    out.code = meter.supplyState.familyCode
    out.feedback = meter.supplyFeedback
    out.control = meter.supplyControlState
    out.contacts = contacts.closed
    out.fault = "\(meter.contactFault)"
    out.operations = meter.switchOperations
    out.wear = meter.contactWear
    out.basis = "\(meter.configuration.supply.basis)"
    out.credit_kWh = meter.credit_mWh.map { Double($0) / 1e6 }
    out.stage = "\(meter.creditStage)"
    out.nextNumber = meter.creditAccount.highestNumber &+ 1
    out.neutral_V = Double(meter.neutralVoltage_mV) / 1000
    let lasting = meter.lastingAlarms
    let raised = meter.legal.alarms
    out.alarms = Alarm.allCases.map { alarm in
      SupplyPicture.Alarm(
        name: "\(alarm)", isActive: lasting.has(alarm), isRaised: raised.has(alarm),
        time: meter.legal.raised(alarm).map { localTime($0) })
    }
    out.outputs = [meter.isLoadOn(0), meter.isLoadOn(1)]
    out.inputs = [meter.pulseInputCount(0), meter.pulseInputCount(1)]
    return out
  }
}

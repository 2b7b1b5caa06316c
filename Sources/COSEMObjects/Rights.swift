import COSEM
import DLMS
import LegalMeter

/// Who may do what: rights of the clients by subject, attribute and method.
///
/// | client | sees | may besides |
/// |---|---|---|
/// | 16 public | clock, names, associations | nothing |
/// | 2 reading | everything | nothing |
/// | 1 management | everything | whatever can be set or done |
///
/// No client sets what is legal: registers, calibration, numbers have no attribute that is
/// writable, whatever the seal.
public enum Rights {
  /// Whether a client sees an object at all.
  public static func sees(_ object: MeterObject, _ caller: Caller) -> Bool {
    if case .association(let client?) = object.subject {
      return client == caller.client || caller.client != 16
    }
    guard caller.client == 16 else { return true }
    switch object.subject {
    case .association, .sapAssignment, .deviceName, .serialNumber, .clock: return true
    default: return false
    }
  }

  /// Whether a client may read an attribute that exists.
  public static func reads(
    _ attribute: UInt8, of object: MeterObject, _ caller: Caller
  ) -> Bool {
    guard sees(object, caller) else { return false }
    // Secrets are written, never read, and nobody writes them here.
    if case .association = object.subject { return attribute != 7 }
    return true
  }

  /// Whether a client may set an attribute.
  public static func sets(
    _ attribute: UInt8, of object: MeterObject, _ caller: Caller
  ) -> Bool {
    guard manages(caller) else { return false }
    return isSettable(attribute, object.subject)
  }

  private static func isSettable(_ attribute: UInt8, _ subject: MeterObject.Subject) -> Bool {
    switch subject {
    case .clock: attribute == 2 || attribute == 3 || attribute == 8
    case .demand: attribute == 8
    case .loadProfile, .registerActivation, .resetSchedule, .disconnectControl, .pushSchedule:
      attribute == 4
    case .push: attribute >= 2
    case .powerThreshold, .specialDays, .alarmFilter: attribute == 2
    case .quantity(let quantity):
      attribute == 2 && (quantity == .thresholdLimit || quantity == .alarmRegister)
    case .limiter:
      attribute == 2 || attribute == 4 || attribute == 6 || attribute == 7
        || attribute == 11
    case .activityCalendar: attribute >= 6
    case .account: attribute == 16
    case .credit(let isEmergency): attribute == (isEmergency ? 9 : 5)
    default: false
    }
  }

  /// Whether a client may invoke a method.
  public static func invokes(
    _ method: UInt8, of object: MeterObject, _ caller: Caller
  ) -> Bool {
    if case .association(client: nil) = object.subject {
      return method == 1 && caller.mechanism == .highGMAC
    }
    guard manages(caller) else { return false }
    switch object.subject {
    case .clock: return method == 1 || method == 2 || method == 3 || method == 6
    case .disconnectControl, .loadOutput, .account, .credit(isEmergency: false), .specialDays:
      return method == 1 || method == 2
    case .scripts, .activityCalendar, .push: return method == 1
    case .billingProfile: return method == 2
    case .quantity(.activeImportResettable), .quantity(.activeExportResettable):
      return method == 1
    default: return false
    }
  }

  /// The management client, and only when it has shown that it knows the key and ciphers.
  private static func manages(_ caller: Caller) -> Bool {
    caller.client == 1 && caller.mechanism == .highGMAC && caller.isCiphered
  }
}

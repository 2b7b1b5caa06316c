import COSEM
import DLMS
import LegalMeter

/// Who may do what: rights of the clients by subject, attribute and method.
///
/// | client | sees | may besides |
/// |---|---|---|
/// | 16 public | clock, names, associations | nothing |
/// | 2 reading | everything | nothing |
/// | 1 management | everything | set the clock, operate the switch |
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
    return object.subject == .clock && attribute == 2
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
    case .disconnectControl: return method == 1 || method == 2
    default: return false
    }
  }

  /// The management client, and only when it has shown that it knows the key and ciphers.
  private static func manages(_ caller: Caller) -> Bool {
    caller.client == 1 && caller.mechanism == .highGMAC && caller.isCiphered
  }
}

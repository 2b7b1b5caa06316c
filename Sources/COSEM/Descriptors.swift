import Quantities

/// Numbers of the interface classes that are known here (IEC 62056-6-2).
public enum InterfaceClass: UInt16, CaseIterable, Sendable {
  case data = 1
  case register = 3
  case extendedRegister = 4
  case demandRegister = 5
  case registerActivation = 6
  case profileGeneric = 7
  case clock = 8
  case scriptTable = 9
  case schedule = 10
  case specialDays = 11
  case associationShortName = 12
  case association = 15
  case sapAssignment = 17
  case imageTransfer = 18
  case localPort = 19
  case activityCalendar = 20
  case registerMonitor = 21
  case singleActionSchedule = 22
  case hdlcSetup = 23
  case pushSetup = 40
  case tcpUDPSetup = 41
  case ipv4Setup = 42
  case registerTable = 61
  case compactData = 62
  case statusMapping = 63
  case securitySetup = 64
  case arbitrator = 68
  case disconnectControl = 70
  case limiter = 71
  case account = 111
  case credit = 112
  case charge = 113
}

/// An attribute of an object by class, logical name and number.
public struct AttributeDescriptor: Equatable, Sendable {
  public var classID: UInt16
  public var name: OBISCode
  /// 1 is the logical name; negative numbers are the maker's own and stand above 127 here.
  public var attribute: UInt8

  public init(_ classID: UInt16, _ name: OBISCode, _ attribute: UInt8) {
    self.classID = classID
    self.name = name
    self.attribute = attribute
  }

  public init(_ interface: InterfaceClass, _ name: OBISCode, _ attribute: UInt8) {
    self.init(interface.rawValue, name, attribute)
  }
}

/// A method of an object by class, logical name and number.
public struct MethodDescriptor: Equatable, Sendable {
  public var classID: UInt16
  public var name: OBISCode
  public var method: UInt8

  public init(_ classID: UInt16, _ name: OBISCode, _ method: UInt8) {
    self.classID = classID
    self.name = name
    self.method = method
  }
}

/// What became of reading or writing an attribute (IEC 62056-5-3, Data-Access-Result).
public enum DataAccessResult: UInt8, Sendable {
  case success = 0
  case hardwareFault = 1
  case temporaryFailure = 2
  case readWriteDenied = 3
  case objectUndefined = 4
  case objectClassInconsistent = 9
  case objectUnavailable = 11
  case typeUnmatched = 12
  case scopeOfAccessViolated = 13
  case dataBlockUnavailable = 14
  case longGetAborted = 15
  case noLongGetInProgress = 16
  case longSetAborted = 17
  case noLongSetInProgress = 18
  case dataBlockNumberInvalid = 19
  case otherReason = 250
}

/// What became of a method (IEC 62056-5-3, Action-Result).
public enum ActionResult: UInt8, Sendable {
  case success = 0
  case hardwareFault = 1
  case temporaryFailure = 2
  case readWriteDenied = 3
  case objectUndefined = 4
  case objectClassInconsistent = 9
  case objectUnavailable = 11
  case typeUnmatched = 12
  case scopeOfAccessViolated = 13
  case dataBlockUnavailable = 14
  case longActionAborted = 15
  case noLongActionInProgress = 16
  case otherReason = 250
}

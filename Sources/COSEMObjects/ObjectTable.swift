import COSEM
import LegalMeter
import Meter
import PermanentMemory
import Quantities

/// An object of the meter: what it is called, and what in the meter it stands for.
public struct MeterObject: Equatable, Sendable {
  /// What an object stands for.
  public enum Subject: Equatable, Sendable {
    case quantity(QuantityID)
    case deviceName
    case serialNumber
    case clock
    /// Nil is the association that asks.
    case association(client: UInt8?)
    case securitySetup
    case sapAssignment
    case loadProfile
    case billingProfile
    case eventLog(EventLogID)
    /// Code and parameter of the newest event of a log: what its profile captures.
    case eventCode(EventLogID)
    case eventParameter(EventLogID)
    /// Status of the last period: what the load profile captures.
    case profileStatus
    /// Energy of the running period.
    case periodEnergy(EnergyKind)
    case disconnectControl
    case activityCalendar
    case specialDays
    case demand(EnergyKind)
    case registerActivation
    case scripts(ScriptTable)
    case resetSchedule
    case powerThreshold
    /// A stage of smart disconnect, 0...2.
    case limiter(UInt8)
    /// What limits act on.
    case netPower
    case anyCurrent
    case tariffTable(EnergyKind)
    case status
    case compactData
    case alarmFilter
    case account
    case credit(isEmergency: Bool)
    case charge
    /// 0 or 1.
    case loadOutput(UInt8)
    case push(PushCause)
    case pushSchedule
  }

  public var interface: InterfaceClass
  public var version: UInt8
  public var name: OBISCode
  public var subject: Subject

  init(_ interface: InterfaceClass, _ version: UInt8, _ name: OBISCode, _ subject: Subject) {
    self.interface = interface
    self.version = version
    self.name = name
    self.subject = subject
  }

  /// Attributes of its class and version, the logical name among them.
  public var attributeCount: UInt8 {
    switch interface {
    case .register, .statusMapping: 3
    case .disconnectControl, .registerActivation, .registerMonitor, .singleActionSchedule,
      .registerTable:
      4
    case .extendedRegister, .securitySetup: 5
    case .compactData: 6
    case .pushSetup: 7
    case .profileGeneric: 8
    case .clock, .association, .demandRegister: 9
    case .activityCalendar: 10
    case .limiter, .credit: 11
    case .charge: 13
    case .account: 19
    default: 2
    }
  }

  /// Methods of its class and version.
  public var methodCount: UInt8 {
    switch interface {
    case .register, .extendedRegister, .sapAssignment, .activityCalendar, .scriptTable, .pushSetup:
      1
    case .profileGeneric, .specialDays, .disconnectControl, .securitySetup, .demandRegister,
      .registerTable, .compactData:
      2
    case .registerActivation, .account, .credit: 3
    case .association: 4
    case .charge: 5
    case .clock: 6
    default: 0
    }
  }
}

/// All objects that the meter's logical device can have: one table.
///
/// The order is that of the object list. What a variant does not have is left out of it and is not
/// defined for anybody.
public enum ObjectTable {
  /// Objects that are not rows of the directory of quantities.
  private static let fixedCount = 46
  private static let logs = EventLogID.count
  private static let kinds = 4
  private static let firstLog = fixedCount
  private static let firstEnergy = firstLog + 3 * logs
  private static let firstQuantity = firstEnergy + kinds

  /// Places in the table; some are empty.
  public static var count: Int { firstQuantity + 186 }

  /// The object in a place; nil where this meter has none.
  public static func object(_ place: Int, of meter: borrowing Meter) -> MeterObject? {
    if place < fixedCount { return fixed(place, meter) }
    if place < firstEnergy { return log(place - firstLog) }
    if place < firstQuantity {
      guard let kind = EnergyKind(rawValue: UInt8(place - firstEnergy)),
        meter.legal.profileLayout.channels >> kind.rawValue & 1 != 0
      else { return nil }
      // D = 29: energy of the running recording interval.
      return MeterObject(.register, 0, .electricity(kind.rawValue + 1, 29), .periodEnergy(kind))
    }
    guard let quantity = QuantityID(rawValue: UInt8(clamping: place - firstQuantity)) else {
      return nil
    }
    return object(of: quantity, meter)
  }

  private static func fixed(_ place: Int, _ meter: borrowing Meter) -> MeterObject? {
    switch place {
    case 0: MeterObject(.association, 1, .abstract(40, 0), .association(client: nil))
    case 1: MeterObject(.association, 1, .abstract(40, 0, 1), .association(client: 16))
    case 2: MeterObject(.association, 1, .abstract(40, 0, 2), .association(client: 2))
    case 3: MeterObject(.association, 1, .abstract(40, 0, 3), .association(client: 1))
    case 4: MeterObject(.sapAssignment, 0, .abstract(41, 0), .sapAssignment)
    case 5: MeterObject(.data, 0, .abstract(42, 0), .deviceName)
    case 6: MeterObject(.data, 0, .abstract(96, 1), .serialNumber)
    case 7: MeterObject(.clock, 0, .abstract(1, 0), .clock)
    case 8: MeterObject(.securitySetup, 0, .abstract(43, 0), .securitySetup)
    case 9: MeterObject(.profileGeneric, 1, .electricity(99, 1), .loadProfile)
    case 10: MeterObject(.data, 0, .abstract(96, 10, 1), .profileStatus)
    case 11: MeterObject(.profileGeneric, 1, .abstract(98, 1), .billingProfile)
    case 12: MeterObject(.activityCalendar, 0, .abstract(13, 0), .activityCalendar)
    case 13: MeterObject(.specialDays, 0, .abstract(11, 0), .specialDays)
    case 14: MeterObject(.registerActivation, 0, .abstract(14, 0), .registerActivation)
    case 15: scripts(.billing)
    case 16: scripts(.tariffs)
    case 17: MeterObject(.singleActionSchedule, 0, .abstract(15, 0), .resetSchedule)
    case 18: MeterObject(.registerMonitor, 0, .abstract(16, 0), .powerThreshold)
    case 19: MeterObject(.register, 0, MeterObjects.netPower, .netPower)
    case 20: MeterObject(.register, 0, MeterObjects.anyCurrent, .anyCurrent)
    case 21: MeterObject(.statusMapping, 0, QuantityID.meterStatus.row.obis, .status)
    case 22: MeterObject(.compactData, 0, .abstract(66, 0), .compactData)
    case 23: MeterObject(.data, 0, .abstract(97, 98, 10), .alarmFilter)
    case 24, 25: loadOutput(UInt8(place - 24))
    case 26...29: tariffTable(UInt8(place - 26), meter)
    case 30...41: meter.configuration.variant.hasSwitch ? supply(place - 30) : nil
    case 42: MeterObject(.pushSetup, 0, PushCause.schedule.name, .push(.schedule))
    case 43: MeterObject(.pushSetup, 0, PushCause.alarm.name, .push(.alarm))
    case 44: MeterObject(.singleActionSchedule, 0, .abstract(15, 0, 4), .pushSchedule)
    case 45: scripts(.push)
    default: nil
    }
  }

  private static func scripts(_ table: ScriptTable) -> MeterObject {
    MeterObject(.scriptTable, 0, table.name, .scripts(table))
  }

  /// Value group B tells the outputs from the switch and from each other.
  private static func loadOutput(_ output: UInt8) -> MeterObject {
    MeterObject(
      .disconnectControl, 0, OBISCode(0, output + 1, 96, 3, 10), .loadOutput(output))
  }

  private static func tariffTable(_ number: UInt8, _ meter: borrowing Meter) -> MeterObject? {
    guard let kind = EnergyKind(rawValue: number),
      meter.configuration.variant.energyType.registers(kind)
    else { return nil }
    return MeterObject(.registerTable, 0, .electricity(98, 10, number + 1), .tariffTable(kind))
  }

  /// What only a meter with a switch has.
  private static func supply(_ place: Int) -> MeterObject? {
    switch place {
    case 0: scripts(.disconnector)
    case 1...3:
      MeterObject(.limiter, 0, .abstract(17, 0, UInt8(place - 1)), .limiter(UInt8(place - 1)))
    case 4: MeterObject(.account, 0, MeterObjects.account, .account)
    case 5: MeterObject(.credit, 0, MeterObjects.mainCredit, .credit(isEmergency: false))
    case 6: MeterObject(.credit, 0, MeterObjects.emergencyCredit, .credit(isEmergency: true))
    case 7: MeterObject(.charge, 0, MeterObjects.charge, .charge)
    default: nil
    }
  }

  private static func log(_ place: Int) -> MeterObject? {
    guard let log = EventLogID(rawValue: UInt8(place % logs)) else { return nil }
    return switch place / logs {
    case 0: MeterObject(.profileGeneric, 1, .abstract(99, 98, log.rawValue), .eventLog(log))
    case 1: MeterObject(.data, 0, .abstract(96, 11, log.rawValue), .eventCode(log))
    // D = 128 is the maker's: the standard has no code for what belongs to an event.
    default: MeterObject(.data, 0, .abstract(96, 128, log.rawValue), .eventParameter(log))
    }
  }

  private static func object(of quantity: QuantityID, _ meter: borrowing Meter) -> MeterObject? {
    let row = quantity.row
    switch quantity {
    case .switchState:
      // The switch is an object of its own class.
      guard meter.configuration.variant.hasSwitch else { return nil }
      return MeterObject(.disconnectControl, 0, row.obis, .disconnectControl)
    case .date, .time, .billingDate, .billingTime, .profileReader, .billingReader: return nil
    // Objects of their own classes.
    case .credit, .meterStatus: return nil
    default: break
    }
    switch quantity.meaning {
    case .demand(let kind):
      guard meter.configuration.variant.refusal(of: quantity) == nil else { return nil }
      return MeterObject(.demandRegister, 0, row.obis, .demand(kind))
    // Their time is an attribute of the extended register.
    case .extremeDemandTime, .extremeDemandDate: return nil
    default: break
    }
    guard meter.configuration.variant.refusal(of: quantity) == nil else { return nil }
    let interface: InterfaceClass =
      switch quantity.meaning {
      case .extremeDemand: .extendedRegister
      default: row.unit == .count && row.scale == 0 ? .data : .register
      }
    return MeterObject(interface, 0, row.obis, .quantity(quantity))
  }

  /// The object of a name; the first where two share one.
  public static func find(_ name: OBISCode, of meter: borrowing Meter) -> MeterObject? {
    for place in 0..<count {
      if place >= firstQuantity {
        // A row costs less than the whole object.
        let quantity = QuantityID(rawValue: UInt8(clamping: place - firstQuantity))
        guard let quantity, quantity.row.obis == name else { continue }
      }
      if let object = object(place, of: meter), object.name == name { return object }
    }
    return nil
  }
}

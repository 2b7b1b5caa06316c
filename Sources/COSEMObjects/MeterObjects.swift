import COSEM
import DLMS
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// The meter as a logical device: what a DLMS server asks of its objects.
///
/// The owner of a meter conforms to `ServerObjects` and hands each call on, with its meter, memory
/// and time. Nothing is kept here.
public enum MeterObjects {
  /// The object of a descriptor, or why it is none.
  static func object(
    _ classID: UInt16, _ name: OBISCode, _ caller: Caller, _ meter: borrowing Meter
  ) -> Result {
    guard let object = ObjectTable.find(name, of: meter) else { return .refused(.objectUndefined) }
    // Nobody learns of a class what he may not see.
    guard Rights.sees(object, caller) else { return .refused(.readWriteDenied) }
    guard object.interface.rawValue == classID else {
      return .refused(.objectClassInconsistent)
    }
    return .found(object)
  }

  enum Result {
    case found(MeterObject)
    case refused(DataAccessResult)
  }

  // MARK: reading

  /// See `ServerObjects.prepare`.
  @inline(never)
  public static func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    let object: MeterObject
    switch Self.object(attribute.classID, attribute.name, caller, meter) {
    case .found(let found): object = found
    case .refused(let why): return why
    }
    guard attribute.attribute >= 1, attribute.attribute <= object.attributeCount else {
      return .objectUndefined
    }
    guard Rights.reads(attribute.attribute, of: object, caller) else { return .readWriteDenied }
    guard object.interface == .profileGeneric, attribute.attribute == 2 else {
      if selection.selector != 0 { return .scopeOfAccessViolated }
      if object.interface == .association && attribute.attribute == 2 {
        place.rows = visibleCount(caller, meter)
      }
      return .success
    }
    guard let profile = Profile(object.subject) else { return .objectUnavailable }
    let window: ProfileWindow
    do throws(SelectionError) {
      window = try ProfileWindow(selection, profile, meter)
    } catch {
      return error == .type ? .typeUnmatched : .scopeOfAccessViolated
    }
    profile.prepare(window, &place, meter, memory)
    return .success
  }

  /// See `ServerObjects.write`.
  @inline(never)
  public static func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) -> Bool {
    guard let object = ObjectTable.find(attribute.name, of: meter) else { return false }
    if attribute.attribute == 1 {
      writer.logicalName(object.name)
      return true
    }
    let number = attribute.attribute
    switch object.subject {
    case .quantity(let quantity):
      writeQuantity(quantity, object.interface, number, &writer, meter)
    case .deviceName: writer.octets(Identity(meter).deviceName.span)
    case .serialNumber: writer.octets(Identity(meter).digits.span)
    case .clock: writeClock(number, &writer, meter, now: now)
    case .association(let client):
      writeAssociation(client, number, caller, &place, &writer, meter)
    case .securitySetup: writeSecuritySetup(number, &writer, meter)
    case .sapAssignment: writeSAPs(&writer, meter)
    case .loadProfile, .billingProfile, .eventLog:
      guard let profile = Profile(object.subject) else { return false }
      if number != 2 {
        profile.write(number, &writer, meter, memory)
        return true
      }
      guard let window = try? ProfileWindow(selection, profile, meter) else { return false }
      return profile.writeRows(window, &place, &writer, meter, memory)
    case .eventCode(let log): writeEvent(log, isParameter: false, &writer, meter, memory)
    case .eventParameter(let log): writeEvent(log, isParameter: true, &writer, meter, memory)
    case .profileStatus: writeProfileStatus(&writer, meter, memory)
    case .periodEnergy(let kind): writePeriodEnergy(kind, number, &writer, meter)
    case .disconnectControl: writeSwitch(number, &writer, meter)
    case .activityCalendar: writeCalendar(number, &writer, meter, memory, now: now)
    case .specialDays: writeSpecialDays(&writer, meter, memory, now: now)
    case .demand(let kind): writeDemand(kind, number, &writer, meter, memory, now: now)
    case .push(let cause): writePushSetup(cause, number, &writer, memory)
    case .pushSchedule: writePushSchedule(number, &writer, memory)
    default: writeMore(object, number, &writer, meter, now: now)
    }
    return true
  }

  /// Objects that need no memory.
  private static func writeMore(
    _ object: MeterObject, _ number: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter,
    now: Instant
  ) {
    switch object.subject {
    case .registerActivation: writeActivation(number, &writer, meter)
    case .scripts(let table): writeScripts(table, &writer, meter)
    case .resetSchedule: writeResetSchedule(number, &writer, meter)
    case .powerThreshold: writeMonitor(number, &writer, meter)
    case .limiter(let stage): writeLimiter(stage, number, &writer, meter)
    case .netPower: writeSecondMean(isPower: true, number, &writer, meter)
    case .anyCurrent: writeSecondMean(isPower: false, number, &writer, meter)
    case .tariffTable(let kind): writeTable(kind, number, &writer, meter)
    case .status: writeStatus(number, &writer, meter)
    case .compactData: writeCompact(number, &writer, meter, now: now)
    case .alarmFilter: writer.doubleLongUnsigned(meter.legal.alarmMasks.pushed.rawValue)
    case .account: writeAccount(number, &writer, meter)
    case .credit(let isEmergency):
      writeCredit(isEmergency: isEmergency, number, &writer, meter)
    case .charge: writeCharge(number, &writer, meter, now: now)
    case .loadOutput(let output): writeLoadOutput(output, number, &writer, meter)
    default: writer.null()
    }
  }

  // MARK: setting and invoking

  /// See `ServerObjects.set`.
  @inline(never)
  public static func set(
    _ attribute: AttributeDescriptor, to value: Span<UInt8>, for caller: Caller,
    _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    let object: MeterObject
    switch Self.object(attribute.classID, attribute.name, caller, meter) {
    case .found(let found): object = found
    case .refused(let why): return why
    }
    guard attribute.attribute >= 1, attribute.attribute <= object.attributeCount else {
      return .objectUndefined
    }
    guard Rights.sets(attribute.attribute, of: object, caller) else { return .readWriteDenied }
    do throws(COSEMError) {
      return try apply(object, attribute.attribute, value, &meter, &memory, now: now)
    } catch {
      return DataAccessResult(error)
    }
  }

  private static func apply(
    _ object: MeterObject, _ number: UInt8, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    switch object.subject {
    case .clock where number == 2: return setClock(value, &meter, now: now)
    case .clock: return try setZone(number, value, &meter, &memory, now: now)
    case .demand, .loadProfile: return try setPeriod(value, &meter, &memory, now: now)
    case .registerActivation: return try setMask(value, &meter, now: now)
    case .resetSchedule: return try setResetSchedule(value, &meter, &memory, now: now)
    case .disconnectControl: return try setSwitchMode(value, &meter, &memory, now: now)
    case .powerThreshold:
      return try setPowerThreshold(isList: true, value, &meter, &memory, now: now)
    case .quantity(.thresholdLimit):
      return try setPowerThreshold(isList: false, value, &meter, &memory, now: now)
    case .quantity(.alarmRegister): return try setAlarms(value, &meter, now: now)
    case .alarmFilter: return try setAlarmFilter(value, &meter, now: now)
    case .limiter(let stage):
      return try setLimiter(stage, number, value, &meter, &memory, now: now)
    case .activityCalendar: return try setCalendar(number, value, &meter, &memory, now: now)
    case .specialDays: return try setSpecialDays(value, &meter, &memory, now: now)
    case .push(let cause):
      return try setPushSetup(cause, number, value, &meter, &memory, now: now)
    case .pushSchedule: return try setPushSchedule(value, &meter, &memory, now: now)
    case .account, .credit:
      return try setPrepayment(object.subject, value, &meter, &memory, now: now)
    default: return .readWriteDenied
    }
  }

  /// See `ServerObjects.invoke`.
  @inline(never)
  public static func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> ActionResult {
    let object: MeterObject
    switch Self.object(method.classID, method.name, caller, meter) {
    case .found(let found): object = found
    case .refused(let why): return why.ofAction
    }
    guard method.method >= 1, method.method <= object.methodCount else {
      return .objectUndefined
    }
    guard Rights.invokes(method.method, of: object, caller) else { return .readWriteDenied }
    do throws(COSEMError) {
      return try perform(object, method.method, parameters, &meter, &memory, now: now)
    } catch {
      return DataAccessResult(error).ofAction
    }
  }

  private static func perform(
    _ object: MeterObject, _ method: UInt8, _ parameters: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> ActionResult {
    switch object.subject {
    case .clock: return moveClock(method, parameters, &meter, now: now)
    case .disconnectControl: return operateSwitch(method, &meter, now: now)
    case .loadOutput(let output): return operateLoad(output, method, &meter, now: now)
    case .scripts(let table): return try execute(table, parameters, &meter, now: now)
    case .billingProfile: return closeBilling(&meter, now: now)
    case .activityCalendar: return activateCalendar(&meter, &memory, now: now)
    case .specialDays:
      return try changeSpecialDays(method, parameters, &meter, &memory, now: now)
    // The owner of the port sends it.
    case .push: return .success
    case .account: return setAccount(isOpen: method == 1, &meter, &memory, now: now)
    case .credit: return try updateCredit(method, parameters, &meter, now: now)
    case .quantity(let quantity):
      meter.legal.clearResettable(export: quantity == .activeExportResettable, now: now)
      return .success
    default: return .readWriteDenied
    }
  }
}

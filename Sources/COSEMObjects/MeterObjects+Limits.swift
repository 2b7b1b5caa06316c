import COSEM
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Class 71: smart disconnect as three limiters (IEC 62056-6-2, 4.5.9), and class 21: the power
/// threshold as a register monitor (4.5.5).
///
/// Smart disconnect opens when a value has stayed above k1 · Xd for t1, above k2 · Xd for t1 + t2,
/// or above k3 · Xd for t1 + t2 + t3: three limiters with one threshold and one duration each. The
/// threshold of the third sets Xd itself, those of the others their factors; each duration sets
/// its own share. Values are in the unit of what is monitored, mW or mA.
extension MeterObjects {
  /// Net power and largest current over a second, on which limits act.
  static let netPower = OBISCode.electricity(16, 7)
  static let anyCurrent = OBISCode.electricity(11, 7)

  static func writeSecondMean(
    isPower: Bool, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let means = meter.secondMeans
    if attribute == 3 {
      writer.scalerUnit(-3, (isPower ? Unit.watt : .ampere).rawValue)
    } else {
      writer.doubleLong(
        isPower ? Int32(clamping: means.power_mW) : means.largestCurrent_mA)
    }
  }

  private static func factor(_ stage: UInt8, _ p: SmartDisconnectParameters) -> UInt16 {
    stage == 0 ? p.k1 : stage == 1 ? p.k2 : p.k3
  }

  private static func duration(_ stage: UInt8, _ p: SmartDisconnectParameters) -> UInt32 {
    UInt32(p.t1) + (stage > 0 ? UInt32(p.t2) : 0) + (stage > 1 ? UInt32(p.t3) : 0)
  }

  /// mA, or mW.
  private static func threshold(_ stage: UInt8, _ supply: SupplyParameters) -> Int32 {
    let smart = supply.smartDisconnect
    let unit: Int64 = supply.basis == .power ? 1000 : 1
    return Int32(clamping: Int64(smart.limit) * Int64(factor(stage, smart)) * unit / 100)
  }

  static func writeLimiter(
    _ stage: UInt8, _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let supply = meter.configuration.supply
    let isActive = supply.basis == .power || supply.basis == .current
    switch attribute {
    case 2:
      writer.structure(3)
      writer.longUnsigned(isActive ? InterfaceClass.register.rawValue : 0)
      writer.logicalName(
        supply.basis == .power
          ? netPower : supply.basis == .current ? anyCurrent : OBISCode(0, 0, 0, 0, 0, 0))
      writer.integer(isActive ? 2 : 0)
    // Where nothing is monitored no value is above it.
    case 3: writer.doubleLong(isActive ? threshold(stage, supply) : .max)
    // There is no emergency profile: the meter knows one set of limits.
    case 4, 5: writer.doubleLong(threshold(stage, supply))
    case 6: writer.doubleLongUnsigned(duration(stage, supply.smartDisconnect))
    case 7: writer.doubleLongUnsigned(UInt32(supply.smartDisconnect.reconnectWait))
    case 8:
      writer.structure(3)
      writer.longUnsigned(0)
      writer.octets(COSEMDateTime.unspecified)
      writer.doubleLongUnsigned(0)
    case 9: writer.array(0)
    case 10: writer.boolean(false)
    default:
      writer.structure(2)
      for script in 1...2 as ClosedRange<UInt16> {
        writer.structure(2)
        writer.logicalName(ScriptTable.disconnector.name)
        let isDone = script == 1 || supply.smartDisconnect.isAutomatic
        writer.longUnsigned(isDone ? script : 0)
      }
    }
  }

  static func setLimiter(
    _ stage: UInt8, _ attribute: UInt8, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    var wanted = meter.configuration
    switch attribute {
    case 2: wanted.supply.basis = try monitored(&reader)
    case 4: try setThreshold(stage, &reader, &wanted.supply)
    case 6: try setDuration(stage, &reader, &wanted.supply.smartDisconnect)
    case 7:
      wanted.supply.smartDisconnect.reconnectWait = UInt16(try reader.integer(in: 0...43_200))
    default: wanted.supply.smartDisconnect.isAutomatic = try reconnects(&reader)
    }
    return change(.supply, to: wanted, &meter, &memory, now: now)
  }

  /// What smart disconnect goes by; class 0 turns it off.
  private static func monitored(
    _ reader: inout COSEMReader
  ) throws(COSEMError) -> CutOffBasis {
    try reader.structure(3)
    let classID = try reader.integer(in: 0...0xFFFF)
    let name = try reader.logicalName()
    let attribute = try reader.integer(in: 0...127)
    if classID == 0 { return .none }
    guard classID == Int64(InterfaceClass.register.rawValue), attribute == 2 else {
      throw .outOfRange
    }
    if name == netPower { return .power }
    guard name == anyCurrent else { throw .outOfRange }
    return .current
  }

  private static func setThreshold(
    _ stage: UInt8, _ reader: inout COSEMReader, _ supply: inout SupplyParameters
  ) throws(COSEMError) {
    let unit: Int64 = supply.basis == .power ? 1000 : 1
    let value = try reader.integer(in: 1...Int64(Int32.max)) * 100
    let smart = supply.smartDisconnect
    // Only what the meter's integers can say: nothing is rounded without a word.
    if stage == 2 {
      let whole = Int64(smart.k3) * unit
      guard whole > 0, value % whole == 0, value / whole <= Int64(UInt32.max) else {
        throw .outOfRange
      }
      supply.smartDisconnect.limit = UInt32(value / whole)
      return
    }
    let whole = Int64(smart.limit) * unit
    guard whole > 0, value % whole == 0, (10...1000).contains(value / whole) else {
      throw .outOfRange
    }
    let factor = UInt16(value / whole)
    if stage == 0 {
      supply.smartDisconnect.k1 = factor
    } else {
      supply.smartDisconnect.k2 = factor
    }
  }

  private static func setDuration(
    _ stage: UInt8, _ reader: inout COSEMReader, _ smart: inout SmartDisconnectParameters
  ) throws(COSEMError) {
    let whole = try reader.integer(in: 1...10_800)
    let before = stage == 0 ? 0 : Int64(duration(stage - 1, smart))
    guard (1...3600).contains(whole - before) else { throw .outOfRange }
    let share = UInt16(whole - before)
    switch stage {
    case 0: smart.t1 = share
    case 1: smart.t2 = share
    default: smart.t3 = share
    }
  }

  /// The action below the threshold; the one above it opens and is no other.
  private static func reconnects(_ reader: inout COSEMReader) throws(COSEMError) -> Bool {
    try reader.structure(2)
    try reader.structure(2)
    guard try reader.logicalName() == ScriptTable.disconnector.name,
      try reader.integer(in: 0...2) == 1
    else { throw .outOfRange }
    try reader.structure(2)
    let name = try reader.logicalName()
    let script = try reader.integer(in: 0...2)
    if script == 0 { return false }
    guard name == ScriptTable.disconnector.name, script == 2 else { throw .outOfRange }
    return true
  }

  // MARK: power threshold

  /// Counts periods above the threshold, and does nothing else.
  static func writeMonitor(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    switch attribute {
    case 2:
      writer.array(1)
      writer.doubleLongUnsigned(meter.configuration.periods.threshold_mW)
    case 3:
      writer.structure(3)
      writer.longUnsigned(InterfaceClass.demandRegister.rawValue)
      writer.logicalName(QuantityID.demandActiveImport.row.obis)
      writer.integer(3)
    default:
      writer.array(1)
      writer.structure(2)
      for _ in 0..<2 {
        writer.structure(2)
        writer.logicalName(OBISCode(0, 0, 0, 0, 0, 0))
        writer.longUnsigned(0)
      }
    }
  }

  /// - Parameter isList: as an array of one, as the register monitor has it.
  static func setPowerThreshold(
    isList: Bool, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    if isList, try reader.array(upTo: 1) != 1 { throw .outOfRange }
    var wanted = meter.configuration
    wanted.periods.threshold_mW = UInt32(try reader.integer(in: 0...1_000_000_000))
    return change(.periods, to: wanted, &meter, &memory, now: now)
  }
}

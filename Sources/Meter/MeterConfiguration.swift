import LegalMeter
import MeterTime
import Metrology

/// What makes one device out of the family: fixed at the factory, or changed through ports.
public struct MeterConfiguration: Sendable {
  public var variant: MeterVariant
  /// 0...99,999,999.
  public var meterNumber: UInt32
  public var lists: DisplayLists
  public var options: DisplayOptions
  /// Zone and daylight saving for display and readout; records stay in standard time.
  public var zone: ZoneRules
  /// Version of the program: major * 65536 + minor * 256 + patch.
  public var softwareRevision: UInt32
  /// When the supply is cut and given back.
  public var supply = SupplyParameters()

  public init(
    variant: MeterVariant, meterNumber: UInt32, lists: DisplayLists, options: DisplayOptions,
    zone: ZoneRules, softwareRevision: UInt32
  ) {
    self.variant = variant
    self.meterNumber = meterNumber
    self.lists = lists
    self.options = options
    self.zone = zone
    self.softwareRevision = softwareRevision
  }

  /// What the legal processor has to know of its clock.
  public var clockSettings: ClockSettings {
    ClockSettings(
      zone: zone, reserve: ClockReserve.Source(rawValue: variant.backup.rawValue) ?? .none)
  }

  /// What the legal processor has to know of the variant.
  public var legalParameters: LegalParameters {
    LegalParameters(
      connection: variant.connection, summation: variant.summation, energies: variant.energyType,
      nominalVoltage_mV: Int32(clamping: MeterVariant.systemVoltage_mV),
      startingCurrent_mA: Int32(clamping: variant.startingCurrent_mA),
      maximumCurrent_mA: Int32(clamping: variant.maximumCurrent_mA))
  }
}

/// The part of a configuration that is kept in the permanent memory behind the seal.
///
/// Layout: version 1; variant word; meter number; calibration of three systems; display lists.
struct FactoryRecord {
  static let recordBytes = 12 + 3 * 28 + DisplayLists.encodedBytes

  var variantWord: UInt32
  var meterNumber: UInt32
  var calibrations: InlineArray<3, SystemCalibration>

  init(variantWord: UInt32, meterNumber: UInt32, calibrations: InlineArray<3, SystemCalibration>) {
    self.variantWord = variantWord
    self.meterNumber = meterNumber
    self.calibrations = calibrations
  }

  func encode(into bytes: inout InlineArray<154, UInt8>, lists: DisplayLists) {
    bytes[0] = 1
    Self.put(variantWord, &bytes, 4)
    Self.put(meterNumber, &bytes, 8)
    for k in 0..<3 {
      let c = calibrations[k]
      let words: InlineArray<7, Int32> = [
        c.voltageGain, c.currentGain, c.phase, c.activeOffset_µW, c.reactiveOffset_µvar,
        c.temperatureLinear_ppb, c.temperatureSquare_ppt,
      ]
      for n in 0..<7 { Self.put(UInt32(bitPattern: words[n]), &bytes, 12 + k * 28 + n * 4) }
    }
    var tail = InlineArray<58, UInt8>(repeating: 0)
    var span = tail.mutableSpan
    lists.encode(into: &span)
    for n in 0..<DisplayLists.encodedBytes { bytes[12 + 84 + n] = tail[n] }
  }

  /// Nil for another version or a length that does not fit.
  init?(_ bytes: InlineArray<154, UInt8>, length: Int) {
    guard length == Self.recordBytes, bytes[0] == 1 else { return nil }
    variantWord = Self.get(bytes, 4)
    meterNumber = Self.get(bytes, 8)
    calibrations = InlineArray(repeating: .ideal)
    for k in 0..<3 {
      var words = InlineArray<7, Int32>(repeating: 0)
      for n in 0..<7 { words[n] = Int32(bitPattern: Self.get(bytes, 12 + k * 28 + n * 4)) }
      calibrations[k] = SystemCalibration(
        voltageGain: words[0], currentGain: words[1], phase: words[2], activeOffset_µW: words[3],
        reactiveOffset_µvar: words[4], temperatureLinear_ppb: words[5],
        temperatureSquare_ppt: words[6])
      if !calibrations[k].isPlausible { return nil }
    }
  }

  private static func put(_ value: UInt32, _ bytes: inout InlineArray<154, UInt8>, _ at: Int) {
    for n in 0..<4 { bytes[at + n] = UInt8(truncatingIfNeeded: value >> UInt32(8 * n)) }
  }

  private static func get(_ bytes: InlineArray<154, UInt8>, _ at: Int) -> UInt32 {
    var value: UInt32 = 0
    for n in 0..<4 { value |= UInt32(bytes[at + n]) << UInt32(8 * n) }
    return value
  }
}

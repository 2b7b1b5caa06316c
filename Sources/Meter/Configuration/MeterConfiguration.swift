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
  /// The number that the meter was delivered with.
  public internal(set) var deliveredNumber: UInt32

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
    deliveredNumber = meterNumber
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

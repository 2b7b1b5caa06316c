import MeterTime
import Metrology

extension MeterConfiguration {
  /// The meter of the bench: the default variant with its factory lists, number 10000001.
  public static var bench: MeterConfiguration {
    let variant = MeterVariant.standard
    return MeterConfiguration(
      variant: variant, meterNumber: 10_000_001,
      lists: .factory(
        DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)),
      options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2026),
      softwareRevision: 0x01_00_00)
  }
}

extension MeasuringSettings {
  /// The front end of the bench: 4000 Hz, 50 Hz mains, 500 V and 200 A peak over 2^23 counts.
  public static var bench: MeasuringSettings {
    MeasuringSettings(
      rate: SampleRate(4000),
      scale: ChannelScale(
        femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))
  }
}

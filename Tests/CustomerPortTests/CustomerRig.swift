import LegalMeter
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory

@testable import CustomerPort

/// A meter on the energy model, and a customer port.
struct CustomerRig: ~Copyable {
  var meter: Meter
  var memory = TestMemory()
  /// 2026-03-04T14:00:00Z.
  var now = Instant(seconds: 825_948_000)
  var port: CustomerPort

  init(
    _ format: CustomerFormat, isFamily: Bool = false, number: UInt32 = 14_839_120,
    _ request: VariantRequest = VariantRequest()
  ) throws {
    guard let variant = try? MeterVariant(request) else {
      preconditionFailure("such a variant exists")
    }
    let configuration = MeterConfiguration(
      variant: variant, meterNumber: number,
      lists: .factory(
        DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)),
      options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2026),
      softwareRevision: 0x0001_0000)
    meter = Meter(
      configuration,
      MeasuringSettings(
        rate: SampleRate(4000),
        scale: ChannelScale(
          femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910)))
    port = CustomerPort(format, CustomerIdentity(isFamily: isFamily))
    _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
  }

  /// The supply is away for a time, and the meter starts again from its memory.
  mutating func restart(after seconds: Int64) throws {
    now += .seconds(seconds)
    let settings = MeasuringSettings(
      rate: SampleRate(4000),
      scale: ChannelScale(
        femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))
    meter = Meter(meter.configuration, settings)
    _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
  }

  mutating func run(ticks: Int64, watts: [Int32]) {
    let load = ConstantLoad(active_mW: [watts[0] * 1000, watts[1] * 1000, watts[2] * 1000])
    now += Instant.Duration(ticks: ticks)
    meter.advance(to: now, with: load, memory: &memory)
  }

  mutating func run(_ seconds: Int64, watts: [Int32] = [1000, 500, -200]) {
    run(ticks: seconds * Instant.ticksPerSecond, watts: watts)
  }

  /// What the port says now.
  mutating func next() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: CustomerPort.bytesMax)
    var count = 0
    do {
      var span = bytes.mutableSpan
      count = port.next(meter, memory, into: &span)
    }
    return Array(bytes.prefix(count))
  }
}

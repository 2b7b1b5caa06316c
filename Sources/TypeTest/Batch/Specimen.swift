import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

/// One meter of a batch: its parts, and its memory before and after the calibration.
public struct Specimen: Sendable {
  public var parts: FrontEndParameters
  public var number: UInt32
  /// Memory of the calibrated meter; nil before.
  public var memory: [UInt8]?
  /// Calibration as written, for the report.
  public var calibrations: [SystemCalibration] = []

  /// - Parameters:
  ///   - index: 0 and above.
  ///   - seed: of the batch.
  public init(index: Int, seed: UInt64) {
    parts = .specimen(seed: seed &* 1_000_003 &+ UInt64(index))
    number = 10_000_001 + UInt32(index)
  }

  /// A meter with given parts that needs no calibration.
  public init(parts: FrontEndParameters, number: UInt32 = 10_000_001) {
    self.parts = parts
    self.number = number
  }
}

/// Meters that can be put on the bench, one fresh device for each measurement.
public protocol DeviceBatch: Sendable {
  var variant: MeterVariant { get }
  /// Meters.
  var count: Int { get }
  /// How many measurements may run at once; 1 for a single device.
  var concurrency: Int { get }
  /// `simulated` or an address.
  var name: String { get }
  /// Parts in front of a meter; nil for a device that takes ideal samples.
  func parts(meter: Int) -> FrontEndParameters?
  /// A device that has been started and has seen no sample.
  ///
  /// - Parameters:
  ///   - meter: 0..<count.
  ///   - isCalibrated: false for the meter as it was assembled.
  ///   - temperature_C: what its own sensor tells.
  func device(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> any DeviceUnderTest
  /// A fresh, uncalibrated meter whose current counts mean `factor` times as much, so that years
  /// at full load pass in minutes; nil where that cannot be had.
  func accelerated(meter: Int, factor: UInt64) throws -> (any DeviceUnderTest)?
}

extension DeviceBatch {
  public func accelerated(meter: Int, factor: UInt64) throws -> (any DeviceUnderTest)? { nil }
}

/// Simulated meters, calibrated one by one.
public struct SimulatedBatch: DeviceBatch {
  public let variant: MeterVariant
  public var specimens: [Specimen]
  public var concurrency: Int
  public var name: String { "simulated" }
  public var count: Int { specimens.count }

  /// - Parameters:
  ///   - count: meters, 1 and above.
  ///   - seed: gives parts and noise.
  public init(_ variant: MeterVariant, count: Int, seed: UInt64, concurrency: Int = 2) {
    self.init(
      variant, specimens: (0..<max(count, 1)).map { Specimen(index: $0, seed: seed) },
      concurrency: concurrency)
  }

  public init(_ variant: MeterVariant, specimens: [Specimen], concurrency: Int = 2) {
    self.variant = variant
    self.specimens = specimens
    self.concurrency = max(concurrency, 1)
  }

  public func parts(meter: Int) -> FrontEndParameters? { specimens[meter].parts }

  public func device(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> any DeviceUnderTest {
    try simulated(meter: meter, isCalibrated: isCalibrated, temperature_C: temperature_C)
  }

  public func accelerated(meter: Int, factor: UInt64) throws -> (any DeviceUnderTest)? {
    var settings = SimulatedMeter.settings(variant)
    for index in 0..<3 { settings.scales[index].femtoamperesPerCount *= factor }
    let device = try SimulatedMeter(variant, settings: settings)
    device.keepsPulses = false
    return device
  }

  func simulated(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> SimulatedMeter {
    let specimen = specimens[meter]
    let device = try SimulatedMeter(
      variant, number: specimen.number, memory: isCalibrated ? specimen.memory : nil,
      settings: SimulatedMeter.settings(variant))
    device.temperature_C = temperature_C
    return device
  }
}

import Meter
import MeterTime
import Ports
import Quantities

/// Everything that a configuration decides about one virtual meter, checked.
public struct MeterSetup: Equatable, Sendable {
  /// What the meter calls itself on labels and ports.
  public var identity: MeterIdentity = .kvd
  /// The meter number, 0...99,999,999; eight digits where it is printed.
  public var meterNumber: UInt32 = 10_000_001
  /// Year of manufacture on the label, 2000...2099.
  public var year: UInt16 = 2026
  public var variant: MeterVariant = .standard
  public var display = DisplaySetup()
  public var clock = ClockSetup()
  public var frontEnd = FrontEndSetup()
  public var generator = GeneratorSetup()
  /// When the supply is cut and given back.
  public var supply = SupplyParameters()
  /// Load outputs, pulse inputs, pulse outputs of modules.
  public var loads = LoadParameters()
  /// What sits in the module area at the start; nil for empty slots.
  public var modules: ModuleArea?

  /// The default meter of the demo.
  public init() {}

  /// The meter number as printed: eight digits.
  public var meterNumberText: String {
    let digits = String(meterNumber)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}

/// The name a meter goes by.
public enum MeterIdentity: String, CaseIterable, Sendable {
  /// Neutral, the default.
  case kvd
  /// The family's letters, type words and telegram versions, so that existing readers recognise
  /// the meter. It is shown wherever it is on.
  case family382L = "382L"
}

/// How the glass shows values, and which.
public struct DisplaySetup: Equatable, Sendable {
  /// Digits of energy before and after the point.
  public enum EnergyFormat: String, CaseIterable, Sendable {
    /// Seven digits, whole kWh.
    case whole = "7.0"
    /// Six digits and one decimal.
    case tenths = "6.1"
  }

  public var energyFormat: EnergyFormat = .whole
  public var leadingZeros = true
  /// Views of automatic scroll, at most 16; nil: the standard list of the energy type.
  public var automatic: [QuantityID]?
  /// Views of manual scroll, at most 30; nil: the standard list of the energy type. Legal views
  /// that are missing are still shown, behind the others.
  public var manual: [QuantityID]?
  /// Views of battery-driven scroll, at most 8; nil: the standard list; empty without a battery.
  public var battery: [QuantityID]?

  public init() {}
}

/// The meter's time.
public struct ClockSetup: Equatable, Sendable {
  /// Standard time minus UTC, minutes, -720...840.
  public var zoneMinutes: Int16 = 60
  /// True for the rules of the European Union, false for no daylight saving at all.
  public var daylightSaving = true
  /// Time at the first start; nil: the computer's clock.
  public var start: Instant?

  public init() {}
}

/// The analogue front end between source and meter: a model, and what is set differently.
public struct FrontEndSetup: Equatable, Sendable {
  public enum Model: String, CaseIterable, Sendable {
    /// Samples reach the meter as they are.
    case ideal
    /// Shunt, divider, anti-alias filter and converter with the errors of a typical part.
    case typical
  }

  /// nil: as the program says (`run` ideal, `demo` typical).
  public var model: Model?
  /// Gain error in percent, of u1 i1 u2 i2 u3 i3 or one for all; -5...5.
  public var gainError_percent: [Double]?
  /// Phase error of the current channel in degrees, of L1 L2 L3 or one for all; -1...1.
  public var phaseError_degrees: [Double]?
  /// Offset in converter counts of u1 i1 u2 i2 u3 i3 or one for all; -10,000...10,000.
  public var offset_counts: [Double]?
  /// Voltage noise, RMS in mV at the terminals; 0...10,000.
  public var voltageNoise_mV: Double?
  /// Current noise, RMS in mA; 0...1000.
  public var currentNoise_mA: Double?
  /// Share of a neighbouring channel that leaks in, ppm; 0...10,000.
  public var crosstalk_ppm: Double?
  /// Gain drift in ppm/K; -500...500.
  public var drift_ppmPerKelvin: Double?
  /// Temperature inside the meter, degrees Celsius; -40...85.
  public var temperature_C: Double?

  public init() {}
}

/// The signal that is measured where no recording is given.
public struct GeneratorSetup: Equatable, Sendable {
  /// One harmonic: order 2...40, per cent of the fundamental, degrees of the harmonic's own cycle.
  public struct Harmonic: Equatable, Sendable {
    public var order: Int
    public var percent: Double
    public var angle_degrees: Double

    public init(order: Int, percent: Double, angle_degrees: Double = 0) {
      self.order = order
      self.percent = percent
      self.angle_degrees = angle_degrees
    }
  }

  /// RMS voltage of the fundamental, V, of L1 L2 L3 or one for all; 0...500.
  public var voltage_V: [Double] = [230]
  /// RMS current of the fundamental, A, of L1 L2 L3 or one for all; 0...200.
  public var current_A: [Double] = [5]
  /// Degrees by which the current lags its voltage, of L1 L2 L3 or one for all; -180...180.
  public var angle_degrees: [Double] = [0]
  /// Hertz, 40...70; nil: the nominal frequency of the meter.
  public var frequency_Hz: Double?
  /// Samples per second, 2000...32,000.
  public var rate_Hz: UInt32 = 4000
  public var voltageHarmonics: [Harmonic] = []
  public var currentHarmonics: [Harmonic] = []

  public init() {}
}

/// What a row limits.
public enum LimitSubject: String, CaseIterable, Sendable {
  // Error at reference conditions
  case error
  case loadDifference
  case repeatability
  // Change by an influence
  case voltage
  case voltageWide
  case voltageLow
  case frequency
  case temperature
  case fifthHarmonic
  case halfWave
  case oddHarmonics
  case subHarmonics
  case phaseSequence
  case voltageUnbalance
  case accessories
  case overcurrent
  case selfHeating
  // Error in operation by temperature band
  case compositeNear
  case compositeMiddle
  case compositeWide
  case compositeFull
  // Counts, times and currents
  case minimumCurrent
  case startingCurrent
  case startingTime
  case noLoadTime
  case noLoadPulses
  case meterConstant
  case startUp
  case dips
  case capacity
  case rangeOverMinimum
  case rangeOverStart
  // What only hardware can prove
  case constantMagnet
  case alternatingField
  case radiatedField
  case conductedField
  case fastBurst
  case oscillatoryWaves

  /// The first word of identifiers of points.
  var word: String { self == .error ? "intrinsic" : rawValue }

  /// The unit of its limits.
  public var unit: String {
    switch self {
    case .temperature: "%/K"
    case .minimumCurrent, .startingCurrent, .rangeOverMinimum, .rangeOverStart: "ratio"
    case .startingTime: "τ"
    case .noLoadTime: "coefficient"
    case .noLoadPulses: "pulses"
    case .startUp: "s"
    case .dips: "µ·m·Un·Imax kWh"
    case .capacity: "h"
    case .repeatability: "of the limit"
    case .meterConstant: "resolutions per percent"
    default: "%"
    }
  }

  /// True where no software can show it.
  public var isPhysical: Bool {
    switch self {
    case .constantMagnet, .alternatingField, .radiatedField, .conductedField, .fastBurst,
      .oscillatoryWaves, .accessories:
      true
    default: false
    }
  }

  /// The words of a report.
  public var title: String {
    switch self {
    case .error: "intrinsic error"
    case .loadDifference: "difference, one phase loaded against balanced"
    case .repeatability: "repeatability"
    case .voltage: "voltage 0.9 to 1.1 Un"
    case .voltageWide: "voltage 0.8 to 0.9 and 1.1 to 1.15 Un"
    case .voltageLow: "voltage below 0.8 Un"
    case .frequency: "frequency 0.98 to 1.02 fn"
    case .temperature: "temperature coefficient"
    case .fifthHarmonic: "5th harmonic in voltage and current"
    case .halfWave: "half wave: direct current and even harmonics"
    case .oddHarmonics: "odd harmonics: phase fired at 90°"
    case .subHarmonics: "sub-harmonics: 2 cycles on, 2 off"
    case .phaseSequence: "reversed phase sequence"
    case .voltageUnbalance: "voltage unbalance: one or two phases out"
    case .accessories: "operation of accessories"
    case .overcurrent: "after a short overcurrent"
    case .selfHeating: "self-heating"
    case .compositeNear: "error in operation, 5 to 30 °C"
    case .compositeMiddle: "error in operation, -10 to 5 and 30 to 40 °C"
    case .compositeWide: "error in operation, -25 to -10 and 40 to 55 °C"
    case .compositeFull: "error in operation, -40 to -25 and 55 to 70 °C"
    case .minimumCurrent: "minimum current, of Itr"
    case .startingCurrent: "starting current, of Itr, Ib or In"
    case .startingTime: "time between pulses at starting current"
    case .noLoadTime: "duration of the test without load"
    case .noLoadPulses: "pulses without load"
    case .meterConstant: "meter constant"
    case .startUp: "initial start-up"
    case .dips: "voltage dips and interruptions"
    case .capacity: "capacity of the register at full load"
    case .rangeOverMinimum: "Imax/Imin at least"
    case .rangeOverStart: "Imax/Ist at least"
    case .constantMagnet: "continuous magnetic induction"
    case .alternatingField: "alternating magnetic field 0.5 mT"
    case .radiatedField: "radiated field 80 MHz to 2 GHz"
    case .conductedField: "conducted disturbance 0.15 to 80 MHz"
    case .fastBurst: "fast transient burst 4 kV"
    case .oscillatoryWaves: "damped oscillatory waves"
    }
  }
}

/// Every key of a configuration, by its path in the YAML document.
///
/// The same key as environment variable: `meter.rating` is `KVADRANT_METER_RATING`.
public enum ConfigurationKey: String, CaseIterable, Sendable {
  case identity
  case number = "meter.number"
  case year = "meter.year"
  case type = "meter.type"
  case connection = "meter.connection"
  case wiring = "meter.wiring"
  case rating = "meter.rating"
  case hardware = "meter.hardware"
  case supplySwitch = "meter.switch"
  case radio = "meter.radio"
  case energy = "meter.energy"
  case frequency = "meter.frequency"
  case accuracyClass = "meter.class"
  case backup = "meter.backup"
  case summation = "meter.summation"
  case energyFormat = "display.energy-format"
  case leadingZeros = "display.leading-zeros"
  case automaticList = "display.automatic"
  case manualList = "display.manual"
  case batteryList = "display.battery"
  case zone = "clock.zone"
  case daylightSaving = "clock.daylight-saving"
  case start = "clock.start"
  case supplySettings = "supply.settings"
  case frontEndModel = "front-end.model"
  case gainError = "front-end.gain-error"
  case phaseError = "front-end.phase-error"
  case offset = "front-end.offset"
  case voltageNoise = "front-end.voltage-noise"
  case currentNoise = "front-end.current-noise"
  case crosstalk = "front-end.crosstalk"
  case drift = "front-end.drift"
  case temperature = "front-end.temperature"
  case generatorVoltage = "generator.voltage"
  case generatorCurrent = "generator.current"
  case generatorAngle = "generator.angle"
  case generatorFrequency = "generator.frequency"
  case generatorRate = "generator.rate"
  case voltageHarmonics = "generator.voltage-harmonics"
  case currentHarmonics = "generator.current-harmonics"

  /// The path in the document.
  public var path: String { rawValue }

  /// The part of the path before the dot; nil at the top level.
  public var section: String? {
    rawValue.firstIndex(of: ".").map { String(rawValue[..<$0]) }
  }

  /// The part of the path behind the dot.
  public var name: String {
    rawValue.split(separator: ".").last.map(String.init) ?? rawValue
  }

  /// The environment variable that stands above the file.
  public var environmentName: String {
    "KVADRANT_" + String(rawValue.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
  }

  /// True where a YAML list of values may stand.
  public var takesList: Bool {
    switch self {
    case .automaticList, .manualList, .batteryList, .supplySettings, .gainError, .phaseError,
      .offset,
      .generatorVoltage, .generatorCurrent, .generatorAngle, .voltageHarmonics,
      .currentHarmonics:
      true
    default: false
    }
  }
}

extension ConfigurationKey {
  /// The default as it is written into a new configuration; `meter.type` has none.
  public var defaultText: String {
    switch self {
    case .identity: "kvd"
    case .number: "10000001"
    case .year: "2026"
    case .type: "KVD-382LxG-5(85)-3x230/400-Q5BDI"
    case .connection: "3x230/400"
    case .wiring: "neutral"
    case .rating: "5(85)"
    case .hardware: "G"
    case .energy: "A+/A-/R+/R-"
    case .frequency: "50"
    case .accuracyClass: "B"
    case .backup: "battery+supercap"
    case .supplySwitch, .radio, .summation, .generatorFrequency, .frontEndModel, .gainError,
      .phaseError, .offset, .voltageNoise, .currentNoise, .crosstalk, .drift, .temperature:
      "auto"
    case .energyFormat: "7.0"
    case .leadingZeros: "true"
    case .automaticList, .manualList, .batteryList: "standard"
    case .zone: "60"
    case .daylightSaving: "eu"
    case .start: "now"
    case .generatorVoltage: "230"
    case .generatorCurrent: "5"
    case .generatorAngle: "0"
    case .generatorRate: "4000"
    case .supplySettings, .voltageHarmonics, .currentHarmonics: "[]"
    }
  }

  /// The values that are accepted, as errors and the template say them.
  public var expectation: String {
    switch self {
    case .identity: "kvd or 382L"
    case .number: "a whole number of at most eight digits"
    case .year: "a year from 2000 to 2099"
    case .type: "a type string such as KVD-382LxG-5(85)-3x230/400-Q5BDI"
    case .connection: "1x230, 2x230/400, 3x230/400 or 3x230"
    case .wiring: "neutral or aron"
    case .rating: "5(85), 5(105), 10(60), 10(65) or 10(85)"
    case .hardware: "2 to 9 without switch, B to G with switch, or auto"
    case .supplySwitch, .radio: "true, false or auto"
    case .energy: "A+, A+/A- or A+/A-/R+/R-"
    case .frequency: "50 or 60"
    case .accuracyClass: "A or B"
    case .backup: "none, battery, supercap or battery+supercap"
    case .summation: "individual, vector or auto"
    case .energyFormat: "7.0 or 6.1"
    case .leadingZeros: "true or false"
    case .automaticList: "standard, or a list of at most 16 OBIS codes or quantity names"
    case .manualList: "standard, or a list of at most 30 OBIS codes or quantity names"
    case .batteryList: "standard, or a list of at most 8 OBIS codes or quantity names"
    case .zone: "minutes from -720 to 840"
    case .daylightSaving: "eu or off"
    case .start: "now or a time such as 2026-01-01T00:00:00Z"
    case .supplySettings:
      "a list such as [basis=current, limit_A=20], see docs/switch-and-prepayment.md"
    case .frontEndModel: "ideal, typical or auto"
    case .gainError: "per cent from -5 to 5, one or six values, or auto"
    case .phaseError: "degrees from -1 to 1, one or three values, or auto"
    case .offset: "converter counts from -10000 to 10000, one or six values, or auto"
    case .voltageNoise: "mV from 0 to 10000, or auto"
    case .currentNoise: "mA from 0 to 1000, or auto"
    case .crosstalk: "ppm from 0 to 10000, or auto"
    case .drift: "ppm/K from -500 to 500, or auto"
    case .temperature: "degrees Celsius from -40 to 85, or auto"
    case .generatorVoltage: "volts from 0 to 500, one or three values"
    case .generatorCurrent: "amperes from 0 to 200, one or three values"
    case .generatorAngle: "degrees from -180 to 180, one or three values"
    case .generatorFrequency: "hertz from 40 to 70, or auto"
    case .generatorRate: "samples per second from 2000 to 32000"
    case .voltageHarmonics, .currentHarmonics:
      "a list of ORDER=PERCENT%@DEGREES such as [5=3%@180, 7=1.5%], orders 2 to 40"
    }
  }

  /// What the key means, for the template.
  public var meaning: String {
    switch self {
    case .identity: "What the meter calls itself; 382L makes readers of that family accept it."
    case .number: "Meter number, on label, display and ports."
    case .year: "Year of manufacture on the label."
    case .type: "The whole type in one line, instead of all lines from connection to summation."
    case .connection: "Nominal voltage of the supply in volts."
    case .wiring: "aron: three wires and two measuring systems, on 3x230 only."
    case .rating: "Ib(Imax) in ampere. 5(105) and 10(60) without switch, 10(65) with switch only."
    case .hardware: "Last character of the type: it tells switch and radio (4 to 7 and D to G)."
    case .supplySwitch: "Supply control switch; auto: as the hardware letter says."
    case .radio: "Radio on the main board; auto: as the hardware letter says."
    case .energy: "Energies that are registered."
    case .frequency: "Nominal frequency in hertz."
    case .accuracyClass: "Accuracy class of active energy (MID); A is IEC class 2, B is class 1."
    case .backup: "What carries the clock through an outage; only a battery lights the display."
    case .summation:
      "Sealed. individual: phases split by direction, then added. auto: vector for aron."
    case .energyFormat: "Digits of energy on the display."
    case .leadingZeros: "Zeros in front of values on the display."
    case .automaticList: "Views of automatic scroll, for example [1.8.0, 2.8.0, frequency]."
    case .manualList: "Views of manual scroll; legal views stay even where left out."
    case .batteryList: "Views that the battery shows without supply."
    case .zone: "Standard time minus UTC."
    case .daylightSaving: "Daylight saving: the European rules, or none."
    case .start: "Time of the meter at its first start; now: the computer's clock."
    case .supplySettings: "Smart disconnect, prepayment, neutral loss, load outputs, pulses."
    case .frontEndModel: "ideal: samples as they are. auto: ideal in run, typical in demo."
    case .gainError: "Gain error of u1 i1 u2 i2 u3 i3. auto, here and below: as the model says."
    case .phaseError: "Phase error of the current channels."
    case .offset: "Offset of u1 i1 u2 i2 u3 i3."
    case .voltageNoise: "Voltage noise, RMS."
    case .currentNoise: "Current noise, RMS."
    case .crosstalk: "Share of the neighbouring channel that leaks in."
    case .drift: "Gain drift over temperature."
    case .temperature: "Temperature inside the meter."
    case .generatorVoltage: "RMS voltage of L1 L2 L3."
    case .generatorCurrent: "RMS current of L1 L2 L3."
    case .generatorAngle: "Current behind voltage, inductive is positive, 180 is export."
    case .generatorFrequency: "Frequency; auto: nominal."
    case .generatorRate: "Sampling rate."
    case .voltageHarmonics: "Harmonics of the voltages."
    case .currentHarmonics: "Harmonics of the currents."
    }
  }
}

#if !hasFeature(Embedded)

  // Names as programs print them; the core itself works on the values.

  extension MeasuredUnit {
    /// The symbol of the unit; empty where there is none.
    public var symbol: String {
      switch self {
      case .none: ""
      case .wattHour: "Wh"
      case .joule: "J"
      case .calorie: "cal"
      case .varHour: "varh"
      case .voltAmpereHour: "VAh"
      case .watt: "W"
      case .joulePerHour: "J/h"
      case .voltAmpereReactive: "var"
      case .voltAmpere: "VA"
      case .cubicMetre: "m3"
      case .cubicMetrePerHour: "m3/h"
      case .cubicMetrePerMinute: "m3/min"
      case .cubicMetrePerSecond: "m3/s"
      case .kilogram: "kg"
      case .kilogramPerHour: "kg/h"
      case .cubicFoot: "ft3"
      case .gallon: "gal"
      case .gallonPerMinute: "gal/min"
      case .gallonPerHour: "gal/h"
      case .second: "s"
      case .minute: "min"
      case .hour: "h"
      case .day: "d"
      case .month: "month"
      case .year: "a"
      case .degreeCelsius: "°C"
      case .degreeFahrenheit: "°F"
      case .kelvin: "K"
      case .bar: "bar"
      case .percent: "%"
      case .degree: "°"
      case .volt: "V"
      case .ampere: "A"
      case .hertz: "Hz"
      case .decibelMilliwatt: "dBm"
      case .heatCostUnit: "HCA"
      case .currency: "currency"
      case .bitTime: "bit"
      case .baud: "Bd"
      case .unknown: "?"
      }
    }
  }

  extension ValueInformation.Traits {
    /// Names of all traits, by their bit.
    static let names = [
      "forwardOnly", "backwardOnly", "absolute", "delta", "average", "relativeDeviation",
      "future", "uncorrected", "nonMetric", "baseConditions", "obisDeclaration",
      "standardContent", "compactProfile", "compactProfileWithRegisters",
      "inverseCompactProfile", "unsigned", "bits", "secondSensor", "higherResolution",
      "endDate", "toMeter", "fromMeter", "manufacturerExtension", "unknownExtension",
    ]
  }

  extension Manufacturer: CustomStringConvertible {
    /// The three letters.
    public var description: String {
      let (a, b, c) = letters
      return String(decoding: [a, b, c], as: UTF8.self)
    }
  }

  extension DeviceAddress: CustomStringConvertible {
    /// Sixteen hexadecimal digits in the order of the wire but with the number in reading order,
    /// as readers on the command line take it.
    public var description: String {
      func text(_ value: UInt32, _ digits: Int) -> String {
        let digitsText = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - digitsText.count) + digitsText
      }
      return text(identification, 8) + text(UInt32(manufacturer.code.byteSwapped), 4)
        + text(UInt32(version), 2) + text(UInt32(medium.code), 2)
    }
  }

#endif

import Quantities

/// Which quantities a result lists, under which OBIS code and in which unit.
enum ResultTable {
  /// One quantity of the list.
  struct Row: Sendable {
    var quantity: QuantityID
    /// OBIS code without `*255`.
    var obis: String
    var unit: String
    /// Decimals of the printed value; a reading counts its last digit.
    var decimals: Int
    /// Which side of a signed quantity is meant.
    var part = Part.signed

    /// The value to print, from the meter's reading.
    func value(_ reading: Int64) -> Int64 {
      switch part {
      case .signed: reading
      case .positive: max(0, reading)
      case .negative: max(0, reading == .min ? .max : -reading)
      }
    }
  }

  /// OBIS has one code for each direction where the meter has one signed quantity.
  enum Part: Sendable { case signed, positive, negative }

  private static func row(
    _ quantity: QuantityID, _ code: String, _ unit: String, _ decimals: Int,
    _ part: Part = .signed
  ) -> Row {
    Row(quantity: quantity, obis: "1-0:" + code, unit: unit, decimals: decimals, part: part)
  }

  /// Decimals of energies, kWh and kvarh: the register's mWh and four digits of the remainder.
  static let energyDecimals = 10

  /// Energies, kWh and kvarh.
  static let registers: [Row] =
    kinds(.activeImport, "1", "kWh") + kinds(.activeExport, "2", "kWh")
    + kinds(.reactiveImport, "3", "kvarh") + kinds(.reactiveExport, "4", "kvarh")
    + [
      row(.reactiveQ1, "5.8.0", "kvarh", 6), row(.reactiveQ2, "6.8.0", "kvarh", 6),
      row(.reactiveQ3, "7.8.0", "kvarh", 6), row(.reactiveQ4, "8.8.0", "kvarh", 6),
    ]
    + phases(.activeImportL1, [21, 41, 61], "kWh") + phases(.activeExportL1, [22, 42, 62], "kWh")
    + phases(.reactiveImportL1, [23, 43, 63], "kvarh")
    + phases(.reactiveExportL1, [24, 44, 64], "kvarh")
    + [row(.activeAbsolute, "15.8.0", "kWh", 6)]

  /// Present values.
  static let instantaneous: [Row] = [
    row(.powerActiveImport, "1.7.0", "W", 3), row(.powerActiveExport, "2.7.0", "W", 3),
    row(.powerReactiveImport, "3.7.0", "var", 3), row(.powerReactiveExport, "4.7.0", "var", 3),
    row(.powerApparent, "9.7.0", "VA", 3), row(.powerFactor, "13.7.0", "1", 4),
    row(.frequency, "14.7.0", "Hz", 3),
    row(.voltageL1, "32.7.0", "V", 3), row(.voltageL2, "52.7.0", "V", 3),
    row(.voltageL3, "72.7.0", "V", 3),
    row(.currentL1, "31.7.0", "A", 6), row(.currentL2, "51.7.0", "A", 6),
    row(.currentL3, "71.7.0", "A", 6),
    row(.powerActiveL1, "21.7.0", "W", 3, .positive),
    row(.powerActiveL1, "22.7.0", "W", 3, .negative),
    row(.powerActiveL2, "41.7.0", "W", 3, .positive),
    row(.powerActiveL2, "42.7.0", "W", 3, .negative),
    row(.powerActiveL3, "61.7.0", "W", 3, .positive),
    row(.powerActiveL3, "62.7.0", "W", 3, .negative),
    row(.powerReactiveL1, "23.7.0", "var", 3, .positive),
    row(.powerReactiveL1, "24.7.0", "var", 3, .negative),
    row(.powerReactiveL2, "43.7.0", "var", 3, .positive),
    row(.powerReactiveL2, "44.7.0", "var", 3, .negative),
    row(.powerReactiveL3, "63.7.0", "var", 3, .positive),
    row(.powerReactiveL3, "64.7.0", "var", 3, .negative),
    row(.powerApparentL1, "29.7.0", "VA", 3), row(.powerApparentL2, "49.7.0", "VA", 3),
    row(.powerApparentL3, "69.7.0", "VA", 3),
    row(.powerFactorL1, "33.7.0", "1", 4), row(.powerFactorL2, "53.7.0", "1", 4),
    row(.powerFactorL3, "73.7.0", "1", 4),
    row(.voltageAngleL2, "81.7.10", "deg", 2), row(.voltageAngleL3, "81.7.20", "deg", 2),
    row(.phaseAngleL1, "81.7.40", "deg", 2), row(.phaseAngleL2, "81.7.51", "deg", 2),
    row(.phaseAngleL3, "81.7.62", "deg", 2),
  ]

  /// Total and four tariffs of one kind of energy.
  private static func kinds(_ total: QuantityID, _ c: String, _ unit: String) -> [Row] {
    let firstTariff = 4 + 4 * total.rawValue
    let tariffs = (0..<4).compactMap { n in
      QuantityID(rawValue: firstTariff + n).map { row($0, "\(c).8.\(n + 1)", unit, 6) }
    }
    return [row(total, "\(c).8.0", unit, 6)] + tariffs
  }

  private static func phases(_ first: QuantityID, _ codes: [Int], _ unit: String) -> [Row] {
    codes.enumerated().compactMap { n, code in
      QuantityID(rawValue: first.rawValue + UInt8(n)).map { row($0, "\(code).8.0", unit, 6) }
    }
  }
}

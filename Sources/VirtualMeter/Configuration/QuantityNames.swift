import Quantities

/// Quantities by OBIS code (IEC 62056-61) or by name.
public enum QuantityNames {
  /// The quantity that `1.8.0`, `1-0:1.8.0`, `1-0:1.8.0*255` or `activeImport` names.
  public static func quantity(_ text: String) -> QuantityID? {
    let lower = text.lowercased()
    if let named = QuantityID.allCases.first(where: { name($0).lowercased() == lower }) {
      return named
    }
    var code = Substring(text)
    if let colon = code.firstIndex(of: ":") {
      guard ["1-0", "0-0", "1-1"].contains(code[..<colon]) else { return nil }
      code = code[code.index(after: colon)...]
    }
    if code.hasSuffix("*255") { code = code.dropLast(4) }
    return QuantityID.allCases.first { obis($0).map { $0 == code } ?? false }
  }

  /// The name used in configurations.
  public static func name(_ quantity: QuantityID) -> String { "\(quantity)" }

  /// C.D.E of the quantity; nil where no standard code is used for it.
  public static func obis(_ quantity: QuantityID) -> String? {
    let id = Int(quantity.rawValue)
    switch quantity {
    case .activeImport, .activeExport, .reactiveImport, .reactiveExport: return "\(id + 1).8.0"
    case .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4,
      .activeExportT1, .activeExportT2, .activeExportT3, .activeExportT4,
      .reactiveImportT1, .reactiveImportT2, .reactiveImportT3, .reactiveImportT4,
      .reactiveExportT1, .reactiveExportT2, .reactiveExportT3, .reactiveExportT4:
      return "\(id / 4).8.\(id % 4 + 1)"
    case .reactiveQ1, .reactiveQ2, .reactiveQ3, .reactiveQ4: return "\(id - 15).8.0"
    case .activeImportL1, .activeImportL2, .activeImportL3,
      .activeExportL1, .activeExportL2, .activeExportL3,
      .reactiveImportL1, .reactiveImportL2, .reactiveImportL3,
      .reactiveExportL1, .reactiveExportL2, .reactiveExportL3:
      return "\(21 + (id - 24) / 3 + (id - 24) % 3 * 20).8.0"
    case .activeAbsolute: return "15.8.0"
    case .powerActiveImport, .powerActiveExport, .powerReactiveImport, .powerReactiveExport:
      return "\(id - 47).7.0"
    case .powerApparent: return "9.7.0"
    case .powerActiveL1, .powerActiveL2, .powerActiveL3: return "\(36 + (id - 53) * 20).7.0"
    case .powerApparentL1, .powerApparentL2, .powerApparentL3:
      return "\(29 + (id - 59) * 20).7.0"
    case .powerFactor: return "13.7.0"
    case .powerFactorL1, .powerFactorL2, .powerFactorL3: return "\(33 + (id - 63) * 20).7.0"
    case .voltageL1, .voltageL2, .voltageL3: return "\(32 + (id - 66) * 20).7.0"
    case .currentL1, .currentL2, .currentL3: return "\(31 + (id - 69) * 20).7.0"
    case .voltageAngleL1, .voltageAngleL2, .voltageAngleL3: return "81.7.\((id - 72) * 10)"
    case .phaseAngleL1, .phaseAngleL2, .phaseAngleL3: return "81.7.\(4 + (id - 75) * 11)"
    case .frequency: return "14.7.0"
    case .hourCounter: return "96.8.0"
    case .date: return "0.9.2"
    case .time: return "0.9.1"
    case .meterNumber: return "0.0.0"
    case .softwareRevision: return "0.2.0"
    case .activeTariff: return "96.14.0"
    default: return nil
    }
  }
}

import LegalMeter
import Quantities

extension DisplayLists {
  /// The lists of a new meter: all legal views first, then what people look for most.
  public static func factory(_ rules: DisplayRules) -> DisplayLists {
    var lists = DisplayLists()
    for number in 0..<DisplayLists.empty {
      if let quantity = QuantityID(rawValue: number), rules.isMandatory(quantity) {
        lists.append(quantity, to: .manual)
      }
    }
    lists.appendManualExtras(rules)
    let automatic: InlineArray<8, QuantityID> = [
      .activeImport, .activeExport, .reactiveImport, .reactiveExport, .powerActiveImport,
      .powerActiveExport, .date, .time,
    ]
    for index in automatic.indices {
      lists.append(automatic[index], to: .automatic, rules)
    }
    guard rules.hasBattery else { return lists }
    let battery: InlineArray<7, QuantityID> = [
      .activeImport, .activeExport, .reactiveImport, .reactiveExport, .meterNumber, .date, .time,
    ]
    for index in battery.indices {
      lists.append(battery[index], to: .battery, rules)
    }
    return lists
  }

  private mutating func appendManualExtras(_ rules: DisplayRules) {
    let extras: InlineArray<33, QuantityID> = [
      .powerActiveImport, .powerActiveExport, .hourCounter, .date, .time, .meterNumber,
      .softwareRevision, .legalChecksum, .meterStatus, .maximumActiveImport, .profileReader,
      .billingReader,
      .activeImportT1, .activeImportT2, .activeImportT3, .activeImportT4,
      .activeExportT1, .activeExportT2, .activeExportT3, .activeExportT4,
      .voltageL1, .voltageL2, .voltageL3, .currentL1, .currentL2, .currentL3,
      .powerFactor, .frequency, .powerReactiveImport, .powerReactiveExport,
      .powerActiveL1, .powerActiveL2, .powerActiveL3,
    ]
    for index in extras.indices { append(extras[index], to: .manual, rules) }
  }

  private mutating func append(
    _ quantity: QuantityID, to kind: DisplayListKind, _ rules: DisplayRules
  ) {
    // A meter that registers no export has no use for its power either.
    switch quantity {
    case .powerActiveExport where !rules.energyType.registers(.activeExport): return
    case .powerReactiveImport where !rules.energyType.registers(.reactiveImport): return
    case .powerReactiveExport where !rules.energyType.registers(.reactiveExport): return
    default: break
    }
    if quantity.isMeasured(by: rules.energyType) { append(quantity, to: kind) }
  }
}

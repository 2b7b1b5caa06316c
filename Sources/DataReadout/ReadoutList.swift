import Quantities

/// Which data sets a readout has.
public enum ReadoutList: UInt8, CaseIterable, Sendable {
  /// Those of the family, in its order.
  case family
  /// Those of the family, then export, reactive energy, powers, voltages, currents and states.
  case extended
  /// Every quantity that the meter measures.
  case all

  /// The quantity of a line; nil behind the last.
  public func quantity(_ line: UInt16) -> QuantityID? {
    switch self {
    case .family: line < Self.familyLines ? Self.line(line) : nil
    case .extended: Self.line(line)
    case .all:
      line <= UInt16(QuantityID.billingReader.rawValue)
        ? QuantityID(rawValue: UInt8(line)) ?? .profileReader : nil
    }
  }

  /// Lines of the family's readout.
  public static var familyLines: UInt16 { 9 }

  private static func line(_ line: UInt16) -> QuantityID? {
    switch line {
    case 0: .meterNumber
    case 1: .activeImport
    case 2: .activeImportT1
    case 3: .activeImportT2
    case 4: .activeImportT3
    case 5: .activeImportT4
    case 6: .hourCounter
    case 7: .pulseInput1
    case 8: .maximumActiveImport
    default: further(line - familyLines)
    }
  }

  private static func further(_ line: UInt16) -> QuantityID? {
    switch line {
    case 0: .activeExport
    case 1: .reactiveImport
    case 2: .reactiveExport
    case 3...6: QuantityID(rawValue: QuantityID.powerActiveImport.rawValue + UInt8(line - 3))
    case 7...9: QuantityID(rawValue: QuantityID.voltageL1.rawValue + UInt8(line - 7))
    case 10...12: QuantityID(rawValue: QuantityID.currentL1.rawValue + UInt8(line - 10))
    case 13: .frequency
    case 14: .time
    case 15: .date
    case 16: .activeTariff
    case 17: .billingCount
    case 18: .billingDate
    case 19: .switchState
    case 20: .softwareRevision
    case 21: .legalChecksum
    case 22: .errorRegister
    default: nil
    }
  }
}

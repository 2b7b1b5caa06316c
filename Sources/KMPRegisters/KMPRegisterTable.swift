import KMP
import LegalMeter
import Meter
import MeterTime
import Quantities

/// How a quantity of the directory is told as a register: unit, width, decimal exponent.
enum KMPForm: UInt8 {
  /// kWh or kvarh, 0.1 in four bytes; whole ones where the display shows whole ones.
  case energy
  /// kWh or kvarh, 0.0001 in four bytes; the high digits roll over.
  case fineEnergy
  /// kW, kvar or kVA, 0.001 in four bytes.
  case power
  /// V in two bytes.
  case voltage
  /// A, 0.01 in four bytes.
  case current
  /// 0.001 in two bytes.
  case powerFactor
  case hours
  case time
  case date
  case number
  /// Kelvin in two bytes.
  case temperature
  case minutes
  case bits
  case frequency
}

/// Where the value of a register comes from.
enum KMPSource {
  case quantity(QuantityID, KMPForm)
  /// The import (true) or export of an active phase power, or of a reactive one.
  case phasePower(QuantityID, isImport: Bool)
  /// The end of the period of a maximum.
  case maximumTime(DemandExtreme)
  case clock
  case typeNumber
  case completeType
  case deliveredNumber
  case configurationNumber(Int)
  /// A value of the supply parameters.
  case supply(SupplyFigure)
  case voltageLimit(Int)
  case switchState
  case switchFeedback
}

/// Figures of smart disconnect and neutral watch that have registers.
enum SupplyFigure: UInt8 {
  case k1, k2, k3, t1, t2, t3, reconnectWait, automatic, basis, limit, breakingLimit
  case neutralVoltage, neutralHigh, neutralTime
}

/// The register table of the generation L, as far as the meter has the thing asked.
enum KMPRegisterTable {
  /// Nil for a register that this meter does not have: it is left out of the answer.
  static func source(_ id: UInt16) -> KMPSource? {
    switch id {
    case 0x0001...0x0046, 0x00C7, 0x00DE: first(id)
    case 0x03E9...0x0422: second(id)
    case 0x0434...0x0466: third(id)
    case 0x0492...0x0495:
      .quantity(run(.powerFactorL1, id, 0x0492, total: .powerFactor), .powerFactor)
    case 0x04A6: .quantity(.lifetimeMaximum, .power)
    case 0x04A7: .quantity(.lifetimeMinimum, .power)
    case 0x04AB: .quantity(.analysisInterval, .minutes)
    case 0x04BC...0x04BE: .voltageLimit(Int(id - 0x04BC))
    case 0x04BF...0x04C1: .quantity(step(.averageVoltageL1, id - 0x04BF), .voltage)
    case 0x04C2...0x04C4: .quantity(step(.averageCurrentL1, id - 0x04C2), .current)
    case 0x04DE: .supply(.neutralVoltage)
    case 0x04DF: .supply(.neutralHigh)
    case 0x04E0: .supply(.neutralTime)
    case 0x04E1: .quantity(.neutralVoltage, .voltage)
    case 0x0513...0x0515: .quantity(step(.activeImportL1, id - 0x0513), .energy)
    case 0x0516...0x0518: .quantity(step(.activeExportL1, id - 0x0516), .energy)
    case 0x0540...0x0542: .phasePower(step(.powerActiveL1, id - 0x0540), isImport: false)
    case 0x0543...0x0545: .phasePower(step(.powerReactiveL1, id - 0x0543), isImport: true)
    case 0x0546...0x0548: .phasePower(step(.powerReactiveL1, id - 0x0546), isImport: false)
    case 0x07DA: .quantity(.activeTariff, .number)
    case 0x07DB: .quantity(.tariffSource, .number)
    default: nil
    }
  }

  private static func first(_ id: UInt16) -> KMPSource? {
    switch id {
    case 0x0001...0x0004: .quantity(step(.activeImport, id - 1), .energy)
    case 0x0005: .quantity(.reactiveQ1, .energy)
    case 0x0006: .quantity(.reactiveQ4, .energy)
    case 0x000D...0x0010: .quantity(step(.activeImportFine, id - 0x000D), .fineEnergy)
    case 0x0011...0x0012: .quantity(step(.activeImportResettable, id - 0x0011), .energy)
    case 0x0013...0x0022: .quantity(tariffEnergy(id - 0x0013), .energy)
    case 0x0023...0x0026: .quantity(step(.demandActiveImport, id - 0x0023), .power)
    case 0x0027...0x002A: .quantity(step(.maximumActiveImport, id - 0x0027), .power)
    case 0x002B...0x002E: .quantity(step(.cumulativeActiveImport, id - 0x002B), .power)
    case 0x002F: .quantity(.billingCount, .number)
    case 0x0032: .quantity(.meterStatus, .number)
    case 0x0033: .quantity(.meterNumber, .number)
    case 0x0036...0x0038: .configurationNumber(Int(id - 0x0036))
    case 0x003A: .quantity(.pulseInput1, .number)
    case 0x00C7: .quantity(.profileInterval, .minutes)
    case 0x00DE: .quantity(.configurationChanges, .number)
    default: nil
    }
  }

  private static func second(_ id: UInt16) -> KMPSource? {
    switch id {
    case 0x03E9: .deliveredNumber
    case 0x03EA: .quantity(.time, .time)
    case 0x03EB: .quantity(.date, .date)
    case 0x03EC: .quantity(.hourCounter, .hours)
    case 0x03ED: .quantity(.softwareRevision, .number)
    case 0x03F2: .quantity(.meterNumber, .number)
    case 0x03FF...0x0402: .quantity(step(.powerActiveImport, id - 0x03FF), .power)
    case 0x0403: .quantity(.maximumActiveImportTime, .time)
    case 0x0404: .quantity(.maximumActiveImportDate, .date)
    case 0x0407: .quantity(.activeAbsolute, .energy)
    case 0x0409: .quantity(.maximumActiveImportT1, .power)
    case 0x040A: .quantity(.maximumActiveImportT1Time, .time)
    case 0x040B: .quantity(.maximumActiveImportT1Date, .date)
    case 0x040C: .quantity(.maximumActiveImportT2, .power)
    case 0x040D: .quantity(.maximumActiveImportT2Time, .time)
    case 0x040E: .quantity(.maximumActiveImportT2Date, .date)
    case 0x040F: .quantity(.thresholdLimit, .power)
    case 0x0410: .quantity(.thresholdCount, .number)
    case 0x0415: .quantity(.clockStatus, .bits)
    case 0x0417: .clock
    case 0x0419: .maximumTime(.maximum(.activeImport))
    case 0x041A: .maximumTime(.tariffMaximum(.t1))
    case 0x041B: .maximumTime(.tariffMaximum(.t2))
    case 0x041E...0x0420: .quantity(step(.voltageL1, id - 0x041E), .voltage)
    case 0x0422: .typeNumber
    default: nil
    }
  }

  private static func third(_ id: UInt16) -> KMPSource? {
    switch id {
    case 0x0434...0x0436: .quantity(step(.currentL1, id - 0x0434), .current)
    case 0x0437: .quantity(.temperature, .temperature)
    case 0x0438...0x043A: .phasePower(step(.powerActiveL1, id - 0x0438), isImport: true)
    case 0x043B: .quantity(.legalChecksum, .number)
    case 0x043F: .switchState
    case 0x0440: .switchFeedback
    case 0x0454: .supply(.breakingLimit)
    case 0x0455: .supply(.k1)
    case 0x0456: .supply(.k2)
    case 0x0457: .supply(.k3)
    case 0x0458: .supply(.t1)
    case 0x0459: .supply(.t2)
    case 0x045A: .supply(.t3)
    case 0x045B: .supply(.reconnectWait)
    case 0x045D: .supply(.automatic)
    case 0x045E: .supply(.basis)
    case 0x0461: .quantity(.credit, .energy)
    case 0x0462: .supply(.limit)
    case 0x0466: .completeType
    default: nil
    }
  }

  /// The quantity that stands so many places behind one in a run.
  private static func step(_ first: QuantityID, _ places: UInt16) -> QuantityID {
    QuantityID(rawValue: first.rawValue &+ UInt8(truncatingIfNeeded: places)) ?? first
  }

  private static func run(
    _ first: QuantityID, _ id: UInt16, _ start: UInt16, total: QuantityID
  ) -> QuantityID {
    id - start < 3 ? step(first, id - start) : total
  }

  /// Registers go by tariff and then by kind, quantities by kind and then by tariff.
  private static func tariffEnergy(_ place: UInt16) -> QuantityID {
    step(.activeImportT1, place % 4 * 4 + place / 4)
  }
}

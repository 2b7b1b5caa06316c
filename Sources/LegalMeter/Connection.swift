import Metrology
import Quantities

/// How the measuring systems are connected to the supply.
public enum Connection: UInt8, CaseIterable, Sendable {
  /// 1 x 230 V: system 1 only.
  case onePhase
  /// 2 x 230/400 V: systems 1 and 2.
  case twoPhase
  /// 3 x 230/400 V with neutral (3 x 230 V between phase and neutral likewise).
  case fourWire
  /// Three wires, two systems: system 1 sees U12 and I1, system 3 sees U32 and I3.
  case aron
}

/// How the systems are added up. A sealed choice.
public enum Summation: UInt8, CaseIterable, Sendable {
  /// Each phase is split into import and export per window, then the phases are added.
  case individual
  /// The net of all phases decides per window. Forced by Aron.
  case vector
}

/// Which energies the meter registers.
public enum EnergyType: UInt8, CaseIterable, Sendable {
  /// A+ only, with the backstop rule for reverse energy.
  case activeImport
  /// A+ and A-.
  case activeImportExport
  /// A+, A-, R+ and R-.
  case fourQuadrant

  /// Whether this meter has registers of the energy kind.
  public func registers(_ kind: EnergyKind) -> Bool {
    switch self {
    case .activeImport: kind == .activeImport
    case .activeImportExport: kind.isActive
    case .fourQuadrant: true
    }
  }
}

/// Nominal frequency, which sets the cycles in one window.
public enum NominalFrequency: UInt8, CaseIterable, Sendable {
  case hz50, hz60
  /// Whole cycles in one window: 10 at 50 Hz, 12 at 60 Hz, about 200 ms.
  public var cyclesPerWindow: Int { self == .hz50 ? 10 : 12 }
  /// Hertz.
  public var hertz: Int { self == .hz50 ? 50 : 60 }
}

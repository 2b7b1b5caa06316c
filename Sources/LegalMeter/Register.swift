import Quantities

/// The energy registers, in the order in which the journal holds them.
///
/// A register is a UInt64 of mWh or mvarh; the journal keeps 48 bits of it, which is 281 GWh:
/// 3.9 million hours at 72.45 kW, against the 4000 h that EN 50470-1 asks for. The display rolls
/// over by its own number of digits, the register does not.
public struct Register: Equatable, Hashable, Sendable {
  /// 0..<39.
  public let index: UInt8

  private init(_ index: Int) { self.index = UInt8(truncatingIfNeeded: index) }

  /// A register by its place in the journal, nil outside 0..<39.
  public init?(index: Int) {
    guard index >= 0, index < Self.count else { return nil }
    self.init(index)
  }

  /// Number of registers.
  public static let count = 39

  /// A+, A-, R+ or R- over all phases and tariffs.
  public static func total(_ kind: EnergyKind) -> Register { Register(kind.index) }
  /// The part of a total that fell into one tariff; the four always add up to the total.
  public static func tariff(_ kind: EnergyKind, _ tariff: Tariff) -> Register {
    Register(4 + kind.index * 4 + tariff.index)
  }
  /// Reactive energy of one quadrant.
  public static func quadrant(_ quadrant: Quadrant) -> Register {
    Register(20 + Int(quadrant.rawValue))
  }
  /// Energy of one phase.
  public static func phase(_ kind: EnergyKind, _ phase: Phase) -> Register {
    Register(24 + kind.index * 3 + phase.index)
  }
  /// Sum of the absolute phase contributions of active energy.
  public static let absolute = Register(36)
  /// Counters the consumer may reset.
  public static let resettableImport = Register(37)
  public static let resettableExport = Register(38)

  /// The register behind a quantity, nil for quantities that are no energy.
  ///
  /// High-resolution views show the same registers as the totals.
  public init?(_ quantity: QuantityID) {
    let raw = Int(quantity.rawValue)
    switch raw {
    case 0...38: self.init(raw)
    case 39...42: self.init(raw - 39)
    default: return nil
    }
  }

  /// What the law says of this register.
  ///
  /// A+ is covered by the MID, the other totals and all tariffs of A-, R+ and R- by national
  /// rules; single quadrants and phases, absolutes and resettable counters never.
  /// - Parameter energies: a register that the type does not have is not legal either.
  public func legalStatus(_ energies: EnergyType) -> LegalStatus {
    guard index < 20 else { return .notLegal }
    let raw = index < 4 ? index : (index - 4) / 4
    guard let kind = EnergyKind(rawValue: raw), energies.registers(kind) else { return .notLegal }
    return kind == .activeImport ? .mid : .national
  }
}

/// Under which law a value is kept, shown and protected.
public enum LegalStatus: UInt8, CaseIterable, Sendable {
  /// Measuring Instruments Directive 2014/32/EU, annex V.
  case mid
  /// National rules.
  case national
  case notLegal
}

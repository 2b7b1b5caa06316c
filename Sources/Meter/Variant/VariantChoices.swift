/// Nominal voltage of the supply, as printed on the type label.
///
/// Every measuring system is made for 230 V at its own terminals, in all of them.
public enum NominalVoltage: UInt8, CaseIterable, Sendable {
  /// 1 x 230 V: one phase and neutral.
  case v1x230
  /// 2 x 230/400 V: two phases and neutral.
  case v2x230_400
  /// 3 x 230/400 V: three phases and neutral.
  case v3x230_400
  /// 3 x 230 V: as Aron 230 V between the phases, else 230 V from each phase to neutral.
  case v3x230

  /// As the type string spells it.
  public var code: StaticString {
    switch self {
    case .v1x230: "1x230"
    case .v2x230_400: "2x230/400"
    case .v3x230_400: "3x230/400"
    case .v3x230: "3x230"
    }
  }
}

/// Whether the neutral conductor reaches the meter.
public enum Wiring: UInt8, CaseIterable, Sendable {
  /// Each measuring system between its phase and neutral (four-wire on three phases).
  case neutral
  /// Three wires and two measuring systems, L2 being their common reference.
  case aron
}

/// Basic and maximum current, Ib(Imax) in ampere, of the directly connected meter.
public enum CurrentRating: UInt8, CaseIterable, Sendable {
  case a5_85, a5_105, a10_60, a10_65, a10_85

  /// As the data sheet and the type string spell it.
  public var code: StaticString {
    switch self {
    case .a5_85: "5(85)"
    case .a5_105: "5(105)"
    case .a10_60: "10(60)"
    case .a10_65: "10(65)"
    case .a10_85: "10(85)"
    }
  }

  /// Basic current Ib in ampere; the reference current Iref is the same.
  public var basic_A: UInt32 {
    switch self {
    case .a5_85, .a5_105: 5
    case .a10_60, .a10_65, .a10_85: 10
    }
  }

  /// Maximum current Imax in ampere.
  public var maximum_A: UInt32 {
    switch self {
    case .a5_85, .a10_85: 85
    case .a5_105: 105
    case .a10_60: 60
    case .a10_65: 65
    }
  }

  /// True where the rating exists without supply control switch: all but 10(65).
  public var existsWithoutSwitch: Bool { self != .a10_65 }

  /// True where the rating exists with supply control switch: all but 5(105) and 10(60).
  public var existsWithSwitch: Bool { self != .a5_105 && self != .a10_60 }
}

/// The last character of the designation 382Lx.: it tells both switch and integrated radio.
public enum HardwareLetter: UInt8, CaseIterable, Sendable {
  case x2, x3, x4, x5, x6, x7, x8, x9
  case xB, xC, xD, xE, xF, xG

  /// True for B...G: with supply control switch.
  public var hasSwitch: Bool { rawValue >= Self.xB.rawValue }

  /// True for 4...7 and D...G: with radio on the main board.
  public var hasRadio: Bool {
    switch self {
    case .x4, .x5, .x6, .x7, .xD, .xE, .xF, .xG: true
    case .x2, .x3, .x8, .x9, .xB, .xC: false
    }
  }

  /// The letter used where only the functions are asked for: the last one of its group.
  public init(hasSwitch: Bool, hasRadio: Bool) {
    switch (hasSwitch, hasRadio) {
    case (false, false): self = .x9
    case (false, true): self = .x7
    case (true, false): self = .xC
    case (true, true): self = .xG
    }
  }
}

/// What keeps the real-time clock going (and, for the battery, the display readable) in an outage.
public enum ClockBackup: UInt8, CaseIterable, Sendable {
  case none, battery, supercap, batteryAndSupercap
  /// True where the battery-driven display list is possible.
  public var hasBattery: Bool { self == .battery || self == .batteryAndSupercap }
  /// True where a charged supercap carries the clock for seven days.
  public var hasSupercap: Bool { self == .supercap || self == .batteryAndSupercap }
}

/// Accuracy class for active energy: MID A and B (EN 50470-3), IEC 2 and 1 (IEC 62053-21).
public enum AccuracyClass: UInt8, CaseIterable, Sendable {
  case a, b
  /// Starting current in thousandths of Itr (EN 50470-1, 3.5.7): 50 for class A, 40 for class B.
  public var startingPermille: UInt32 { self == .a ? 50 : 40 }
}

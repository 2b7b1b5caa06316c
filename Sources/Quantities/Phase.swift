/// A phase conductor, or the measuring system that is connected to it.
public enum Phase: UInt8, CaseIterable, Sendable {
  case l1, l2, l3
  /// 0, 1 or 2.
  @inlinable public var index: Int { Int(rawValue) }
}

/// A quadrant of the P-Q plane, counter-clockwise from import and inductive (IEC 62053-23 C).
public enum Quadrant: UInt8, CaseIterable, Sendable {
  case q1, q2, q3, q4
}

/// A tariff; T1 is used where no tariff is chosen.
public enum Tariff: UInt8, CaseIterable, Sendable {
  case t1, t2, t3, t4
  @inlinable public var index: Int { Int(rawValue) }
}

/// The four kinds of energy. A+ = QI + QIV, A- = QII + QIII, R+ = QI + QII, R- = QIII + QIV.
public enum EnergyKind: UInt8, CaseIterable, Sendable {
  case activeImport, activeExport, reactiveImport, reactiveExport
  @inlinable public var index: Int { Int(rawValue) }
  /// True for A+ and A- (watt-hours), false for R+ and R- (var-hours).
  @inlinable public var isActive: Bool { rawValue < 2 }
}

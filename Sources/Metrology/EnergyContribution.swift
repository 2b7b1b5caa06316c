import Quantities

/// Energy of one or more windows, split by direction and quadrant; all parts are >= 0.
public struct EnergyContribution: Equatable, Sendable {
  /// Active energy by direction, µWs.
  public var activeImport: Int64 = 0
  public var activeExport: Int64 = 0
  /// Reactive energy by quadrant, µvars.
  public var q1: Int64 = 0, q2: Int64 = 0, q3: Int64 = 0, q4: Int64 = 0

  public init() {}

  /// Splits one window: the sign of the net active and reactive energy decides.
  ///
  /// QI and QIV import active energy, QI and QII import (inductive) reactive energy; a window
  /// without active energy counts as import.
  public init(active: Int64, reactive: Int64) {
    if active >= 0 { activeImport = active } else { activeExport = 0 &- active }
    switch (active >= 0, reactive >= 0) {
    case (true, true): q1 = reactive
    case (false, true): q2 = reactive
    case (false, false): q3 = 0 &- reactive
    case (true, false): q4 = 0 &- reactive
    }
  }

  public static func += (a: inout EnergyContribution, b: EnergyContribution) {
    a.activeImport &+= b.activeImport
    a.activeExport &+= b.activeExport
    a.q1 &+= b.q1
    a.q2 &+= b.q2
    a.q3 &+= b.q3
    a.q4 &+= b.q4
  }

  /// Energy of one kind: R+ is QI + QII, R- is QIII + QIV.
  public subscript(kind: EnergyKind) -> Int64 {
    switch kind {
    case .activeImport: activeImport
    case .activeExport: activeExport
    case .reactiveImport: q1 &+ q2
    case .reactiveExport: q3 &+ q4
    }
  }

  /// Energy of one quadrant.
  public subscript(quadrant: Quadrant) -> Int64 {
    switch quadrant {
    case .q1: q1
    case .q2: q2
    case .q3: q3
    case .q4: q4
    }
  }

  /// Only the active, or only the reactive part.
  func part(active: Bool) -> EnergyContribution {
    var out = self
    if active {
      out.q1 = 0
      out.q2 = 0
      out.q3 = 0
      out.q4 = 0
    } else {
      out.activeImport = 0
      out.activeExport = 0
    }
    return out
  }
}

/// A standard, directive or recommendation whose limits stand here as data.
///
/// The figures of each live in one file; `rows` joins what a laboratory would run together.
public enum Standard: String, CaseIterable, Codable, Sendable {
  case en50470 = "en50470"
  case iec62053_21 = "iec62053-21"
  case iec62053_21_2020 = "iec62053-21-2020"
  case iec62053_22 = "iec62053-22"
  case iec62053_23 = "iec62053-23"
  case iec62052_11 = "iec62052-11"
  case mid = "mid"
  case r46 = "r46"

  /// As it is cited.
  public var title: String {
    switch self {
    case .en50470: "EN 50470-3:2006"
    case .iec62053_21: "IEC 62053-21:2003"
    case .iec62053_21_2020: "IEC 62053-21:2020"
    case .iec62053_22: "IEC 62053-22:2003"
    case .iec62053_23: "IEC 62053-23:2003"
    case .iec62052_11: "IEC 62052-11:2003"
    case .mid: "Directive 2014/32/EU, annex V"
    case .r46: "OIML R 46:2012"
    }
  }

  /// What it is about, and how its currents are taken where that is not plain.
  public var note: String {
    switch self {
    case .en50470:
      "Active energy, with the currents of EN 50470-1 and the error in operation of 8.4."
    case .iec62053_21: "Active energy in both directions, classes 1 and 2."
    case .iec62053_21_2020:
      "Class 0.5 of the newer edition; its figures are known by their changes only and are "
        + "taken as the stricter ones of EN 50470-3 class C and IEC 62053-22 class 0.5S. "
        + "In is the basic current Ib."
    case .iec62053_22:
      "For information only: the standard is for transformer-operated meters. "
        + "Its In is taken as the basic current Ib of the direct connected meter."
    case .iec62053_23: "Reactive energy of the fundamental, both directions."
    case .iec62052_11: "General requirements, what of them software can prove."
    case .mid: "Public law: errors in operation, disturbances of long duration, suitability."
    case .r46: "International recommendation, classes A to D."
    }
  }

  /// The classes that it knows.
  public var classes: [MeterClass] {
    switch self {
    case .en50470, .mid: [.a, .b, .c]
    case .iec62053_21: [.one, .two]
    case .iec62053_21_2020: [.half]
    case .iec62053_22: [.s02, .s05]
    case .iec62053_23: [.two, .three]
    case .iec62052_11: [.general]
    case .r46: [.a, .b, .c, .d]
    }
  }

  /// The class that is tested where none is named: the best one that the meter is made for.
  public var usualClass: MeterClass {
    switch self {
    case .en50470, .mid, .r46: .c
    case .iec62053_21: .one
    case .iec62053_21_2020: .half
    case .iec62053_22: .s05
    case .iec62053_23: .two
    case .iec62052_11: .general
    }
  }

  /// True where it is shown and cannot be failed.
  public var isInformative: Bool { self == .iec62053_22 }

  /// True where it is about reactive energy.
  public var isReactive: Bool { self == .iec62053_23 }

  /// The lines of its own, in the order of the standard.
  public var ownRows: [LimitRow] {
    switch self {
    case .en50470: EN50470Limits.rows
    case .iec62053_21: IEC62053_21Limits.rows2003
    case .iec62053_21_2020: IEC62053_21Limits.rows2020
    case .iec62053_22: IEC62053_22Limits.rows
    case .iec62053_23: IEC62053_23Limits.rows
    case .iec62052_11: IEC62052_11Limits.rows
    case .mid: MIDLimits.rows
    case .r46: R46Limits.rows
    }
  }

  /// Every line that a laboratory runs under this name: EN 50470-3 takes the errors in operation,
  /// the dips and the capacity from the directive.
  public var rows: [LimitRow] {
    guard self == .en50470 else { return ownRows }
    let borrowed = MIDLimits.rows.filter { row in
      switch row.subject {
      case .compositeNear, .compositeMiddle, .compositeWide, .compositeFull, .dips, .capacity:
        true
      default: false
      }
    }
    return ownRows
      + borrowed.map { row in
        var row = row
        row.clause = "8.4, MID annex V \(row.clause)"
        return row
      }
  }

  /// The limit of a class in the first row of a subject; nil where there is none.
  public func limit(_ subject: LimitSubject, _ meterClass: MeterClass) -> Double? {
    rows.lazy.filter { $0.subject == subject }.compactMap { $0.limits[meterClass] }.first
  }
}

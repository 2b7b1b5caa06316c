import LegalMeter
import Meter

/// The type label of a meter: what it says, as text and as a picture.
///
/// Marks of conformity and type approval do not belong on a virtual meter; their place says so.
public struct MeterLabel: Equatable, Sendable {
  public let setup: MeterSetup

  public init(_ setup: MeterSetup) { self.setup = setup }

  /// Stands where marks of approval stand on a meter of hardware.
  public static let approvalNote = "virtual, no type approval"
  /// Data of the pulse output (DIN 43864).
  public static let pulseOutput = "1000 imp/kWh, 30 ms, max. 27 V DC, 27 mA"
  /// Range of operation.
  public static let temperatures = "\u{2212}40 °C … +70 °C"
  /// Meter constant of LED and S0.
  public static let constant = "1000 imp/kWh"

  /// Largest text on the label.
  public var title: String {
    switch setup.identity {
    case .kvd: "KVD"
    case .family382L: "382L"
    }
  }

  /// What kind of thing this is.
  public var subtitle: String {
    let phases =
      switch setup.variant.connection {
      case .onePhase: "Single-phase"
      case .twoPhase: "Two-phase"
      case .fourWire, .aron: "Three-phase"
      }
    return "\(phases) electricity meter, directly connected"
  }

  /// `3×230/400 V`.
  public var supply: String {
    "\(setup.variant.voltage.code)".replacing("x", with: "×") + " V"
  }

  /// `5(85) A`.
  public var current: String { "\(setup.variant.rating.code) A" }

  /// `50 Hz`.
  public var frequency: String { "\(setup.variant.frequency.hertz) Hz" }

  /// Class of active energy by both families of standards.
  public var accuracy: String {
    setup.variant.accuracy == .a ? "Class A (IEC class 2)" : "Class B (IEC class 1)"
  }

  /// The registered energies.
  public var energies: String {
    switch setup.variant.energyType {
    case .activeImport: "A+"
    case .activeImportExport: "A+  A\u{2212}"
    case .fourQuadrant: "A+  A\u{2212}  R+  R\u{2212}"
    }
  }

  /// Functions beside measuring.
  public var functions: String {
    let backup =
      switch setup.variant.backup {
      case .none: "no backup"
      case .battery: "lithium battery"
      case .supercap: "supercap"
      case .batteryAndSupercap: "battery and supercap"
      }
    return [
      setup.variant.hasSwitch ? "with switch" : "without switch",
      setup.variant.hasRadio ? "radio" : "no radio", backup,
    ].joined(separator: ", ")
  }
}

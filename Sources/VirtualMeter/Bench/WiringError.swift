/// One way in which a meter can be wired, with what it then shows.
public struct WiringError: Equatable, Sendable {
  /// The names accepted by the command `wiring`.
  public enum ID: String, CaseIterable, Sendable {
    case correct
    case swapU12, swapU13, swapU23, rotateU, rotateUBack
    case swapI12, swapI13, swapI23, rotateI, rotateIBack
    case reverseI1, reverseI2, reverseI3, reverseI12, reverseI13, reverseI23, reverseI123
    case swapUI12
    case lostNeutral
    case missingL1, missingL2, missingL3
  }

  public var id: ID
  public var title: BilingualText
  public var explanation: BilingualText
  /// How the terminals are connected.
  public var wiring: Wiring
  /// What is to be seen with a resistive and with an inductive load.
  public var expectations: [Expectation]

  /// What the meter shows with a sample load.
  public struct Expectation: Equatable, Sendable {
    /// The load, in words.
    public var load: BilingualText
    /// Network and load that this was computed for.
    public var bench: Bench
    /// Voltages at the meter's terminals, RMS volts.
    public var voltages: [Phasor]
    /// Currents through the meter's systems, RMS amperes.
    public var currents: [Phasor]
    /// Energies beside what A+ would be with the right wiring, 1 for all of it; R+ and R- in
    /// kvarh for each kWh of that A+.
    public var activeImport: Double
    public var activeExport: Double
    public var reactiveImport: Double
    public var reactiveExport: Double
    /// False where the voltages follow each other the wrong way round; nil if one is missing.
    public var isSequenceRight: Bool?
  }
}

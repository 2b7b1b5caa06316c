import LegalMeter
import Meter
import MeterTime
import Quantities

/// What may be asked of a running meter from outside, one JSON object per line.
///
/// The control socket and the panel accept the same commands through the same decoder.
public enum ControlCommand: Equatable, Sendable {
  /// Power cut without flush; the result is printed and the program ends.
  case plug
  /// The orderly end: the open window is booked, the result printed.
  case stop
  /// The plug is pulled (false: a power cut without flush, the program goes on) or put in again.
  case mains(Bool)
  /// The push button is pressed and released again.
  case button(ButtonPress)
  /// The push button goes down, or comes up.
  case hold(Bool)
  /// Simulated seconds per real second from now on; 0 pauses, infinite for no sleeping.
  case speed(Double)
  /// Where the meter is in time and what it has counted.
  case status
  /// What the glass shows.
  case glass
  /// What was done to the bench since the start, as a scenario.
  case scenario
  /// A seal is broken, or restored.
  case seal(Seal, broken: Bool)
  /// A magnet is held to the meter, or taken away.
  case magnet(Bool)
  /// What is connected to one phase; what is nil stays as it is.
  case load(Phase, BenchLoadChange)
  /// RMS voltage of one phase of the network, or of all.
  case voltage(Phase?, volts: Double)
  /// Frequency of the network in hertz.
  case frequency(Double)
  /// The neutral is cut, or connected.
  case neutral(Bool)
  /// The meter is wired as an entry of the catalogue says, or correctly.
  case wiring(WiringError.ID)
  /// Network, loads and wiring of a preset.
  case preset(BenchPreset.ID)
  /// The tariff.
  case tariff(Tariff)
  /// LED, S0 and glass follow a register; nil ends verification mode.
  case verify(EnergyKind?)
  /// The glass shows which meter this is.
  case identify
  /// All segments for a few seconds.
  case displayTest
  /// Switch, credit, alarms, load outputs, pulse inputs.
  case supply(SupplyCommand)
  /// The module area.
  case modules(ModuleCommand)
  /// Clears a counter of the consumer: A+ or, if true, A-.
  case clearResettable(export: Bool)
  /// Changes the configuration: sections as `Meter.configure` takes them, and the door.
  case configure([UInt8], ConfigurationDoor)
  /// Sets the meter's clock.
  case setClock(Instant, ClockAuthority)
  /// Stores a tariff plan that comes into force at once.
  case tariffPlan(TariffPlanText)
  /// Closes the billing period.
  case resetBilling

  /// How long the button is held.
  public enum ButtonPress: String, CaseIterable, Sendable {
    case short
    case long
    case extraLong = "extra-long"

    /// Simulated milliseconds between down and up.
    public var milliseconds: Int64 {
      switch self {
      case .short: 200
      case .long: 3000
      case .extraLong: 7000
      }
    }
  }
}

/// What changes of the load of one phase; nil leaves as it is.
public struct BenchLoadChange: Equatable, Sendable {
  /// RMS of the fundamental at nominal voltage, 0...100 A.
  public var i_A: Double?
  /// Lag behind the voltage, -180...180 degrees; beyond 90 it is export.
  public var phi_deg: Double?
  /// Distortion of the current in per cent of the fundamental, 0...50.
  public var thd_percent: Double?
  /// Switched on.
  public var on: Bool?
  /// RMS voltage of the phase, 0...300 V.
  public var u_V: Double?

  public init(
    i_A: Double? = nil, phi_deg: Double? = nil, thd_percent: Double? = nil, on: Bool? = nil,
    u_V: Double? = nil
  ) {
    self.i_A = i_A
    self.phi_deg = phi_deg
    self.thd_percent = thd_percent
    self.on = on
    self.u_V = u_V
  }
}

import MeterTime

/// A scripted day: what happens to a meter, and what is expected of it.
public struct Scenario: Sendable {
  /// One thing at one time.
  public struct Step: Sendable {
    /// After the start of the scenario.
    public var at: Instant.Duration
    public var action: Action
    /// Where it stands.
    public var line: Int
  }

  /// What a step is.
  public enum Action: Sendable {
    /// A command as on the control socket.
    case command(ControlCommand, isRefused: Bool)
    case expect([Expectation])
    /// A remark that goes into the transcript.
    case say(String)
  }

  /// One thing that has to be so.
  public struct Expectation: Sendable {
    public var key: ExpectationKey
    public var text: String
    public var line: Int
  }

  /// What can be expected.
  public enum ExpectationKey: String, CaseIterable, Sendable {
    /// State of the switch, such as `connected`.
    case state
    /// `closed`, `open` or `mixed`.
    case contacts
    /// What the meter says of the contacts: `none`, `contactWelded` ...
    case fault
    /// A range of kWh: `2.9..3.1`.
    case credit
    /// How far the credit has gone: `credit`, `warning` ...
    case stage
    /// An event that the logs hold since the start, such as `switchOpened`.
    case event
    /// An event that they do not hold.
    case noEvent
    /// An alarm that is raised, such as `magnet`.
    case alarm
    case noAlarm
    /// `T1` to `T4`.
    case tariff
    /// `on` or `off`.
    case output1
    case output2
    /// A range of units counted by a pulse input.
    case input1
    case input2
    /// A range of W, V or kWh.
    case power
    case voltageL1
    case voltageL2
    case voltageL3
    case energyImport
    case energyExport
    /// A range of V.
    case neutralVoltage
    /// The text field of the glass.
    case text
    /// `yes` while the meter has supply.
    case powered
  }

  /// The name of its file without `.yaml`.
  public var name: String
  public var title: String
  /// What it shows, for a meter engineer.
  public var story: String
  public var start: Instant
  public var length: Instant.Duration
  public var seed: UInt64
  /// The meter is without switch.
  public var hasSwitch = true
  /// Settings of switch, prepayment and loads.
  public var settings: [String: Double]
  public var preset: BenchPreset.ID
  /// In the order of their times.
  public var steps: [Step]
  /// As read.
  public var source: String
}

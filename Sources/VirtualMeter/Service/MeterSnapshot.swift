import MeterTime
import Quantities

/// Everything that a front panel shows of a running meter at one moment.
///
/// A snapshot never changes and holds no reference to the meter: whoever has one may keep it.
public struct MeterSnapshot: Equatable, Sendable {
  /// Counts the snapshots of a service from 1.
  public var sequence: UInt64 = 0
  /// The meter's time.
  public var now = Instant(ticks: 0)
  /// The meter's time as ISO 8601 in local time with offset and milliseconds.
  public var time = ""
  /// Simulated seconds per real second; 0 while paused, infinite without sleeping.
  public var speed = 1.0
  /// False while the meter has no supply: plug out, or all voltages too low.
  public var powered = true
  /// False once the run has ended.
  public var running = true
  /// Why the run has ended, or nil.
  public var ended: String?
  public var glass = Glass()
  public var led = Lamp()
  /// L1, L2, L3; always three.
  public var phases = [Phase](repeating: Phase(), count: 3)
  public var total = Total()
  /// A+, A-, R+, R- and A+ by tariff, as the display shows them: committed, kWh or kvarh.
  public var registers: [(obis: String, value: Double)] = []
  /// What a perfect meter would show, beside the code of its register; empty without a truth.
  public var truth: [Truth] = []
  public var seals = Seals()
  /// 1...4.
  public var tariff = 1
  /// The register that LED and S0 follow in verification mode, such as `1-0:1.8.0`.
  public var verification: String?
  /// The bench, also where the samples come from elsewhere.
  public var bench = Bench()
  public var memory = Memory()
  public var pacing = Pacing()
  /// Sequence number of the newest event, 0 for none.
  public var newestEvent: UInt32 = 0

  public init() {}

  /// The segment planes and the texts that they spell.
  public struct Glass: Equatable, Sendable {
    /// 40 bytes; bit n mod 8 of byte n / 8 is segment n.
    public var steady: [UInt8] = []
    /// 40 bytes; lit in the first half of each second.
    public var blinking: [UInt8] = []
    /// Whether blinking segments are lit now.
    public var blink = false
    public var value = ""
    public var id = ""
    public var unit = ""
    public var text = ""
    public init() {}
  }

  /// LED and S0.
  public struct Lamp: Equatable, Sendable {
    /// Pulses since the service began.
    public var count: UInt64 = 0
    /// Pulses per second of simulated time.
    public var rate_Hz = 0.0
    /// Part of the way to the next pulse, 0..<1.
    public var phase = 0.0
    public init() {}
  }

  /// One phase as the meter measures it.
  public struct Phase: Equatable, Sendable {
    public var u_V = 0.0
    public var i_A = 0.0
    /// Positive for import.
    public var p_W = 0.0
    /// Positive for inductive import.
    public var q_var = 0.0
    public var s_VA = 0.0
    public var pf = 1.0
    /// Angle of the voltage against that of L1, -180...180.
    public var u_deg = 0.0
    /// Angle of the current against the voltage of L1, -180...180.
    public var i_deg = 0.0
    /// Above 160 V.
    public var present = false
    /// Load above the starting threshold.
    public var registering = false
    /// 1...4, 0 while nothing is registered.
    public var quadrant = 0
    public init() {}
  }

  /// The phases together.
  public struct Total: Equatable, Sendable {
    public var p_W = 0.0
    public var q_var = 0.0
    public var s_VA = 0.0
    public var pf = 1.0
    /// nil before a frequency has been measured.
    public var f_Hz: Double?
    /// nil without three voltages.
    public var isSequenceRight: Bool?
    /// Lit quadrants, 1...4.
    public var quadrants: [Int] = []
    public init() {}
  }

  /// One register beside what it should hold.
  public struct Truth: Equatable, Sendable {
    public var obis: String
    /// kWh.
    public var value: Double
    /// Error of the register since the meter last started; nil before anything was delivered.
    public var error_percent: Double?
    public init(obis: String, value: Double, error_percent: Double?) {
      self.obis = obis
      self.value = value
      self.error_percent = error_percent
    }
  }

  /// True for intact seals.
  public struct Seals: Equatable, Sendable {
    public var verification = true
    public var terminalCover = true
    public var moduleArea = true
    public init() {}
  }

  /// What stands around the meter.
  public struct Bench: Equatable, Sendable {
    /// `bench`, or what else delivers the samples.
    public var source = "bench"
    /// L1, L2, L3; empty where the source is no bench.
    public var loads: [Load] = []
    public var frequency_Hz = 50.0
    /// The preset in force, nil once something was changed by hand.
    public var preset: String?
    /// Neutral connected.
    public var neutral = true
    /// Name in `WiringError.catalogue`, or `correct`.
    public var wiring = "correct"
    public var magnet = false
    /// Plug in.
    public var plug = true
    /// kWh that the loads have truly taken, and given back; differs from `truth` where the
    /// wiring is wrong.
    public var consumed_kWh = 0.0
    public var produced_kWh = 0.0
    public init() {}
  }

  /// What is set for one phase.
  public struct Load: Equatable, Sendable {
    public var u_V: Double
    public var i_A: Double
    /// Lag of the current behind its voltage, degrees; 180 is export.
    public var phi_deg: Double
    /// Distortion of the current, per cent of the fundamental.
    public var thd_percent: Double
    public var on: Bool
    public init(u_V: Double, i_A: Double, phi_deg: Double, thd_percent: Double, on: Bool) {
      self.u_V = u_V
      self.i_A = i_A
      self.phi_deg = phi_deg
      self.thd_percent = thd_percent
      self.on = on
    }
  }

  /// How the owner's thread keeps up with real time.
  public struct Pacing: Equatable, Sendable {
    /// Slices of simulated time run since the service began.
    public var slices: UInt64 = 0
    /// Seconds of real time by which the meter was late after the newest slice.
    public var lag_s = 0.0
    /// The longest such lag since the service began.
    public var longestLag_s = 0.0
    public init() {}

    mutating func note(turns: UInt64, lag_s: Double) {
      slices = turns
      self.lag_s = lag_s
      longestLag_s = max(longestLag_s, lag_s)
    }
  }

  /// The permanent memory.
  public struct Memory: Equatable, Sendable {
    /// Journal records since the service began.
    public var commits: UInt64 = 0
    /// Records in the event log.
    public var events = 0
    /// Starts of the meter over its life less the one that is running.
    public var cuts: UInt32 = 0
    /// Programs that did not read back since the last start.
    public var failures: UInt16 = 0
    public init() {}
  }

  public static func == (a: MeterSnapshot, b: MeterSnapshot) -> Bool {
    a.sequence == b.sequence && a.now == b.now && a.glass == b.glass && a.phases == b.phases
      && a.total == b.total && a.truth == b.truth && a.seals == b.seals && a.bench == b.bench
      && a.registers.elementsEqual(b.registers, by: ==)
  }
}

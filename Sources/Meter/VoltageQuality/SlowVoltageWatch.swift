import LegalMeter
import MeterTime

/// Follows voltages that stay outside a limit: dropouts, under- and over-voltage, interruptions.
///
/// It takes the RMS values of windows of 200 ms, so starts and ends are known to one window.
struct SlowVoltageWatch: Sendable {
  /// What is followed. Each has a place per phase; interruptions have a fourth for all phases.
  enum Kind: UInt8 {
    case dropout, under, over, interruption

    var began: LegalEvent? {
      switch self {
      case .dropout: .dropoutBegan
      case .under: .underVoltageBegan
      case .over: .overVoltageBegan
      case .interruption: nil
      }
    }

    var ended: LegalEvent? {
      switch self {
      case .dropout: .dropoutEnded
      case .under: .underVoltageEnded
      case .over: .overVoltageEnded
      case .interruption: nil
      }
    }
  }

  /// What a window brought at one place.
  enum Change: Equatable {
    case none
    case began
    case ended(since: Instant, extreme_mV: Int32)
  }

  private enum State: UInt8 { case inside, outside, lasting }

  private var starts = InlineArray<13, Int64>(repeating: 0)
  private var extremes = InlineArray<13, UInt16>(repeating: 0)
  private var states = InlineArray<13, State>(repeating: .inside)

  init() {}

  /// The place of a phase; phase 3 is all phases, of interruptions only.
  static func place(_ kind: Kind, _ phase: Int) -> Int { Int(kind.rawValue) * 3 + phase }

  func isLasting(_ kind: Kind, _ phase: Int) -> Bool {
    states[Self.place(kind, phase)] == .lasting
  }

  func start(_ kind: Kind, _ phase: Int) -> Instant {
    Instant(ticks: starts[Self.place(kind, phase)])
  }

  func extreme_mV(_ kind: Kind, _ phase: Int) -> Int32 {
    Int32(extremes[Self.place(kind, phase)]) * 100
  }

  /// Takes a window.
  ///
  /// - Parameters:
  ///   - isOutside: beyond the limit; within the hysteresis it must be what it was.
  ///   - patience: how long it must last before it counts.
  @inline(never)
  mutating func take(
    _ kind: Kind, _ phase: Int, isOutside: Bool, voltage_mV: Int32, from: Instant, to: Instant,
    patience: Instant.Duration
  ) -> Change {
    let k = Self.place(kind, phase)
    let level = VoltageEvent.deci(voltage_mV)
    if !isOutside {
      let before = states[k]
      states[k] = .inside
      if before != .lasting { return .none }
      return .ended(since: Instant(ticks: starts[k]), extreme_mV: Int32(extremes[k]) * 100)
    }
    if states[k] == .inside {
      states[k] = .outside
      starts[k] = from.ticks
      extremes[k] = level
    }
    extremes[k] = kind == .over ? max(extremes[k], level) : min(extremes[k], level)
    if states[k] == .outside, to - Instant(ticks: starts[k]) >= patience {
      states[k] = .lasting
      return .began
    }
    return .none
  }

  /// When the next of those that are outside will have lasted long enough; nil without one.
  /// - Parameter patience: of under- and over-voltage; a dropout counts after a second.
  func nextDue(patience: Instant.Duration) -> Instant? {
    var next: Int64?
    for k in 0..<9 where states[k] == .outside {
      let due = starts[k] &+ (k < 3 ? Instant.Duration.seconds(1) : patience).ticks
      next = min(next ?? due, due)
    }
    return next.map { Instant(ticks: $0) }
  }

  /// True while the place is outside, counted or not.
  func isOutside(_ kind: Kind, _ phase: Int) -> Bool {
    states[Self.place(kind, phase)] != .inside
  }

  /// Forgets what is under way but interruptions: the meter has no supply and sees nothing.
  mutating func forget() {
    for k in 0..<9 { states[k] = .inside }
  }
}

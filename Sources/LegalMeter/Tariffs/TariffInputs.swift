import MeterTime
import Quantities

/// What the two tariff inputs of the module area mean.
public struct TariffInputSettings: Equatable, Sendable {
  /// How many tariffs the inputs choose between.
  public enum Mode: UInt8, CaseIterable, Sendable {
    /// They are not used.
    case off
    /// Port 1 (terminals 13-15): T1 without voltage, T2 with.
    case two
    /// Ports 1 and 2 (terminals 33-15): none T1, port 1 T2, port 2 T3, both T4.
    case four
  }

  public var mode: Mode
  /// Mirrors the table: T4...T1, or T2 and T1.
  public var isInverted: Bool

  public init(mode: Mode = .off, isInverted: Bool = false) {
    self.mode = mode
    self.isInverted = isInverted
  }

  /// The tariff of a state of the ports (bit 0 port 1, bit 1 port 2); nil where they are not used.
  public func tariff(ports: UInt8) -> Tariff? {
    switch mode {
    case .off: return nil
    case .two: return (ports & 1 != 0) != isInverted ? .t2 : .t1
    case .four:
      let number = ports & 3
      return Tariff(rawValue: isInverted ? 3 - number : number)
    }
  }
}

/// Debounces the inputs, which carry alternating voltage of the mains.
///
/// An input is live while voltage is seen and 40 ms (two cycles) after that, so that the zeros of
/// the voltage do not count; a state counts when it has lasted a second.
struct TariffInputs: Equatable, Sendable {
  static let hold = Instant.Duration.milliseconds(40)
  static let settling = Instant.Duration.seconds(1)

  var settings = TariffInputSettings()
  /// The state that counts, bits; nil until one has lasted a second since the start.
  private(set) var ports: UInt8?
  /// What was seen last.
  private var seen: UInt8 = 0
  private var candidate: UInt8 = 0
  /// Since when the candidate has lasted; nil before the first look.
  private var since: Instant?
  /// When voltage was seen last at an input that has none now.
  private var lastLive = InlineArray<2, Instant>(repeating: Instant(ticks: 0))
  private var wasLive: UInt8 = 0

  /// Takes what is at the terminals from now on: bit 0 port 1, bit 1 port 2.
  mutating func see(_ live: UInt8, now: Instant) {
    settle(now: now)
    let lost = seen & ~live
    for k in 0..<2 where lost >> UInt8(k) & 1 != 0 {
      lastLive[k] = now
      wasLive |= 1 << UInt8(k)
    }
    seen = live & 3
    settle(now: now)
  }

  /// Lets time pass.
  mutating func settle(now: Instant) {
    guard settings.mode != .off else { return }
    var state = seen
    for k in 0..<2 where wasLive >> UInt8(k) & 1 != 0 {
      if now - lastLive[k] < Self.hold {
        state |= 1 << UInt8(k)
      } else {
        wasLive &= ~(1 << UInt8(k))
      }
    }
    guard let start = since, state == candidate else {
      (candidate, since) = (state, now)
      return
    }
    if now - start >= Self.settling { ports = state }
  }

  /// Another meaning of the inputs; what was seen before counts anew.
  mutating func set(_ settings: TariffInputSettings) {
    let live = seen
    self = TariffInputs()
    self.settings = settings
    seen = live
  }

  /// The tariff that the inputs ask for; nil where they are not used or nothing is certain yet.
  var tariff: Tariff? { ports.flatMap { settings.tariff(ports: $0) } }

  static func == (a: TariffInputs, b: TariffInputs) -> Bool {
    a.settings == b.settings && a.ports == b.ports && a.seen == b.seen
      && a.candidate == b.candidate && a.since == b.since
  }
}

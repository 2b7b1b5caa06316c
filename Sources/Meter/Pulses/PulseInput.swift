import MeterTime

/// Settings of a pulse input of the module area.
public struct PulseInputParameters: Equatable, Sendable {
  /// What the input is for.
  public enum Function: UInt8, CaseIterable, Sendable {
    case off, counter, tariff, alarm
  }

  /// What a counted unit is.
  public enum CountedUnit: UInt8, CaseIterable, Sendable {
    case none, kilowattHour, cubicMetre, litre
  }

  public var function = Function.off
  public var unit = CountedUnit.none
  /// Pulses after which the counter counts one, in thousandths: 100...1,000,000.
  public var divider_thousandths: UInt32 = 1000

  public init() {}

  /// True for a divider of 0.100...1000.000.
  public var isValid: Bool { divider_thousandths >= 100 && divider_thousandths <= 1_000_000 }
}

/// A pulse input: debounced level, and the counter behind the divider.
///
/// A level counts when it has stood for 10 ms; so pulses of 25 Hz with 20 ms on and off are
/// counted and bouncing contacts are not.
public struct PulseInput: Sendable {
  static let debounce = Instant.Duration.milliseconds(10)

  /// The debounced level; true is on.
  public private(set) var level = false
  /// Units counted over the whole life.
  public internal(set) var count: UInt32 = 0
  /// Pulses, in thousandths, that are less than a unit.
  public internal(set) var rest_thousandths: UInt32 = 0
  private var raw = false
  private var since = Instant(ticks: 0)

  public init() {}

  /// What is at the terminals, bouncing or not.
  var isLive: Bool { raw }

  /// Takes the level at the terminals at a time; to be called at each edge.
  public mutating func take(_ isOn: Bool, at now: Instant, _ parameters: PulseInputParameters) {
    settle(now, parameters)
    guard isOn != raw else { return }
    raw = isOn
    since = now
  }

  /// Lets time pass without an edge.
  public mutating func settle(_ now: Instant, _ parameters: PulseInputParameters) {
    if now < since { since = now }
    guard raw != level, now - since >= Self.debounce else { return }
    level = raw
    guard level, parameters.function == .counter else { return }
    let divider = max(parameters.divider_thousandths, 100)
    rest_thousandths = min(rest_thousandths, divider - 1) + 1000
    count &+= rest_thousandths / divider
    rest_thousandths %= divider
  }
}

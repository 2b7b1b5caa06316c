/// What the permanent memory promises, and the torture watches.
public enum Promise: UInt8, CaseIterable, Sendable {
  case nearest = 1
  case twoCuts
  case boundedStart
  case tornPages
  case flippedBits
  case wornPages
  case neverBack
  case tariffs
  case profile
  case events
  case supplySwitch
  case credit
  case counters

  /// `P1` ... `P13`.
  public var name: String { "P\(rawValue)" }

  /// The promise in words.
  public var text: String {
    switch self {
    case .nearest:
      "after any cut each register is at most 1 Wh plus the open window behind what was metered, "
        + "never ahead of it, never lower than what was shown"
    case .twoCuts: "two cuts in succession, the second during recovery, change nothing"
    case .boundedStart: "recovery is bounded and independent of age: at most 8 KiB read"
    case .tornPages: "no torn page is believed, whatever its shape"
    case .flippedBits: "a bit that flips at rest is corrected or reported, never believed"
    case .wornPages: "a worn page is replaced, metering goes on, and the end of life is reported"
    case .neverBack: "registers never go backwards"
    case .tariffs: "the tariffs add up to the total"
    case .profile: "no closed interval is lost, doubled or out of order"
    case .events: "an acknowledged event is never lost"
    case .supplySwitch: "the switch is as commanded last, or open; it never closes on its own"
    case .credit: "a top-up counts exactly once"
    case .counters: "reserved counters never repeat"
    }
  }
}

/// A promise that was broken.
public struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
  public var promise: Promise
  /// What came back, and what should have.
  public var what: String

  public init(_ promise: Promise, _ what: String) {
    self.promise = promise
    self.what = what
  }

  public var description: String { "\(promise.name): \(what)" }
}

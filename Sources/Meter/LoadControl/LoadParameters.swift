import Quantities

/// Times of day at which a load output changes, for working days and for all others.
public struct LoadPlan: Equatable, Sendable {
  /// Changes in a day.
  public static let changes = 8

  /// Eight changes of working days, then eight of other days: minute of the local day, and bit 15
  /// for on; 0xFFFF for none. In the order of their times.
  var words = InlineArray<16, UInt16>(repeating: 0xFFFF)

  public init() {}

  /// Sets a change; places outside 0..<8 and minutes outside 0..<1440 are ignored.
  public mutating func set(_ place: Int, isWorking: Bool, minute: UInt16, isOn: Bool) {
    guard place >= 0, place < Self.changes, minute < 1440 else { return }
    words[place + (isWorking ? 0 : Self.changes)] = minute | (isOn ? 0x8000 : 0)
  }

  /// What the plan wants at a time; before the first change of the day it wants off.
  public func wants(isWorking: Bool, minute: UInt16) -> Bool {
    var isOn = false
    let first = isWorking ? 0 : Self.changes
    for k in first..<(first + Self.changes) {
      let word = words[k]
      if word == 0xFFFF || word & 0x7FFF > minute { break }
      isOn = word & 0x8000 != 0
    }
    return isOn
  }

  /// True for minutes of a day in ascending order, unused places last.
  public var isValid: Bool {
    isAscending(0) && isAscending(Self.changes)
  }

  private func isAscending(_ first: Int) -> Bool {
    var least: UInt16 = 0
    for k in first..<(first + Self.changes) {
      if words[k] == 0xFFFF {
        least = 1440
        continue
      }
      let minute = words[k] & 0x7FFF
      if minute < least || minute >= 1440 { return false }
      least = minute + 1
    }
    return true
  }

  public static func == (a: Self, b: Self) -> Bool {
    for k in a.words.indices where a.words[k] != b.words[k] { return false }
    return true
  }
}

/// Settings of one load control output.
public struct LoadOutputParameters: Equatable, Sendable {
  /// What decides.
  public enum Mode: UInt8, CaseIterable, Sendable {
    case off, plan, tariff, command
  }

  public var mode = Mode.off
  /// Tariffs in which the output is on, bit 0 for T1.
  public var tariffs: UInt8 = 0
  public var plan = LoadPlan()

  public init() {}
}

/// Settings of load control, pulse inputs and pulse outputs.
public struct LoadParameters: Equatable, Sendable {
  static let encodedBytes = 94

  public var output1 = LoadOutputParameters()
  public var output2 = LoadOutputParameters()
  /// Longest random delay when an output switches on, s: 0...10,800.
  public var delay_s: UInt16 = 0
  public var input1 = PulseInputParameters()
  public var input2 = PulseInputParameters()
  public var pulse1 = ModulePulseParameters()
  public var pulse2 = ModulePulseParameters()

  public init() {}

  /// True where everything is in its range.
  public var isValid: Bool {
    delay_s <= 10_800 && output1.plan.isValid && output2.plan.isValid && output1.tariffs < 16
      && output2.tariffs < 16 && input1.isValid && input2.isValid && pulse1.isValid
      && pulse2.isValid
  }
}

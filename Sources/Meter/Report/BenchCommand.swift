import LegalMeter
import MeterTime
import Quantities

/// What a hand does to a meter on the bench, as a letter and a number.
public struct BenchCommand: Equatable, Sendable {
  /// What is done.
  public enum Act: UInt8, CaseIterable, Sendable {
    /// `p`: the button goes down.
    case press = 0x70
    /// `r`: the button comes up.
    case release = 0x72
    /// `o`: the terminal cover is opened, which breaks its seal.
    case openCover = 0x6F
    /// `c`: the terminal cover is closed and sealed again.
    case closeCover = 0x63
    /// `t`: tariff 1...4 by command.
    case tariff = 0x74
    /// `v`: verification of A+, A-, R+, R- (0...3).
    case verify = 0x76
    /// `n`: back to normal mode.
    case endVerification = 0x6E
    /// `d`: the supply is cut by command.
    case openSwitch = 0x64
    /// `e`: a cut supply is released for reconnection.
    case releaseSwitch = 0x65
    /// `k`: a released supply is given back.
    case closeSwitch = 0x6B
  }

  public var act: Act
  /// Ignored by acts that need none.
  public var argument: UInt8

  /// Nil for a letter that is none of the acts.
  public init?(letter: UInt8, argument: UInt8 = 0) {
    guard let act = Act(rawValue: letter) else { return nil }
    self.act = act
    self.argument = argument
  }

  func carryOut(on meter: inout Meter, now: Instant) {
    // Acts that take the meter's own time must not depend on when its memory was last served.
    meter.advance(to: now)
    switch act {
    case .press: meter.pressButton(now: now)
    case .release: meter.releaseButton(now: now)
    case .openCover: meter.legal.breakSeal(.terminalCover, now: now)
    case .closeCover: meter.legal.restoreSeal(.terminalCover, now: now)
    case .tariff:
      if let tariff = Tariff(rawValue: argument &- 1) { meter.legal.choose(tariff, now: now) }
    case .verify:
      // A register that the type does not have is refused, and nothing changes.
      if let kind = EnergyKind(rawValue: argument) { try? meter.verify(kind) }
    case .endVerification: meter.endVerification()
    // What the switch refuses changes nothing; its state is in the report.
    case .openSwitch: try? meter.command(.open, now: now)
    case .releaseSwitch: try? meter.command(.release, now: now)
    case .closeSwitch: try? meter.command(.close, now: now)
    }
  }
}

/// Commands that wait for a set, a few at a time.
struct CommandSchedule: Sendable {
  private var sets = InlineArray<16, Int64>(repeating: .max)
  private var commands = InlineArray<16, BenchCommand?>(repeating: nil)
  private var next: Int64 = .max

  @inline(__always)
  func isDue(_ set: Int64) -> Bool { set == next }

  /// False when there is no room.
  mutating func add(_ command: BenchCommand, at set: Int64) -> Bool {
    for k in sets.indices where commands[k] == nil {
      sets[k] = set
      commands[k] = command
      next = min(next, set)
      return true
    }
    return false
  }

  /// The next command due at a set, in the order in which they were added where room allows.
  mutating func take(at set: Int64) -> BenchCommand? {
    next = .max
    var found: BenchCommand?
    for k in sets.indices where commands[k] != nil {
      if sets[k] == set && found == nil {
        found = commands[k]
        commands[k] = nil
      } else {
        next = min(next, sets[k])
      }
    }
    return found
  }
}

import Foundation
import MeterTime

/// Values of the command line and the environment, the flag before the variable.
public enum Settings {
  /// The flag, else the environment variable unless it is empty, else nil.
  public static func text(_ flag: String?, _ variable: String) -> String? {
    if let flag { return flag }
    let value = ProcessInfo.processInfo.environment[variable]
    return value?.isEmpty == false ? value : nil
  }

  /// Simulated seconds per real second from a number or `max`.
  public static func speed(_ flag: String?, default usual: Double) throws(Failure) -> Double {
    guard let text = text(flag, "KVADRANT_SPEED") else { return usual }
    if text == "max" { return .infinity }
    guard let number = Double(text), number.isFinite, number > 0 else {
      throw Failure(
        .usage, what: "--speed \(text)", expected: "a number above 0, or max",
        next: "give for example --speed 60")
    }
    return number
  }

  /// An instant from ISO 8601.
  public static func instant(_ flag: String?, _ variable: String, _ option: String) throws(Failure)
    -> Instant?
  {
    guard let text = text(flag, variable) else { return nil }
    guard let instant = ISOTime.instant(text) else {
      throw Failure(
        .usage, what: "\(option) \(text)", expected: "an ISO 8601 time from the year 2000 on",
        next: "give for example \(option) 2026-11-22T18:00:00+01:00")
    }
    return instant
  }

  /// The time of the first sample: the flag, else the clock of the state, else the default.
  ///
  /// - Throws: `badData` when the clock would run backwards.
  public static func start(
    _ flag: String?, kept: Instant?, folder: StateDirectory?, default usual: Instant
  ) throws(Failure) -> Instant {
    guard let asked = try instant(flag, "KVADRANT_START", "--start") else { return kept ?? usual }
    if let last = try folder?.clock(), asked < last {
      throw Failure(
        .badData, file: folder?.path,
        what: "the clock would run backwards, to \(ISOTime.text(asked))",
        expected: "a start not before the end of the last run, \(ISOTime.text(last))",
        next: "give a later --start or another --state DIR")
    }
    return asked
  }

  /// An instant from ISO 8601, or a length of time after the start.
  public static func until(_ flag: String?, start: Instant) throws(Failure) -> Instant? {
    guard let text = text(flag, "KVADRANT_UNTIL") else { return nil }
    if let length = ISOTime.duration(text) { return start + length }
    guard let instant = ISOTime.instant(text) else {
      throw Failure(
        .usage, what: "--until \(text)",
        expected: "a length such as 90s, 15m, 1d or an ISO 8601 time",
        next: "give for example --until 1h")
    }
    guard instant >= start else {
      throw Failure(
        .usage, what: "--until \(text) is before the start, \(ISOTime.text(start))",
        expected: "a later time", next: "give a length such as --until 1h")
    }
    return instant
  }

  /// The seed of everything random.
  public static func seed(_ flag: String?) throws(Failure) -> UInt64 {
    guard let text = text(flag, "KVADRANT_SEED") else { return 1 }
    guard let seed = UInt64(text) else {
      throw Failure(
        .usage, what: "--seed \(text)", expected: "a whole number from 0 to 2^64 - 1",
        next: "give for example --seed 1")
    }
    return seed
  }

  /// The state directory that `demo` uses and `fault` asks when none is named.
  public static func demoState() -> String {
    let environment = ProcessInfo.processInfo.environment
    if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") {
      return base + "/kvadrant/demo"
    }
    if let home = environment["HOME"], home.hasPrefix("/") {
      return home + "/.local/state/kvadrant/demo"
    }
    return NSTemporaryDirectory() + "kvadrant-demo-\(getuid())"
  }
}

import ArgumentParser
import MBus
import VirtualMeter

/// The wireless M-Bus module of a running meter.
struct RadioOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Wireless M-Bus: a file for a radio log, tcp://ADDRESS:PORT, or hex for standard output.",
      valueName: "place"))
  var wmbus: String?
  @Option(help: ArgumentHelp("Protection: ctr, mode5, mode7 or none.", valueName: "which"))
  var wmbusSecurity: String?
  @Option(help: ArgumentHelp("Radio mode: c1, t1 or s1.", valueName: "mode"))
  var wmbusMode: String?
  @Option(help: ArgumentHelp("Frame format of mode C1: a or b.", valueName: "format"))
  var wmbusFormat: String?
  @Option(help: ArgumentHelp("Between two telegrams, such as 16s or 15m.", valueName: "time"))
  var wmbusInterval: String?
  @Option(help: ArgumentHelp("Compact telegrams behind each full one.", valueName: "count"))
  var wmbusCompact: Int?
  @Option(
    help: ArgumentHelp(
      "Keys: lines of KEY or NUMBER KEY; else KVADRANT_WMBUS_KEY, else a TEST key.",
      valueName: "file"))
  var wmbusKeyFile: String?
  @Flag(help: "Send the chips of the radio in place of frames.")
  var wmbusChips = false

  /// Puts the module into the meter where it is asked for.
  ///
  /// - Throws: `usage` for options that cannot be, `refused` for a TEST key that others could hear.
  func open(service: MeterService, setup: MeterSetup) throws(Failure) -> RadioSender? {
    guard let text = Settings.text(wmbus, "KVADRANT_WMBUS") else { return nil }
    var plan = RadioSetup(try RadioPlace(parsing: text))
    plan.security = try Self.choice(
      wmbusSecurity, "--wmbus-security",
      [("ctr", .linkCTR), ("mode5", .mode5), ("mode7", .mode7), ("none", .none)])
    plan.mode =
      try Self.choice(wmbusMode, "--wmbus-mode", [("c1", .c1), ("t1", .t1), ("s1", .s1)]) ?? .c1
    plan.format = try Self.choice(wmbusFormat, "--wmbus-format", [("a", .a), ("b", .b)]) ?? .b
    if let wmbusInterval {
      guard let interval = ISOTime.duration(wmbusInterval) else {
        throw Failure(
          .usage, what: "--wmbus-interval \(wmbusInterval)", expected: "a length of time",
          next: "give for example --wmbus-interval 16s")
      }
      plan.interval = interval
    }
    if let wmbusCompact {
      guard (0...100).contains(wmbusCompact) else {
        throw Failure(
          .usage, what: "--wmbus-compact \(wmbusCompact)", expected: "0 to 100",
          next: "give for example --wmbus-compact 7")
      }
      plan.compactCount = UInt8(wmbusCompact)
    }
    if let keys = try Self.keys(file: wmbusKeyFile) { plan.keys = keys }
    plan.form = wmbusChips ? .chips : .frame
    return try RadioSender(plan, meter: setup, mailbox: service.mailbox)
  }

  /// The keys of a file, or of the environment; nil for neither.
  static func keys(file: String?) throws(Failure) -> RadioKeys? {
    if let file = Settings.text(file, "KVADRANT_WMBUS_KEY_FILE") {
      return try RadioKeys(file: file)
    }
    guard let text = Settings.text(nil, "KVADRANT_WMBUS_KEY") else { return nil }
    return try RadioKeys(parsing: text, name: "KVADRANT_WMBUS_KEY")
  }

  /// One of several words; nil where none was given.
  static func choice<T>(
    _ text: String?, _ option: String, _ values: [(String, T)]
  ) throws(Failure) -> T? {
    guard let text else { return nil }
    if let found = values.first(where: { $0.0 == text }) { return found.1 }
    throw Failure(
      .usage, what: "\(option) \(text)", expected: values.map(\.0).joined(separator: ", "),
      next: "give for example \(option) \(values[0].0)")
  }
}

import ArgumentParser
import MBus
import MBusRecords
import VirtualMeter

/// The module slots of a running meter: the family's protocol, and wired M-Bus.
struct ModuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "KMP with a module's rights: pty, tcp://ADDRESS:PORT or a serial device.",
      valueName: "place"))
  var kmp: String?
  @Option(
    help: ArgumentHelp(
      "Wired M-Bus: pty, tcp://ADDRESS:PORT or a serial device.", valueName: "place"))
  var mbus: String?
  @Option(
    help: ArgumentHelp(
      "Telegrams: family (one of seven records) or full (several).", valueName: "profile"))
  var mbusProfile: String?
  @Option(help: ArgumentHelp("Primary address, 0 to 250.", valueName: "address"))
  var mbusAddress: Int?
  @Option(help: ArgumentHelp("Speed: 300, 2400 or 9600 baud.", valueName: "baud"))
  var mbusBaud: Int?
  @Flag(help: "Characters of the M-Bus take as long as on a real line.")
  var mbusTiming = false

  /// Opens the module slot's connector where it is asked for.
  ///
  /// - Parameter first: of `--ports-from`; KMP is the third from there.
  /// - Throws: `usage` for options that cannot be, `unreachable` for a place that is taken.
  func openKMP(
    from first: Int?, service: MeterService, setup: MeterSetup, security: SharedSecurity
  ) throws(Failure) -> OpticalPortServer? {
    guard let place = try place(kmp, "KVADRANT_KMP", "--kmp", from: first, .kmp) else {
      return nil
    }
    return try OpticalPortServer(
      .module(place), meter: setup, mailbox: service.mailbox, security: security)
  }

  /// Opens the wired M-Bus where it is asked for.
  ///
  /// - Parameter first: of `--ports-from`; M-Bus is the fourth from there.
  /// - Throws: `usage` for options that cannot be, `unreachable` for a place that is taken.
  func openMBus(
    from first: Int?, service: MeterService, setup: MeterSetup
  ) throws(Failure) -> WiredBusPort? {
    guard let place = try place(mbus, "KVADRANT_MBUS", "--mbus", from: first, .mbus) else {
      return nil
    }
    var plan = WiredBusSetup(place)
    plan.profile = try profile()
    plan.primaryAddress = try address()
    plan.rate = try rate()
    plan.isTimed = mbusTiming
    return try WiredBusPort(plan, meter: setup, mailbox: service.mailbox)
  }

  private func place(
    _ flag: String?, _ variable: String, _ option: String, from first: Int?,
    _ language: PortTable.Language
  ) throws(Failure) -> LinePlace? {
    if let text = Settings.text(flag, variable) {
      return try LinePlace(parsing: text, option: option)
    }
    return first.map { LinePlace(from: $0, language) }
  }

  private func profile() throws(Failure) -> RecordProfile? {
    switch Settings.text(mbusProfile, "KVADRANT_MBUS_PROFILE") {
    case nil: return nil
    case "family": return .family
    case "full": return .full
    case let other?:
      throw Failure(
        .usage, what: "--mbus-profile \(other)", expected: "family or full",
        next: "give for example --mbus-profile full")
    }
  }

  private func address() throws(Failure) -> UInt8? {
    guard let mbusAddress else { return nil }
    guard (0...250).contains(mbusAddress) else {
      throw Failure(
        .usage, what: "--mbus-address \(mbusAddress)", expected: "0 to 250",
        next: "give for example --mbus-address 1")
    }
    return UInt8(mbusAddress)
  }

  private func rate() throws(Failure) -> BaudRate? {
    switch mbusBaud {
    case nil: return nil
    case 300: return .b300
    case 2400: return .b2400
    case 9600: return .b9600
    case let other?:
      throw Failure(
        .usage, what: "--mbus-baud \(other)", expected: "300, 2400 or 9600",
        next: "give for example --mbus-baud 2400")
    }
  }
}

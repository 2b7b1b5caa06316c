import ArgumentParser
import DataReadout
import IEC62056_21
import VirtualMeter

/// The optical port of a running meter.
struct OpticalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Optical port: pty, tcp://ADDRESS:PORT or a serial device.", valueName: "place"))
  var optical: String?
  @Option(
    help: ArgumentHelp(
      "Mode of IEC 62056-21: a, b, c, d or e; a is the family's.", valueName: "mode"))
  var opticalMode: String?
  @Option(
    help: ArgumentHelp("Speed at which the line is opened, 300 to 19200 baud.", valueName: "baud"))
  var opticalSpeed: Int?
  @Option(
    help: ArgumentHelp("Data sets of the readout: family, extended or all.", valueName: "list"))
  var opticalLines: String?
  @Flag(help: "Characters take as long as on a real line.")
  var opticalTiming = false

  /// Opens the port where one is asked for.
  ///
  /// - Parameter first: of `--ports-from`; the optical port is the fifth from there.
  /// - Throws: `usage` for options that cannot be, `unreachable` for a place that is taken.
  func open(
    from first: Int?, service: MeterService, setup: MeterSetup, security: SharedSecurity
  ) throws(Failure) -> OpticalPortServer? {
    var place = first.map { LinePlace(from: $0, .optical) }
    if let text = Settings.text(optical, "KVADRANT_OPTICAL") {
      place = try LinePlace(parsing: text, option: "--optical")
    }
    guard let place else { return nil }
    var plan = OpticalSetup(place)
    plan.mode = try mode()
    plan.opening = try speed()
    plan.list = try list()
    plan.isTimed = opticalTiming
    return try OpticalPortServer(plan, meter: setup, mailbox: service.mailbox, security: security)
  }

  private func mode() throws(Failure) -> ProtocolMode {
    switch Settings.text(opticalMode, "KVADRANT_OPTICAL_MODE") ?? "a" {
    case "a": return .a
    case "b": return .b
    case "c": return .c
    case "d": return .d
    case "e": return .e
    case let other:
      throw Failure(
        .usage, what: "--optical-mode \(other)", expected: "a, b, c, d or e",
        next: "give for example --optical-mode c")
    }
  }

  private func speed() throws(Failure) -> LineSpeed? {
    guard let opticalSpeed else { return nil }
    guard let speed = LineSpeed(baud: opticalSpeed) else {
      throw Failure(
        .usage, what: "--optical-speed \(opticalSpeed)",
        expected: "300, 600, 1200, 2400, 4800, 9600 or 19200",
        next: "give for example --optical-speed 300")
    }
    return speed
  }

  private func list() throws(Failure) -> ReadoutList {
    switch Settings.text(opticalLines, "KVADRANT_OPTICAL_LINES") ?? "family" {
    case "family": return .family
    case "extended": return .extended
    case "all": return .all
    case let other:
      throw Failure(
        .usage, what: "--optical-lines \(other)", expected: "family, extended or all",
        next: "give for example --optical-lines extended")
    }
  }
}

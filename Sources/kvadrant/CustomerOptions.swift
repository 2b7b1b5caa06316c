import ArgumentParser
import CustomerPort
import VirtualMeter

/// The customer port of a running meter.
struct CustomerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Customer port with P1 telegrams: pty, tcp://ADDRESS:PORT or a serial device.",
      valueName: "place"))
  var p1: String?
  @Option(help: ArgumentHelp("Lines of P1: dsmr5, every second, or sweden.", valueName: "lines"))
  var p1Lines: String?
  @Option(
    help: ArgumentHelp(
      "Customer port with push lists of HAN: pty, tcp://ADDRESS:PORT or a serial device.",
      valueName: "place"))
  var han: String?
  @Option(
    help: ArgumentHelp(
      "List: kamstrup, aidon, kaifa, aidon-sweden or kaifa-sweden.", valueName: "list"))
  var hanList: String?

  /// Opens the port where one is asked for.
  ///
  /// - Throws: `usage` for options that cannot be, `unreachable` for a place that is taken.
  func open(service: MeterService, setup: MeterSetup) throws(Failure) -> CustomerPortServer? {
    let p1 = Settings.text(p1, "KVADRANT_P1")
    let han = Settings.text(han, "KVADRANT_HAN")
    guard p1 == nil || han == nil else {
      throw Failure(
        .usage, what: "--p1 and --han at once", expected: "one module in the secondary slot",
        next: "leave one of them out")
    }
    var plan: CustomerSetup?
    if let p1 {
      plan = CustomerSetup(.p1(try companion()), at: try OpticalPlace(parsing: p1))
    }
    if let han { plan = CustomerSetup(.han(try layout()), at: try OpticalPlace(parsing: han)) }
    guard let plan else { return nil }
    return try CustomerPortServer(plan, meter: setup, mailbox: service.mailbox)
  }

  /// One of the two is asked for.
  var isAsked: Bool {
    Settings.text(p1, "KVADRANT_P1") != nil || Settings.text(han, "KVADRANT_HAN") != nil
  }

  /// The name of the port in the table.
  var language: PortTable.Language { Settings.text(han, "KVADRANT_HAN") == nil ? .p1 : .han }

  private func companion() throws(Failure) -> P1Companion {
    switch Settings.text(p1Lines, "KVADRANT_P1_LINES") ?? "dsmr5" {
    case "dsmr5": return .dsmr5
    case "sweden": return .sweden
    case let other:
      throw Failure(
        .usage, what: "--p1-lines \(other)", expected: "dsmr5 or sweden",
        next: "give for example --p1-lines sweden")
    }
  }

  private func layout() throws(Failure) -> PushLayout {
    switch Settings.text(hanList, "KVADRANT_HAN_LIST") ?? "kamstrup" {
    case "kamstrup": return .kamstrup
    case "aidon": return .aidon
    case "kaifa": return .kaifa
    case "aidon-sweden": return .aidonSweden
    case "kaifa-sweden": return .kaifaSweden
    case let other:
      throw Failure(
        .usage, what: "--han-list \(other)",
        expected: "kamstrup, aidon, kaifa, aidon-sweden or kaifa-sweden",
        next: "give for example --han-list kamstrup")
    }
  }
}

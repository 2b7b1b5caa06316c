import ArgumentParser
import CustomerPort
import VirtualMeter

/// The customer port of a running meter.
struct CustomerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Modules in slots 1, 2 and the secondary one: article numbers with commas between them.",
      valueName: "list"))
  var modules: String?
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

  @Option(
    help: ArgumentHelp(
      "Pulses, relays and inputs as JSON lines: pty, tcp://127.0.0.1:PORT or a serial device.",
      valueName: "place"))
  var pulses: String?

  @Option(
    help: ArgumentHelp(
      "Tell a broker of MQTT, for Home Assistant: mqtt://HOST:PORT.", valueName: "url"))
  var mqtt: String?
  @Option(help: ArgumentHelp("Seconds between two states for MQTT, 1 to 3600.", valueName: "s"))
  var mqttEvery: Double?

  /// Begins to tell a broker where one is named.
  ///
  /// - Throws: `usage` for options that cannot be.
  func openMQTT(service: MeterService, setup: MeterSetup) throws(Failure) -> MQTTPublisher? {
    guard let text = Settings.text(mqtt, "KVADRANT_MQTT") else { return nil }
    var plan = try MQTTSetup(parsing: text)
    if let mqttEvery {
      guard (1...3600).contains(mqttEvery) else {
        throw Failure(
          .usage, what: "--mqtt-every \(mqttEvery)", expected: "1 to 3600 seconds",
          next: "give for example --mqtt-every 10")
      }
      plan.every_s = mqttEvery
    }
    return MQTTPublisher(plan, meter: setup, mailbox: service.mailbox)
  }

  /// Opens the terminals where they are asked for.
  ///
  /// - Throws: `usage` for a place that cannot be, `unreachable` for one that is taken.
  func openPulses(service: MeterService) throws(Failure) -> PulsePort? {
    guard let text = Settings.text(pulses, "KVADRANT_PULSES") else { return nil }
    return try PulsePort(try LinePlace(parsing: text, option: "--pulses"), mailbox: service.mailbox)
  }

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
      plan = CustomerSetup(
        .p1(try companion()), at: try LinePlace(parsing: p1, option: "--p1"))
    }
    if let han {
      plan = CustomerSetup(
        .han(try layout()), at: try LinePlace(parsing: han, option: "--han"))
    }
    guard let plan else { return nil }
    return try CustomerPortServer(plan, meter: setup, mailbox: service.mailbox)
  }

  /// One of the two is asked for.
  var isAsked: Bool {
    Settings.text(p1, "KVADRANT_P1") != nil || Settings.text(han, "KVADRANT_HAN") != nil
  }

  /// Anything of this group.
  var areAskedFor: Bool { p1 != nil || han != nil || pulses != nil || mqtt != nil }

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

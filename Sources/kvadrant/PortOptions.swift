import ArgumentParser
import Foundation
import Logging
import Panel
import Ports
import VirtualMeter

/// Which ports a running meter opens.
struct PortOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Front panel and API over HTTP: a port, 0 for any, or ADDRESS:PORT.", valueName: "port"))
  var web: String?
  @Option(
    help: ArgumentHelp(
      "DLMS/COSEM over TCP: tcp://ADDRESS:PORT, or tcp+hdlc:// for HDLC; port 0 for any.",
      valueName: "url"))
  var dlms: String?
  @Option(
    help: ArgumentHelp(
      "Keys of the DLMS port, which then may be open to other machines; docs/dlms.md has the form.",
      valueName: "file"))
  var dlmsKeys: String?
  @Option(
    help: ArgumentHelp(
      "All ports from this one on: web, DLMS, KMP, M-Bus, optical; 0 for any.", valueName: "n"))
  var portsFrom: String?
  @OptionGroup var optical: OpticalOptions
  @OptionGroup var modules: ModuleOptions
  @OptionGroup var radio: RadioOptions
  @OptionGroup var customer: CustomerOptions
  @Option(help: ArgumentHelp("Log from this level on, to standard error.", valueName: "level"))
  var log: String?

  /// The port of the demo's panel, unless it is taken.
  static let usualWeb = 8382

  /// Any port at all.
  var areAskedFor: Bool {
    web != nil || dlms != nil || portsFrom != nil || optical.optical != nil
      || modules.kmp != nil || modules.mbus != nil || radio.wmbus != nil || customer.areAskedFor
  }

  /// Opens what the options ask for.
  ///
  /// - Parameters:
  ///   - usual: the port of the panel where none is asked for; any other if it is taken.
  ///   - folder: gets `ports.json`.
  /// - Returns: nil where nothing is to be opened.
  /// - Throws: `usage` for options that cannot be, `unreachable` for a port that is taken.
  func open(
    service: MeterService, setup: MeterSetup, folder: StateDirectory?, usual: Int? = nil
  ) throws(Failure) -> OpenPorts? {
    let first = try Settings.text(portsFrom, "KVADRANT_PORTS_FROM").map(Self.port)
    var table = PortTable(from: first)
    let file = Settings.text(dlmsKeys, "KVADRANT_DLMS_KEYS")
    let keys = try file.map { path throws(Failure) in try KeyFile(path: path).keys } ?? .TEST
    let security = SharedSecurity(keys: keys)
    let dlms = try openDLMS(from: first, service: service, security)
    if let dlms { table.open(.dlms, number: dlms.address.port, address: dlms.address.url) }
    var address: PanelAddress? = first.map { PanelAddress(port: $0) }
    if let text = Settings.text(web, "KVADRANT_WEB") {
      address = try PanelAddress(parsing: text)
    }
    var open = OpenPorts(dlms: dlms, table: table, folder: folder)
    do throws(Failure) {
      open.optical = try optical.open(
        from: first, service: service, setup: setup, security: security)
      open.kmp = try modules.openKMP(
        from: first, service: service, setup: setup, security: security)
      open.mbus = try modules.openMBus(from: first, service: service, setup: setup)
      open.radio = try radio.open(service: service, setup: setup)
      open.customer = try customer.open(service: service, setup: setup)
      open.pulses = try customer.openPulses(service: service)
      open.mqtt = try customer.openMQTT(service: service, setup: setup)
    } catch {
      open.close()
      throw error
    }
    open.noteLines()
    if let port = open.customer {
      open.table.open(customer.language, number: port.number, address: port.address)
    }
    if let port = open.pulses {
      open.table.open(.pulses, number: port.number, address: port.address)
    }
    if let asked = address ?? usual.map({ PanelAddress(port: $0) }) {
      do throws(Failure) {
        try openPanel(asked, isUsual: address == nil, service: service, setup: setup, &open)
      } catch {
        open.close()
        throw error
      }
    } else if dlms == nil, !open.hasLines, !open.hasCustomer {
      return nil
    }
    if let folder { try open.table.keep(in: folder) }
    return open
  }

  private func openDLMS(
    from first: Int?, service: MeterService, _ security: SharedSecurity
  ) throws(Failure) -> DLMSPort? {
    if let text = Settings.text(dlms, "KVADRANT_DLMS") {
      return try DLMSPort(DLMSAddress(parsing: text), service: service, security: security)
    }
    guard let first else { return nil }
    return try DLMSPort(
      DLMSAddress(port: first == 0 ? 0 : first + 1), service: service, security: security)
  }

  private func openPanel(
    _ asked: PanelAddress, isUsual: Bool, service: MeterService, setup: MeterSetup,
    _ open: inout OpenPorts
  ) throws(Failure) {
    var panel = PanelServer.Setup(
      address: asked, token: try token(for: asked), label: MeterLabel(setup).svg)
    panel.variant = setup.variant
    panel.logger = try logger()
    let server: PanelServer
    do throws(Failure) {
      server = try PanelServer(panel, service: service)
    } catch {
      guard isUsual, error.status == .unreachable else { throw error }
      panel.address.port = 0
      server = try PanelServer(panel, service: service)
    }
    open.table.open(.web, number: server.address.port, address: server.address.url)
    open.server = server
    open.token = panel.token
  }

  private static func port(_ text: String) throws(Failure) -> Int {
    // Four more ports follow the first one.
    guard let number = Int(text), (0...65_531).contains(number) else {
      throw Failure(
        .usage, what: "--ports-from \(text)", expected: "a port from 0 to 65531",
        next: "give for example --ports-from 8382")
    }
    return number
  }

  private func token(for address: PanelAddress) throws(Failure) -> Token? {
    guard let text = Settings.text(nil, "KVADRANT_TOKEN") else {
      return address.isLoopback ? nil : Token()
    }
    guard let token = Token(text) else {
      throw Failure(
        .usage, what: "KVADRANT_TOKEN is no token",
        expected: "\(Token.fewestBytes) to 256 letters, digits, - and _",
        next: "make one, for example with: openssl rand -hex 16")
    }
    return token
  }

  private func logger() throws(Failure) -> Logger {
    let text = Settings.text(log, "KVADRANT_LOG") ?? "warning"
    guard let level = Logger.Level(rawValue: text) else {
      throw Failure(
        .usage, what: "--log \(text)",
        expected: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
        next: "give for example --log info")
    }
    return Logger(label: "kvadrant.panel") { LogLines(label: $0, level: level) }
  }
}

extension PortOptions {
  /// The module area that belongs to the ports: as it is asked for, or with what they need.
  ///
  /// - Throws: `usage` and `refused` for modules that cannot be, or that a port lacks.
  func area(_ setup: MeterSetup) throws(Failure) -> ModuleArea {
    let text = Settings.text(customer.modules, "KVADRANT_MODULES")
    var area = try ModuleArea(parsing: text ?? "", hasRadio: setup.variant.hasRadio)
    // Ports that follow from --ports-from are silent where their module is left out.
    let hasAll = Settings.text(portsFrom, "KVADRANT_PORTS_FROM") != nil
    let hasBus = Settings.text(modules.mbus, "KVADRANT_MBUS") != nil
    let hasRadio = Settings.text(radio.wmbus, "KVADRANT_WMBUS") != nil
    let wanted: [(PlugInModule, isAsked: Bool)] = [
      (.article(.wiredMBus), hasBus || hasAll && text == nil),
      (.article(.wirelessMBus), hasRadio), (.customerPort, customer.isAsked),
    ]
    for (module, isAsked) in wanted where isAsked && !area.has(module) {
      guard text == nil else {
        throw Failure(
          .refused, what: "a port without its module", expected: module.text,
          next: "add it to --modules")
      }
      try area.add(module)
    }
    return area
  }
}

/// The open ports of a running meter.
struct OpenPorts {
  var server: PanelServer?
  let dlms: DLMSPort?
  var optical: OpticalPortServer?
  /// The connector of a module slot.
  var kmp: OpticalPortServer?
  var mbus: WiredBusPort?
  var radio: RadioSender?
  var customer: CustomerPortServer?
  var pulses: PulsePort?
  var mqtt: MQTTPublisher?
  var table: PortTable
  var token: Token?
  let folder: StateDirectory?

  init(dlms: DLMSPort?, table: PortTable, folder: StateDirectory?) {
    (self.dlms, self.table, self.folder) = (dlms, table, folder)
  }

  /// The address for a browser, with the token where one is needed; empty without a panel.
  var address: String {
    guard let server else { return "" }
    return server.address.url + (token.map { "?token=\($0.text)" } ?? "")
  }

  /// For people, one line for each port that listens.
  var lines: [String] {
    var lines: [String] = []
    if server != nil { lines.append("panel  \(address)") }
    if let dlms { lines.append("dlms   \(dlms.address.url)") }
    if let optical { lines.append("optical  \(optical.address)") }
    if let kmp { lines.append("kmp    \(kmp.address)") }
    if let mbus { lines.append("mbus   \(mbus.address)") }
    if let radio { lines.append("wmbus  \(radio.address)") }
    if let mqtt { lines.append("mqtt   \(mqtt.address)") }
    if let pulses { lines.append("pulses  \(pulses.address)") }
    if let customer { lines.append("customer  \(customer.address)") }
    return lines
  }

  /// Something for the customer, or for a home, is open.
  var hasCustomer: Bool { customer != nil || pulses != nil || mqtt != nil }

  /// Any line is open.
  var hasLines: Bool { optical != nil || kmp != nil || mbus != nil || radio != nil }

  /// Puts the lines into the table.
  mutating func noteLines() {
    if let optical { table.open(.optical, number: optical.number, address: optical.address) }
    if let kmp { table.open(.kmp, number: kmp.number, address: kmp.address) }
    if let mbus { table.open(.mbus, number: mbus.number, address: mbus.address) }
    if let radio { table.open(.wmbus, number: radio.number, address: radio.address) }
  }

  /// The first line of `--json`.
  var json: String { JSONValue.object([("ports", table.json)]).text }

  /// Ends what listens.
  func close() {
    if let folder { PortTable.forget(in: folder) }
    dlms?.close()
    optical?.close()
    kmp?.close()
    mbus?.close()
    radio?.close()
    customer?.close()
    pulses?.close()
    mqtt?.close()
    server?.stop()
  }
}

import ArgumentParser
import Foundation
import Logging
import Panel
import VirtualMeter

/// Which ports a running meter opens.
struct PortOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Front panel and API over HTTP: a port, 0 for any, or ADDRESS:PORT.", valueName: "port"))
  var web: String?
  @Option(
    help: ArgumentHelp(
      "All ports from this one on: web, DLMS, KMP, M-Bus, optical; 0 for any.", valueName: "n"))
  var portsFrom: String?
  @OptionGroup var optical: OpticalOptions
  @Option(help: ArgumentHelp("Log from this level on, to standard error.", valueName: "level"))
  var log: String?

  /// The port of the demo's panel, unless it is taken.
  static let usualWeb = 8382

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
    var address: PanelAddress? = first.map { PanelAddress(port: $0) }
    if let text = Settings.text(web, "KVADRANT_WEB") {
      address = try PanelAddress(parsing: text)
    }
    guard let asked = address ?? usual.map({ PanelAddress(port: $0) }) else {
      guard let port = try optical.open(from: nil, service: service, setup: setup) else {
        return nil
      }
      var table = PortTable()
      table.open(.optical, number: port.number, address: port.address)
      if let folder { try table.keep(in: folder) }
      return OpenPorts(server: nil, optical: port, table: table, token: nil, folder: folder)
    }
    var panel = PanelServer.Setup(
      address: asked, token: try token(for: asked), label: MeterLabel(setup).svg)
    panel.variant = setup.variant
    panel.logger = try logger()
    let server: PanelServer
    do throws(Failure) {
      server = try PanelServer(panel, service: service)
    } catch {
      guard address == nil, error.status == .unreachable else { throw error }
      panel.address.port = 0
      server = try PanelServer(panel, service: service)
    }
    var table = PortTable(from: first)
    table.open(.web, number: server.address.port, address: server.address.url)
    let port: OpticalPortServer?
    do throws(Failure) {
      port = try optical.open(from: first, service: service, setup: setup)
    } catch {
      server.stop()
      throw error
    }
    if let port { table.open(.optical, number: port.number, address: port.address) }
    if let folder { try table.keep(in: folder) }
    return OpenPorts(
      server: server, optical: port, table: table, token: panel.token, folder: folder)
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

/// The open ports of a running meter.
struct OpenPorts {
  /// The panel; nil where only other ports were asked for.
  let server: PanelServer?
  let optical: OpticalPortServer?
  let table: PortTable
  let token: Token?
  let folder: StateDirectory?

  /// The address for a browser, with the token where one is needed.
  var address: String? {
    server.map { $0.address.url + (token.map { "?token=\($0.text)" } ?? "") }
  }

  /// What listens, a line for each.
  var lines: [String] {
    (address.map { ["panel  \($0)"] } ?? []) + (optical.map { ["optical  \($0.address)"] } ?? [])
  }

  /// The first line of `--json`.
  var json: String { JSONValue.object([("ports", table.json)]).text }

  /// Ends what listens.
  func close() {
    if let folder { PortTable.forget(in: folder) }
    optical?.close()
    server?.stop()
  }
}

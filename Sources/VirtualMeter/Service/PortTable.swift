import Foundation

/// The ports of a running meter: what listens where, and what is not built yet.
public struct PortTable: Equatable, Sendable {
  /// The languages in the order of their ports, from the number that `--ports-from` gives.
  public enum Language: String, CaseIterable, Sendable {
    case web
    case dlms
    case kmp
    case mbus
    case optical
    /// Telegrams by radio; `--ports-from` does not open it.
    case wmbus
    /// The customer port with P1 telegrams; only where it is asked for, without a number here.
    case p1
    /// The customer port with push lists.
    case han
    /// Pulses, relays and inputs as events.
    case pulses

    /// Those that `--ports-from` numbers.
    static let numbered: [Language] = [.web, .dlms, .kmp, .mbus, .optical]
  }

  /// One port.
  public struct Port: Equatable, Sendable {
    public var language: Language
    /// Nil where none has been given to it.
    public var number: Int?
    /// Where it listens, such as `http://127.0.0.1:8382/`; nil where it does not.
    public var address: String?

    /// For people.
    public var text: String {
      let number = number.map { " \($0)" } ?? ""
      return "\(language.rawValue)\(number): \(address ?? "not listening")"
    }
  }

  /// All languages, in their order.
  public private(set) var ports: [Port]

  /// A table in which nothing listens yet.
  ///
  /// - Parameter first: the port of the first language; nil gives none.
  public init(from first: Int? = nil) {
    ports = Language.numbered.enumerated().map { place, language in
      Port(language: language, number: first.map { $0 == 0 ? 0 : $0 + place })
    }
    ports.append(Port(language: .wmbus))
  }

  /// Notes that a language listens.
  public mutating func open(_ language: Language, number: Int?, address: String) {
    let port = Port(language: language, number: number, address: address)
    if let place = ports.firstIndex(where: { $0.language == language }) {
      ports[place] = port
    } else {
      ports.append(port)
    }
  }

  /// `{"web":{"port":8382,"listening":true,"address":"http://…"},…}`.
  public var json: JSONValue {
    .object(
      ports.map { port in
        let number: JSONValue = port.number.map { .integer($0) } ?? .null
        var members: [(key: String, value: JSONValue)] = [
          ("port", number), ("listening", .bool(port.address != nil)),
        ]
        if let address = port.address { members.append(("address", .string(address))) }
        return (port.language.rawValue, .object(members))
      })
  }

  /// Writes `ports.json` into a state directory.
  ///
  /// - Throws: `disk` when it cannot be written.
  public func keep(in folder: StateDirectory) throws(Failure) {
    do {
      try Data((json.text + "\n").utf8).write(
        to: URL(fileURLWithPath: folder.portsPath), options: .atomic)
    } catch {
      throw Failure(
        .disk, file: folder.portsPath, what: "cannot be written",
        expected: "a folder that can be written", next: "give another folder with --state DIR")
    }
  }

  /// Removes `ports.json`: nothing listens any more.
  public static func forget(in folder: StateDirectory) { unlink(folder.portsPath) }
}

extension StateDirectory {
  /// The ports of the meter that runs on this state.
  var portsPath: String { path + "/ports.json" }
}

import LegalMeter
import Meter
import MeterTime
import Quantities

extension ControlCommand {
  /// Ranges that the bench accepts.
  static let amperes = 0.0...100
  static let degrees = -180.0...180
  static let distortion = 0.0...100
  static let volts = 0.0...300
  static let hertz = 45.0...65
  /// Speeds above are better asked for as `max`.
  static let speeds = 0.0...1_000_000

  /// The names accepted in `command`.
  static let names =
    [
      "plug", "stop", "button", "speed", "status", "glass", "scenario", "seal", "magnet", "load",
      "preset",
      "voltage", "frequency", "neutral", "wiring", "tariff", "verify", "identify", "displayTest",
      "clearResettable", "configure", "setClock", "resetBilling", "tariffPlan",
    ] + SupplyCommand.names + ModuleCommand.names

  /// A command from one line of the control socket.
  ///
  /// - Throws: `protocolError` for anything that is not a known command.
  public init(line: String) throws(Failure) { try self.init(json: Array(line.utf8)) }

  /// A command from one JSON object in UTF-8.
  ///
  /// - Throws: `protocolError` for anything that is not a known command.
  public init(json bytes: [UInt8]) throws(Failure) {
    let reader = try CommandReader(bytes)
    switch reader.name {
    case "plug": self = reader.has("in") ? .mains(try reader.bool("in")) : .plug
    case "stop": self = .stop
    case "status": self = .status
    case "glass": self = .glass
    case "scenario": self = .scenario
    case "identify": self = .identify
    case "displayTest": self = .displayTest
    case "button": self = try Self.button(reader)
    case "speed": self = try Self.speed(reader)
    case "seal":
      self = .seal(try reader.choice("seal", SealName.self).seal, broken: try reader.bool("broken"))
    case "magnet": self = .magnet(try reader.bool("on"))
    case "neutral": self = .neutral(try reader.bool("connected"))
    case "wiring": self = .wiring(try reader.choice("id", WiringError.ID.self))
    case "preset": self = .preset(try reader.choice("id", BenchPreset.ID.self))
    case "frequency": self = .frequency(try reader.number("f_Hz", Self.hertz))
    case "voltage":
      let phase = reader.has("phase") ? try Self.phase(reader) : nil
      self = .voltage(phase, volts: try reader.number("u_V", Self.volts))
    case "load": self = .load(try Self.phase(reader), try Self.load(reader))
    case "tariff":
      guard let tariff = Tariff(rawValue: UInt8(try reader.integer("tariff", 1...4) - 1)) else {
        throw CommandReader.wrong("tariff", expected: "1 to 4")
      }
      self = .tariff(tariff)
    case "verify":
      self = .verify(reader.isNull("register") ? nil : try Self.register(reader, upTo: 4))
    case "clearResettable":
      self = .clearResettable(export: try Self.register(reader, upTo: 2) == .activeExport)
    case "configure": self = try Self.configure(reader)
    case "setClock": self = try Self.setClock(reader)
    case "resetBilling": self = .resetBilling
    case "tariffPlan": self = .tariffPlan(try TariffPlanText(reader))
    default:
      if let supply = try SupplyCommand(reader) {
        self = .supply(supply)
        return
      }
      if let modules = try ModuleCommand(reader) {
        self = .modules(modules)
        return
      }
      throw CommandReader.refusal(
        "unknown command «\(reader.name.prefix(64))»", expected: Self.names.joined(separator: ", "))
    }
  }

  private static func configure(_ reader: CommandReader) throws(Failure) -> ControlCommand {
    let expected = "sections in hexadecimal"
    let text = Array(try reader.text("sections", expected: expected).utf8)
    guard text.count % 2 == 0, text.count <= 2 * Meter.configurationCapacity else {
      throw CommandReader.wrong("sections", expected: expected)
    }
    var bytes: [UInt8] = []
    for n in stride(from: 0, to: text.count, by: 2) {
      guard let byte = UInt8(String(decoding: text[n..<n + 2], as: UTF8.self), radix: 16) else {
        throw CommandReader.wrong("sections", expected: expected)
      }
      bytes.append(byte)
    }
    let door =
      reader.has("door") ? try reader.choice("door", DoorName.self) : DoorName.module
    return .configure(bytes, door.door)
  }

  private static func setClock(_ reader: CommandReader) throws(Failure) -> ControlCommand {
    let expected = "ISO 8601 such as 2026-11-22T18:00:00Z"
    guard let time = ISOTime.instant(try reader.text("time", expected: expected)) else {
      throw CommandReader.wrong("time", expected: expected)
    }
    let authority =
      reader.has("authority")
      ? try reader.choice("authority", AuthorityName.self) : AuthorityName.command
    return .setClock(time, authority.authority)
  }

  private static func button(_ reader: CommandReader) throws(Failure) -> ControlCommand {
    let key = reader.has("action") ? "action" : "press"
    guard reader.has(key) else { return .button(.short) }
    let expected = "press, release, short, long, extraLong"
    switch try reader.text(key, expected: expected) {
    case "press": return .hold(true)
    case "release": return .hold(false)
    case "short": return .button(.short)
    case "long": return .button(.long)
    case "extraLong", "extra-long": return .button(.extraLong)
    default: throw CommandReader.wrong(key, expected: expected)
    }
  }

  private static func speed(_ reader: CommandReader) throws(Failure) -> ControlCommand {
    let key = reader.has("factor") ? "factor" : "speed"
    if let text = try? reader.text(key, expected: "") {
      guard text == "max" else {
        throw CommandReader.wrong(key, expected: "a number from 0 to 1000000, or max")
      }
      return .speed(.infinity)
    }
    return .speed(try reader.number(key, speeds))
  }

  private static func phase(_ reader: CommandReader) throws(Failure) -> Phase {
    guard let phase = Phase(rawValue: UInt8(try reader.integer("phase", 1...3) - 1)) else {
      throw CommandReader.wrong("phase", expected: "1 to 3")
    }
    return phase
  }

  private static func load(_ reader: CommandReader) throws(Failure) -> BenchLoadChange {
    let change = BenchLoadChange(
      i_A: try reader.optionalNumber("i_A", amperes),
      phi_deg: try reader.optionalNumber("phi_deg", degrees),
      thd_percent: try reader.optionalNumber("thd_percent", distortion),
      on: try reader.optionalBool("on"), u_V: try reader.optionalNumber("u_V", volts))
    guard change != BenchLoadChange() else {
      throw CommandReader.refusal(
        "nothing to change", expected: "one of i_A, phi_deg, thd_percent, on, u_V")
    }
    return change
  }

  /// A register by its code, `1-0:C.8.0` or `C.8.0`, with C up to a limit.
  private static func register(
    _ reader: CommandReader, upTo last: UInt8
  ) throws(Failure) -> EnergyKind {
    let expected = (1...last).map { "1-0:\($0).8.0" }.joined(separator: ", ")
    let text = try reader.text("register", expected: expected)
    for kind in EnergyKind.allCases where kind.rawValue < last {
      let code = "\(kind.rawValue + 1).8.0"
      if text == code || text == "1-0:" + code { return kind }
    }
    throw CommandReader.wrong("register", expected: expected)
  }

  /// The line that `init(line:)` reads.
  public var line: String { json.text }

  /// The object that `init(json:)` reads.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = []
    func add(_ key: String, _ value: JSONValue) { members.append((key, value)) }
    let name: String
    switch self {
    case .plug: name = "plug"
    case .stop: name = "stop"
    case .status: name = "status"
    case .glass: name = "glass"
    case .scenario: name = "scenario"
    case .identify: name = "identify"
    case .displayTest: name = "displayTest"
    case .mains(let isIn):
      name = "plug"
      add("in", .bool(isIn))
    case .button(let press):
      name = "button"
      add("action", .string(press == .extraLong ? "extraLong" : press.rawValue))
    case .hold(let down):
      name = "button"
      add("action", .string(down ? "press" : "release"))
    case .speed(let speed):
      name = "speed"
      add("factor", speed.isFinite ? Self.number(speed) : .string("max"))
    case .seal(let seal, let broken):
      name = "seal"
      add("seal", .string(SealName(seal).rawValue))
      add("broken", .bool(broken))
    case .magnet(let on):
      name = "magnet"
      add("on", .bool(on))
    case .neutral(let connected):
      name = "neutral"
      add("connected", .bool(connected))
    case .wiring(let id):
      name = "wiring"
      add("id", .string(id.rawValue))
    case .preset(let id):
      name = "preset"
      add("id", .string(id.rawValue))
    case .frequency(let hertz):
      name = "frequency"
      add("f_Hz", Self.number(hertz))
    case .voltage(let phase, let volts):
      name = "voltage"
      if let phase { add("phase", .integer(phase.rawValue + 1)) }
      add("u_V", Self.number(volts))
    case .load(let phase, let change):
      name = "load"
      add("phase", .integer(phase.rawValue + 1))
      if let i = change.i_A { add("i_A", Self.number(i)) }
      if let phi = change.phi_deg { add("phi_deg", Self.number(phi)) }
      if let thd = change.thd_percent { add("thd_percent", Self.number(thd)) }
      if let on = change.on { add("on", .bool(on)) }
      if let u = change.u_V { add("u_V", Self.number(u)) }
    case .tariff(let tariff):
      name = "tariff"
      add("tariff", .integer(tariff.rawValue + 1))
    case .verify(let kind):
      name = "verify"
      add("register", kind.map { .string("1-0:\($0.rawValue + 1).8.0") } ?? .null)
    case .supply(let command):
      let object = command.json
      name = object.name
      members = object.members
    case .modules(let command):
      let object = command.json
      name = object.name
      members = object.members
    case .clearResettable(let export):
      name = "clearResettable"
      add("register", .string(export ? "1-0:2.8.0" : "1-0:1.8.0"))
    case .configure(let bytes, let door):
      name = "configure"
      let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      add("sections", .string(digits.joined()))
      add("door", .string("\(door)"))
    case .setClock(let time, let authority):
      name = "setClock"
      add("time", .string(ISOTime.text(time)))
      add("authority", .string("\(authority)"))
    case .resetBilling: name = "resetBilling"
    case .tariffPlan(let text):
      name = "tariffPlan"
      members = text.members
    }
    return .object([("command", .string(name))] + members)
  }

  /// The shortest text that reads back as the same number.
  private static func number(_ value: Double) -> JSONValue { .number("\(value)") }
}

/// The seals as commands and snapshots name them.
enum SealName: String, CaseIterable {
  case verification, terminalCover, moduleArea

  init(_ seal: Seal) {
    switch seal {
    case .verification: self = .verification
    case .terminalCover: self = .terminalCover
    case .moduleArea: self = .moduleArea
    }
  }

  var seal: Seal {
    switch self {
    case .verification: .verification
    case .terminalCover: .terminalCover
    case .moduleArea: .moduleArea
    }
  }
}

/// The doors of a configuration as commands name them.
public enum DoorName: String, CaseIterable {
  case optical, module
  public var door: ConfigurationDoor { self == .optical ? .optical : .module }
}

/// Who sets the clock, as commands name it.
enum AuthorityName: String, CaseIterable {
  case synchronisation, command, service

  var authority: ClockAuthority {
    switch self {
    case .synchronisation: .synchronisation
    case .command: .command
    case .service: .service
    }
  }
}

extension Failure {
  /// The failure as the answer of a control command.
  var answer: JSONValue {
    .object([
      ("ok", .bool(false)), ("error", .string(what)), ("expected", .string(expected)),
      ("next", .string(next)), ("code", .integer(status.rawValue)),
    ])
  }
}

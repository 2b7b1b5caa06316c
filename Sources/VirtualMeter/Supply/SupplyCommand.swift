import Meter
import Quantities

/// Commands for switch, credit, alarms, load outputs and pulse inputs.
public enum SupplyCommand: Equatable, Sendable {
  /// What the module port asks of the supply control switch.
  case operate(SwitchCommand)
  case topUp(number: UInt32, amount_Wh: UInt32)
  case credit(UInt64)
  /// The cover of the meter.
  case cover(isOpen: Bool)
  /// A module is taken out of its slot, 0 or 1, or put back.
  case module(slot: UInt8, isPresent: Bool)
  case acknowledge
  case contact(Phase, HouseContacts.Act)
  case backFeed(Bool)
  /// A load output, 0 or 1.
  case output(Int, isOn: Bool)
  /// So many pulses at a pulse input, 0 or 1, two in a second.
  case pulses(Int, count: Int)
  /// Pulses of so many milliseconds at a pulse input, with pauses between them.
  case train(Int, count: Int, on_ms: Int, off_ms: Int)
  /// A level at a pulse input that stays.
  case level(Int, isOn: Bool)
  /// Settings by name; those left out stay.
  case configure([String: Double])

  /// The names accepted in `command`.
  static let names = [
    "switch", "topUp", "credit", "cover", "module", "acknowledge", "contact", "backFeed",
    "output", "pulses", "level", "supply",
  ]

  private enum Action: String, CaseIterable { case open, release, close }

  /// Nil for a name that is none of these.
  init?(_ reader: CommandReader) throws(Failure) {
    switch reader.name {
    case "switch":
      switch try reader.choice("action", Action.self) {
      case .open: self = .operate(.open)
      case .release: self = .operate(.release)
      case .close: self = .operate(.close)
      }
    case "topUp":
      self = .topUp(
        number: UInt32(try reader.integer("number", 1...Int(UInt32.max))),
        amount_Wh: UInt32(try reader.number("kWh", 0.001...4_000_000) * 1000))
    case "credit": self = .credit(UInt64(try reader.number("kWh", 0...9_999_999) * 1000))
    case "cover": self = .cover(isOpen: try reader.bool("open"))
    case "module":
      self = .module(
        slot: UInt8(try reader.integer("slot", 1...2) - 1), isPresent: try reader.bool("present"))
    case "acknowledge": self = .acknowledge
    case "contact":
      let phase = Phase(rawValue: UInt8(try reader.integer("phase", 1...3) - 1)) ?? .l1
      self = .contact(phase, try reader.choice("act", HouseContacts.Act.self))
    case "backFeed": self = .backFeed(try reader.bool("on"))
    case "output":
      self = .output(try reader.integer("output", 1...2) - 1, isOn: try reader.bool("on"))
    case "pulses":
      let input = try reader.integer("input", 1...2) - 1
      let count = try reader.integer("count", 1...10_000)
      guard reader.has("on_ms") || reader.has("off_ms") else {
        self = .pulses(input, count: count)
        return
      }
      self = .train(
        input, count: count, on_ms: try reader.integer("on_ms", 1...60_000),
        off_ms: try reader.integer("off_ms", 1...60_000))
    case "level":
      self = .level(try reader.integer("input", 1...2) - 1, isOn: try reader.bool("on"))
    case "supply": self = .configure(try Self.settings(reader))
    default: return nil
    }
  }

  private static func settings(_ reader: CommandReader) throws(Failure) -> [String: Double] {
    var settings: [String: Double] = [:]
    for key in reader.keys where key != "command" {
      guard let setting = SupplySetting.named(key) else {
        throw CommandReader.refusal(
          "unknown setting «\(key.prefix(40))»",
          expected: SupplySetting.table.map(\.key).joined(separator: ", "))
      }
      if setting.choices.isEmpty {
        settings[key] = try reader.number(key, setting.range)
      } else {
        let expected = setting.choices.joined(separator: ", ")
        guard let place = setting.choices.firstIndex(of: try reader.text(key, expected: expected))
        else { throw CommandReader.wrong(key, expected: expected) }
        settings[key] = Double(place)
      }
    }
    guard !settings.isEmpty else {
      throw CommandReader.refusal(
        "nothing to change", expected: SupplySetting.table.map(\.key).joined(separator: ", "))
    }
    return settings
  }

  /// Name and members of the object that `init(_:)` reads.
  var json: (name: String, members: [(key: String, value: JSONValue)]) {
    func number(_ value: Double) -> JSONValue { .number("\(value)") }
    switch self {
    case .operate(let command):
      let action: Action = command == .open ? .open : command == .release ? .release : .close
      return ("switch", [("action", .string(action.rawValue))])
    case .topUp(let n, let amount):
      return ("topUp", [("number", .integer(n)), ("kWh", number(Double(amount) / 1000))])
    case .credit(let amount): return ("credit", [("kWh", number(Double(amount) / 1000))])
    case .cover(let isOpen): return ("cover", [("open", .bool(isOpen))])
    case .module(let slot, let isPresent):
      return ("module", [("slot", .integer(slot + 1)), ("present", .bool(isPresent))])
    case .acknowledge: return ("acknowledge", [])
    case .contact(let phase, let act):
      return (
        "contact", [("phase", .integer(phase.rawValue + 1)), ("act", .string(act.rawValue))]
      )
    case .backFeed(let isOn): return ("backFeed", [("on", .bool(isOn))])
    case .output(let output, let isOn):
      return ("output", [("output", .integer(output + 1)), ("on", .bool(isOn))])
    case .pulses(let input, let count):
      return ("pulses", [("input", .integer(input + 1)), ("count", .integer(count))])
    case .train(let input, let count, let on, let off):
      return (
        "pulses",
        [
          ("input", .integer(input + 1)), ("count", .integer(count)), ("on_ms", .integer(on)),
          ("off_ms", .integer(off)),
        ]
      )
    case .level(let input, let isOn):
      return ("level", [("input", .integer(input + 1)), ("on", .bool(isOn))])
    case .configure(let settings):
      let members = settings.sorted { $0.key < $1.key }.map { key, value in
        let choices = SupplySetting.named(key)?.choices ?? []
        let text: JSONValue = choices.isEmpty ? number(value) : .string(choices[Int(value)])
        return (key: key, value: text)
      }
      return ("supply", members)
    }
  }
}

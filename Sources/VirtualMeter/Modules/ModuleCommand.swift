import Ports

/// What is done to the module area of a running meter.
public enum ModuleCommand: Equatable, Sendable {
  /// What sits in it.
  case list
  case fit(PlugInModule, ModuleSlot)
  case remove(ModuleSlot)
  case cover(ModuleCover)

  /// The names accepted in `command`.
  static let names = ["modules", "fit", "remove", "moduleCover"]

  /// Nil for a name that is none of these.
  init?(_ reader: CommandReader) throws(Failure) {
    switch reader.name {
    case "modules": self = .list
    case "fit":
      let expected = "an article number, or \(PlugInModule.customerPortName)"
      let text = try reader.text("module", expected: expected)
      let module: PlugInModule
      do throws(Failure) {
        module = try PlugInModule(parsing: text)
      } catch { throw CommandReader.wrong("module", expected: expected) }
      self = .fit(module, try Self.slot(reader))
    case "remove": self = .remove(try Self.slot(reader))
    case "moduleCover":
      let expected = ModuleCover.allCases.map { String($0.article.number) }.joined(separator: ", ")
      let text = try reader.text("cover", expected: expected)
      guard let cover = ModuleCover.allCases.first(where: { String($0.article.number) == text })
      else { throw CommandReader.wrong("cover", expected: expected) }
      self = .cover(cover)
    default: return nil
    }
  }

  private static func slot(_ reader: CommandReader) throws(Failure) -> ModuleSlot {
    let expected = "1, 2 or secondary"
    guard let slot = ModuleSlot(name: try reader.text("slot", expected: expected)) else {
      throw CommandReader.wrong("slot", expected: expected)
    }
    return slot
  }

  /// Name and members of the object that `init(_:)` reads.
  var json: (name: String, members: [(key: String, value: JSONValue)]) {
    switch self {
    case .list: ("modules", [])
    case .fit(let module, let slot):
      ("fit", [("module", .string(module.text)), ("slot", .string(slot.name))])
    case .remove(let slot): ("remove", [("slot", .string(slot.name))])
    case .cover(let cover): ("moduleCover", [("cover", .string(String(cover.article.number)))])
    }
  }

  /// From words of the command line.
  ///
  /// - Throws: `usage` for what is no module or no slot.
  public static func fit(_ module: String, slot: String) throws(Failure) -> ModuleCommand {
    .fit(try PlugInModule(parsing: module), try Self.slot(named: slot))
  }

  /// - Throws: `usage` for what is no slot.
  public static func remove(slot: String) throws(Failure) -> ModuleCommand {
    .remove(try Self.slot(named: slot))
  }

  /// - Throws: `usage` for an article that is no cover of the module area.
  public static func cover(_ text: String) throws(Failure) -> ModuleCommand {
    let article = try Article(parsing: text)
    guard let cover = ModuleCover.allCases.first(where: { $0.article == article }) else {
      throw Failure(
        .usage, what: "«\(text)» is no cover of the module area",
        expected: "5960137, 5960138 or 5960139", next: "see them with kvadrant modules")
    }
    return .cover(cover)
  }

  private static func slot(named name: String) throws(Failure) -> ModuleSlot {
    guard let slot = ModuleSlot(name: name) else {
      throw Failure(
        .usage, what: "--slot \(name)", expected: "1, 2 or secondary", next: "correct it")
    }
    return slot
  }
}

import ArgumentParser
import COSEM
import Foundation
import MeterClient

struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Read one attribute.",
    discussion: "metertool get URL 8/0-0:1.0.0/2   class, object, attribute")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Class, object and attribute, such as 3/1-0:1.8.0/2.") var name: String
  @Flag(help: "The bytes of the data in hexadecimal.") var raw = false

  private struct Result: Encodable {
    var name: String
    var type: String
    var value: String
    var axdr: String
  }

  func run() async throws {
    let part = try AttributeName(name)
    let bytes = try await options.connected { meter in
      let classID = try await part.classID(meter)
      return try await meter.getBytes(
        AttributeDescriptor(classID, part.code, part.number ?? 2))
    }
    if raw { return print(Hexadecimal.text(bytes)) }
    let value = try COSEMValue(parsing: bytes)
    if output.json {
      return try printJSON(
        Result(
          name: name, type: value.typeName, value: value.description,
          axdr: Hexadecimal.text(bytes)))
    }
    print(value.tree)
  }
}

struct SetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set one attribute.",
    discussion: """
      Values: uint16:7, int8:-1, enum:1, boolean:true, octets:0102, text:abc, utf8:abc, null,
      time:2026-01-31T12:00:00+01:00, structure(uint8:1,int8:2), array(…), axdr:1101
      """)

  @OptionGroup var options: MeterOptions
  @Argument(help: "Class, object and attribute, such as 8/0-0:1.0.0/2.") var name: String
  @Argument(help: "The value with its type.") var value: String

  func run() async throws {
    let part = try AttributeName(name)
    guard let value = COSEMValue(text: value) else {
      throw ValidationError("«\(value)» is no value; try uint16:7, octets:0102 or null")
    }
    guard let number = part.number else { throw ValidationError("«\(name)» names no attribute") }
    try await options.connected { meter in
      let classID = try await part.classID(meter)
      try await meter.set(AttributeDescriptor(classID, part.code, number), to: value)
    }
  }
}

struct DoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "do", abstract: "Invoke one method.",
    discussion: "metertool do URL 70/0-0:96.3.10/1 --yes   opens the supply control switch")

  /// Classes whose methods change what others rely on: image, keys, switch, limiter.
  private static let careful: [UInt16] = [18, 64, 70, 71]

  @OptionGroup var options: MeterOptions
  @Argument(help: "Class, object and method, such as 70/0-0:96.3.10/1.") var name: String
  @Argument(help: "What it is given, with its type; int8:0 where nothing is said.")
  var value: String = "int8:0"
  @Flag(help: "Do not ask before switches, keys and images.") var yes = false

  func run() async throws {
    let part = try AttributeName(name)
    guard let value = COSEMValue(text: value) else {
      throw ValidationError("«\(value)» is no value; try int8:0")
    }
    guard let number = part.number else { throw ValidationError("«\(name)» names no method") }
    try await options.connected { meter in
      let classID = try await part.classID(meter)
      if Self.careful.contains(classID), !yes, !confirms(classID) {
        throw ValidationError("not done; --yes does it without a question")
      }
      let answer = try await meter.invoke(
        MethodDescriptor(classID, part.code, number), value == .null ? nil : value)
      if let answer { print(answer.tree) }
    }
  }

  private func confirms(_ classID: UInt16) -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { return false }
    MeterTool.complain("\(ObjectName.interface(classID)): type yes to go on")
    return readLine() == "yes"
  }
}

struct TimeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Show or set the clock of a meter.")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "`now`, the time of this computer, or an ISO 8601 time with its offset.")
  var set: String?

  private struct Result: Encodable {
    var time: String
    /// Meter minus computer, seconds.
    var difference: Decimal?
  }

  func run() async throws {
    let (shown, kind) = try await options.connected { meter in
      let kind = meter.dialect.deviation
      if let set {
        if set == "now" {
          try await meter.setTime(unix: Date().timeIntervalSince1970)
        } else {
          guard let time = COSEMDateTime(iso: set, kind), let unix = time.unix(kind),
            time.deviation != nil
          else { throw ValidationError("«\(set)» is no time with an offset; try now") }
          try await meter.setTime(unix: unix)
        }
      }
      return (try await meter.time(), kind)
    }
    let difference = shown.unix(kind).map { $0 - Date().timeIntervalSince1970 }
    if output.json {
      return try printJSON(
        Result(
          time: shown.text(kind),
          difference: difference.map { Decimal(string: String(format: "%.1f", $0)) ?? 0 }))
    }
    let text = difference.map { String(format: "  %+.1f s against this computer", $0) } ?? ""
    print(shown.text(kind) + text)
  }
}

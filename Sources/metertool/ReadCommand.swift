import ArgumentParser
import Foundation
import MeterClient
import Quantities

/// One value, as it is told.
struct ValueLine: Encodable {
  var name: String
  var title: String?
  var value: Decimal?
  var text: String
  var unit: String?
  var time: String?

  init(_ reading: Reading) {
    name = "\(reading.name)"
    title = ObjectName.title(reading.name)
    value = reading.number
    text = reading.text
    unit = reading.symbol.isEmpty ? nil : reading.symbol
    time = reading.time?.text()
  }

  init(name: String, title: String?, text: String, unit: String) {
    (self.name, self.title, self.text) = (name, title, text)
    value = Decimal(string: text)
    self.unit = unit.isEmpty ? nil : unit
  }

  static func table(_ lines: [ValueLine]) -> String {
    var table = TextTable([.left, .right, .left, .left, .left])
    for line in lines {
      table.add([line.name, line.text, line.unit ?? "", line.title ?? "", line.time ?? ""])
    }
    return table.text
  }
}

/// What `read` and `watch` ask for.
struct ReadingPlan {
  /// Registers that are read where nothing is named.
  private static let usual: [(UInt8, UInt8, UInt8)] = [
    (1, 8, 0), (1, 8, 1), (1, 8, 2), (1, 8, 3), (1, 8, 4), (2, 8, 0), (3, 8, 0), (4, 8, 0),
    (1, 7, 0), (2, 7, 0), (3, 7, 0), (4, 7, 0), (32, 7, 0), (52, 7, 0), (72, 7, 0), (31, 7, 0),
    (51, 7, 0), (71, 7, 0), (13, 7, 0), (14, 7, 0),
  ]

  var names: [(UInt16, OBISCode)]

  /// - Parameter wanted: as the command line names them; none for the usual ones.
  static func make(
    _ wanted: [String], all: Bool, _ meter: DLMSMeter
  ) async throws -> ReadingPlan {
    if !wanted.isEmpty, !all {
      let parts = try wanted.map { try AttributeName($0) }
      let needsList = parts.contains { $0.classID == nil }
      let list = needsList ? try await meter.objects() : []
      var names: [(UInt16, OBISCode)] = []
      for part in parts {
        if let known = part.classID {
          names.append((known, part.code))
        } else {
          names.append((try await meter.classID(of: part.code, in: list), part.code))
        }
      }
      return ReadingPlan(names: names)
    }
    let registers = try await meter.objects().filter {
      (3...5).contains($0.classID) && $0.isReadable(2)
    }
    if all { return ReadingPlan(names: registers.map { ($0.classID, $0.name) }) }
    let codes = usual.map { OBISCode.electricity($0.0, $0.1, $0.2) }
    return ReadingPlan(
      names: codes.compactMap { code in
        registers.first { $0.name == code }.map { ($0.classID, $0.name) }
      })
  }

  func read(_ meter: DLMSMeter, _ progress: ProgressLine) async throws -> [ValueLine] {
    var lines: [ValueLine] = []
    for (classID, name) in names {
      lines.append(ValueLine(try await meter.read(classID, name)))
      progress.show(lines.count)
    }
    progress.end()
    return lines
  }
}

/// Class, code and attribute or method as a command line names them.
struct AttributeName {
  var classID: UInt16?
  var code: OBISCode
  var number: UInt8?

  init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    func wrong() -> ValidationError {
      ValidationError("«\(text)» names no object; try 1.8.0, 3/1-0:1.8.0 or 3/1-0:1.8.0/2")
    }
    guard (1...3).contains(parts.count) else { throw wrong() }
    let hasClass = parts.count > 1 && !parts[0].contains(".")
    if hasClass {
      guard let number = UInt16(parts[0]) else { throw wrong() }
      classID = number
    }
    let rest = parts.dropFirst(hasClass ? 1 : 0)
    guard let first = rest.first, let code = ObjectName.code(first), rest.count <= 2 else {
      throw wrong()
    }
    self.code = code
    if rest.count == 2 {
      guard let last = rest.last, let number = Int(last), (-128...127).contains(number) else {
        throw wrong()
      }
      self.number = UInt8(truncatingIfNeeded: number)
    }
  }

  /// The class, asked of the object list where it was not said.
  func classID(_ meter: DLMSMeter) async throws -> UInt16 {
    if let classID { return classID }
    return try await meter.classID(of: code, in: meter.objects())
  }
}

struct ReadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Read registers with their units.",
    discussion: "Without names the usual ones are read; --all takes every register.")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Registers, such as 1.8.0 or 1-0:1.8.0.") var names: [String] = []
  @Flag(help: "Every register that may be read.") var all = false
  @Flag(help: "As CSV: name, value, unit, title.") var csv = false

  func run() async throws {
    let url = try options.address()
    let lines: [ValueLine]
    switch url.language {
    case .dlms:
      lines = try await options.connected { meter in
        let plan = try await ReadingPlan.make(names, all: all, meter)
        return try await plan.read(meter, ProgressLine(what: "registers"))
      }
    case .optical: lines = try await optical(url)
    case .kmp: lines = try await kmp(url)
    }
    guard !lines.isEmpty else {
      throw MeterError(
        .service, .refused, what: "client \(url.client) sees no register", expected: "some",
        got: "none", next: "client=2 with --keys FILE")
    }
    if output.json { return try printJSON(lines) }
    guard csv else { return print(ValueLine.table(lines)) }
    print("name,value,unit,title")
    for line in lines {
      print([line.name, line.text, line.unit ?? "", line.title ?? ""].joined(separator: ","))
    }
  }

  private func optical(_ url: MeterURL) async throws -> [ValueLine] {
    let progress = ProgressLine(what: "lines")
    let readout = try await OpticalMeter(url, options.keys.credentials()).readout {
      progress.show($0)
    }
    progress.end()
    let wanted = names.compactMap { ObjectName.code($0) }
    return readout.sets.filter { set in
      wanted.isEmpty || wanted.contains { set.name?.c == $0.c && set.name?.d == $0.d }
    }.map { set in
      ValueLine(
        name: set.address, title: set.name.flatMap(ObjectName.title), text: set.value,
        unit: set.unit)
    }
  }

  private func kmp(_ url: MeterURL) async throws -> [ValueLine] {
    let wanted = try names.map { name in
      guard let number = UInt16(name.hasPrefix("0x") ? String(name.dropFirst(2)) : name, radix: 16)
      else { throw ValidationError("«\(name)» is no KMP register; try 0001 or 0x03FF") }
      return number
    }
    let meter = KMPMeter(url)
    try await meter.connect()
    let found = try await meter.registers(wanted.isEmpty ? KMPNames.usual : wanted)
    await meter.disconnect()
    return found.map { reading in
      let number = Hexadecimal.text([UInt8(reading.register >> 8), UInt8(reading.register & 0xFF)])
      return ValueLine(
        name: number, title: reading.name.flatMap(ObjectName.title), text: reading.text,
        unit: reading.symbol)
    }
  }
}

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Read registers again and again.")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Registers, such as 1.7.0.") var names: [String] = []
  @Option(help: "Seconds between readings.") var every = 1.0
  @Option(help: "Readings until it ends; without it until it is stopped.") var count: Int?

  func validate() throws {
    guard every >= 0.1, every <= 86_400 else {
      throw ValidationError("--every takes 0.1 to 86400 seconds")
    }
  }

  func run() async throws {
    try await options.connected { meter in
      let plan = try await ReadingPlan.make(names, all: false, meter)
      var left = count ?? .max
      while left > 0 {
        left -= 1
        let lines = try await plan.read(meter, ProgressLine(what: "registers"))
        if output.json {
          try printJSON(lines)
        } else {
          print(
            lines.map { line in [line.name, line.text, line.unit ?? ""].joined(separator: " ") }
              .joined(separator: "  "))
        }
        fflush(nil)
        if left > 0 { try await Task.sleep(for: .seconds(every)) }
      }
    }
  }
}

import ArgumentParser
import MeterClient

struct IdentifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identify", abstract: "Tell who a meter is and what it offers.")

  @OptionGroup var options: MeterOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "List its objects.") var objects = false

  private struct Result: Encodable {
    var name: String?
    var serial: String?
    var clock: String?
    var systemTitle: String?
    var pduMax: Int?
    var services: [String]?
    var maker: String?
    var objects: [Object]?
  }

  private struct Object: Encodable {
    var `class`: UInt16
    var version: UInt8
    var name: String
    var title: String?
  }

  func run() async throws {
    let url = try options.address()
    switch url.language {
    case .dlms: try await dlms()
    case .optical:
      let readout = try await OpticalMeter(url).readout()
      try show(
        Result(
          name: readout.text, serial: readout.sets.first { $0.address == "0.0.0" }?.value,
          maker: readout.maker))
    case .kmp:
      let meter = KMPMeter(url)
      try await meter.connect()
      let number = try await meter.serialNumber()
      let type = try await meter.type()
      await meter.disconnect()
      try show(Result(name: "type \(Hexadecimal.text(type))", serial: "\(number)"))
    }
  }

  private func dlms() async throws {
    let identity = try await options.connected { try await $0.identify() }
    var result = Result(
      name: identity.deviceName, serial: identity.serialNumber,
      clock: identity.clock?.text(), systemTitle: identity.systemTitle.map { Hexadecimal.text($0) },
      pduMax: identity.pduMax, services: identity.services)
    if objects || output.json {
      result.objects = identity.objects.map {
        Object(
          class: $0.classID, version: $0.version, name: "\($0.name)",
          title: ObjectName.title($0.name))
      }
    }
    try show(result)
  }

  private func show(_ result: Result) throws {
    if output.json { return try printJSON(result) }
    var table = TextTable([.left, .left])
    for (name, value) in [
      ("name", result.name), ("maker", result.maker), ("serial", result.serial),
      ("clock", result.clock), ("system title", result.systemTitle),
      ("PDU", result.pduMax.map { "\($0) bytes" }),
      ("services", result.services?.joined(separator: ", ")),
    ] {
      if let value { table.add([name, value]) }
    }
    print(table.text)
    guard let objects = result.objects else { return }
    var list = TextTable([.right, .left, .left, .left])
    for object in objects {
      list.add([
        "\(object.class)", object.name, ObjectName.interface(object.class), object.title ?? "",
      ])
    }
    print(list.text)
  }
}

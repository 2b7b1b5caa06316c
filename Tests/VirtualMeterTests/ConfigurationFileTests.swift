import Foundation
import Meter
import Quantities
import Testing

@testable import VirtualMeter

/// Configurations as files, and texts that nobody would write.
@Suite struct ConfigurationFileTests {
  /// A folder for one test, deleted behind it.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/kvadrant-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func failure(ofFile path: String) -> Failure? {
    do throws(ConfigurationFailures) {
      _ = try ConfigurationLayers(path: path, environment: [:]).setup()
      return nil
    } catch {
      return error.failures.first
    }
  }

  @Test func writtenAndRead() throws {
    try inFolder { folder in
      let path = folder + "/meter.yaml"
      try ConfigurationTemplate.write(
        ConfigurationTemplate.text(number: 7), to: path, replacing: false)
      #expect(try ConfigurationLayers(path: path, environment: [:]).setup().meterNumber == 7)
      #expect(throws: Failure.self) {
        try ConfigurationTemplate.write("identity: 382L\n", to: path, replacing: false)
      }
      #expect(try ConfigurationLayers(path: path, environment: [:]).setup().meterNumber == 7)
      try ConfigurationTemplate.write("identity: 382L\n", to: path, replacing: true)
      let replaced = try ConfigurationLayers(path: path, environment: [:]).setup()
      #expect(replaced.identity == .family382L)
    }
  }

  @Test func statusOfBadFiles() throws {
    try inFolder { folder in
      #expect(failure(ofFile: folder + "/none.yaml")?.status == .fileMissing)
      #expect(failure(ofFile: folder)?.status == .configuration)
      let latin = folder + "/latin.yaml"
      try Data([0x61, 0xE6, 0x0A]).write(to: URL(fileURLWithPath: latin))
      #expect(failure(ofFile: latin)?.what == "it is not UTF-8")
      let large = folder + "/large.yaml"
      try Data(repeating: 0x23, count: 300_000).write(to: URL(fileURLWithPath: large))
      #expect(failure(ofFile: large)?.what.contains("too many") == true)
      do throws(Failure) {
        try ConfigurationTemplate.write("", to: folder + "/no/such/x.yaml", replacing: false)
        Issue.record("written into a folder that is not there")
      } catch {
        #expect(error.status == .disk)
      }
    }
  }

  /// Goal: whatever the file holds, it is read or refused with a line inside it.
  /// Method: seeded mutations of the template, and nesting without end.
  @Test func mutatedConfigurations() {
    var random: UInt64 = 78
    func next(_ below: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(below))
    }
    let lines = ConfigurationTemplate.text().split(
      separator: "\n", omittingEmptySubsequences: true
    ).filter { !$0.contains("#") }
    let alphabet = Array(":[]{}\"'&*#-,.?|>%@!\t\n 0Axé\u{85}\u{FEFF}")
    var refused = 0
    for _ in 0..<1500 {
      var text = Array(lines.joined(separator: "\n"))
      for _ in 0...next(4) { text[next(text.count)] = alphabet[next(alphabet.count)] }
      if next(4) == 0 { text.removeLast(next(text.count)) }
      let failures = ConfigurationTests.failures(of: String(text))
      refused += failures.isEmpty ? 0 : 1
      let count = text.filter(\.isNewline).count + 1
      for failure in failures where !(1...count + 1).contains(failure.line ?? 0) {
        Issue.record("\(failure) in \(count) lines")
      }
    }
    #expect((200...1499).contains(refused))
    for opening in ["[", "{", "- ", "? ", "{a: "] {
      let nested = String(repeating: opening, count: 20_000)
      #expect(!ConfigurationTests.failures(of: nested).isEmpty)
    }
  }

  @Test func quantityNames() {
    for quantity in QuantityID.allCases {
      #expect(QuantityNames.quantity(QuantityNames.name(quantity)) == quantity)
      #expect(QuantityNames.quantity(QuantityNames.obis(quantity)) == quantity)
      #expect(QuantityNames.quantity("\(quantity.row.obis)*255") == quantity)
    }
    let known: [(String, QuantityID)] = [
      ("1-0:1.8.0*255", .activeImport), ("4.8.3", .reactiveExportT3), ("8.8.0", .reactiveQ4),
      ("62.8.0", .activeExportL3), ("24.8.0", .reactiveExportL1), ("76.7.0", .powerActiveL3),
      ("53.7.0", .powerFactorL2), ("71.7.0", .currentL3), ("81.7.20", .voltageAngleL3),
      ("81.7.51", .phaseAngleL2), ("96.8.0", .hourCounter), ("0-0:96.14.0", .activeTariff),
    ]
    for (text, quantity) in known { #expect(QuantityNames.quantity(text) == quantity) }
    for text in ["", "1.8", "1.8.0.0", "7-0:1.8.0", ":", "*255", "1.8.0*254"] {
      #expect(QuantityNames.quantity(text) == nil)
    }
  }

  @Test func suggestions() {
    #expect(Suggestion.nearest(to: "ratng", among: ["rating", "radio"]) == "rating")
    #expect(Suggestion.nearest(to: "plugh", among: ["rating", "radio"]) == nil)
    #expect(Suggestion.edits(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    #expect(Suggestion.edits([], Array("abc".utf8)) == 3)
  }
}

import ArgumentParser
import Foundation
import VirtualMeter

/// `kvadrant label`: the type label as text or as a picture.
struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label", abstract: "Print the type label, as text or as SVG.",
    discussion: """
      kvadrant label
      kvadrant label --type 382Lx2-10(60)-3x230A --svg label.svg
      kvadrant label --config meter.yaml --svg - > label.svg
      """)

  @Option(help: ArgumentHelp("The configuration of the meter.", valueName: "file"))
  var config: String?
  @OptionGroup var meter: MeterOptions
  @Option(help: ArgumentHelp("Write a picture, - for standard output.", valueName: "file|-"))
  var svg: String?

  func run() throws {
    let setup = try meter.setup(config: Settings.text(config, "KVADRANT_CONFIG"))
    let label = MeterLabel(setup)
    switch svg {
    case nil: print(label.text, terminator: "")
    case "-": print(label.svg, terminator: "")
    case let path?:
      do {
        try Data(label.svg.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        throw Failure(
          .disk, file: path, what: "the picture cannot be written",
          expected: "a place that can be written", next: "give another --svg FILE")
      }
    }
  }
}

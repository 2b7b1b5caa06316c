import ArgumentParser
import Foundation
import Meter
import VirtualMeter

/// `kvadrant new`: writes a configuration in which every key is explained.
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Write a commented configuration.",
    discussion: """
      kvadrant new                          kvadrant.yaml with the defaults
      kvadrant new cellar.yaml --type 382Lx2
      kvadrant new -                        to standard output

      A file that is already there is left alone, unless --replace is given.
      """)

  @Argument(help: "The file to write, or - for standard output.")
  var file = "kvadrant.yaml"
  @OptionGroup var meter: MeterOptions
  @Flag(help: "Write over a file that is already there.")
  var replace = false

  func run() throws {
    let setup = try meter.setup(config: nil)
    let text = ConfigurationTemplate.text(
      identity: setup.identity, type: meter.type.map { _ in TypeString(setup.variant).description },
      number: setup.meterNumber)
    if file == "-" {
      print(text, terminator: "")
      return
    }
    try ConfigurationTemplate.write(text, to: file, replacing: replace)
    print("\(file) is written; see what it makes with: kvadrant check \(file)")
  }
}

import ArgumentParser
import VirtualMeter

/// Where the samples of `run` come from.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Recording of voltage and current; repeat for one file per phase.", valueName: "file"))
  var wav: [String] = []
  @Option(
    help: ArgumentHelp(
      "Volts and amperes per count; repeat per file. Default: index.csv beside it.",
      valueName: "V,A"))
  var scale: [String] = []
  @Option(help: ArgumentHelp("3 puts one single-phase file on all three phases.", valueName: "n"))
  var phases: Int?
  @Option(help: ArgumentHelp("Samples as CSV.", valueName: "file"))
  var csv: String?
  @Option(help: ArgumentHelp("Power per second or interval as CSV.", valueName: "file"))
  var power: String?
  @Option(help: ArgumentHelp("COMTRADE recording.", valueName: "file"))
  var comtrade: String?
  @Option(
    help: ArgumentHelp(
      "COMTRADE: channels of u1,i1,u2,i2,u3,i3 by name or number; empty is found by itself.",
      valueName: "list"))
  var channels: String?
  @Option(
    help: ArgumentHelp(
      "COMTRADE: side of the instrument transformers, primary or secondary.", valueName: "side"))
  var side: String?
  @Option(help: ArgumentHelp("COMTRADE: section with a rate of its own, from 1.", valueName: "n"))
  var section: Int?
  @Flag(help: "Live samples on standard input: CSV, or frames of the sample feed.")
  var stdin = false
  @Flag(help: "Standard input holds binary frames of the sample feed.")
  var frames = false
  @Flag(help: "The generator of the configuration; --until says for how long.")
  var generate = false
  @Option(help: ArgumentHelp("Generator: volts of L1,L2,L3 or of all.", valueName: "V"))
  var voltage: String?
  @Option(help: ArgumentHelp("Generator: amperes of L1,L2,L3 or of all.", valueName: "A"))
  var current: String?
  @Option(help: ArgumentHelp("Generator: degrees of lag of L1,L2,L3 or of all.", valueName: "deg"))
  var angle: String?
  @Option(help: ArgumentHelp("Generator: hertz.", valueName: "Hz"))
  var frequency: String?
  @Option(
    help: ArgumentHelp("Samples per second of --csv, --stdin and --generate.", valueName: "Hz"))
  var rate: String?

  /// The flags of the generator as settings of the configuration.
  var flags: [ConfigurationLayers.Flag] {
    let named: [(String, ConfigurationKey, String?)] = [
      ("--voltage", .generatorVoltage, voltage), ("--current", .generatorCurrent, current),
      ("--angle", .generatorAngle, angle), ("--frequency", .generatorFrequency, frequency),
      ("--rate", .generatorRate, generate ? rate : nil),
    ]
    return named.compactMap { name, key, text in
      text.map { ConfigurationLayers.Flag(name, key, $0) }
    }
  }

  /// What the options name.
  var choice: SourceChoice {
    var choice = SourceChoice()
    choice.wav = wav
    choice.scale = scale
    choice.phases = phases
    choice.csv = csv
    choice.power = power
    choice.comtrade = comtrade
    choice.channels = channels
    choice.side = side
    choice.section = section
    choice.stdin = stdin
    choice.frames = frames
    choice.generate = generate
    choice.rate = rate
    return choice
  }
}

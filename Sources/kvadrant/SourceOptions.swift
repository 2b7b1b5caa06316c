import ArgumentParser
import VirtualMeter
import Waveforms

/// Where the samples of `run` come from.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Recording of voltage and current; repeat for one file per phase.", valueName: "file"))
  var wav: [String] = []
  @Option(
    help: ArgumentHelp("Volts and amperes per count; repeat per file.", valueName: "V,A"))
  var scale: [String] = []
  @Option(help: ArgumentHelp("3 puts one single-phase file on all three phases.", valueName: "n"))
  var phases: Int?
  @Option(help: ArgumentHelp("Samples as CSV.", valueName: "file"))
  var csv: String?
  @Option(help: ArgumentHelp("Power per second or interval as CSV.", valueName: "file"))
  var power: String?
  @Option(help: ArgumentHelp("COMTRADE recording.", valueName: "file"))
  var comtrade: String?
  @Flag(help: "Live samples on standard input.")
  var stdin = false
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
  @Option(help: ArgumentHelp("Generator: samples per second.", valueName: "Hz"))
  var rate: String?

  /// The flags of the generator as settings of the configuration.
  var flags: [ConfigurationLayers.Flag] {
    let named: [(String, ConfigurationKey, String?)] = [
      ("--voltage", .generatorVoltage, voltage), ("--current", .generatorCurrent, current),
      ("--angle", .generatorAngle, angle), ("--frequency", .generatorFrequency, frequency),
      ("--rate", .generatorRate, rate),
    ]
    return named.compactMap { name, key, text in
      text.map { ConfigurationLayers.Flag(name, key, $0) }
    }
  }

  /// The one source that the options name.
  ///
  /// - Parameters:
  ///   - setup: gives the generator's signal.
  ///   - isBounded: false where nothing would ever end a source without an end.
  func source(
    setup: MeterSetup, seed: UInt64, isBounded: Bool
  ) throws(Failure) -> any SampleSource {
    try checkChoice()
    guard !generate || isBounded else {
      throw Failure(
        .usage, what: "a generator without end", expected: "--until with a length or a time",
        next: "give for example --until 60s")
    }
    do throws(SourceError) {
      if let power { return try PowerSource(path: power) }
      if generate {
        var signal = setup.generatorSignal
        signal.seed = seed
        return try SignalGenerator(signal)
      }
      return try recording()
    } catch {
      throw Failure(error)
    }
  }

  private func recording() throws(SourceError) -> any SampleSource {
    var scales: [SampleScale] = []
    for text in scale { scales.append(try SampleScale(parsing: text)) }
    return try WAVSource(paths: wav, scales: scales, phases: phases)
  }

  private func checkChoice() throws(Failure) {
    let named = [
      wav.isEmpty ? nil : "--wav", csv.map { _ in "--csv" }, power.map { _ in "--power" },
      comtrade.map { _ in "--comtrade" }, stdin ? "--stdin" : nil,
      generate ? "--generate" : nil,
    ].compactMap { $0 }
    guard named.count == 1 else {
      throw Failure(
        .usage,
        what: named.isEmpty ? "no input" : "two inputs, \(named.joined(separator: " and "))",
        expected: "one of --wav, --csv, --power, --comtrade, --stdin, --generate",
        next: named.isEmpty ? "try kvadrant demo, which needs no file" : "leave out all but one")
    }
  }
}

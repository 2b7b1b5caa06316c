import ArgumentParser
import VirtualMeter
import Waveforms

/// Where the samples of `run` come from.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Recording of voltage and current; repeat for one file per phase.", valueName: "file"))
  var wav: [String] = []
  @Option(help: ArgumentHelp("Volts and amperes per count; repeat per file.", valueName: "V,A"))
  var scale: [String] = []
  @Option(help: ArgumentHelp("3 puts one single-phase file on all three phases.", valueName: "n"))
  var phases: Int?
  @Option(help: ArgumentHelp("Samples as CSV.", valueName: "file"))
  var csv: String?
  @Option(help: ArgumentHelp("Power per second or interval as CSV.", valueName: "file"))
  var power: String?
  @Option(help: ArgumentHelp("COMTRADE recording (.cfg or .cff).", valueName: "file"))
  var comtrade: String?
  @Flag(help: "Live samples on standard input.")
  var stdin = false
  @Option(help: ArgumentHelp("Generated signal, e.g. U=230,I=5,phi=30,f=50.", valueName: "signal"))
  var generate: String?

  /// The one source that the options name.
  func source(seed: UInt64) throws -> any SampleSource {
    let named = [
      wav.isEmpty ? nil : "--wav", csv.map { _ in "--csv" }, power.map { _ in "--power" },
      comtrade.map { _ in "--comtrade" }, stdin ? "--stdin" : nil,
      generate.map { _ in "--generate" },
    ].compactMap { $0 }
    guard named.count == 1 else {
      throw Failure(
        .usage,
        what: named.isEmpty ? "no input" : "two inputs, \(named.joined(separator: " and "))",
        expected: "one of --wav, --csv, --power, --comtrade, --stdin, --generate",
        next: named.isEmpty ? "try kvadrant demo, which needs no file" : "leave out all but one")
    }
    do {
      let scales = try scale.map { try SampleScale(parsing: $0) }
      if let power { return try PowerSource(path: power) }
      return try WAVSource(paths: wav, scales: scales, phases: phases)
    } catch let error as SourceError {
      throw Failure(error)
    }
  }
}

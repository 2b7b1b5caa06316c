import Metrology
import Waveforms

/// Where the samples of a run come from, as named on the command line.
public struct SourceChoice: Sendable {
  /// Recordings of voltage and current, one or one for each phase.
  public var wav: [String] = []
  /// `V,A` per count, one or one for each file.
  public var scale: [String] = []
  /// 3 puts one single-phase file on all phases.
  public var phases: Int?
  /// A file of samples.
  public var csv: String?
  /// A file of powers.
  public var power: String?
  /// A recording after IEEE C37.111.
  public var comtrade: String?
  /// Live samples on standard input.
  public var stdin = false
  /// Standard input holds frames of the sample feed instead of CSV.
  public var frames = false
  /// The generator of the setup.
  public var generate = false
  /// Samples per second where the source does not say.
  public var rate: String?
  /// COMTRADE: names or numbers of u1,i1,u2,i2,u3,i3; an empty one is found by itself.
  public var channels: String?
  /// COMTRADE: primary or secondary.
  public var side: String?
  /// COMTRADE: section with a rate of its own, from 1.
  public var section: Int?

  public init() {}

  /// What kind of source it is, for a panel.
  public var name: String {
    generate ? "generator" : power != nil ? "powers" : stdin ? "live" : "recording"
  }

  /// The one source that the options name.
  ///
  /// - Parameters:
  ///   - setup: gives the generator's signal.
  ///   - isBounded: false where nothing would ever end a source without an end.
  public func source(
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
      if let comtrade { return try ComtradeSource(path: comtrade, selection: try selection()) }
      if let csv { return try SampleCSVSource(path: csv, rate: try givenRate()) }
      var scales: [SampleScale] = []
      for text in scale { scales.append(try SampleScale(parsing: text)) }
      if stdin { return try live(scales) }
      if scales.isEmpty { scales = try listedScales() }
      return try WAVSource(paths: wav, scales: scales, phases: phases)
    } catch {
      throw Failure(error)
    }
  }

  /// What a COMTRADE recording's channels are, as far as it is said.
  private func selection() throws(SourceError) -> ComtradeSelection {
    var selection = ComtradeSelection()
    if let channels {
      let names = channels.split(separator: ",", omittingEmptySubsequences: false)
      guard names.count <= 6 else {
        throw SourceError(
          .usage, "--channels", expected: "up to six names or numbers", found: "\(names.count)",
          nextStep: "Give u1,i1,u2,i2,u3,i3.")
      }
      for (index, name) in names.enumerated() where !name.isEmpty {
        selection.channels[index] = Int(name).map { .number($0) } ?? .name(String(name))
      }
    }
    switch side {
    case nil: break
    case "primary": selection.side = .primary
    case "secondary": selection.side = .secondary
    case let other?:
      throw SourceError(
        .usage, "--side", expected: "primary or secondary", found: "\u{201C}\(other)\u{201D}",
        nextStep: "Leave it out to take the values as recorded.")
    }
    if let section {
      guard section >= 1 else {
        throw SourceError(
          .usage, "--section", expected: "a number from 1", found: "\(section)",
          nextStep: "Leave it out where the recording has one rate.")
      }
      selection.section = section - 1
    }
    return selection
  }

  /// Scales from the list beside the recordings; none unless it has all of them.
  private func listedScales() throws(SourceError) -> [SampleScale] {
    var scales: [SampleScale] = []
    for path in wav {
      guard let scale = try RecordingIndex.scale(of: path) else { return [] }
      scales.append(scale)
    }
    return scales
  }

  private func live(_ scales: [SampleScale]) throws(SourceError) -> any SampleSource {
    try LiveSource(
      .standardInput(), form: frames ? .frames : .text, rate: try givenRate() ?? SampleRate(4000),
      scales: scales.isEmpty ? [.meter] : scales.map(\.channelScale))
  }

  /// `--rate` as a whole number or a fraction such as 51200/7.
  private func givenRate() throws(SourceError) -> SampleRate? {
    guard let rate else { return nil }
    let parts = rate.split(separator: "/", omittingEmptySubsequences: false).map { UInt32($0) }
    if (1...2).contains(parts.count), let numerator = parts[0],
      let denominator = parts.count == 2 ? parts[1] : 1, denominator > 0
    {
      return SampleRate(numerator, per: denominator)
    }
    throw SourceError(
      .usage, "--rate", expected: "whole hertz, or a fraction such as 51200/7",
      found: "\u{201C}\(rate)\u{201D}", nextStep: "Write for example --rate 4000.")
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

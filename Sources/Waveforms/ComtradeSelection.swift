import Foundation

/// Which channels of a COMTRADE recording are u1 i1 u2 i2 u3 i3.
public struct ComtradeSelection: Equatable, Sendable {
  /// A channel by its place in the file (from 1) or by its name.
  public enum Channel: Equatable, Sendable {
    case number(Int)
    case name(String)
  }

  /// Side of the instrument transformers in which energy is wanted.
  public enum Side: Equatable, Sendable {
    /// As the file has it.
    case recorded
    case primary
    case secondary
  }

  /// Overrides for u1 i1 u2 i2 u3 i3; nil leaves the choice to phase, name and unit.
  public var channels = [Channel?](repeating: nil, count: 6)
  public var side = Side.recorded
  /// The section to be used (from 0) where a recording has several different rates.
  public var section: Int?

  public init() {}

  /// Finds six channels: an override, else the first with the wanted unit whose phase (A, L1, R,
  /// 1 …) fits, else whose name ends so (UL1, VA, I_R …).
  ///
  /// - Returns: six indices into the channels; both of a phase are nil where it has neither.
  func resolve(
    _ configuration: ComtradeConfiguration, file: String
  ) throws(SourceError) -> [Int?] {
    var found: [Int?] = []
    for target in 0..<6 {
      if target < channels.count, let wanted = channels[target] {
        found.append(try index(of: wanted, target, configuration, file))
      } else {
        found.append(automatic(target, configuration))
      }
    }
    for phase in 0..<3 where (found[2 * phase] == nil) != (found[2 * phase + 1] == nil) {
      let missing = found[2 * phase] == nil ? "u\(phase + 1)" : "i\(phase + 1)"
      throw SourceError.badData(
        file, .whole, expected: "a voltage and a current for each phase",
        found: "no channel for \(missing)",
        nextStep: "Name the channel by number or name; the file has \(Self.list(configuration)).")
    }
    guard found.contains(where: { $0 != nil }) else {
      throw SourceError.badData(
        file, .whole, expected: "channels in V and A of phases A, B, C",
        found: Self.list(configuration), nextStep: "Name the channels by number or name.")
    }
    return found
  }

  private func index(
    of wanted: Channel, _ target: Int, _ configuration: ComtradeConfiguration, _ file: String
  ) throws(SourceError) -> Int {
    let isVoltage = target % 2 == 0
    let index = configuration.channels.firstIndex { channel in
      switch wanted {
      case .number(let number): channel.number == number
      case .name(let name): channel.name == name
      }
    }
    if let index, configuration.channels[index].unitFactor > 0,
      configuration.channels[index].isVoltage == isVoltage
    {
      return index
    }
    throw SourceError(
      .usage, file, expected: "\(wanted) in \(isVoltage ? "V" : "A")",
      found: index == nil ? "no such channel" : "another unit",
      nextStep: "Choose from \(Self.list(configuration)).")
  }

  private func automatic(_ target: Int, _ configuration: ComtradeConfiguration) -> Int? {
    let names = [
      ["A", "L1", "R", "1", "A-N", "AN", "L1-N"], ["B", "L2", "S", "2", "B-N", "BN"],
      ["C", "L3", "T", "3", "C-N", "CN"],
    ][target / 2]
    let isVoltage = target % 2 == 0
    func fits(_ channel: ComtradeConfiguration.Channel) -> Bool {
      channel.unitFactor > 0 && channel.isVoltage == isVoltage
    }
    if let byPhase = configuration.channels.firstIndex(where: {
      fits($0) && names.contains($0.phase.uppercased())
    }) {
      return byPhase
    }
    let kinds = isVoltage ? ["U", "V"] : ["I"]
    let spellings = Set(kinds.flatMap { kind in names.map { kind + $0 } })
    return configuration.channels.firstIndex { channel in
      let name = channel.name.uppercased().filter { $0.isLetter || $0.isNumber }
      return fits(channel) && channel.phase.isEmpty && spellings.contains(name)
    }
  }

  private static func list(_ configuration: ComtradeConfiguration) -> String {
    let names = configuration.channels.prefix(12).map { "\($0.number) \($0.name)" }
    return names.joined(separator: ", ") + (configuration.channels.count > 12 ? ", …" : "")
  }
}

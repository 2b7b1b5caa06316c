/// A script of the torture with its share of the cuts.
public struct TorturePart: Sendable {
  public var name: String
  /// Of a hundred cuts.
  public var share: Int
  /// Runs so many cuts with a seed.
  public var run: @Sendable (_ cuts: Int, _ seed: UInt64) -> TortureReport

  public init<Script: TortureScript & ~Copyable>(
    _ script: Script.Type, share: Int, faults: [MemoryFault] = MemoryFault.allCases
  ) {
    name = Script.name
    self.share = share
    run = { Torture.run(Script.self, cuts: $0, seed: $1, faults: faults) }
  }
}

extension Torture {
  /// The stores of this room; a room that knows more stores adds its own.
  public static let parts = [
    TorturePart(RegisterScript.self, share: 24),
    TorturePart(CheckpointScript.self, share: 8),
    TorturePart(EventScript.self, share: 10),
    TorturePart(ProfileScript.self, share: 6),
    TorturePart(AnalysisScript.self, share: 4),
    TorturePart(SnapshotScript.self, share: 6),
    TorturePart(ConfigurationScript.self, share: 6),
    TorturePart(SwitchScript.self, share: 8),
    TorturePart(CreditScript.self, share: 8),
    TorturePart(CounterScript.self, share: 8),
    TorturePart(WholeScript.self, share: 12),
  ]

  /// Runs all parts, each with its share.
  public static func run(_ parts: [TorturePart], cuts: Int, seed: UInt64) -> TortureReport {
    let shares = parts.reduce(0) { $0 + $1.share }
    var report = TortureReport()
    var left = cuts
    for (n, part) in parts.enumerated() {
      let own = n == parts.count - 1 ? left : cuts * part.share / shares
      left -= own
      if own > 0 { report.add(part.run(own, seed)) }
    }
    return report
  }
}

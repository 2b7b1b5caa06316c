/// A ready-made state of the bench: network, loads and wiring.
public struct BenchPreset: Equatable, Sendable {
  /// The names accepted by the command `preset`.
  public enum ID: String, CaseIterable, Sendable {
    case emptyHouse
    case cooking
    case heatPump
    case car
    case solarNoon
    case unbalanced
    case neutralLost
    case brownout
    case dimmedLED
  }

  public var id: ID
  public var title: BilingualText
  /// What to look at.
  public var explanation: BilingualText
  /// The bench as the preset sets it.
  public var bench: Bench
}

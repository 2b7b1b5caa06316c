import LegalMeter
import Meter
import Quantities

/// Which conductor goes to which terminal (numbering of DIN 43857).
///
/// Each current path has three terminals: supply, voltage output, load. The fourth path, 10 to
/// 12, is the common point of the voltage circuits: neutral, or L2 of an Aron meter.
public struct ConnectionDiagram: Equatable, Sendable {
  /// One path through the meter.
  public struct Path: Equatable, Sendable {
    /// `L1`, `L2`, `L3` or `N`.
    public var conductor: String
    /// Its supply terminal, 1, 4, 7 or 10; voltage output and load are the next two.
    public var supplyTerminal: Int
    /// True where a shunt measures the current.
    public var isMeasured: Bool
  }

  /// Paths that are in use, by terminal.
  public let paths: [Path]
  /// True where the supply control switch opens the measured paths.
  public let hasSwitch: Bool
  /// What the diagram is called.
  public let title: String

  public init(_ variant: MeterVariant) {
    var paths: [Path] = []
    for (index, phase) in Phase.allCases.enumerated() where variant.hasSystem(phase) {
      paths.append(
        Path(conductor: "L\(index + 1)", supplyTerminal: 1 + index * 3, isMeasured: true))
    }
    let isAron = variant.connection == .aron
    paths.append(Path(conductor: isAron ? "L2" : "N", supplyTerminal: 10, isMeasured: false))
    self.paths = paths
    hasSwitch = variant.hasSwitch
    title =
      switch variant.connection {
      case .onePhase: "1-phase, 2-wire"
      case .twoPhase: "2-phase, 3-wire"
      case .fourWire: "3-phase, 4-wire"
      case .aron: "3-phase, 3-wire (Aron)"
      }
  }

  /// The conductor at a terminal 1...12; nil where nothing is connected.
  public func conductor(at terminal: Int) -> String? {
    paths.first { ($0.supplyTerminal...$0.supplyTerminal + 2).contains(terminal) }?.conductor
  }
}

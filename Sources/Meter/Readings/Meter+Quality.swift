import LegalMeter
import PermanentMemory
import Quantities

extension Meter {
  /// Extremes and means of the voltages, distortion, dips, swells, interruptions.
  func qualityReading(_ quantity: QuantityID) -> Int64? {
    let life = voltageQuality.life
    return switch quantity {
    case .voltageMinimumL1: Self.millivolts(life.lowest(phase: 0)?.voltage_dV)
    case .voltageMinimumL2: Self.millivolts(life.lowest(phase: 1)?.voltage_dV)
    case .voltageMinimumL3: Self.millivolts(life.lowest(phase: 2)?.voltage_dV)
    case .voltageMaximumL1: Self.millivolts(life.highest(phase: 0)?.voltage_dV)
    case .voltageMaximumL2: Self.millivolts(life.highest(phase: 1)?.voltage_dV)
    case .voltageMaximumL3: Self.millivolts(life.highest(phase: 2)?.voltage_dV)
    case .averageVoltageL1: analysis.closedMean(.voltageL1)
    case .averageVoltageL2: analysis.closedMean(.voltageL2)
    case .averageVoltageL3: analysis.closedMean(.voltageL3)
    case .averageCurrentL1: analysis.closedMean(.currentL1)
    case .averageCurrentL2: analysis.closedMean(.currentL2)
    case .averageCurrentL3: analysis.closedMean(.currentL3)
    case .dipsL1: Int64(life.dips(phase: 0))
    case .dipsL2: Int64(life.dips(phase: 1))
    case .dipsL3: Int64(life.dips(phase: 2))
    case .swellsL1: Int64(life.swells(phase: 0))
    case .swellsL2: Int64(life.swells(phase: 1))
    case .swellsL3: Int64(life.swells(phase: 2))
    case .interruptions: Int64(life.shortInterruptions(phase: 3))
    case .interruptionsL1: Int64(life.shortInterruptions(phase: 0))
    case .interruptionsL2: Int64(life.shortInterruptions(phase: 1))
    case .interruptionsL3: Int64(life.shortInterruptions(phase: 2))
    case .longInterruptions: Int64(life.longInterruptions(phase: 3))
    case .longInterruptionsL1: Int64(life.longInterruptions(phase: 0))
    case .longInterruptionsL2: Int64(life.longInterruptions(phase: 1))
    case .longInterruptionsL3: Int64(life.longInterruptions(phase: 2))
    case .lastInterruption: Int64(life.lastInterruption_s(phase: 3))
    case .lastInterruptionL1: Int64(life.lastInterruption_s(phase: 0))
    case .lastInterruptionL2: Int64(life.lastInterruption_s(phase: 1))
    case .lastInterruptionL3: Int64(life.lastInterruption_s(phase: 2))
    case .voltageDistortionL1: distortion(0)
    case .voltageDistortionL2: distortion(1)
    case .voltageDistortionL3: distortion(2)
    case .currentDistortionL1: distortion(3)
    case .currentDistortionL2: distortion(4)
    case .currentDistortionL3: distortion(5)
    case .neutralVoltage:
      legal.parameters.connection == .fourWire ? Int64(neutralVoltage_mV) : nil
    default: nil
    }
  }

  /// Takes what the owner's analyser found in a window; the analyser is not part of the meter,
  /// since it costs ten times what metering does.
  ///
  /// - Parameters:
  ///   - voltage: total harmonic distortion, 1/100 per cent; nil where it is unknown.
  ///   - current: that of the current.
  public mutating func noteDistortion(_ phase: Phase, voltage: UInt32?, current: UInt32?) {
    distortions[phase.index] = voltage.map { UInt16(clamping: $0) } ?? .max
    distortions[3 + phase.index] = current.map { UInt16(clamping: $0) } ?? .max
  }

  /// A display list or a channel of the analysis logger asks for distortion.
  public var wantsDistortion: Bool {
    func isDistortion(_ quantity: QuantityID?) -> Bool {
      guard let number = quantity?.rawValue else { return false }
      return number >= QuantityID.voltageDistortionL1.rawValue
        && number <= QuantityID.currentDistortionL3.rawValue
    }
    let layout = analysis.ring.layout
    for k in 0..<layout.channelCount where isDistortion(layout.quantity(k)) { return true }
    for kind in DisplayListKind.allCases {
      for place in 0..<configuration.lists.count(kind)
      where isDistortion(configuration.lists.view(kind, at: place)) { return true }
    }
    return false
  }

  private func distortion(_ index: Int) -> Int64? {
    distortions[index] == .max ? nil : Int64(distortions[index])
  }

  private static func millivolts(_ level_dV: UInt16?) -> Int64? { level_dV.map { Int64($0) * 100 } }
}

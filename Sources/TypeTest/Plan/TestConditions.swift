import Foundation
import Quantities

/// What stands on the terminals, and around the meter.
public struct TestConditions: Codable, Hashable, Sendable {
  /// Voltage as a fraction of the nominal one, 0 to 2.
  public var voltageFactor = 1.0
  /// Phases that have voltage; systems that the meter does not have are left out.
  public var energised = PhaseSet.all
  /// RMS current of the loaded phases in amperes; of the whole sine where it is cut.
  public var current_A: Double
  /// Phases that carry the current; all phases of the meter for `all`. In Aron connection L1 and
  /// L3 name the systems; one alone is a load between its two phases.
  public var loaded = PhaseSet.all
  /// Phases whose current runs the other way: a generator on one phase, or a wrong connection.
  public var reversed: PhaseSet = []
  /// φ, degrees by which the current lags its voltage, 0 to below 360: 0 is import at cos φ 1,
  /// 60 is 0.5 inductive, 323.13 is 0.8 capacitive, 180 is export.
  public var lag_deg = 0.0
  /// The register whose error is measured; outside `activeImport` in verification mode.
  public var register = EnergyRegister.activeImport
  /// Frequency as a fraction of the nominal one.
  public var frequencyFactor = 1.0
  /// °C around the meter.
  public var temperature_C = 23.0
  public var waveform = WaveformID.sine
  /// L1, L3, L2 instead of L1, L2, L3.
  public var isSequenceReversed = false

  public init(
    current_A: Double, lag_deg: Double = 0, register: EnergyRegister = .activeImport,
    loaded: PhaseSet = .all
  ) {
    self.current_A = current_A
    self.lag_deg = lag_deg
    self.register = register
    self.loaded = loaded
  }

  /// The same load with every influence quantity at its reference value: nominal voltage on all
  /// phases, nominal frequency, 23 °C, sine, right sequence.
  public var atReference: TestConditions {
    var load = TestConditions(
      current_A: current_A, lag_deg: lag_deg, register: register, loaded: loaded)
    load.reversed = reversed
    return load
  }

  /// cos φ, or sin φ for reactive registers; signed.
  public var factor: Double {
    let angle = lag_deg * .pi / 180
    return register.isActive ? cos(angle) : sin(angle)
  }
}

/// A load by its power factor, as standards name it.
public enum LoadAngle {
  /// φ in degrees of a load with cos φ `factor`.
  ///
  /// - Parameters:
  ///   - factor: cos φ, above 0 to 1.
  ///   - isInductive: false for capacitive.
  ///   - isExport: energy flows backwards.
  public static func active(
    _ factor: Double, isInductive: Bool = true, isExport: Bool = false
  ) -> Double {
    let angle = acos(min(max(factor, -1), 1)) * 180 / .pi
    return turned((isInductive ? angle : -angle) + (isExport ? 180 : 0))
  }

  /// φ in degrees of a load with sin φ `factor`: R+ with import where `isExport` is false.
  ///
  /// - Parameters:
  ///   - factor: sin φ, above 0 to 1.
  ///   - isInductive: false for capacitive, which with import is R−.
  ///   - isExport: active energy flows backwards; inductive export is R+ of QII.
  public static func reactive(
    _ factor: Double, isInductive: Bool = true, isExport: Bool = false
  ) -> Double {
    let angle = asin(min(max(factor, -1), 1)) * 180 / .pi
    return turned(isExport ? 180 + (isInductive ? -angle : angle) : isInductive ? angle : -angle)
  }

  private static func turned(_ angle: Double) -> Double {
    let rest = angle.truncatingRemainder(dividingBy: 360)
    return rest < 0 ? rest + 360 : rest
  }
}

/// The register whose error is measured.
public enum EnergyRegister: String, Codable, CaseIterable, Sendable {
  case activeImport = "A+"
  case activeExport = "A-"
  case reactiveImport = "R+"
  case reactiveExport = "R-"

  public var kind: EnergyKind {
    switch self {
    case .activeImport: .activeImport
    case .activeExport: .activeExport
    case .reactiveImport: .reactiveImport
    case .reactiveExport: .reactiveExport
    }
  }

  public var isActive: Bool { self == .activeImport || self == .activeExport }
  /// Energy that flows away from the consumer counts here.
  public var isExport: Bool { self == .activeExport || self == .reactiveExport }
}

/// Some of the three phases.
public struct PhaseSet: OptionSet, Codable, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue & 7 }
  public static let l1 = PhaseSet(rawValue: 1)
  public static let l2 = PhaseSet(rawValue: 2)
  public static let l3 = PhaseSet(rawValue: 4)
  public static let all = PhaseSet(rawValue: 7)

  /// Phase 0, 1 or 2.
  public func contains(index: Int) -> Bool { rawValue >> UInt8(index) & 1 != 0 }

  /// `L1+L3`; empty for none.
  public var text: String {
    (0..<3).filter(contains(index:)).map { "L\($0 + 1)" }.joined(separator: "+")
  }
}

/// The waves that the source can play; metrology of the tests in `Waveform`.
public enum WaveformID: String, Codable, CaseIterable, Sendable {
  case sine
  /// 10 % in the voltage and 40 % in the current, in phase (5th harmonic test).
  case fifthHarmonic
  /// Conducts 90–180° and 270–360° (odd harmonics).
  case phaseFired
  /// One direction only (DC and even harmonics).
  case halfWave
  /// Two cycles on, two off (sub-harmonics).
  case burst
  /// Pulses of LED and compact fluorescent lamps behind a dimmer at 45°, 90° and 135°.
  case dimmer45, dimmer90, dimmer135
  /// Interruption of 1 s, three times, 50 ms between (IEC 62052-11 a).
  case interruptions
  /// Interruption of one cycle (b).
  case cycleInterruption
  /// Dip to half for one minute (c).
  case dip
}

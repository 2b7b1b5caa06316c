import Bytes
import Quantities

/// A load that does not change for a while: what a window of it would measure.
///
/// It takes the place of samples where only energy matters; harmonics do not exist in it.
public struct ConstantLoad: Equatable, Sendable {
  /// Active power by phase, mW, positive for import.
  public var active_mW: InlineArray<3, Int32>
  /// Reactive power by phase, mvar, positive for inductive import.
  public var reactive_mvar: InlineArray<3, Int32>
  /// RMS voltage by phase, mV.
  public var voltage_mV: InlineArray<3, Int32>
  /// Mains frequency, mHz.
  public var frequency_mHz: UInt32

  public init(
    active_mW: InlineArray<3, Int32>,
    reactive_mvar: InlineArray<3, Int32> = InlineArray(repeating: 0),
    voltage_mV: InlineArray<3, Int32> = InlineArray(repeating: 230_000),
    frequency_mHz: UInt32 = 50_000
  ) {
    self.active_mW = active_mW
    self.reactive_mvar = reactive_mvar
    self.voltage_mV = voltage_mV
    self.frequency_mHz = frequency_mHz
  }

  /// No supply.
  public static var none: ConstantLoad {
    ConstantLoad(
      active_mW: InlineArray(repeating: 0), voltage_mV: InlineArray(repeating: 0),
      frequency_mHz: 0)
  }

  /// Equal in every phase.
  public static func == (a: ConstantLoad, b: ConstantLoad) -> Bool {
    for k in 0..<3 {
      if a.active_mW[k] != b.active_mW[k] || a.reactive_mvar[k] != b.reactive_mvar[k]
        || a.voltage_mV[k] != b.voltage_mV[k]
      {
        return false
      }
    }
    return a.frequency_mHz == b.frequency_mHz
  }
}

extension MeasuredWindow {
  /// A window over a constant load, without its energies: they are those of power times time.
  /// - Parameter samples: sets that it stands for.
  public init(_ load: ConstantLoad, samples: UInt32) {
    self.init(
      systems: (
        SystemWindow(load, phase: 0), SystemWindow(load, phase: 1), SystemWindow(load, phase: 2)
      ), samples: samples, frequency_mHz: load.frequency_mHz, isWhole: true)
  }
}

extension SystemWindow {
  fileprivate init(_ load: ConstantLoad, phase: Int) {
    self.init()
    active_mW = load.active_mW[phase]
    reactive_mvar = load.reactive_mvar[phase]
    voltage_mV = load.voltage_mV[phase]
    let (p, q) = (UInt64(active_mW.magnitude), UInt64(reactive_mvar.magnitude))
    let apparent = squareRoot(p * p + q * q)
    apparent_mVA = Int32(clamping: apparent)
    if voltage_mV > 0 {
      current_µA = Int32(clamping: apparent * 1_000_000 / UInt64(voltage_mV))
    }
    // L2 follows L1 by a third of a turn, L3 by two.
    voltageAngle = phase == 0 ? 0 : phase == 1 ? 0xAAAA_AAAB : 0x5555_5555
    currentAngle =
      voltageAngle &- CORDIC.angle(x: Int64(active_mW), y: Int64(reactive_mvar))
  }
}

import LegalMeter
import Quantities
import Waveforms

/// A meter on the bench: samples in, pulses and readings out.
///
/// Used by one measurement at a time. Times are in sample sets since the device was made.
public protocol DeviceUnderTest: AnyObject {
  /// Takes a block of sets; what windows end in it is there to be read afterwards.
  func feed(_ samples: borrowing SampleBuffer) throws
  /// Pulse edges since the last call, in order; times in 1/65536 set.
  func takePulses() -> [DevicePulse]
  /// Readings at the ends of windows since the last call, in order.
  func takeReadings() -> [DeviceReading]
  /// Lets LED and S0 follow a register: verification mode; `activeImport` is normal mode.
  func follow(_ register: EnergyRegister) throws
  /// Closes and books what stands open.
  func finish() throws
}

/// A pulse of a device.
public struct DevicePulse: Equatable, Sendable {
  /// Rising edge, 1/65536 of a sample set.
  public var time: Int64
  public var number: UInt32

  public init(time: Int64, number: UInt32) {
    self.time = time
    self.number = number
  }
}

/// The registers of a device at the end of a window.
public struct DeviceReading: Equatable, Sendable {
  /// Sets taken.
  public var sets: Int64
  /// A+, A−, R+, R− with their remainders since the device was made, µWs and µvars.
  public var energies_µWs: [Int64]

  public init(sets: Int64, energies_µWs: [Int64]) {
    self.sets = sets
    self.energies_µWs = energies_µWs
  }

  /// One register, µWs or µvars.
  public subscript(register: EnergyRegister) -> Int64 { energies_µWs[register.kind.index] }
}

/// What one system measured in a window, for the calibration bench.
public struct SystemReading: Equatable, Sendable {
  public var sets: Int64
  public var active_µWs: Int64
  public var reactive_µvars: Int64
  public var voltage_mV: Int32
}

/// Why a device cannot be tested at a point.
public enum DeviceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The type has no such register.
  case noSuchRegister(EnergyRegister)
  /// It does not answer, or not as agreed.
  case silent(String)
  /// It refused to start or to be calibrated.
  case refused(String)

  public var description: String {
    switch self {
    case .noSuchRegister(let register): "no register \(register.rawValue)"
    case .silent(let text), .refused(let text): text
    }
  }
}

/// What one measuring system hands to the legal processor for one window.
public struct SystemWindow: Equatable, Sendable {
  /// Active energy of the window, µWs, positive for import.
  public var active_µWs: Int64 = 0
  /// Reactive energy of the fundamental, µvars, positive for inductive import (QI, QII).
  public var reactive_µvars: Int64 = 0
  /// RMS voltage, mV.
  public var voltage_mV: Int32 = 0
  /// RMS current, µA, DC included.
  public var current_µA: Int32 = 0
  /// Mean active power, mW.
  public var active_mW: Int32 = 0
  /// Mean reactive power of the fundamental, mvar.
  public var reactive_mvar: Int32 = 0
  /// Apparent power U * I, mVA.
  public var apparent_mVA: Int32 = 0
  /// Angle of the voltage against the reference at the middle of the window, 2^-32 turns.
  public var voltageAngle: UInt32 = 0
  /// Angle of the current against the same reference.
  public var currentAngle: UInt32 = 0

  public init() {}

  /// Angle by which the current lags the voltage, 2^-32 turns; positive is inductive.
  public var phaseAngle: Int32 { Int32(bitPattern: voltageAngle &- currentAngle) }

  /// P / S in 1/10000, signed as P; 10000 without current.
  public var powerFactor: Int32 {
    if apparent_mVA == 0 { return 10_000 }
    let ratio = Int64(active_mW) * 10_000 / Int64(apparent_mVA)
    return Int32(truncatingIfNeeded: min(max(ratio, -10_000), 10_000))
  }
}

/// The three systems over one window, and the common time base.
public struct MeasuredWindow: Equatable, Sendable {
  public var systems: (SystemWindow, SystemWindow, SystemWindow)
  /// Sample sets in the window.
  public var samples: UInt32
  /// Mains frequency, mHz; 0 while no voltage has been seen.
  public var frequency_mHz: UInt32
  /// False for windows cut short by the end of the input and while the reference is searching.
  public var isWhole: Bool

  init(
    systems: (SystemWindow, SystemWindow, SystemWindow), samples: UInt32, frequency_mHz: UInt32,
    isWhole: Bool
  ) {
    self.systems = systems
    self.samples = samples
    self.frequency_mHz = frequency_mHz
    self.isWhole = isWhole
  }

  /// A window in which nothing has been measured.
  public static var empty: MeasuredWindow {
    MeasuredWindow(
      systems: (SystemWindow(), SystemWindow(), SystemWindow()), samples: 0, frequency_mHz: 0,
      isWhole: false)
  }

  public static func == (a: MeasuredWindow, b: MeasuredWindow) -> Bool {
    a.systems == b.systems && a.samples == b.samples && a.frequency_mHz == b.frequency_mHz
      && a.isWhole == b.isWhole
  }

  /// The window of one system.
  public subscript(phase: Int) -> SystemWindow {
    switch phase {
    case 0: systems.0
    case 1: systems.1
    default: systems.2
    }
  }
}

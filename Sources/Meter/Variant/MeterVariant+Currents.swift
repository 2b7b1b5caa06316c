import Quantities

/// The currents that EN 50470-1 and IEC 62053-21 derive from Ib(Imax) and class. All in mA.
extension MeterVariant {
  /// Basic current Ib, which is also the reference current Iref = 10 Itr.
  public var referenceCurrent_mA: UInt32 { rating.basic_A * 1000 }
  /// Transitional current Itr = Ib/10.
  public var transitionalCurrent_mA: UInt32 { referenceCurrent_mA / 10 }
  /// Minimum current Imin = Itr/2 (classes A and B).
  public var minimumCurrent_mA: UInt32 { transitionalCurrent_mA / 2 }
  /// Starting current Ist: 0.05 Itr in class A, 0.04 Itr in class B.
  public var startingCurrent_mA: UInt32 {
    transitionalCurrent_mA * accuracy.startingPermille / 1000
  }
  /// Maximum current Imax.
  public var maximumCurrent_mA: UInt32 { rating.maximum_A * 1000 }

  /// Nominal voltage of one measuring system, mV.
  public static var systemVoltage_mV: UInt32 { 230_000 }

  /// Power of one system at which registration begins, mW: 0.5 Un Ist, 2.3 W for 5 A in class B.
  public var registrationThreshold_mW: UInt32 {
    Self.systemVoltage_mV / 2 * startingCurrent_mA / 1000
  }

  /// Highest power of all systems at Imax and nominal voltage, W.
  public var maximumPower_W: UInt32 {
    var systems: UInt32 = 0
    for phase in Phase.allCases where hasSystem(phase) { systems += 1 }
    return systems * rating.maximum_A * (Self.systemVoltage_mV / 1000)
  }

  /// True where full load needs more than 60 kW, so that 1000 imp/kWh leave a pause shorter than
  /// the 30 ms of DIN 43864 (above 86 A on three phases).
  public var exceedsPulseOutput: Bool { maximumPower_W > 60_000 }
}

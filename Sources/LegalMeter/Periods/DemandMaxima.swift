import MeterTime

/// The highest mean power of a registration period, and when that was.
public struct DemandMaximum: Equatable, Sendable {
  /// Mean power, mW or mvar; 0 while there is none.
  public var power_mW: UInt32
  /// End of the period in the meter's time: seconds since 2000-01-01T00:00:00Z (until 2136);
  /// 0 while there is none.
  public var end_s: UInt32

  /// No period yet.
  public static let none = DemandMaximum(power_mW: 0, end_s: 0)

  public init(power_mW: UInt32, end_s: UInt32) {
    self.power_mW = power_mW
    self.end_s = end_s
  }

  /// End of the period in the meter's time, nil while there is none.
  public var end: Instant? { end_s == 0 ? nil : Instant(seconds: Int64(end_s)) }

  /// Takes a period over where it is higher; of equal ones the first is kept.
  mutating func take(_ power_mW: UInt32, end_s: UInt32) -> Bool {
    guard power_mW > self.power_mW || self.end_s == 0 else { return false }
    self = DemandMaximum(power_mW: power_mW, end_s: end_s)
    return true
  }
}

/// The maxima since the last billing reset.
public struct DemandMaxima: Equatable, Sendable {
  /// P+ whatever the tariff.
  public var activeImport = DemandMaximum.none
  /// P+ of periods that began in tariff T1.
  public var activeImportT1 = DemandMaximum.none
  /// P+ of periods that began in tariff T2.
  public var activeImportT2 = DemandMaximum.none
  /// P-.
  public var activeExport = DemandMaximum.none
  /// Q+, mvar.
  public var reactiveImport = DemandMaximum.none
  /// Q-, mvar.
  public var reactiveExport = DemandMaximum.none

  public init() {}
}

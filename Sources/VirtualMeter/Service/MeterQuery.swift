import LegalMeter
import MeterTime
import Quantities

/// One row of the register table.
public struct RegisterRow: Equatable, Sendable {
  public var quantity: QuantityID
  /// OBIS code without `*255`, such as `1-0:1.8.0`.
  public var obis: String
  /// English name of the quantity, such as `activeImportT1`.
  public var name: String
  /// The running value in `unit`; it may be ahead of what is committed.
  public var value: Double
  /// `value` in units of the last of `decimals` digits.
  public var exact: Int128
  public var decimals: Int
  /// kWh or kvarh.
  public var unit: String
  /// What the memory holds safely and the display shows.
  public var committed: Double
  public var legal: LegalStatus
}

/// The newest two cycles of the samples.
public struct ScopePicture: Equatable, Sendable {
  public var rate_Hz: Double
  /// Volts of L1, L2, L3, oldest first.
  public var u: [[Float]]
  /// Amperes of L1, L2, L3, oldest first.
  public var i: [[Float]]
}

/// Harmonics of one phase over the newest samples.
public struct HarmonicsPicture: Equatable, Sendable {
  /// 1, 2, ... up to the highest order analysed.
  public var orders: [Int]
  /// Per cent of the fundamental.
  public var u_percent: [Double]
  public var i_percent: [Double]
  public var thd_u_percent: Double
  public var thd_i_percent: Double
}

/// One record of an event log.
public struct EventRow: Equatable, Sendable {
  public var log: EventLogID
  /// Number within the log.
  public var number: UInt32
  public var instant: Instant
  /// Local time, ISO 8601 with offset.
  public var time: String
  public var code: UInt16
  /// Name of the code, such as `sealBroken`; `event` and the number for an unknown one.
  public var name: String
  public var parameter: UInt64
}

/// What has been programmed into the permanent memory since the service began.
public struct MemoryStatistics: Equatable, Sendable {
  /// A part of the memory map.
  public struct Region: Equatable, Sendable {
    public var name: String
    public var first: Int
    public var count: Int
  }
  public var pages: Int
  public var regions: [Region]
  /// Programs of each page.
  public var wear: [UInt32]
  public var programs: UInt64
  /// Simulated seconds in which this was counted, plug in.
  public var span_s: Double
  /// Programs that a page is made for.
  public var endurance: UInt32
  /// Years until journal and replacements are worn out at the pace so far; nil while that is
  /// unknown.
  public var life_years: Double?
  /// Worn pages that have been replaced, and pages left for others.
  public var replaced: UInt8
  public var spares: UInt8
  public var cuts: UInt32
}

/// A history that the service keeps.
public enum SeriesName: String, CaseIterable, Sendable {
  /// p1_W p2_W p3_W.
  case power
  /// u1_V u2_V u3_V.
  case voltage
  /// i1_A i2_A i3_A.
  case current
  /// Error of A+ and A- together against the truth, second by second, per cent.
  case error
  /// f_Hz.
  case frequency
}

/// A stretch of a history: one value per column and second, NaN where there is none.
public struct SeriesSlice: Equatable, Sendable {
  /// Instant of the first value.
  public var start: Instant
  /// Seconds between values.
  public var step_s: Int
  public var columns: [Column]

  /// One curve.
  public struct Column: Equatable, Sendable {
    public var name: String
    public var values: [Float]
  }
}

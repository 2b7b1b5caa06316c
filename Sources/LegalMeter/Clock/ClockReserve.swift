import Bytes
import MeterTime

/// What carries the real-time clock through an outage, as a model in whole seconds.
///
/// The data sheet says: battery more than 10 years in normal operation; supercap 7 days fully
/// charged, life more than 10 years. Of the curves between nothing is public, so they are taken as
/// straight lines: a supercap is full after 8 hours of supply and has 80 % of its capacity after
/// ten years, going on at that rate; a battery has four years of outage in it, and an hour with
/// supply costs a quarter of an hour of that (self-discharge), which is 15 years with 1 % outage.
/// Where both are fitted the supercap goes first.
public struct ClockReserve: Equatable, Sendable {
  /// What is fitted.
  public enum Source: UInt8, CaseIterable, Sendable {
    case none, battery, supercap, batteryAndSupercap
    var hasBattery: Bool { self == .battery || self == .batteryAndSupercap }
    var hasSupercap: Bool { self == .supercap || self == .batteryAndSupercap }
  }

  /// Seconds for which a new supercap carries the clock when it is full.
  public static let supercapFull_s: UInt32 = 7 * 86_400
  /// Seconds in which an empty supercap is charged.
  public static let supercapCharge_s: UInt32 = 8 * 3_600
  /// Seconds for which a new battery carries the clock.
  public static let batteryFull_s: UInt32 = 4 * 365 * 86_400

  public let source: Source
  /// Seconds left in the supercap.
  public private(set) var supercap_s: UInt32 = 0
  /// Seconds left in the battery.
  public private(set) var battery_s: UInt32
  /// Seconds since the meter was new.
  public private(set) var age_s: UInt32 = 0
  /// False from the moment at which an outage has used everything up, until supply returns.
  public private(set) var isRunning = true
  /// Quarters of a second of self-discharge not yet taken off the battery.
  private var quarters: UInt8 = 0
  /// The owner's time up to which it has been followed; nil before the first call.
  private var followed_s: Int64?

  /// A new meter: the battery is full, the supercap empty.
  public init(_ source: Source) {
    self.source = source
    battery_s = source.hasBattery ? Self.batteryFull_s : 0
  }

  /// Seconds that the supercap holds at its age when it is full.
  public var supercapCapacity_s: UInt32 {
    guard source.hasSupercap else { return 0 }
    // 20 % in ten years of 365 days.
    let lost = UInt64(Self.supercapFull_s) * UInt64(age_s) / (5 * 10 * 365 * 86_400)
    return Self.supercapFull_s - UInt32(min(lost, UInt64(Self.supercapFull_s)))
  }

  /// Seconds of outage that the clock would get through now.
  public var left_s: UInt32 { supercap_s &+ battery_s }

  /// Charge in 1/100 per cent of what is full at this age: of the battery where there is one, else
  /// of the supercap; nil where nothing is fitted.
  public var charge: UInt16? {
    let (left, full) =
      source.hasBattery ? (battery_s, Self.batteryFull_s) : (supercap_s, supercapCapacity_s)
    guard source != .none else { return nil }
    return full == 0 ? 0 : UInt16(clamping: UInt64(left) * 10_000 / UInt64(full))
  }

  /// Follows the time up to `now`, all of it with or without supply.
  ///
  /// Time that does not pass, or passes backwards, changes nothing.
  public mutating func advance(to now: Instant, isSupplied: Bool) {
    let from = followed_s ?? now.seconds
    followed_s = max(from, now.seconds)
    guard now.seconds > from else {
      if isSupplied { isRunning = true }
      return
    }
    let passed = UInt32(clamping: now.seconds - from)
    age_s = age_s.addingReportingOverflow(passed).overflow ? .max : age_s + passed
    if isSupplied { charge(passed) } else { discharge(passed) }
  }

  private mutating func charge(_ passed: UInt32) {
    isRunning = true
    let gained = UInt64(passed) * UInt64(Self.supercapFull_s / Self.supercapCharge_s)
    supercap_s = UInt32(min(UInt64(supercap_s) + gained, UInt64(supercapCapacity_s)))
    let cost = UInt64(quarters) + UInt64(passed)
    quarters = UInt8(truncatingIfNeeded: cost & 3)
    battery_s -= UInt32(min(UInt64(battery_s), cost >> 2))
  }

  private mutating func discharge(_ passed: UInt32) {
    guard isRunning else { return }
    if passed > supercap_s &+ battery_s {
      isRunning = false
      supercap_s = 0
      battery_s = 0
      return
    }
    let fromSupercap = min(passed, supercap_s)
    supercap_s -= fromSupercap
    battery_s -= passed - fromSupercap
  }

  /// Puts in a new battery.
  public mutating func replaceBattery() {
    if source.hasBattery { battery_s = Self.batteryFull_s }
  }

  // MARK: the record

  static let recordBytes = 20

  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(supercap_s)
    try writer.littleEndian(battery_s)
    try writer.littleEndian(age_s)
    try writer.littleEndian(UInt64(bitPattern: followed_s ?? 0))
  }

  /// Takes over what a record says; `source` stays what is fitted.
  mutating func decode(from reader: inout ByteReader) throws(BytesError) {
    supercap_s = min(try reader.littleEndian(UInt32.self), Self.supercapFull_s)
    battery_s = min(try reader.littleEndian(UInt32.self), Self.batteryFull_s)
    age_s = try reader.littleEndian(UInt32.self)
    followed_s = Int64(bitPattern: try reader.littleEndian(UInt64.self))
    if !source.hasBattery { battery_s = 0 }
    supercap_s = min(supercap_s, supercapCapacity_s)
  }
}

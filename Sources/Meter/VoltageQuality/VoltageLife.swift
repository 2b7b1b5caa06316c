import MeterTime

/// What is counted over the whole life of the meter, and the limits: one page of the memory.
public struct VoltageLife: Sendable {
  static let recordBytes = 98

  public internal(set) var limits = VoltageLimits.standard
  /// Dips and swells of a phase.
  private var dips = InlineArray<3, UInt16>(repeating: 0)
  private var swells = InlineArray<3, UInt16>(repeating: 0)
  /// Interruptions by phase, and last of all phases together.
  private var short = InlineArray<4, UInt16>(repeating: 0)
  private var long = InlineArray<4, UInt16>(repeating: 0)
  private var last_s = InlineArray<4, UInt32>(repeating: 0)
  /// Time of all interruptions of all phases, s.
  public internal(set) var shortTime_s: UInt32 = 0
  public internal(set) var longTime_s: UInt32 = 0
  /// Extremes of windows of 200 ms, 0.1 V, and when, seconds since 2000 of the meter's time.
  private var lowest = InlineArray<3, UInt16>(repeating: .max)
  private var highest = InlineArray<3, UInt16>(repeating: 0)
  private var lowestTime = InlineArray<3, UInt32>(repeating: 0)
  private var highestTime = InlineArray<3, UInt32>(repeating: 0)
  /// Owner's seconds when it was stored last, 0 for never.
  var storedAt: UInt32 = 0

  init() {}

  /// Dips of a phase, 0...2.
  public func dips(phase: Int) -> UInt16 { dips[phase] }
  /// Swells of a phase, 0...2.
  public func swells(phase: Int) -> UInt16 { swells[phase] }
  /// Interruptions of up to three minutes; phase 3 is all phases at once.
  public func shortInterruptions(phase: Int) -> UInt16 { short[phase] }
  /// Interruptions of more than three minutes; phase 3 is all phases at once.
  public func longInterruptions(phase: Int) -> UInt16 { long[phase] }
  /// Length of the last interruption, s; phase 3 is all phases at once.
  public func lastInterruption_s(phase: Int) -> UInt32 { last_s[phase] }

  /// The lowest voltage of a phase that was not interrupted, 0.1 V, and when.
  public func lowest(phase: Int) -> (voltage_dV: UInt16, at: Instant)? {
    if lowest[phase] == .max { return nil }
    return (lowest[phase], Instant(seconds: Int64(lowestTime[phase])))
  }

  /// The highest voltage of a phase, 0.1 V, and when.
  public func highest(phase: Int) -> (voltage_dV: UInt16, at: Instant)? {
    if highest[phase] == 0 { return nil }
    return (highest[phase], Instant(seconds: Int64(highestTime[phase])))
  }

  mutating func count(_ isDip: Bool, phase: Int) {
    if isDip { VoltageWeek.bump(&dips[phase]) } else { VoltageWeek.bump(&swells[phase]) }
  }

  mutating func countInterruption(phase: Int, seconds: UInt32, isLong: Bool) {
    if isLong { VoltageWeek.bump(&long[phase]) } else { VoltageWeek.bump(&short[phase]) }
    last_s[phase] = seconds
    guard phase == 3 else { return }
    if isLong { longTime_s &+= seconds } else { shortTime_s &+= seconds }
  }

  /// Takes a voltage that is not interrupted.
  mutating func note(_ voltage_mV: Int32, phase: Int, at time: Instant) {
    let level = VoltageEvent.deci(voltage_mV)
    let seconds = UInt32(clamping: time.seconds)
    if level < lowest[phase] {
      lowest[phase] = level
      lowestTime[phase] = seconds
    }
    if level > highest[phase] {
      highest[phase] = level
      highestTime[phase] = seconds
    }
  }

  // MARK: its record: layout 1, then all fields in the order of their declaration

  func encoded() -> InlineArray<98, UInt8> {
    var bytes = InlineArray<98, UInt8>(repeating: 0)
    bytes[0] = 1
    var at = 1
    func put(_ value: UInt32, _ count: Int = 2) {
      for k in 0..<count { bytes[at + k] = UInt8(truncatingIfNeeded: value >> UInt32(8 * k)) }
      at += count
    }
    put(UInt32(limits.low_V))
    put(UInt32(limits.high_V))
    put(UInt32(limits.duration_10s), 1)
    for k in 0..<3 { put(UInt32(dips[k])) }
    for k in 0..<3 { put(UInt32(swells[k])) }
    for k in 0..<4 { put(UInt32(short[k])) }
    for k in 0..<4 { put(UInt32(long[k])) }
    for k in 0..<4 { put(last_s[k], 4) }
    put(shortTime_s, 4)
    put(longTime_s, 4)
    for k in 0..<3 { put(UInt32(lowest[k])) }
    for k in 0..<3 { put(UInt32(highest[k])) }
    for k in 0..<3 { put(lowestTime[k], 4) }
    for k in 0..<3 { put(highestTime[k], 4) }
    put(storedAt, 4)
    return bytes
  }

  /// Nil for a layout that this version does not know, or limits that nothing can keep.
  init?(_ bytes: borrowing InlineArray<240, UInt8>, length: Int, nominal_mV: Int32) {
    guard length == Self.recordBytes, bytes[0] == 1 else { return nil }
    var at = 1
    func get(_ bytes: borrowing InlineArray<240, UInt8>, _ count: Int = 2) -> UInt32 {
      var value: UInt32 = 0
      for k in 0..<count { value |= UInt32(bytes[at + k]) << UInt32(8 * k) }
      at += count
      return value
    }
    func short(_ bytes: borrowing InlineArray<240, UInt8>) -> UInt16 {
      UInt16(truncatingIfNeeded: get(bytes))
    }
    limits.low_V = short(bytes)
    limits.high_V = short(bytes)
    limits.duration_10s = UInt8(truncatingIfNeeded: get(bytes, 1))
    if !limits.isPlausible(nominal_mV: nominal_mV) { limits = .standard }
    for k in 0..<3 { dips[k] = short(bytes) }
    for k in 0..<3 { swells[k] = short(bytes) }
    for k in 0..<4 { self.short[k] = short(bytes) }
    for k in 0..<4 { long[k] = short(bytes) }
    for k in 0..<4 { last_s[k] = get(bytes, 4) }
    shortTime_s = get(bytes, 4)
    longTime_s = get(bytes, 4)
    for k in 0..<3 { lowest[k] = short(bytes) }
    for k in 0..<3 { highest[k] = short(bytes) }
    for k in 0..<3 { lowestTime[k] = get(bytes, 4) }
    for k in 0..<3 { highestTime[k] = get(bytes, 4) }
    storedAt = get(bytes, 4)
  }
}

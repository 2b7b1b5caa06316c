import Bytes

/// What a week of EN 50160 is judged by, in integers and small: it is one page of the memory.
public struct VoltageWeek: Equatable, Sendable {
  /// Bytes of its record.
  static let recordBytes = 150

  /// Weeks since Monday, 3 January 2000, in standard time.
  public internal(set) var number: UInt16 = 0
  /// Ten-minute intervals that were complete and not flagged.
  public internal(set) var intervals: UInt16 = 0
  /// Intervals left out because an interruption, dip or swell lies in them (IEC 61000-4-30, 4.7),
  /// or because a part of them is missing.
  public internal(set) var flagged: UInt16 = 0
  /// Ten-minute means by phase, in classes of 2.5 % of nominal from below 85 to above 110.
  private var classes = InlineArray<36, UInt16>(repeating: 0)
  private var lowest = InlineArray<3, UInt16>(repeating: .max)
  private var highest = InlineArray<3, UInt16>(repeating: 0)
  /// Ten-minute means of unbalance: all, at most 2 %, and the highest in 0.01 %.
  public internal(set) var unbalances: UInt16 = 0
  public internal(set) var unbalancesWithin: UInt16 = 0
  public internal(set) var highestUnbalance: UInt16 = 0
  /// Ten-second means of the frequency: all, within 1 %, within -6...+4 %, and extremes in mHz.
  public internal(set) var frequencies: UInt16 = 0
  public internal(set) var frequenciesWithin1: UInt16 = 0
  public internal(set) var frequenciesWithin6: UInt16 = 0
  public internal(set) var lowestFrequency_mHz: UInt16 = .max
  public internal(set) var highestFrequency_mHz: UInt16 = 0
  private var dipCells = InlineArray<25, UInt8>(repeating: 0)
  private var swellCells = InlineArray<6, UInt8>(repeating: 0)
  /// Interruptions of all phases, split at three minutes, with their time in seconds.
  public internal(set) var shortInterruptions: UInt16 = 0
  public internal(set) var longInterruptions: UInt16 = 0
  public internal(set) var shortInterruption_s: UInt32 = 0
  public internal(set) var longInterruption_s: UInt32 = 0

  init(number: UInt16) { self.number = number }

  // MARK: questions

  /// Number of classes of ten-minute means.
  public static var classCount: Int { 12 }

  /// Means in a class: 0 is below 85 % of nominal, 11 above 110 %; between them steps of 2.5 %.
  public func count(phase: Int, class number: Int) -> UInt16 { classes[phase * 12 + number] }

  /// Lowest ten-minute mean of a phase, 0.1 V; nil without one.
  public func lowest_dV(phase: Int) -> UInt16? { lowest[phase] == .max ? nil : lowest[phase] }
  /// Highest ten-minute mean of a phase, 0.1 V; nil without one.
  public func highest_dV(phase: Int) -> UInt16? { highest[phase] == 0 ? nil : highest[phase] }

  /// Dips by residual voltage and duration (EN 50160, table 2).
  /// - Parameters:
  ///   - row: 0 for 80...90 % (A), 70...80 (B), 40...70 (C), 5...40 (D), below 5 % (X).
  ///   - column: 0 up to 200 ms, 500 ms, 1 s, 5 s, 60 s.
  public func dips(row: Int, column: Int) -> UInt8 { dipCells[row * 5 + column] }

  /// Swells (EN 50160, table 3).
  /// - Parameters:
  ///   - row: 0 from 120 % (S), 1 for 110...120 (T).
  ///   - column: 0 up to 500 ms, 5 s, 60 s.
  public func swells(row: Int, column: Int) -> UInt8 { swellCells[row * 3 + column] }

  // MARK: counting

  /// Counts a ten-minute mean.
  mutating func count(mean_mV: Int32, phase: Int, nominal_mV: Int32) {
    let step = nominal_mV / 40
    let above = mean_mV - step * 34
    // Borders belong to the inner class: 110 % is still within ± 10 %.
    let number = above < 0 ? 0 : min(Int((above - (above >= step * 10 ? 1 : 0)) / step) + 1, 11)
    Self.bump(&classes[phase * 12 + number])
    let level = VoltageEvent.deci(mean_mV)
    lowest[phase] = min(lowest[phase], level)
    highest[phase] = max(highest[phase], level)
  }

  mutating func count(unbalance: UInt16) {
    Self.bump(&unbalances)
    if unbalance <= 200 { Self.bump(&unbalancesWithin) }
    highestUnbalance = max(highestUnbalance, unbalance)
  }

  /// Counts ten-second means, several where they are equal.
  mutating func count(frequency_mHz f: UInt32, nominal_Hz: UInt32, times: UInt16 = 1) {
    Self.bump(&frequencies, by: times)
    let nominal = nominal_Hz * 1000
    if f >= nominal / 100 * 99 && f <= nominal / 100 * 101 {
      Self.bump(&frequenciesWithin1, by: times)
    }
    if f >= nominal / 100 * 94 && f <= nominal / 100 * 104 {
      Self.bump(&frequenciesWithin6, by: times)
    }
    let value = UInt16(clamping: f)
    lowestFrequency_mHz = min(lowestFrequency_mHz, value)
    highestFrequency_mHz = max(highestFrequency_mHz, value)
  }

  mutating func countInterruption(_ seconds: UInt32, isLong: Bool) {
    if isLong {
      Self.bump(&longInterruptions)
      longInterruption_s = longInterruption_s.addingReportingOverflow(seconds).partialValue
    } else {
      Self.bump(&shortInterruptions)
      shortInterruption_s = shortInterruption_s.addingReportingOverflow(seconds).partialValue
    }
  }

  /// - Parameter residual: 1/1000 of nominal.
  mutating func countDip(residual: Int32, duration_ms: Int64) {
    let row =
      residual >= 800 ? 0 : residual >= 700 ? 1 : residual >= 400 ? 2 : residual >= 50 ? 3 : 4
    let d = duration_ms
    let column = d <= 200 ? 0 : d <= 500 ? 1 : d <= 1000 ? 2 : d <= 5000 ? 3 : 4
    let k = row * 5 + column
    if dipCells[k] < .max { dipCells[k] += 1 }
  }

  mutating func countSwell(extreme: Int32, duration_ms: Int64) {
    let column = duration_ms <= 500 ? 0 : duration_ms <= 5000 ? 1 : 2
    let k = (extreme >= 1200 ? 0 : 3) + column
    if swellCells[k] < .max { swellCells[k] += 1 }
  }

  static func bump(_ value: inout UInt16, by count: UInt16 = 1) {
    value = value > .max - count ? .max : value + count
  }
}

extension VoltageWeek {
  public static func == (a: VoltageWeek, b: VoltageWeek) -> Bool {
    let (x, y) = (a.encoded(), b.encoded())
    var difference: UInt8 = 0
    for k in x.indices { difference |= x[k] ^ y[k] }
    return difference == 0
  }

  /// Its record: layout 1, then all fields in the order of their declaration.
  func encoded() -> InlineArray<150, UInt8> {
    var bytes = InlineArray<150, UInt8>(repeating: 0)
    bytes[0] = 1
    var at = 1
    func put(_ value: UInt16) {
      bytes[at] = UInt8(truncatingIfNeeded: value)
      bytes[at + 1] = UInt8(truncatingIfNeeded: value >> 8)
      at += 2
    }
    put(number)
    put(intervals)
    put(flagged)
    for k in classes.indices { put(classes[k]) }
    for k in 0..<3 { put(lowest[k]) }
    for k in 0..<3 { put(highest[k]) }
    put(unbalances)
    put(unbalancesWithin)
    put(highestUnbalance)
    put(frequencies)
    put(frequenciesWithin1)
    put(frequenciesWithin6)
    put(lowestFrequency_mHz)
    put(highestFrequency_mHz)
    for k in dipCells.indices { bytes[at + k] = dipCells[k] }
    at += 25
    for k in swellCells.indices { bytes[at + k] = swellCells[k] }
    at += 6
    put(shortInterruptions)
    put(longInterruptions)
    put(UInt16(truncatingIfNeeded: shortInterruption_s))
    put(UInt16(truncatingIfNeeded: shortInterruption_s >> 16))
    put(UInt16(truncatingIfNeeded: longInterruption_s))
    put(UInt16(truncatingIfNeeded: longInterruption_s >> 16))
    return bytes
  }

  /// Nil for a layout that this version does not know.
  init?(_ bytes: borrowing InlineArray<240, UInt8>, length: Int) {
    guard length == Self.recordBytes, bytes[0] == 1 else { return nil }
    var at = 1
    func get(_ bytes: borrowing InlineArray<240, UInt8>) -> UInt16 {
      defer { at += 2 }
      return UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
    }
    number = get(bytes)
    intervals = get(bytes)
    flagged = get(bytes)
    for k in classes.indices { classes[k] = get(bytes) }
    for k in 0..<3 { lowest[k] = get(bytes) }
    for k in 0..<3 { highest[k] = get(bytes) }
    unbalances = get(bytes)
    unbalancesWithin = get(bytes)
    highestUnbalance = get(bytes)
    frequencies = get(bytes)
    frequenciesWithin1 = get(bytes)
    frequenciesWithin6 = get(bytes)
    lowestFrequency_mHz = get(bytes)
    highestFrequency_mHz = get(bytes)
    for k in dipCells.indices { dipCells[k] = bytes[at + k] }
    at += 25
    for k in swellCells.indices { swellCells[k] = bytes[at + k] }
    at += 6
    shortInterruptions = get(bytes)
    longInterruptions = get(bytes)
    shortInterruption_s = UInt32(get(bytes)) | UInt32(get(bytes)) << 16
    longInterruption_s = UInt32(get(bytes)) | UInt32(get(bytes)) << 16
  }
}

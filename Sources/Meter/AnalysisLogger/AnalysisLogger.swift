import LegalMeter
import MeterTime
import PermanentMemory
import Quantities

/// The analysis logger: means and registers of up to 16 quantities in an interval of its own.
///
/// Means are kept as integer sums, weighted by the length of the windows. A window belongs to the
/// interval in which it began. What was summed before a cut is lost: the interval is then stored
/// with `powerDown` and `notValid` and without means, but with its registers, which stand still
/// in an outage.
struct AnalysisLogger: Sendable {
  var ring: AnalysisRing
  /// Sum of value times length, raw units x 1/1024 s.
  private var sums = InlineArray<16, Int64>(repeating: 0)
  /// Length over which a channel had a value, 1/1024 s.
  private var weights = InlineArray<16, UInt32>(repeating: 0)
  private(set) var isOpen = false
  /// Number of the open interval.
  private(set) var number: UInt32 = 0
  var status: PeriodStatus = []
  /// The meter's steps of the clock that have been seen.
  private(set) var stepsSeen: UInt8 = 0
  /// Means of the interval that closed last, by channel; the least number where there is none.
  private var closedMeans = InlineArray<16, Int32>(repeating: .min)
  /// Another layout that waits for the ring.
  var wanted: AnalysisLayout?

  init(_ layout: AnalysisLayout) { ring = AnalysisRing(layout: layout) }

  mutating func open(_ number: UInt32, _ status: PeriodStatus, steps: UInt8) {
    sums = InlineArray(repeating: 0)
    weights = InlineArray(repeating: 0)
    isOpen = true
    self.number = number
    self.status = status
    stepsSeen = steps
  }

  mutating func close() { isOpen = false }

  /// Keeps the means of the interval that closes, for readings.
  mutating func keepMeans() {
    for k in 0..<16 { closedMeans[k] = mean(k).map { Int32(clamping: $0) } ?? .min }
  }

  /// Mean over the interval that closed last; nil where it is no channel, and before the first.
  func closedMean(_ quantity: QuantityID) -> Int64? {
    for k in 0..<ring.layout.channelCount where ring.layout[k] == quantity.rawValue {
      return closedMeans[k] == .min ? nil : Int64(closedMeans[k])
    }
    return nil
  }

  mutating func noteSteps(_ steps: UInt8) {
    if steps != stepsSeen { status.insert(.clockAdjusted) }
    stepsSeen = steps
  }

  /// Adds what a window measured.
  /// - Parameter length: 1/1024 s.
  mutating func add(_ channel: Int, _ value: Int64, length: UInt32) {
    // An hour of 100 kW is 4e14: a day has room a thousand times.
    sums[channel] &+= value &* Int64(length)
    weights[channel] &+= length
  }

  /// The mean of a channel, rounded; nil where nothing was measured.
  func mean(_ channel: Int) -> Int64? {
    let weight = Int64(weights[channel])
    if weight == 0 { return nil }
    let sum = sums[channel]
    return (sum >= 0 ? sum + weight / 2 : sum - weight / 2) / weight
  }
}

// MARK: - Questions

extension Meter {
  /// What the analysis logger keeps.
  public var analysisLayout: AnalysisLayout { analysis.wanted ?? analysis.ring.layout }
  /// Records that can be read.
  public var analysisCount: Int { analysis.ring.count }
  /// Programs of records that did not read back since the start.
  public var analysisFailures: UInt16 { analysis.ring.failures }

  /// A record of the analysis logger.
  /// - Parameter index: 0 is the newest, `analysisCount` - 1 the oldest.
  @inline(never)
  public func analysisRow(
    _ index: Int, memory: borrowing some PageMemory & ~Copyable
  ) -> AnalysisRow? {
    analysis.ring.row(index, memory: memory)
  }

  /// Walks through the records whose intervals lie in a range of the meter's time, oldest first.
  ///
  /// - Parameters:
  ///   - from: no interval that ends at or before this time.
  ///   - to: no interval that begins at or after this time.
  public func analysisCursor(from: Instant, to: Instant) -> AnalysisCursor {
    let length = Int64(analysis.ring.layout.minutes) * 60
    let first = max(0, legal.zone.standardSeconds(at: from)) / length
    // The interval in which `to` lies belongs to it, unless it begins right there.
    let last = (legal.zone.standardSeconds(at: to) - 1) / length
    return AnalysisCursor(
      from: UInt32(clamping: first), through: last < 0 ? 0 : UInt32(clamping: last))
  }

  /// The next record behind a cursor; nil after the newest.
  public func next(
    _ cursor: inout AnalysisCursor, memory: borrowing some PageMemory & ~Copyable
  ) -> AnalysisRow? {
    cursor.next(analysis.ring, memory: memory)
  }

  /// When the interval of a record ended, in the meter's time.
  public func analysisEnd(_ row: AnalysisRow) -> Instant {
    let length = Int64(analysis.ring.layout.minutes) * 60
    return legal.zone.instant(standardSeconds: (Int64(row.number) + 1) * length)
  }

  /// Gives the analysis logger another set-up. Another one than it has empties it.
  @inline(never)
  public mutating func setAnalysis(
    minutes: UInt16, channels: Span<UInt8>
  ) throws(AnalysisRefusal) {
    let layout = try AnalysisLayout.checked(
      minutes: minutes, channels: channels, energies: legal.parameters.energies)
    if analysis.wanted != nil { throw .busy }
    if layout == analysis.ring.layout { return }
    analysis.wanted = layout
    analysis.close()
  }
}

// MARK: - Following

extension Meter {
  /// Restores the analysis logger at the start.
  @inline(never)
  mutating func startAnalysis(
    now: Instant, memory: borrowing some PageMemory & ~Copyable
  ) -> UInt32 {
    let found = analysis.ring.recover(from: memory)
    let present = analysisNumber(at: now)
    if let newest = analysis.ring.newest, newest < .max, present > newest {
      // The interval in which the supply went; what was summed in it is lost.
      analysis.open(newest + 1, [.powerDown, .notValid], steps: legal.clockSteps)
      if present == newest + 1 { analysis.status = .powerDown }
    } else {
      analysis.open(present, .powerDown, steps: legal.clockSteps)
    }
    return found.bytesRead
  }

  /// Takes a window in, and closes the interval where its end has come.
  /// - Parameter length: of the window.
  mutating func followAnalysis(length: Instant.Duration, now: Instant) {
    guard analysis.wanted == nil else { return }
    let present = analysisNumber(at: now)
    if !analysis.isOpen { analysis.open(present, [], steps: legal.clockSteps) }
    analysis.noteSteps(legal.clockSteps)
    if !legal.isClockValid { analysis.status.insert(.clockInvalid) }
    if isPowered {
      // Where the supply was away the window belongs to what comes behind.
      if present != analysis.number && analysis.status.contains(.notValid) {
        // Right after a start the ring may still have something to finish.
        guard analysis.ring.isIdle else { return }
        closeAnalysis(next: present, [.powerDown])
      }
      addToAnalysis(length)
    } else {
      analysis.status.insert(.powerDown)
    }
    if present != analysis.number && isPowered {
      let next: PeriodStatus =
        present == analysis.number &+ 1
        ? [] : analysis.status.intersection([.clockAdjusted, .powerDown])
      closeAnalysis(next: present, next)
    }
  }

  @inline(never)
  private mutating func addToAnalysis(_ length: Instant.Duration) {
    let weight = UInt32(clamping: length.ticks >> 6)
    for k in 0..<analysis.ring.layout.channelCount {
      guard let quantity = analysis.ring.layout.quantity(k), AnalysisChannel(quantity) == .mean,
        let value = reading(quantity)
      else { continue }
      analysis.add(k, value, length: weight)
    }
  }

  /// Closes the open interval and opens another one.
  @inline(never)
  private mutating func closeAnalysis(next: UInt32, _ status: PeriodStatus) {
    var row = AnalysisRow(number: analysis.number, status: 0)
    let layout = analysis.ring.layout
    for k in 0..<layout.channelCount {
      guard let quantity = layout.quantity(k), let channel = AnalysisChannel(quantity) else {
        continue
      }
      let value = channel == .mean ? analysis.mean(k) : reading(quantity)
      guard let value else { continue }
      let bound = Int64(AnalysisRow.valueMax)
      row.values[k] = Int32(min(max(value / channel.divisor, -bound), bound))
    }
    if legal.zone.daylightSaving.isDaylightSaving(at: analysisEnd(row) - .seconds(1)) {
      analysis.status.insert(.daylightSaving)
    }
    if legal.isMemoryFaulty { analysis.status.insert(.error) }
    row.status = analysis.status.rawValue
    analysis.keepMeans()
    // Where the memory has not taken the last one yet, this one is left out.
    let isTaken = analysis.ring.begin(row)
    analysis.open(next, isTaken ? status : status.union(.notValid), steps: legal.clockSteps)
  }

  /// When the open interval ends, on the owner's time line; nil while none is open.
  @inline(__always)
  func analysisDeadline(near now: Instant) -> Instant? {
    guard analysis.isOpen, analysis.wanted == nil else { return nil }
    let length = Int64(analysis.ring.layout.minutes) * 60
    return legal.ownersTime(
      of: legal.zone.instant(standardSeconds: (Int64(analysis.number) + 1) * length), near: now)
  }

  // Inlined: a copy of the whole meter would be made for the call.
  @inline(__always)
  private func analysisNumber(at now: Instant) -> UInt32 {
    let length = Int64(analysis.ring.layout.minutes) * 60
    return UInt32(clamping: legal.zone.standardSeconds(at: legal.time(at: now)) / length)
  }

  /// Brings records into the memory; true when nothing is left to do.
  mutating func serviceAnalysis(memory: inout some PageMemory & ~Copyable) -> Bool {
    for _ in 0..<12 {
      if analysis.ring.isIdle {
        guard let wanted = analysis.wanted else { return true }
        _ = analysis.ring.beginErased(wanted)
        analysis.wanted = nil
      }
      if !memory.isReady { return false }
      _ = analysis.ring.pump(&memory)
    }
    return analysis.ring.isIdle && analysis.wanted == nil
  }
}

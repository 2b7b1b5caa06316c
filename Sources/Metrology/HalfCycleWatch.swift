/// A dip or a swell of one voltage, by one-cycle RMS values refreshed each half cycle.
public struct VoltageDisturbance: Equatable, Sendable {
  public enum Kind: UInt8, Sendable {
    /// Below 90 % of the nominal voltage, until 92 %.
    case dip
    /// Above 110 %, until 108 %.
    case swell
  }

  /// Measuring system, 0...2.
  public var system: UInt8
  public var kind: Kind
  /// Sample sets from its start to its end.
  public var length: UInt32
  /// Sample sets from its end to the end of the window in which it was over.
  public var ago: UInt32
  /// The lowest one-cycle RMS of a dip, the highest of a swell, mV.
  public var extreme_mV: Int32
}

/// Watches the voltages for dips and swells, at borders of half cycles only.
///
/// The window sums of u * u are read at each border; the difference to the last border is the half
/// cycle, two of them are a cycle. So nothing is added to what a sample costs. Start and end are
/// those of IEC 61000-4-30, 5.4: the beginning of the first cycle outside, and of the first one
/// inside again, with 2 % of hysteresis. Half cycles are counted from the reference and not from
/// zero crossings, and hold whole samples (decision 030).
struct HalfCycleWatch: Sendable {
  private enum State: UInt8 {
    /// Not seen within limits yet: a phase that is not connected has no dip.
    case unknown
    case normal
    case dip
    case swell
  }

  private struct Trace: Sendable {
    /// Counts squared of the nominal voltage.
    var nominal: Int64 = 0
    /// Window sum at the last border.
    var sum: Int64 = 0
    /// The last half cycle.
    var half: Int64 = 0
    /// A cycle below is a dip; one `span` above or more is a swell.
    var low: Int64 = 0
    var span: UInt64 = 0
    var extreme: Int64 = 0
    /// Sets since the start.
    var age: UInt32 = 0
    var state: State = .unknown

    init() {}
  }

  private struct Entry: Sendable {
    var system: UInt8 = 0
    var isSwell = false
    var length: UInt32 = 0
    /// Sets of the window at which it ended; may lie in the window before.
    var end: Int32 = 0
    var extreme: Int64 = 0
    var cycle: UInt32 = 1

    init() {}
  }

  private var traces = InlineArray<3, Trace>(repeating: Trace())
  /// Sets of the open window up to the next border.
  private(set) var border: UInt32 = 0
  private var halves: UInt32 = 2
  private var halfSamples: UInt32 = 1
  /// What is left when the window is cut into half cycles, and how much of it has been given out.
  private var extra: UInt32 = 0
  private var given: UInt32 = 0
  private var lastStep: UInt32 = 0
  private var cycleSamples: UInt32 = 1
  /// No disturbance begins while the reference does not follow the mains.
  private var isArmed = false
  private var held: UInt8 = 0
  private var entries = InlineArray<6, Entry>(repeating: Entry())
  /// After so many sets it is no dip any more but a low voltage.
  private let longest: UInt32

  /// - Parameter longest: sets in the longest dip: a minute.
  init(longest: UInt32 = .max) { self.longest = longest }

  /// Takes the nominal voltage of a system, in counts.
  mutating func setNominal(_ system: Int, counts: Int64) {
    let c = min(max(counts, 0), 1 << 24)
    traces[system].nominal = c * c
  }

  /// Forgets what is under way: the supply has gone.
  mutating func forget() {
    for k in 0..<3 { traces[k].state = .unknown }
    held = 0
  }

  /// Cuts a new window into half cycles.
  mutating func openWindow(samples: UInt32, cycles: Int, isArmed: Bool) {
    halves = UInt32(truncatingIfNeeded: 2 * cycles)
    halfSamples = samples / halves
    extra = samples % halves
    given = 0
    self.isArmed = isArmed
    cycleSamples = samples / UInt32(truncatingIfNeeded: cycles)
    for k in 0..<3 {
      let whole = (traces[k].nominal &* Int64(cycleSamples)) &>> 10
      // 0.9 and 1.1 squared, in 1/1024.
      traces[k].low = whole &* 829
      traces[k].span = UInt64(bitPattern: whole &* (1239 - 829))
      traces[k].sum = 0
    }
    border = 0
    advance()
  }

  @inline(__always)
  private mutating func advance() {
    var step = halfSamples
    given = given &+ extra
    if given >= halves {
      given = given &- halves
      step = step &+ 1
    }
    lastStep = step
    border = border &+ step
  }

  /// A border of half cycles has been reached.
  @inline(__always)
  mutating func pass(_ uu1: Int64, _ uu2: Int64, _ uu3: Int64) {
    take(0, uu1)
    take(1, uu2)
    take(2, uu3)
    advance()
  }

  @inline(__always)
  private mutating func take(_ k: Int, _ sum: Int64) {
    let half = sum &- traces[k].sum
    let cycle = half &+ traces[k].half
    traces[k].sum = sum
    traces[k].half = half
    let isWithin = UInt64(bitPattern: cycle &- traces[k].low) < traces[k].span
    if !isWithin || traces[k].state != .normal { attend(k, cycle) }
  }

  /// What to do about a cycle that is out of the ordinary.
  @inline(never)
  private mutating func attend(_ k: Int, _ cycle: Int64) {
    let low = traces[k].low
    let high = low &+ Int64(bitPattern: traces[k].span)
    // 0.92 and 1.08 squared, from 0.9 and 1.1 squared.
    let returnLow = low &+ low &>> 5 &+ low &>> 7 &+ low &>> 8 &+ low &>> 9
    let returnHigh = high &- (high &>> 5 &+ high &>> 8 &+ high &>> 10)
    traces[k].age = traces[k].age &+ lastStep
    switch traces[k].state {
    case .unknown:
      if cycle >= returnLow && cycle <= returnHigh && low > 0 { traces[k].state = .normal }
      return
    case .dip:
      if cycle < returnLow {
        traces[k].extreme = min(traces[k].extreme, cycle)
        if traces[k].age > longest { traces[k].state = .unknown }
        return
      }
      end(k)
    case .swell:
      if cycle > returnHigh {
        traces[k].extreme = max(traces[k].extreme, cycle)
        if traces[k].age > longest { traces[k].state = .unknown }
        return
      }
      end(k)
    case .normal: break
    }
    if !isArmed || (cycle >= low && cycle < high) { return }
    traces[k].state = cycle < low ? .dip : .swell
    traces[k].extreme = cycle
    traces[k].age = 0
  }

  private mutating func end(_ k: Int) {
    let trace = traces[k]
    traces[k].state = .normal
    // Six in one window are more than the mains can do; beyond them the oldest are kept.
    if Int(held) == entries.count { return }
    entries[Int(held)].system = UInt8(truncatingIfNeeded: k)
    entries[Int(held)].isSwell = trace.state == .swell
    entries[Int(held)].length = trace.age
    entries[Int(held)].end = Int32(bitPattern: border) &- Int32(bitPattern: cycleSamples)
    entries[Int(held)].extreme = trace.extreme
    entries[Int(held)].cycle = cycleSamples
    held += 1
  }

  /// Systems in which a disturbance is under way, as bits.
  var open: UInt8 {
    var bits: UInt8 = 0
    for k in 0..<3 where traces[k].state == .dip || traces[k].state == .swell {
      bits |= 1 << UInt8(k)
    }
    return bits
  }

  /// The newest disturbance that is over, without its voltage.
  ///
  /// - Parameter window: sets in the window just closed.
  mutating func next(window: UInt32) -> (VoltageDisturbance, extreme: Int64, cycle: UInt32)? {
    if held == 0 { return nil }
    held -= 1
    let entry = entries[Int(held)]
    let ago = Int32(bitPattern: window) &- entry.end
    return (
      VoltageDisturbance(
        system: entry.system, kind: entry.isSwell ? .swell : .dip, length: entry.length,
        ago: UInt32(max(ago, 0)), extreme_mV: 0), entry.extreme, entry.cycle
    )
  }
}

import Metrology

/// Active energy of one phase or of the sum, in joules (watt-seconds).
public struct ActiveEnergy: Equatable, Sendable {
  /// A+; never negative.
  public var import_J = 0.0
  /// A−, as a magnitude; never negative.
  public var export_J = 0.0
  /// Import less export, summed on its own.
  public var net_J = 0.0

  public init() {}

  /// kWh of `import_J`.
  public var import_kWh: Double { import_J / 3.6e6 }
  /// kWh of `export_J`.
  public var export_kWh: Double { export_J / 3.6e6 }
  /// kWh of `net_J`.
  public var net_kWh: Double { net_J / 3.6e6 }

  /// Books one window.
  mutating func add(_ joules: Double) {
    net_J += joules
    if joules >= 0 { import_J += joules } else { export_J -= joules }
  }

  static func + (a: ActiveEnergy, b: ActiveEnergy) -> ActiveEnergy {
    var sum = a
    sum.import_J += b.import_J
    sum.export_J += b.export_J
    sum.net_J += b.net_J
    return sum
  }
}

/// The energy that a source has truly delivered, for comparison with the registers of a meter.
public struct EnergyTruth: Equatable, Sendable {
  /// How it was computed, for people.
  public var method: String
  /// Sample sets delivered.
  public var sampleCount: UInt64
  /// Seconds that they span.
  public var span_s: Double
  /// L1, L2, L3.
  public var phases: [ActiveEnergy]
  /// Netting of the three phases in each window before the split (vector sum).
  public var vectorSum: ActiveEnergy

  /// The sum of the phases, each split for itself (individual summation, the default).
  public var total: ActiveEnergy { phases[0] + phases[1] + phases[2] }
}

/// Books products u·i into windows of 200 ms and splits each into import and export.
///
/// Window `k` ends before sample `(k + 1) * rate / 5`, rounded down, so windows never drift.
package struct TruthAccumulator {
  let rate: SampleRate
  private(set) var sampleCount: UInt64 = 0
  private var windowIndex: UInt64 = 0
  private var windowEnd: UInt64
  private var open = SIMD4<Double>()
  private var phases = [ActiveEnergy](repeating: ActiveEnergy(), count: 3)
  private var vectorSum = ActiveEnergy()

  package init(rate: SampleRate) {
    self.rate = rate
    windowEnd = Self.end(of: 0, rate)
  }

  private static func end(of window: UInt64, _ rate: SampleRate) -> UInt64 {
    let perFifth = 5 * UInt64(rate.denominator)
    let (high, low) = (window &+ 1).multipliedFullWidth(by: UInt64(rate.numerator))
    return high < perFifth ? perFifth.dividingFullWidth((high, low)).quotient : .max
  }

  /// How many samples may be added in one call.
  package var room: Int { Int(clamping: windowEnd - sampleCount) }

  /// Adds the sums of u·i (VA) of the three phases over `samples` samples, at most `room`.
  package mutating func add(_ sums: SIMD3<Double>, samples: Int) {
    precondition(samples <= room, "a window is passed")
    open += SIMD4(sums, 0)
    sampleCount += UInt64(samples)
    if sampleCount == windowEnd {
      close()
      repeat {
        windowIndex += 1
        windowEnd = Self.end(of: windowIndex, rate)
      } while windowEnd <= sampleCount
    }
  }

  private mutating func close() {
    let seconds = Double(rate.denominator) / Double(rate.numerator)
    for phase in 0..<3 { phases[phase].add(open[phase] * seconds) }
    vectorSum.add((open[0] + open[1] + open[2]) * seconds)
    open = .zero
  }

  /// The truth so far; an open window is closed in the answer, not in the accumulator.
  package func truth(_ method: String) -> EnergyTruth {
    var closed = self
    closed.close()
    return EnergyTruth(
      method: method, sampleCount: sampleCount,
      span_s: Double(sampleCount) * Double(rate.denominator) / Double(rate.numerator),
      phases: closed.phases, vectorSum: closed.vectorSum)
  }
}

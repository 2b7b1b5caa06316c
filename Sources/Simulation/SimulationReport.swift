/// What simulated years were made of, and what in them was wrong.
public struct SimulationReport: Sendable {
  /// Whole years of one meter.
  public var meterYears = 0
  /// Registration periods that were predicted and compared.
  public var intervals = 0
  /// Rows read back out of the load profile.
  public var rowsRead = 0
  /// Outages between two programs of the memory.
  public var outages = 0
  /// Outages in the middle of a program.
  public var tornPrograms = 0
  /// Times the clock was set, forward or back.
  public var clockSets = 0
  /// Tariff commands.
  public var tariffChanges = 0
  /// Beginnings and ends of daylight saving time passed.
  public var folds = 0
  /// Times the length of the periods was changed.
  public var lengthChanges = 0
  /// Billing resets, each compared with its snapshot.
  public var billingResets = 0
  /// Maxima that were compared with the recomputed ones.
  public var maxima = 0
  /// The first violations, in words.
  public var violations: [String] = []
  /// Violations in all.
  public var violationCount = 0

  public init() {}

  mutating func note(_ violation: String) {
    violationCount += 1
    if violations.count < 20 { violations.append(violation) }
  }

  /// Counts by name, in the order in which they are told.
  public var figures: [(name: String, value: Int)] {
    [
      ("meter-years", meterYears), ("intervals", intervals), ("rows-read", rowsRead),
      ("outages", outages), ("torn-programs", tornPrograms), ("clock-sets", clockSets),
      ("tariff-changes", tariffChanges), ("folds", folds), ("length-changes", lengthChanges),
      ("billing-resets", billingResets), ("maxima", maxima), ("violations", violationCount),
    ]
  }

  /// Adds another run.
  public static func += (a: inout SimulationReport, b: SimulationReport) {
    a.meterYears += b.meterYears
    a.intervals += b.intervals
    a.rowsRead += b.rowsRead
    a.outages += b.outages
    a.tornPrograms += b.tornPrograms
    a.clockSets += b.clockSets
    a.tariffChanges += b.tariffChanges
    a.folds += b.folds
    a.lengthChanges += b.lengthChanges
    a.billingResets += b.billingResets
    a.maxima += b.maxima
    a.violationCount += b.violationCount
    a.violations += b.violations.prefix(max(0, 20 - a.violations.count))
  }
}

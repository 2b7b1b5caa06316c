/// What a torture did, and what it found.
public struct TortureReport: Sendable {
  /// Cuts in all, those during recovery included.
  public var cuts = 0
  /// Cuts during the programs of a recovery.
  public var cutsDuringRecovery = 0
  /// Starts with a supply that failed again at once.
  public var firstBreaths = 0
  /// Starts that ran to their end.
  public var recoveries = 0
  /// Programs handed to the memory.
  public var programs = 0
  /// Cuts by the shape that the torn program got.
  public var shapes: [TearShape: Int] = [:]
  /// Cuts by script.
  public var scripts: [String: Int] = [:]
  /// Cuts by the faults that the memory had besides.
  public var faults: [MemoryFault: Int] = [:]
  /// Worn pages that were replaced.
  public var replacedPages = 0
  /// Memories that reached the end of their life and said so.
  public var endsOfLife = 0
  /// Bits that were flipped at rest.
  public var flips = 0
  /// Most bytes that one start read.
  public var maxBytesRead = 0
  /// Broken promises; empty is what everybody hopes for.
  public var violations: [Violation] = []
  /// Broken promises by name, also those beyond what `violations` keeps.
  public var broken: [Promise: Int] = [:]

  static let keptViolations = 20

  public init() {}

  /// Number of broken promises.
  public var violationCount: Int { broken.values.reduce(0, +) }

  mutating func note(_ violation: Violation, _ place: String) {
    broken[violation.promise, default: 0] += 1
    guard violations.count < Self.keptViolations else { return }
    violations.append(Violation(violation.promise, "\(place): \(violation.what)"))
  }

  /// Adds what another part of the torture did and found.
  public mutating func add(_ other: TortureReport) {
    cuts += other.cuts
    cutsDuringRecovery += other.cutsDuringRecovery
    firstBreaths += other.firstBreaths
    recoveries += other.recoveries
    programs += other.programs
    shapes.merge(other.shapes, uniquingKeysWith: +)
    scripts.merge(other.scripts, uniquingKeysWith: +)
    faults.merge(other.faults, uniquingKeysWith: +)
    replacedPages += other.replacedPages
    endsOfLife += other.endsOfLife
    flips += other.flips
    maxBytesRead = max(maxBytesRead, other.maxBytesRead)
    violations += other.violations.prefix(max(0, Self.keptViolations - violations.count))
    broken.merge(other.broken, uniquingKeysWith: +)
  }
}

import PermanentMemory

/// The memory under torture: a faulty part behind what verifies and replaces.
public typealias TortureMemory = SparedMemory<FaultyMemory>

/// A store at work, with the rule for what must come back after a cut.
///
/// A value is the meter's side of the story and, beside it, what an observer knows: what was
/// metered, shown, acknowledged, and what was on its way. `work` runs until the supply goes;
/// `start` recovers from the memory alone and compares.
///
/// A new store joins by one such type and a line in `Torture.scripts`.
public protocol TortureScript: ~Copyable, SendableMetatype {
  /// One word for reports.
  static var name: String { get }
  /// Bytes that one `work` programs as a rule: how far ahead cuts are planned.
  static var bytesPerWork: Int { get }
  /// Bytes that a start may read before it programs: 8 KiB for what a meter needs before it
  /// measures.
  static var readLimit: Int { get }
  /// The regions it writes to: where pages die and bits stick.
  static var regions: [PageRegion] { get }

  /// Nothing stored, nothing promised.
  init()

  /// The supply is on: recovers, holds what comes back to the rule, and programs what is due at a
  /// start. The supply may go meanwhile; then it just returns.
  mutating func start(_ memory: inout TortureMemory) throws(Violation)

  /// A piece of work with at least one program, brought to its end or until the supply goes.
  mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation)
}

extension TortureScript where Self: ~Copyable {
  public static var readLimit: Int { 8192 }
}

extension SparedMemory where Base == FaultyMemory {
  /// A blank part.
  public init(seed: UInt64) { self.init(FaultyMemory(seed: seed)) }

  /// False from a cut until the next start.
  public var isPowered: Bool { base.isPowered }

  /// Lets a step of programming time pass.
  public mutating func pass() {
    base.advance()
    maintain()
  }

  /// What a recovery may forget beyond the rules of an ordinary cut.
  var leniency: Leniency {
    if base.reorderDepth > 0 { return .order }
    return base.flips > 0 ? .flips : .none
  }

  /// Whether this is what a memory says in which nothing was ever committed. Bits that stick from
  /// the beginning may pass for damage.
  func isNew(_ report: RecoveryReport) -> Bool {
    report.outcome == .blank || (base.hasStuckBits && report.outcome == .lost)
  }

  /// Programs until it is done, the supply goes, or the memory has reached its end of life.
  ///
  /// - Parameter step: one step; true when it is done.
  /// - Throws: when it does not get done although the memory says that all is well.
  mutating func untilDone(
    _ step: (inout TortureMemory) throws(Violation) -> Bool
  ) throws(Violation) {
    for _ in 0..<20_000 {
      guard isPowered else { return }
      pass()
      if try step(&self) { return }
      if condition.isFaulty && condition.failures > 1000 { return }
    }
    guard condition.isFaulty || !isPowered else {
      throw Violation(.wornPages, "does not get done, and the memory does not say why")
    }
  }
}

/// What a recovery may forget beyond the rules of an ordinary cut.
enum Leniency: Equatable {
  case none
  /// Bits have flipped: an older state may come back if damage is reported.
  case flips
  /// The part stores programs in any order: some of the newest may be missing, and what an
  /// overwritten place held before may come back. No mixture may.
  case order

  /// Whether a state that has been replaced since may come back.
  func allowsOld(_ report: RecoveryReport) -> Bool {
    switch self {
    case .none: false
    case .flips: report.damaged > 0
    case .order: true
    }
  }

  /// Whether nothing may come back although something was committed.
  func allowsLoss(_ report: RecoveryReport) -> Bool {
    switch self {
    case .none: false
    case .flips: report.outcome == .lost
    // Two copies of which neither is safely stored can both be gone.
    case .order: true
    }
  }
}

import PermanentMemory

/// Energies as a register journal holds them: A+, its tariffs T1...T4, A-; mWh.
struct Energies: Equatable {
  var values = InlineArray<6, UInt64>(repeating: 0)

  static let bytes = 240

  init() {}

  subscript(k: Int) -> UInt64 {
    get { values[k] }
    set { values[k] = newValue }
  }

  /// The tariffs add up to the total.
  var addsUp: Bool { values[0] == values[1] + values[2] + values[3] + values[4] }

  /// A payload whose rest follows from the registers, so that no mixture passes for a record.
  var payload: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.bytes)
    var mixed: UInt64 = 0
    for k in values.indices {
      for i in 0..<6 { bytes[6 * k + i] = UInt8(truncatingIfNeeded: values[k] >> UInt64(8 * i)) }
      mixed = (mixed &+ values[k]) &* 0x9E37_79B9_7F4A_7C15
    }
    for i in stride(from: 48, to: Self.bytes, by: 24) {
      bytes[i] = UInt8(truncatingIfNeeded: mixed >> UInt64(i % 56))
    }
    return bytes
  }

  /// Nil for a mixture.
  init?(_ bytes: [UInt8]) {
    for k in values.indices {
      for i in 0..<6 { values[k] |= UInt64(bytes[6 * k + i]) << UInt64(8 * i) }
    }
    if payload != bytes { return nil }
  }

  static func == (a: Energies, b: Energies) -> Bool {
    for k in a.values.indices where a[k] != b[k] { return false }
    return true
  }
}

/// What an observer of registers knows, and the rule for what comes back.
struct RegisterOracle {
  /// What was metered, the open window included.
  var metered = Energies()
  /// What was committed last, and so may have been shown.
  var shown = Energies()
  /// What the open window brought.
  var gain = Energies()
  /// Committed states, the newest last.
  var history: [Energies] = []
  /// Commits so far.
  var commits = 0
  /// What was on its way when the supply went, since the last commit. A second tear in the same
  /// place may complete the first: then this comes back, and all of it was metered.
  private var open: [Energies] = []

  /// A window passes: up to 3.26 Wh, as 58.65 kW give in 200 ms.
  mutating func meter(_ random: inout SplitMix64) {
    gain = Energies()
    let energy = UInt64(random.below(3260))
    gain[0] = energy
    gain[1 + random.below(4)] = energy
    gain[5] = UInt64(random.below(700))
    for k in 0..<6 { metered[k] += gain[k] }
  }

  /// Some register has passed a watt-hour since it was committed.
  var isDue: Bool {
    for k in 0..<6 where metered[k] / 1000 > shown[k] / 1000 { return true }
    return false
  }

  /// A record is on its way.
  mutating func offer(_ value: Energies) { open.append(value) }

  mutating func commit(_ value: Energies) {
    open = []
    shown = value
    commits += 1
    history.append(value)
    if history.count > 16 { history.removeFirst() }
  }

  /// Holds a recovery to the rule and goes on from there.
  /// - Parameter mayBeLost: a new memory with bits that stick may pass for a damaged one.
  mutating func check(
    _ found: Energies?, _ report: RecoveryReport, _ leniency: Leniency, mayBeLost: Bool = false
  ) throws(Violation) {
    defer {
      metered = shown
      gain = Energies()
    }
    guard report.outcome == .recovered else {
      let isNew = commits == 0 && (report.outcome == .blank || mayBeLost)
      guard isNew || leniency.allowsLoss(report) else {
        throw Violation(.nearest, "\(report.outcome) after \(commits) commits")
      }
      shown = Energies()
      history = []
      commits = 0
      return
    }
    guard let found else { throw Violation(.tornPages, "a mixture of two records was believed") }
    guard found.addsUp else { throw Violation(.tariffs, "tariffs do not add up to \(found[0])") }
    if leniency != .none, let at = history.lastIndex(of: found) {
      let age = history.count - 1 - at
      guard age == 0 || leniency.allowsOld(report) else {
        throw Violation(.neverBack, "\(found[0]) mWh came back after \(shown[0]) were shown")
      }
      history.removeLast(age)
      shown = found
      return
    }
    if open.contains(found) {
      shown = found
      return
    }
    for k in 0..<6 {
      if found[k] > metered[k] {
        throw Violation(.nearest, "register \(k): \(found[k]) is ahead of \(metered[k]) mWh")
      }
      if found[k] / 1000 < shown[k] / 1000 {
        throw Violation(.neverBack, "register \(k): \(found[k]) after \(shown[k]) mWh were shown")
      }
      if metered[k] - found[k] > 1000 + gain[k] {
        throw Violation(.nearest, "register \(k): \(metered[k] - found[k]) mWh are lost")
      }
    }
    shown = found
  }
}

/// The register journal: a window is metered, and committed when a register has passed 1 Wh.
public struct RegisterScript: TortureScript {
  public static let name = "registers"
  public static let bytesPerWork = 220
  public static let regions = [MemoryMap.registerJournal]

  var journal = RegisterJournal()
  var oracle = RegisterOracle()

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    var bytes = [UInt8](repeating: 0, count: Energies.bytes)
    var span = bytes.mutableSpan
    let report = journal.recover(from: memory, into: &span)
    let found = Energies(bytes)
    try oracle.check(
      found, report, memory.leniency, mayBeLost: memory.base.hasStuckBits)
    // Written anew before it is shown: a cut may have left it weakly programmed.
    if report.outcome == .recovered { try commit(&memory) }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    oracle.meter(&random)
    if oracle.isDue { try commit(&memory) }
  }

  mutating func commit(_ memory: inout TortureMemory) throws(Violation) {
    let value = oracle.metered
    let payload = value.payload
    oracle.offer(value)
    try memory.untilDone { memory throws(Violation) in
      switch journal.poll(memory) {
      case .committed:
        oracle.commit(value)
        return true
      case .idle, .failed: _ = journal.append(payload.span, to: &memory)
      case .busy: break
      }
      return false
    }
  }
}

import PermanentMemory

/// Billing snapshots and the second logger: a period that is closed stays closed, whole and in
/// order.
public struct SnapshotScript: TortureScript {
  public static let name = "snapshots"
  public static let bytesPerWork = 200
  public static let regions = [MemoryMap.billing, MemoryMap.secondLogger]

  /// A ring with its observer.
  private struct Log {
    var ring: SnapshotRing
    /// Acknowledged snapshots by sequence number, the newest last.
    var history: [(sequence: UInt32, payload: [UInt8])] = []
    /// Snapshots that were on their way since the last one that was acknowledged.
    var open: [[UInt8]] = []
    var commits = 0

    mutating func start(_ memory: inout TortureMemory) throws(Violation) {
      var bytes = [UInt8](repeating: 0, count: ring.payloadBytes)
      var span = bytes.mutableSpan
      let report = ring.recover(from: memory, into: &span)
      let leniency = memory.leniency
      guard report.outcome == .recovered else {
        guard commits == 0 && memory.isNew(report) || leniency.allowsLoss(report) else {
          throw Violation(.profile, "\(report.outcome) after \(commits) snapshots")
        }
        history = []
        commits = 0
        return
      }
      let acknowledged = history.last?.sequence ?? 0
      if ring.newest < acknowledged {
        guard leniency.allowsOld(report) else {
          throw Violation(.profile, "snapshot \(acknowledged) is gone, \(ring.newest) is newest")
        }
        history.removeAll { $0.sequence > ring.newest }
      } else if ring.newest > acknowledged {
        guard open.contains(bytes) || leniency == .order else {
          throw Violation(.tornPages, "a snapshot came back that was never made")
        }
        note(bytes)
      }
    }

    func checkHistory(_ memory: borrowing TortureMemory) throws(Violation) {
      for snapshot in history.suffix(12) {
        var bytes = [UInt8](repeating: 0, count: ring.payloadBytes)
        var span = bytes.mutableSpan
        let isThere = ring.read(Int(ring.newest - snapshot.sequence), from: memory, into: &span)
        if !isThere && memory.leniency != .none { continue }
        guard isThere, bytes == snapshot.payload else {
          throw Violation(.profile, "snapshot \(snapshot.sequence) is not what it was")
        }
      }
    }

    mutating func append(
      _ payload: [UInt8], _ memory: inout TortureMemory
    ) throws(Violation) {
      open.append(payload)
      var isDone = false
      try memory.untilDone { memory throws(Violation) in
        switch ring.poll(memory) {
        case .committed: isDone = true
        case .idle, .failed: _ = ring.append(payload.span, to: &memory)
        case .busy: break
        }
        return isDone
      }
      guard isDone else { return }
      note(payload)
    }

    private mutating func note(_ payload: [UInt8]) {
      commits += 1
      open = []
      history.append((ring.newest, payload))
      if history.count > 16 { history.removeFirst() }
    }
  }

  private var billing = Log(
    ring: SnapshotRing(region: MemoryMap.billing, kind: RegisterJournal.billing))
  private var second = Log(
    ring: SnapshotRing(region: MemoryMap.secondLogger, halves: true, kind: 0x53))
  private var number: UInt64 = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    try billing.start(&memory)
    try second.start(&memory)
    memory.base.noteMeasuring()
    try billing.checkHistory(memory)
    try second.checkHistory(memory)
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    number += 1
    let mixed = number &* 0x9E37_79B9_7F4A_7C15
    let isBilling = random.below(2) == 0
    let count = isBilling ? billing.ring.payloadBytes : second.ring.payloadBytes
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: mixed >> UInt64($0 % 56)) }
    if isBilling {
      try billing.append(payload, &memory)
    } else {
      try second.append(payload, &memory)
    }
  }
}

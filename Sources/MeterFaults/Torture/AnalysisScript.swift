import PermanentMemory

/// The analysis logger: a record that was acknowledged is there, once, in order.
public struct AnalysisScript: TortureScript {
  public static let name = "analysis"
  public static let bytesPerWork = 320
  public static let regions = [MemoryMap.analysisLogger, MemoryMap.state(11)]

  /// Four records of 57 bytes to a page: the ring goes round every thousand records.
  private static let layout: AnalysisLayout = {
    let channels = [UInt8](0..<14)
    guard let layout = AnalysisLayout(minutes: 15, channels: channels.span) else {
      preconditionFailure("a layout that exists")
    }
    return layout
  }()
  private static let remembered = 12

  private var ring = AnalysisRing(layout: Self.layout)
  /// Acknowledged records, the newest last.
  private var rows: [AnalysisRow] = []
  /// Records that were on their way since.
  private var open: [AnalysisRow] = []
  private var number: UInt32 = 1000
  private var commits = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    ring = AnalysisRing(layout: Self.layout)
    let report = ring.recover(from: memory)
    memory.base.noteMeasuring()
    let leniency = memory.leniency
    defer { open = [] }
    guard report.outcome == .recovered else {
      guard commits == 0 && memory.isNew(report) || leniency.allowsLoss(report) else {
        throw Violation(.profile, "\(report.outcome) after \(commits) records")
      }
      rows = []
      commits = 0
      return
    }
    let newest = ring.newest ?? 0
    if let known = open.last(where: { $0.number == newest }) {
      note(known)
    } else if newest != rows.last?.number ?? 0 {
      guard leniency.allowsOld(report) else {
        throw Violation(.profile, "record \(newest) is newest after \(rows.last?.number ?? 0)")
      }
      rows.removeAll { $0.number > newest }
    }
    try pump(&memory)
    try checkRows(memory)
  }

  private mutating func note(_ row: AnalysisRow) {
    commits += 1
    rows.append(row)
    if rows.count > Self.remembered { rows.removeFirst() }
  }

  private func checkRows(_ memory: borrowing TortureMemory) throws(Violation) {
    // Groups that were undone hold what the lap before had; nothing tells.
    if memory.leniency == .order { return }
    let isLenient = memory.leniency != .none || memory.condition.isFaulty
    for (index, row) in rows.reversed().enumerated() {
      let found = ring.row(index, memory: memory)
      if let found, found == row { continue }
      if isLenient && (found.map { $0.isDamaged || $0.number != row.number } ?? true) { continue }
      if memory.condition.isFaulty { continue }
      throw Violation(
        .profile, "record \(row.number) reads \(found.map { "\($0.number)" } ?? "nothing")")
    }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    guard ring.isIdle else { return try pump(&memory) }
    // Now and then some intervals without a record, or a page's worth of them.
    number += 1
    if random.below(12) == 0 { number += UInt32(random.below(7)) }
    var row = AnalysisRow(number: number, status: UInt8(random.below(256)) & 0xAA)
    for k in 0..<Self.layout.channelCount {
      row.values[k] = Int32(random.below(1 << 27)) - 1 << 26
    }
    open.append(row)
    guard ring.begin(row) else { return }
    try pump(&memory)
    if memory.isPowered && ring.isIdle {
      note(row)
      open = []
    }
  }

  private mutating func pump(_ memory: inout TortureMemory) throws(Violation) {
    try memory.untilDone { memory throws(Violation) in
      _ = ring.pump(&memory)
      return ring.isIdle
    }
  }
}

extension AnalysisRow {
  fileprivate var isDamaged: Bool { status & 0x05 == 0x05 }
}

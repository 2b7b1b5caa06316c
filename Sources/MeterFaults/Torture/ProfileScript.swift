import PermanentMemory

/// The load profile: a period that was closed is there, once, in order, and what its owner keeps
/// with it belongs to the same period.
public struct ProfileScript: TortureScript {
  public static let name = "profile"
  public static let bytesPerWork = 300
  /// Where the ring begins and ends, since the script is played across its end.
  public static let regions = [
    PageRegion(first: 0, count: 32), PageRegion(first: 892, count: 4),
    MemoryMap.profileCheckpoint,
  ]

  private struct Entry {
    /// Number of the try, kept as the owner's state.
    var number: UInt32
    var row: ProfileRow
  }

  private static let channels: UInt8 = 0b1111
  private static let remembered = 24

  private var profile = LoadProfile.five
  /// Acknowledged rows, the newest last.
  private var rows: [Entry] = []
  /// Rows that were on their way since. A torn one may be whole after a second tear.
  private var open: [Entry] = []
  private var tries: UInt32 = 0
  private var commits = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    profile = .five
    var owner = InlineArray<164, UInt8>(repeating: 0)
    let report = profile.recover(from: memory, owner: &owner)
    memory.base.noteMeasuring()
    let leniency = memory.leniency
    guard report.outcome == .recovered else {
      let isNew = commits == 0 && memory.isNew(report)
      guard isNew || leniency.allowsLoss(report) else {
        throw Violation(.profile, "\(report.outcome) after \(commits) periods")
      }
      return try begin(&memory)
    }
    var number: UInt32 = 0
    for i in 0..<4 { number |= UInt32(owner[i]) << UInt32(8 * i) }
    try follow(number, report, leniency)
    try pump(&memory)
    try checkRows(memory)
  }

  /// The try that the checkpoint knows is the newest from now on.
  private mutating func follow(
    _ number: UInt32, _ report: RecoveryReport, _ leniency: Leniency
  ) throws(Violation) {
    defer { open = [] }
    if number == rows.last?.number ?? 0 { return }
    if let known = open.last(where: { $0.number == number }) { return note(known) }
    guard leniency.allowsOld(report) else {
      throw Violation(.profile, "period \(number) is newest after \(rows.last?.number ?? 0)")
    }
    rows.removeAll { $0.number > number }
  }

  private mutating func note(_ entry: Entry) {
    commits += 1
    rows.append(entry)
    if rows.count > Self.remembered { rows.removeFirst() }
  }

  private func checkRows(_ memory: borrowing TortureMemory) throws(Violation) {
    // Groups that were undone hold what the lap before had; nothing tells.
    if memory.leniency == .order { return }
    var reader = ProfileReader(
      at: profile.place(ofRow: profile.rowCount - rows.count, memory: memory))
    for entry in rows {
      let found = reader.next(of: profile, from: memory)
      let isLenient = memory.leniency != .none || memory.condition.isFaulty
      guard let found else {
        if isLenient { return }
        throw Violation(.profile, "period \(entry.number) is gone")
      }
      if found == entry.row { continue }
      if isLenient && (found.isDamaged || found.differsMuch(from: entry.row)) { continue }
      throw Violation(
        .profile, "period \(entry.number) reads \(found.number), status \(found.status)")
    }
  }

  /// A profile that is about to go round: as if all slots but the last few had been used.
  private mutating func begin(_ memory: inout TortureMemory) throws(Violation) {
    rows = []
    open = []
    commits = 0
    let layout = ProfileLayout(minutes: 15, channels: Self.channels)
    let next = UInt32(clamping: (layout?.capacity ?? 0) - 60)
    var payload = [UInt8](repeating: 0, count: 240)
    func put(_ value: UInt32, _ at: Int) {
      for i in 0..<4 { payload[at + i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
    }
    payload[0] = 1
    payload[1] = 15
    payload[2] = Self.channels
    put(next, 4)
    put(Self.firstNumber + next - 1, 8)
    put(.max, 12)
    put(Self.firstNumber, 20)
    var record = AtomicRecord(region: MemoryMap.profileCheckpoint, copies: 4, kind: 5)
    var none = [UInt8](repeating: 0, count: 240)
    var room = none.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &room, length: &length)
    try memory.untilDone { memory throws(Violation) in
      if record.isIdle { _ = record.begin(payload.span) }
      return record.pump(payload.span, to: &memory) == .committed
    }
    guard memory.isPowered else { return }
    var owner = InlineArray<164, UInt8>(repeating: 0)
    _ = profile.recover(from: memory, owner: &owner)
  }

  private static let firstNumber: UInt32 = 900_000

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    guard profile.isIdle else { return try pump(&memory) }
    tries += 1
    var number = (profile.newestNumber ?? Self.firstNumber) + 1
    // An outage, or a clock that was set back.
    switch random.below(20) {
    case 0, 1: number += 1 + UInt32(random.below(200))
    case 2: number -= UInt32(random.below(3))
    default: break
    }
    var row = ProfileRow(number: number, status: UInt8(random.below(256)) & 0xAA)
    for k in 0..<4 { row.values[k] = UInt32(random.below(1 << 20)) }
    var owner = InlineArray<164, UInt8>(repeating: UInt8(truncatingIfNeeded: tries &* 31))
    for i in 0..<4 { owner[i] = UInt8(truncatingIfNeeded: tries >> UInt32(8 * i)) }
    let entry = Entry(number: tries, row: row)
    open.append(entry)
    guard profile.begin(row, owner: owner, memory: memory) else { return }
    try pump(&memory)
    if memory.isPowered && profile.isIdle {
      note(entry)
      open = []
    }
  }

  private mutating func pump(_ memory: inout TortureMemory) throws(Violation) {
    try memory.untilDone { memory throws(Violation) in
      _ = profile.pump(&memory)
      return profile.isIdle
    }
  }
}

extension LoadProfile {
  /// One channel and five minutes, until a memory says otherwise.
  fileprivate static var five: LoadProfile {
    guard let layout = ProfileLayout(minutes: 5, channels: 1) else { preconditionFailure() }
    return LoadProfile(layout: layout)
  }
}

extension ProfileRow {
  fileprivate var isDamaged: Bool { status & 0x05 == 0x05 }

  /// More bits differ than four check bits can notice, or the place that implies the time.
  fileprivate func differsMuch(from other: ProfileRow) -> Bool {
    var bits = (status ^ other.status).nonzeroBitCount
    for k in 0..<4 { bits += (values[k] ^ other.values[k]).nonzeroBitCount }
    return bits != 1
  }
}

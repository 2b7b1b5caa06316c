import PermanentMemory

/// An interval is closed: the registers go into the journal first, then a checkpoint says from
/// which registers the next interval counts. A checkpoint that were ahead of the registers would
/// take energy out of an interval that has been closed.
public struct CheckpointScript: TortureScript {
  public static let name = "checkpoint"
  public static let bytesPerWork = 512
  public static let regions = [
    MemoryMap.registerJournal, PageRegion(first: MemoryMap.state(2).first, count: 4),
  ]

  var registers = RegisterScript()
  var checkpoint = RecordUnderTest(
    PageRegion(first: MemoryMap.state(2).first, count: 4), kind: 20, .profile)
  private var interval: UInt32 = 0

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    try registers.start(&memory)
    guard memory.isPowered else { return }
    let found = try checkpoint.start(&memory)
    interval = 0
    guard let found else { return }
    for i in 0..<4 { interval |= UInt32(found[i]) << UInt32(8 * i) }
    var closed: UInt64 = 0
    for i in 0..<8 { closed |= UInt64(found[8 + i]) << UInt64(8 * i) }
    if closed > registers.oracle.shown[0] && memory.leniency == .none {
      throw Violation(
        .profile,
        "interval \(interval) ends at \(closed), registers at \(registers.oracle.shown[0])")
    }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    try meter(&memory, &random)
    if memory.isPowered { try close(&memory) }
  }

  /// A few windows pass, and the registers are committed.
  mutating func meter(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    registers.oracle.meter(&random)
    try registers.commit(&memory)
  }

  /// The interval ends at the registers metered now.
  mutating func close(_ memory: inout TortureMemory) throws(Violation) {
    var payload = [UInt8](repeating: 0, count: 40)
    let next = interval + 1
    let end = registers.oracle.metered[0]
    for i in 0..<4 { payload[i] = UInt8(truncatingIfNeeded: next >> UInt32(8 * i)) }
    for i in 0..<8 { payload[8 + i] = UInt8(truncatingIfNeeded: end >> UInt64(8 * i)) }
    if try checkpoint.change(to: payload, &memory) { interval = next }
  }
}

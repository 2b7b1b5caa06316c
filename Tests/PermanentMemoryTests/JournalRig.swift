import MeterFaults
import PermanentMemory

/// A journal on a faulty memory, with the oracle of what may be recovered.
///
/// The payload of record number `value` is derived from it, so that a mixture of two records
/// cannot look like one of them.
final class JournalRig {
  var memory: FaultyMemory
  var journal: RegisterJournal
  /// The value of the last record that was acknowledged, 0 if none.
  var committed: UInt32 = 0
  /// The value of the record on its way when the supply went.
  var inFlight: UInt32 = 0

  init(image: [UInt8]? = nil, region: PageRegion, pageCount: Int, seed: UInt64) {
    memory =
      image.map { FaultyMemory(image: $0, seed: seed) }
      ?? FaultyMemory(pageCount: pageCount, seed: seed)
    journal = RegisterJournal(region: region)
  }

  static func payload(_ value: UInt32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 240)
    for i in 0..<4 { bytes[i] = UInt8(truncatingIfNeeded: value >> UInt32(8 * i)) }
    // Some registers move with every record, most stand still.
    bytes[60] = UInt8(truncatingIfNeeded: value &* 7)
    bytes[200] = UInt8(truncatingIfNeeded: value &* 13)
    bytes[239] = UInt8(truncatingIfNeeded: value &* 31)
    return bytes
  }

  /// Appends and polls to the end; false when the supply went or the program failed.
  @discardableResult
  func append(_ value: UInt32) -> Bool {
    inFlight = value
    guard journal.append(Self.payload(value).span, to: &memory) else { return false }
    guard journal.poll(memory) == .committed else { return false }
    committed = value
    return true
  }

  func poll() -> ProgramProgress { journal.poll(memory) }

  /// The payload of a record of the past.
  func row(_ index: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 240)
    var span = bytes.mutableSpan
    let found = journal.read(index, from: memory, into: &span)
    return found ? bytes : nil
  }

  /// Restores the supply and recovers. Returns the report and what is wrong, nil if nothing is.
  func restart() -> (report: RecoveryReport, wrong: String?) {
    memory.restorePower()
    memory.resetReads()
    var bytes = [UInt8](repeating: 0, count: 240)
    var span = bytes.mutableSpan
    let report = journal.recover(from: memory, into: &span)
    if Int(report.bytesRead) != memory.bytesRead {
      return (report, "\(memory.bytesRead) bytes read, \(report.bytesRead) reported")
    }
    if report.bytesRead > 8192 { return (report, "\(report.bytesRead) bytes read") }
    switch report.outcome {
    case .lost: return (report, "lost")
    case .blank: return (report, committed == 0 ? nil : "blank after \(committed)")
    case .recovered: break
    }
    var value: UInt32 = 0
    for i in 0..<4 { value |= UInt32(bytes[i]) << UInt32(8 * i) }
    if bytes != Self.payload(value) { return (report, "a mixture was believed") }
    if value != committed && value != inFlight {
      return (report, "\(value) instead of \(committed) or \(inFlight)")
    }
    committed = value
    return (report, nil)
  }
}

/// What a journal of this region and kind finds in an image.
func recovered(
  _ image: [UInt8], region: PageRegion, kind: UInt8 = RegisterJournal.registers
) -> RecoveryReport {
  let memory = TestMemory(image: image)
  var journal = RegisterJournal(region: region, kind: kind)
  var bytes = [UInt8](repeating: 0, count: 240)
  var span = bytes.mutableSpan
  return journal.recover(from: memory, into: &span)
}

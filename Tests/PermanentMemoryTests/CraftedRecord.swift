import PermanentMemory

/// Commits a payload to a record as its owner would: all checks are right, whatever it says.
func store(
  _ payload: [UInt8], in region: PageRegion, copies: UInt8 = 2, kind: UInt8,
  of memory: inout some PageMemory & ~Copyable
) {
  var record = AtomicRecord(region: region, copies: copies, kind: kind)
  _ = recover(&record, from: memory)
  guard record.begin(payload.span) else { preconditionFailure("a recovered record is idle") }
  while record.pump(payload.span, to: &memory) == .busy {}
}

/// The newest payload of a record.
func payload(
  in region: PageRegion, copies: UInt8 = 2, kind: UInt8,
  of memory: borrowing some PageMemory & ~Copyable
) -> [UInt8] {
  var record = AtomicRecord(region: region, copies: copies, kind: kind)
  return recover(&record, from: memory)
}

private func recover(
  _ record: inout AtomicRecord, from memory: borrowing some PageMemory & ~Copyable
) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: record.capacity)
  var room = bytes.mutableSpan
  var length = 0
  _ = record.recover(from: memory, into: &room, length: &length)
  return Array(bytes[0..<length])
}

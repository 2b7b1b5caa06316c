import Bytes

/// Reading the newest copy again after recovery, whole or in part.
extension AtomicRecord {
  /// Copies the payload of the newest copy.
  ///
  /// - Parameter payload: a longer record counts as damaged.
  /// - Returns: its length; nil where there is none, or it does not read as it was written.
  @inline(never)
  public func read(
    from memory: borrowing some PageMemory & ~Copyable, into payload: inout MutableSpan<UInt8>
  ) -> Int? {
    guard newest != 0 else { return nil }
    let head = head(of: newestCopy, in: memory)
    guard head.sequence == newest, Int(head.length) <= payload.count else { return nil }
    var crc = startOfCheck(length: head.length, sequence: head.sequence, copy: newestCopy)
    var chunk = InlineArray<16, UInt8>(repeating: 0)
    var done = 0
    while done < Int(head.length) {
      var span = chunk.mutableSpan
      readChunk(done, from: memory, into: &span)
      for i in 0..<min(16, Int(head.length) - done) {
        payload[done + i] = chunk[i]
        crc.update(chunk[i])
      }
      done += 16
    }
    return crc.value == head.check ? Int(head.length) : nil
  }

  /// Reads part of the newest payload without checking the rest of it.
  ///
  /// - Parameter offset: of the first byte in the payload.
  /// - Returns: false where the record is not that long, or there is none.
  @inline(never)
  public func read(
    at offset: Int, from memory: borrowing some PageMemory & ~Copyable,
    into bytes: inout MutableSpan<UInt8>
  ) -> Bool {
    guard newest != 0, offset >= 0 else { return false }
    let head = head(of: newestCopy, in: memory)
    guard head.sequence == newest, offset + bytes.count <= Int(head.length) else { return false }
    var chunk = InlineArray<16, UInt8>(repeating: 0)
    var done = 0
    while done < bytes.count {
      let from = (offset + done) / 16 * 16
      var span = chunk.mutableSpan
      readChunk(from, from: memory, into: &span)
      var i = offset + done - from
      while i < 16 && done < bytes.count {
        bytes[done] = chunk[i]
        i += 1
        done += 1
      }
    }
    return true
  }

  /// Sixteen bytes of the payload; 256 and the head are multiples of them, so none crosses a page.
  private func readChunk(
    _ offset: Int, from memory: borrowing some PageMemory & ~Copyable,
    into chunk: inout MutableSpan<UInt8>
  ) {
    let position = offset + Self.headBytes
    memory.read(page: page(position / 256, of: newestCopy), offset: position % 256, into: &chunk)
  }
}

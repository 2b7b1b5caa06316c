import PermanentMemory

extension Meter {
  /// The bytes of a stored section without its head; nil where there is none.
  @inline(never)
  public func sectionLength(
    _ section: ConfigurationSection, from memory: borrowing some PageMemory & ~Copyable
  ) -> Int? {
    var place = ConfigurationImage.headBytes
    var head = InlineArray<4, UInt8>(repeating: 0)
    for _ in 0..<256 {
      var span = head.mutableSpan
      guard store.record.read(at: place, from: memory, into: &span) else { return nil }
      let length = Int(head[2]) | Int(head[3]) << 8
      if head[0] == section.rawValue { return length }
      place += ConfigurationImage.sectionHeadBytes + length
    }
    return nil
  }
}

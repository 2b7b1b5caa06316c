import PermanentMemory

extension Meter {
  /// The stored configuration: layout 2, three zeros, sections as in `configure`.
  ///
  /// - Parameter output: at least `configurationCapacity` bytes.
  /// - Returns: its length; nil before the first one is committed, and where it is damaged.
  public func storedConfiguration(
    memory: borrowing some PageMemory & ~Copyable, into output: inout MutableSpan<UInt8>
  ) -> Int? {
    store.record.read(from: memory, into: &output)
  }

  /// The longest configuration that the memory has room for, bytes.
  public static var configurationCapacity: Int { ConfigurationImage.capacity }

  /// Checksum of everything that can be changed; the same configuration has the same one.
  public var configurationChecksum: UInt32 { store.checksum }

  /// Changes by doors over the life of the meter.
  public var configurationChanges: UInt32 { store.changes }

  /// Copies part of a section out of the memory, for tables that are not held in RAM.
  ///
  /// - Returns: false where there is no such section, or it is shorter.
  @inline(never)
  public func readSection(
    _ section: ConfigurationSection, at offset: Int,
    from memory: borrowing some PageMemory & ~Copyable, into bytes: inout MutableSpan<UInt8>
  ) -> Bool {
    var place = ConfigurationImage.headBytes
    var head = InlineArray<4, UInt8>(repeating: 0)
    for _ in 0..<256 {
      var span = head.mutableSpan
      guard store.record.read(at: place, from: memory, into: &span) else { return false }
      let length = Int(head[2]) | Int(head[3]) << 8
      place += ConfigurationImage.sectionHeadBytes
      if head[0] == section.rawValue {
        guard offset >= 0, offset + bytes.count <= length else { return false }
        return store.record.read(at: place + offset, from: memory, into: &bytes)
      }
      place += length
    }
    return false
  }
}

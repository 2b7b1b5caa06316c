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

  /// Type word and meter number as delivered of whatever meter a memory belongs to; nil where it
  /// holds no configuration that this program knows.
  @inline(never)
  public static func storedIdentity(
    in memory: borrowing some PageMemory & ~Copyable
  ) -> (typeWord: UInt32, number: UInt32)? {
    var record = AtomicRecord(region: MemoryMap.configuration, kind: 2)
    var image = ConfigurationImage()
    var room = image.room
    var length = 0
    let found = record.recover(from: memory, into: &room, length: &length)
    guard found.outcome == .recovered else { return nil }
    if let old = FactoryRecord(image.bytes.span.extracting(0..<length)) {
      return (old.variantWord, old.meterNumber)
    }
    guard image.accept(length: length),
      let type = image.find(ConfigurationSection.type.rawValue), type.range.count == 4,
      let number = image.find(ConfigurationSection.number.rawValue), number.range.count == 8
    else { return nil }
    return (
      CalibrationPart.word(image.content, type.range.lowerBound),
      CalibrationPart.word(image.content, number.range.lowerBound + 4)
    )
  }
}

#if !hasFeature(Embedded)
  extension MeterConfiguration {
    /// The bytes of a section with its head, as `Meter.configure` takes them; nil for sections that
    /// a configuration does not hold.
    public func sectionBytes(_ section: ConfigurationSection) -> [UInt8]? {
      var bytes = InlineArray<160, UInt8>(repeating: 0)
      guard let count = encode(section, into: &bytes) else { return nil }
      let head = [
        section.rawValue, Self.layout(of: section), UInt8(count & 0xFF), UInt8(count >> 8),
      ]
      return head + (0..<count).map { bytes[$0] }
    }

    /// The sections of this configuration that differ from another one, ready for
    /// `Meter.configure`.
    public func changes(from old: MeterConfiguration) -> [UInt8] {
      ConfigurationSection.allCases.reduce(into: []) { bytes, section in
        guard let new = sectionBytes(section), new != old.sectionBytes(section) else { return }
        bytes += new
      }
    }
  }
#endif

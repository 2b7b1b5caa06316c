import LegalMeter
import MeterTime
import PermanentMemory

extension Meter {
  /// Changes one section to what another configuration holds of it; otherwise as `configure`.
  ///
  /// - Parameter wanted: as a rule a copy of `configuration` with another value in it.
  /// - Throws: what `configure` throws; `fixed` for a section that no configuration holds.
  @inline(never)
  public mutating func change(
    _ section: ConfigurationSection, to wanted: MeterConfiguration,
    through door: ConfigurationDoor, now: Instant, memory: inout some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> ConfigurationProgress {
    var content = InlineArray<160, UInt8>(repeating: 0)
    guard let count = wanted.encode(section, into: &content) else { throw .fixed(section) }
    var bytes = InlineArray<164, UInt8>(repeating: 0)
    bytes[0] = section.rawValue
    bytes[1] = MeterConfiguration.layout(of: section)
    bytes[2] = UInt8(truncatingIfNeeded: count)
    bytes[3] = UInt8(truncatingIfNeeded: count >> 8)
    for k in 0..<count { bytes[4 + k] = content[k] }
    return try configure(
      bytes.span.extracting(0..<(4 + count)), through: door, now: now, memory: &memory)
  }
}

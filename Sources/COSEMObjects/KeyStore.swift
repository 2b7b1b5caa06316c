import Bytes
import DLMS
import PermanentMemory

/// Keys in the permanent memory: those that the meter was started with, and those that have been
/// sent to it since, in one record that changes as a whole.
///
/// | bytes | content |
/// |---|---|
/// | 0..<72 | keys in use, `SecurityKeys.encoded` |
/// | 72..<80 | CRC-64 of the keys that the meter was started with |
public enum KeyStore {
  private static let recordBytes = 80

  private static func record() -> AtomicRecord {
    AtomicRecord(region: MemoryMap.keys, kind: 12)
  }

  /// Which keys a meter was started with, without telling them.
  private static func check(_ keys: SecurityKeys) -> UInt64 {
    let bytes = keys.encoded
    var check = CRC64()
    check.update(bytes.span)
    return check.value
  }

  /// Keys that have been sent to the meter; nil where none have, or where it is started with others
  /// than then: who holds the machine decides.
  public static func load(
    _ memory: borrowing some PageMemory & ~Copyable, startedWith keys: SecurityKeys
  ) -> SecurityKeys? {
    guard let found = read(memory), found.check == check(keys) else { return nil }
    return found.keys
  }

  private static func read(
    _ memory: borrowing some PageMemory & ~Copyable
  ) -> (keys: SecurityKeys, check: UInt64)? {
    var bytes = InlineArray<80, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    var record = record()
    let found = record.recover(from: memory, into: &room, length: &length)
    guard found.outcome == .recovered, length == recordBytes,
      let keys = SecurityKeys(decoding: InlineArray { bytes[$0] })
    else { return nil }
    var check: UInt64 = 0
    for k in 0..<8 { check |= UInt64(bytes[72 + k]) << UInt64(8 * k) }
    return (keys, check)
  }

  /// Keeps keys that have been sent.
  /// - Parameter started: the keys that the meter was started with.
  /// - Returns: false where the memory does not take them.
  public static func store(
    _ keys: SecurityKeys, startedWith started: SecurityKeys,
    _ memory: inout some PageMemory & ~Copyable
  ) -> Bool {
    var bytes = InlineArray<80, UInt8>(repeating: 0)
    let encoded = keys.encoded
    for k in 0..<72 { bytes[k] = encoded[k] }
    let check = check(started)
    for k in 0..<8 { bytes[72 + k] = UInt8(truncatingIfNeeded: check >> UInt64(8 * k)) }
    var record = record()
    var old = InlineArray<80, UInt8>(repeating: 0)
    var room = old.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &room, length: &length)
    guard record.begin(bytes.span) else { return false }
    for _ in 0..<64 {
      memory.maintain()
      switch record.pump(bytes.span, to: &memory) {
      case .committed: return true
      case .busy, .idle: continue
      case .failed: return false
      }
    }
    return false
  }
}

import Bytes
import COSEM
import Ciphers

/// What a server sends by itself: DataNotification (IEC 62056-5-3, 7.3.11), in clear or under the
/// global key.
public enum DataNotification {
  /// Bytes before the body without a time.
  public static let headBytes = 6

  /// Writes the head; the body, one value in A-XDR, stands or comes behind it.
  /// - Parameter number: of the message, 24 bits; not to be confirmed, normal priority.
  public static func head(_ number: UInt32, into out: inout MutableSpan<UInt8>) {
    out[0] = APDUTag.dataNotification
    for i in 0..<4 {
      out[1 + i] = UInt8(truncatingIfNeeded: (number & 0xFF_FFFF) >> UInt32(24 - 8 * i))
    }
    out[5] = 0
  }

  /// Enciphers the message that stands at the beginning, by general global ciphering.
  /// - Returns: bytes of it, 0 where there is no room.
  public static func cipher<Suite: CipherSuite>(
    _ count: Int, _ security: SecurityContext, counter: UInt32, suite: Suite.Type,
    _ out: inout MutableSpan<UInt8>
  ) -> Int {
    let inner = count + 5 + SecuritySuite0.tagBytes
    let head = 13 + 5
    let end = head + count + SecuritySuite0.tagBytes
    guard end <= out.count, inner <= Int(UInt16.max) else { return 0 }
    for i in (0..<count).reversed() { out[head + i] = out[i] }
    out[0] = APDUTag.generalGlobal
    out[1] = 8
    for i in 0..<8 { out[2 + i] = security.title[i] }
    out[10] = 0x82
    out[11] = UInt8(truncatingIfNeeded: inner >> 8)
    out[12] = UInt8(truncatingIfNeeded: inner)
    out[13] = SecuritySuite0.both
    for i in 0..<4 { out[14 + i] = UInt8(truncatingIfNeeded: counter >> UInt32(24 - 8 * i)) }
    var text = out._mutatingExtracting(head..<end)
    guard SecuritySuite0.seal(suite, &text, security.keys, security.title, counter) else {
      return 0
    }
    return end
  }
}

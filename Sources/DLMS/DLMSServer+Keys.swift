import Bytes
import COSEM
import Ciphers

extension DLMSServer {
  /// Takes keys that are wrapped under the master key (IEC 62056-6-2, class 64 version 0, method 2:
  /// global_key_transfer; identifiers 0 encryption, 2 authentication, 3 master).
  ///
  /// All of them or none. They hold from the next message on; the answer to this one still goes
  /// under the old key. With another encryption key all counters of clients begin anew.
  @inline(never)
  mutating func transferKeys<Suite: CipherSuite>(
    _ parameters: Span<UInt8>, _ objects: inout some ServerObjects & ~Copyable,
    _ security: inout SecurityContext, _ suite: Suite.Type
  ) -> ActionResult {
    guard caller.client == 1, caller.mechanism == .highGMAC, caller.isCiphered else {
      return .readWriteDenied
    }
    var keys = security.keys
    guard let master = keys.master else { return .readWriteDenied }
    do throws(COSEMError) {
      var reader = COSEMReader(parameters)
      let count = try reader.array(upTo: 3)
      guard count > 0 else { throw .outOfRange }
      var seen: UInt8 = 0
      for _ in 0..<count {
        try reader.structure(2)
        let id = UInt8(try reader.integer(in: 0...255))
        let wrapped = reader.part(try reader.octets())
        // There is no broadcast that would need the key 1.
        guard id == 0 || id == 2 || id == 3, seen >> id & 1 == 0,
          let key = Self.unwrapped(wrapped, master, suite)
        else { throw .outOfRange }
        seen |= 1 << id
        guard !Self.isZero(key), Self.differs(key, from: id, security.keys) else {
          throw .outOfRange
        }
        keys.replace(id, with: key)
      }
      guard reader.remaining == 0 else { throw .otherType }
    } catch {
      security.refused &+= 1
      return error == .outOfRange ? .otherReason : .typeUnmatched
    }
    guard objects.keep(keys) else { return .hardwareFault }
    let isOther = !ConstantTime.equal(keys.encryption.span, security.keys.encryption.span)
    security.keys = keys
    if isOther { security.restartCounters() }
    return .success
  }

  private static func unwrapped<Suite: CipherSuite>(
    _ wrapped: Span<UInt8>, _ master: InlineArray<16, UInt8>, _ suite: Suite.Type
  ) -> InlineArray<16, UInt8>? {
    guard wrapped.count == 24 else { return nil }
    var key = InlineArray<16, UInt8>(repeating: 0)
    do throws(CipherError) {
      var room = key.mutableSpan
      try Suite.unwrap(wrapped, under: master.span, into: &room)
    } catch { return nil }
    return key
  }

  private static func isZero(_ key: InlineArray<16, UInt8>) -> Bool {
    let zero = InlineArray<16, UInt8>(repeating: 0)
    return ConstantTime.equal(key.span, zero.span)
  }

  private static func differs(
    _ key: InlineArray<16, UInt8>, from id: UInt8, _ keys: SecurityKeys
  ) -> Bool {
    switch id {
    case 0: !ConstantTime.equal(key.span, keys.encryption.span)
    case 2: !ConstantTime.equal(key.span, keys.authentication.span)
    default: keys.master.map { !ConstantTime.equal(key.span, $0.span) } ?? true
    }
  }
}

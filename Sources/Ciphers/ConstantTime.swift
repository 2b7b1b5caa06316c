/// Comparison of secrets.
public enum ConstantTime {
  /// Whether two runs of bytes are the same, in a time that depends on their lengths alone.
  public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for i in a.indices { difference |= a[i] ^ b[i] }
    return difference == 0
  }
}

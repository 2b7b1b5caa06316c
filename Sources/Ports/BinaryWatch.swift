/// Tells the frames of HDLC (IEC 62056-46, 6.4) from the other languages of a line, octet by octet.
///
/// A frame begins with 7E and the format field A0 to AF with its length. Only as many octets as
/// that says are taken for HDLC, so that a 7E of noise costs nobody more than itself.
struct BinaryWatch: Equatable, Sendable {
  private enum Place: UInt8, Sendable { case outside, flag, length, frame }

  /// The longest frame that is waited for, flags not counted.
  static let longest: UInt16 = 600

  /// A connection is open: everything is HDLC's.
  var isConnected = false
  private var place = Place.outside
  private var left: UInt16 = 0

  /// Takes one octet; true where it is HDLC's.
  ///
  /// - Parameters:
  ///   - isLate: the pause before it ended every frame.
  ///   - mayBegin: no other language is in the middle of something.
  mutating func takes(_ octet: UInt8, isLate: Bool, mayBegin: Bool) -> Bool {
    if isConnected { return true }
    if isLate { place = .outside }
    switch place {
    case .outside:
      guard octet == 0x7E, mayBegin else { return false }
      place = .flag
    case .flag:
      if octet == 0x7E { return true }
      // A stroke with even parity is AF as well: no frame of ours is so long.
      guard octet & 0xF0 == 0xA0, UInt16(octet & 7) << 8 <= Self.longest else {
        place = .outside
        return false
      }
      left = UInt16(octet & 7) << 8
      place = .length
    case .length:
      left |= UInt16(octet)
      // Two octets of the length are there, the closing flag is still to come.
      place = left > 2 && left <= Self.longest ? .frame : .outside
      left &-= 1
    case .frame:
      left -= 1
      if left == 0 { place = octet == 0x7E ? .flag : .outside }
    }
    return true
  }
}

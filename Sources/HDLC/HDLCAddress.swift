import Bytes

/// A station's address in HDLC frames (IEC 62056-46, 6.4.2.3 and 6.4.2.4).
///
/// A client has one byte. A server has one, two or four: the upper half is the logical device, the
/// lower half, which one byte leaves out, the physical one. Each byte carries seven bits above an
/// end mark.
public struct HDLCAddress: Equatable, Hashable, Sendable {
  /// Client, or logical device of a server.
  public let upper: UInt16
  /// Physical device; nil in one byte.
  public let lower: UInt16?
  /// 1, 2 or 4.
  public let byteCount: Int

  /// An address of one byte.
  /// - Parameter upper: 0...0x7F; higher bits are dropped.
  public init(_ upper: UInt8) {
    self.upper = UInt16(upper & 0x7F)
    lower = nil
    byteCount = 1
  }

  /// A server's address of two or four bytes; nil where a half does not fit.
  /// - Parameters:
  ///   - upper: 0...0x7F in two bytes, 0...0x3FFF in four.
  ///   - lower: of the same range.
  ///   - byteCount: 2 or 4; nil takes two where they do.
  public init?(upper: UInt16, lower: UInt16, byteCount: Int? = nil) {
    let fits = upper <= 0x7F && lower <= 0x7F
    let count = byteCount ?? (fits ? 2 : 4)
    guard count == 2 && fits || count == 4 && upper <= 0x3FFF && lower <= 0x3FFF else {
      return nil
    }
    self.upper = upper
    self.lower = lower
    self.byteCount = count
  }

  /// Nobody: frames to it are dropped.
  public static let noStation = HDLCAddress(0)
  /// All logical devices.
  public static let allStations = HDLCAddress(0x7F)

  /// The lower half that means every physical device, and the one of a device without address.
  private var isLowerForAll: Bool {
    switch byteCount {
    case 2: lower == 0x7F || lower == 0x7E
    case 4: lower == 0x3FFF || lower == 0x3FFE
    default: true
    }
  }

  /// True where the upper half calls all logical devices.
  public var isBroadcast: Bool {
    byteCount == 4 ? upper == 0x3FFF : upper == 0x7F
  }

  /// Whether a frame to this address is for a server.
  /// - Parameters:
  ///   - logicalDevice: its logical device.
  ///   - physical: its physical address; nil on a line with one station, where any will do.
  public func calls(logicalDevice: UInt16, physical: UInt16?) -> Bool {
    guard isBroadcast || upper == logicalDevice else { return false }
    guard let physical, let lower else { return true }
    return isLowerForAll || lower == physical
  }

  init(from reader: inout ByteReader) throws(HDLCError) {
    var parts = InlineArray<4, UInt16>(repeating: 0)
    var count = 0
    while true {
      guard count < 4 else { throw .badAddress }
      let byte: UInt8
      do throws(BytesError) {
        byte = try reader.bigEndian()
      } catch {
        throw .badLength
      }
      parts[count] = UInt16(byte >> 1)
      count += 1
      if byte & 1 != 0 { break }
    }
    switch count {
    case 1:
      upper = parts[0]
      lower = nil
    case 2:
      upper = parts[0]
      lower = parts[1]
    case 4:
      upper = parts[0] << 7 | parts[1]
      lower = parts[2] << 7 | parts[3]
    default: throw .badAddress
    }
    byteCount = count
  }

  func write(to writer: inout ByteWriter) throws(BytesError) {
    let lower = lower ?? 0
    switch byteCount {
    case 1: try writer.bigEndian(UInt8(truncatingIfNeeded: upper << 1 | 1))
    case 2:
      try writer.bigEndian(UInt8(truncatingIfNeeded: upper << 1))
      try writer.bigEndian(UInt8(truncatingIfNeeded: lower << 1 | 1))
    default:
      try writer.bigEndian(UInt8(truncatingIfNeeded: (upper >> 7) << 1))
      try writer.bigEndian(UInt8(truncatingIfNeeded: upper << 1))
      try writer.bigEndian(UInt8(truncatingIfNeeded: (lower >> 7) << 1))
      try writer.bigEndian(UInt8(truncatingIfNeeded: lower << 1 | 1))
    }
  }
}

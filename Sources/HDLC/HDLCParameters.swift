import Bytes

/// What two stations agree on when a connection opens (IEC 62056-46, 6.4.4.4.3.2), as one of them
/// sees it.
public struct HDLCParameters: Equatable, Sendable {
  /// Longest information field that it sends, 1...`HDLCFrame.informationMax`.
  public var transmitBytes: UInt16
  /// Longest information field that it takes.
  public var receiveBytes: UInt16
  /// Frames that it sends without waiting, 1...7.
  public var transmitWindow: UInt8
  /// Frames that it takes without answering.
  public var receiveWindow: UInt8

  /// What holds where nothing is said: 128 bytes, one frame.
  public static let standard = HDLCParameters()

  /// Values are clamped to their ranges.
  public init(
    transmitBytes: UInt16 = 128, receiveBytes: UInt16 = 128, transmitWindow: UInt8 = 1,
    receiveWindow: UInt8 = 1
  ) {
    self.transmitBytes = Self.clamped(UInt32(transmitBytes))
    self.receiveBytes = Self.clamped(UInt32(receiveBytes))
    self.transmitWindow = min(max(transmitWindow, 1), 7)
    self.receiveWindow = min(max(receiveWindow, 1), 7)
  }

  private static func clamped(_ bytes: UInt32) -> UInt16 {
    UInt16(clamping: min(max(bytes, 1), UInt32(HDLCFrame.informationMax)))
  }

  /// What both can do: what one sends the other has to take.
  public func agreed(with other: HDLCParameters) -> HDLCParameters {
    HDLCParameters(
      transmitBytes: min(transmitBytes, other.receiveBytes),
      receiveBytes: min(receiveBytes, other.transmitBytes),
      transmitWindow: min(transmitWindow, other.receiveWindow),
      receiveWindow: min(receiveWindow, other.transmitWindow))
  }

  /// Reads the information field of SNRM or UA, as its sender sees it; empty means `standard`.
  ///
  /// - Throws: `badParameters` for a field that is not as long as it says, for a length or window
  ///   of 0 and a window above 7. Parameters that are not known are passed over.
  public init(parsing bytes: Span<UInt8>) throws(HDLCError) {
    self.init()
    if bytes.isEmpty { return }
    do throws(BytesError) { try read(bytes) } catch { throw .badParameters }
  }

  /// One error for all that can be wrong.
  private mutating func read(_ bytes: Span<UInt8>) throws(BytesError) {
    var reader = ByteReader(bytes)
    guard try reader.bigEndian(UInt8.self) == 0x81, try reader.bigEndian(UInt8.self) == 0x80,
      Int(try reader.bigEndian(UInt8.self)) == reader.remaining
    else { throw .truncated }
    while reader.remaining > 0 {
      let tag = try reader.bigEndian(UInt8.self)
      let length = Int(try reader.bigEndian(UInt8.self))
      guard length >= 1, length <= 4 else { throw .truncated }
      try take(tag, try reader.bigEndian(byteCount: length))
    }
  }

  private mutating func take(_ tag: UInt8, _ value: UInt64) throws(BytesError) {
    let isWindow = tag == 7 || tag == 8
    guard !(5...8).contains(tag) || value > 0 && (!isWindow || value <= 7) else {
      throw .truncated
    }
    switch tag {
    case 5: transmitBytes = Self.clamped(UInt32(clamping: value))
    case 6: receiveBytes = Self.clamped(UInt32(clamping: value))
    case 7: transmitWindow = UInt8(clamping: value)
    case 8: receiveWindow = UInt8(clamping: value)
    default: break
    }
  }

  /// Bytes of the field that `write` makes.
  static let fieldBytes = 23

  /// Writes the information field of SNRM or UA.
  func field() -> InlineArray<23, UInt8> {
    [
      0x81, 0x80, 0x14,
      0x05, 0x02, UInt8(transmitBytes >> 8), UInt8(truncatingIfNeeded: transmitBytes),
      0x06, 0x02, UInt8(receiveBytes >> 8), UInt8(truncatingIfNeeded: receiveBytes),
      0x07, 0x04, 0, 0, 0, transmitWindow,
      0x08, 0x04, 0, 0, 0, receiveWindow,
    ]
  }
}

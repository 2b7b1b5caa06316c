import Bytes

/// Why received bytes are not a frame; whoever receives stays quiet (EN 13757-2, clause 5.7.5).
public enum FrameError: Error, Equatable, Sendable {
  /// The frame goes on; more bytes may complete it.
  case truncated
  /// The first byte, the repeated one or the last one is not what it must be.
  case format
  /// The two lengths differ, or are too small.
  case length
  /// The sum does not fit.
  case check
}

/// A frame of EN 13757-2 (format class FT 1.2 of IEC 60870-5-1).
public struct WiredFrame: ~Escapable {
  public enum Kind: Sendable {
    /// The single character E5.
    case acknowledge
    /// Control and address, five bytes.
    case short
    /// With control information, and data where the length is above 3.
    case long
  }

  public let kind: Kind
  /// C field; 0 of an acknowledgement.
  public let control: UInt8
  /// A field; 0 of an acknowledgement.
  public let address: UInt8
  /// CI field; 0 where there is none.
  public let information: UInt8
  /// What follows the CI field.
  public let data: Span<UInt8>

  /// Bytes of the longest frame.
  public static let bytesMax = 261
  /// Bytes of data that a frame carries at most.
  public static let dataBytesMax = 252
  /// The single character.
  public static let acknowledgeByte: UInt8 = 0xE5

  static let shortStart: UInt8 = 0x10
  static let longStart: UInt8 = 0x68
  static let stop: UInt8 = 0x16

  /// Reads a frame that fills `bytes` whole.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) throws(FrameError) {
    let total = try Self.byteCount(bytes)
    guard bytes.count >= total else { throw .truncated }
    guard bytes.count == total else { throw .length }
    if total == 1 {
      (kind, control, address, information) = (.acknowledge, 0, 0, 0)
      data = bytes.extracting(0..<0)
      return
    }
    guard bytes[total - 1] == Self.stop else { throw .format }
    let first = total == 5 ? 1 : 4
    var sum: UInt8 = 0
    for i in first..<total - 2 { sum &+= bytes[i] }
    guard sum == bytes[total - 2] else { throw .check }
    control = bytes[first]
    address = bytes[first + 1]
    if total == 5 {
      (kind, information) = (.short, 0)
      data = bytes.extracting(0..<0)
    } else {
      (kind, information) = (.long, bytes[6])
      data = bytes.extracting(7..<total - 2)
    }
  }

  /// How long the frame that begins here is, as far as the bytes tell; throws where no frame can
  /// begin so, and `.truncated` where the length is not there yet.
  public static func byteCount(_ bytes: Span<UInt8>) throws(FrameError) -> Int {
    guard bytes.count > 0 else { throw .truncated }
    switch bytes[0] {
    case acknowledgeByte: return 1
    case shortStart: return 5
    case longStart: break
    default: throw .format
    }
    if bytes.count > 1, bytes[1] < 3 { throw .length }
    if bytes.count > 2, bytes[2] != bytes[1] { throw .length }
    if bytes.count > 3, bytes[3] != longStart { throw .format }
    guard bytes.count > 3 else { throw .truncated }
    return Int(bytes[1]) + 6
  }

  /// Writes a short frame and gives its five bytes' count.
  ///
  /// - Parameter output: room for five bytes or more.
  @discardableResult
  public static func writeShort(
    control: UInt8, address: UInt8, into output: inout MutableSpan<UInt8>
  ) -> Int {
    precondition(output.count >= 5)
    output[0] = shortStart
    output[1] = control
    output[2] = address
    output[3] = control &+ address
    output[4] = stop
    return 5
  }

  /// Writes a long frame, or a control frame where there are no data, and gives its length.
  ///
  /// - Parameters:
  ///   - data: up to 252 bytes.
  ///   - output: room for 9 bytes more than the data.
  @discardableResult
  public static func writeLong(
    control: UInt8, address: UInt8, information: UInt8, data: Span<UInt8>,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    precondition(data.count <= dataBytesMax && output.count >= data.count + 9)
    for i in data.indices { output[7 + i] = data[i] }
    return close(
      control: control, address: address, information: information, dataBytes: data.count, &output)
  }

  /// Puts head and tail around data that stand at index 7 already.
  static func close(
    control: UInt8, address: UInt8, information: UInt8, dataBytes: Int,
    _ output: inout MutableSpan<UInt8>
  ) -> Int {
    let length = UInt8(truncatingIfNeeded: dataBytes + 3)
    output[0] = longStart
    output[1] = length
    output[2] = length
    output[3] = longStart
    output[4] = control
    output[5] = address
    output[6] = information
    var sum: UInt8 = 0
    for i in 4..<(7 + dataBytes) { sum &+= output[i] }
    output[7 + dataBytes] = sum
    output[8 + dataBytes] = stop
    return dataBytes + 9
  }
}

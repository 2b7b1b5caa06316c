import Bytes

/// The two frame formats of the data link layer (EN 13757-4, clause 11).
public enum WirelessFormat: Sendable {
  /// Blocks of 10 and then 16 bytes, each with its check; the length counts no checks.
  case a
  /// Two blocks of up to 128 bytes with their checks, which the length counts as well.
  case b

  /// The longest frame on air, with its checks.
  public static let bytesMax = 290

  /// Adds the checks.
  ///
  /// - Parameters:
  ///   - payload: from the C field on, 10 to 255 bytes in format A and 253 in B.
  ///   - output: room for `bytesMax` bytes.
  /// - Returns: bytes of the frame from the length on, 0 where the payload does not fit.
  public func encode(_ payload: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    guard payload.count >= 9 else { return 0 }
    return self == .a ? encodeA(payload, into: &output) : encodeB(payload, into: &output)
  }

  /// Checks a frame and takes its checks out.
  ///
  /// - Parameters:
  ///   - frame: from the length on; what follows the frame is not looked at.
  ///   - output: gets the payload, from the C field on; room for 255 bytes.
  /// - Returns: bytes of the payload.
  public func decode(
    _ frame: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(FrameError) -> Int {
    guard frame.count > 0 else { throw .truncated }
    let total = try byteCount(lengthField: frame[0])
    guard frame.count >= total else { throw .truncated }
    return self == .a
      ? try decodeA(frame.extracting(0..<total), into: &output)
      : try decodeB(frame.extracting(0..<total), into: &output)
  }

  /// Bytes of a whole frame, checks and length included.
  public func byteCount(lengthField: UInt8) throws(FrameError) -> Int {
    let length = Int(lengthField)
    switch self {
    case .a:
      guard length >= 9 else { throw .length }
      let blocks = length <= 9 ? 1 : 1 + (length - 9 + 15) / 16
      return 1 + length + 2 * blocks
    case .b:
      guard length >= 11 else { throw .length }
      return 1 + length
    }
  }

  private func encodeA(_ payload: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    guard payload.count <= 255 else { return 0 }
    output[0] = UInt8(payload.count)
    var (count, taken, blockStart) = (1, 0, 0)
    var blockEnd = 10
    while taken < payload.count {
      output[count] = payload[taken]
      count += 1
      taken += 1
      if count == blockEnd || taken == payload.count {
        count = Self.putCheck(from: blockStart, count, &output)
        blockStart = count
        blockEnd = count + 16
      }
    }
    return count
  }

  private func encodeB(_ payload: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    let first = min(payload.count, 125)
    let checks = payload.count > 125 ? 4 : 2
    guard payload.count + checks <= 255 else { return 0 }
    output[0] = UInt8(payload.count + checks)
    for i in 0..<first { output[1 + i] = payload[i] }
    var count = Self.putCheck(from: 0, 1 + first, &output)
    if payload.count > first {
      let start = count
      for i in first..<payload.count {
        output[count] = payload[i]
        count += 1
      }
      count = Self.putCheck(from: start, count, &output)
    }
    return count
  }

  private static func putCheck(
    from start: Int, _ end: Int, _ output: inout MutableSpan<UInt8>
  ) -> Int {
    var crc = WirelessCRC()
    for i in start..<end { crc.update(output[i]) }
    output[end] = UInt8(crc.value >> 8)
    output[end + 1] = UInt8(crc.value & 0xFF)
    return end + 2
  }

  private func decodeA(
    _ frame: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(FrameError) -> Int {
    var (start, count) = (0, 0)
    while start < frame.count {
      let end = min(frame.count, start + (start == 0 ? 12 : 18))
      guard end - start > 2, Self.isChecked(frame.extracting(start..<end)) else { throw .check }
      for i in (start == 0 ? 1 : start)..<end - 2 {
        output[count] = frame[i]
        count += 1
      }
      start = end
    }
    return count
  }

  private func decodeB(
    _ frame: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(FrameError) -> Int {
    let first = min(frame.count, 128)
    guard Self.isChecked(frame.extracting(0..<first)) else { throw .check }
    var count = 0
    for i in 1..<first - 2 {
      output[count] = frame[i]
      count += 1
    }
    if frame.count > 128 {
      guard frame.count > 130, Self.isChecked(frame.extracting(128...)) else { throw .check }
      for i in 128..<frame.count - 2 {
        output[count] = frame[i]
        count += 1
      }
    }
    return count
  }

  /// Whether the last two bytes are the check of those before.
  private static func isChecked(_ block: Span<UInt8>) -> Bool {
    let end = block.count - 2
    return WirelessCRC.check(block.extracting(0..<end))
      == UInt16(block[end]) << 8 | UInt16(block[end + 1])
  }
}

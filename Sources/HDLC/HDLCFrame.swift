import Bytes

/// A checked frame of format type 3 over its bytes between the flags (IEC 62056-46, 6.4).
///
/// | bytes | content |
/// |---|---|
/// | 2 | 1010, segmentation bit, length of all this in 11 bits |
/// | 1, 2, 4 | destination |
/// | 1, 2, 4 | source |
/// | 1 | control |
/// | 2 | check of what stands before, low byte first; only before an information field |
/// | n | information |
/// | 2 | check of what stands before, low byte first |
public struct HDLCFrame: ~Escapable {
  /// More of the same APDU follows.
  public let isSegment: Bool
  public let destination: HDLCAddress
  public let source: HDLCAddress
  /// The control field as it came; `control` reads it.
  public let controlByte: UInt8
  public let information: Span<UInt8>

  /// What the frame is for.
  /// - Throws: `unknownControl`.
  public var control: HDLCControl {
    get throws(HDLCError) {
      guard let control = HDLCControl(controlByte) else { throw .unknownControl }
      return control
    }
  }

  /// - Parameter bytes: what stands between two flags.
  /// - Throws: why it is no intact frame.
  @_lifetime(copy bytes)
  public init(parsing bytes: Span<UInt8>) throws(HDLCError) {
    guard bytes.count >= 7 else { throw .badLength }
    guard bytes[0] >> 4 == 0x0A else { throw .badFormat }
    guard Int(bytes[0] & 7) << 8 | Int(bytes[1]) == bytes.count else { throw .badLength }
    let end = bytes.count - 2
    guard Self.isIntact(bytes, upTo: end) else { throw .badCheck }
    isSegment = bytes[0] & 8 != 0
    var reader = ByteReader(bytes)
    do throws(BytesError) { try reader.skip(2) } catch { throw .badLength }
    destination = try HDLCAddress(from: &reader)
    source = try HDLCAddress(from: &reader)
    let at = reader.offset
    guard at < end else { throw .badLength }
    controlByte = bytes[at]
    if at + 1 == end {
      information = bytes.extracting(end..<end)
      return
    }
    guard at + 3 <= end else { throw .badLength }
    guard Self.isIntact(bytes, upTo: at + 1) else { throw .badCheck }
    information = bytes.extracting((at + 3)..<end)
  }

  private static func isIntact(_ bytes: Span<UInt8>, upTo end: Int) -> Bool {
    let check = CRC16.check(bytes.extracting(0..<end))
    return bytes[end] == UInt8(truncatingIfNeeded: check)
      && bytes[end + 1] == UInt8(truncatingIfNeeded: check >> 8)
  }

  /// The byte before and after each frame.
  public static let flag: UInt8 = 0x7E
  /// Longest information field that the stations here take and send.
  public static let informationMax = 512
  /// Bytes between the flags at most: format, two addresses of four, control, two checks.
  public static let bytesMax = informationMax + 15
  /// Bytes of a frame with its flags at most.
  public static let wireBytesMax = bytesMax + 2

  /// Writes a frame with its flags.
  ///
  /// - Returns: bytes written; 0 where they do not fit.
  public static func write(
    to destination: HDLCAddress, from source: HDLCAddress, _ control: HDLCControl,
    isSegment: Bool = false, _ information: Span<UInt8>, into out: inout MutableSpan<UInt8>
  ) -> Int {
    let header = 2 + destination.byteCount + source.byteCount + 1
    let count = header + 2 + (information.isEmpty ? 0 : information.count + 2)
    guard count <= 0x7FF, out.count >= count + 2 else { return 0 }
    do throws(BytesError) {
      var writer = ByteWriter(out._mutatingExtracting(0..<(count + 2)))
      try writer.bigEndian(flag)
      try writer.bigEndian(UInt16(0xA000 | (isSegment ? 0x800 : 0) | count))
      try destination.write(to: &writer)
      try source.write(to: &writer)
      try writer.bigEndian(control.byte)
    } catch { return 0 }
    var at = 1 + header
    var crc = CRC16()
    for i in 1..<at { crc.update(out[i]) }
    if !information.isEmpty {
      let check = crc.value
      out[at] = UInt8(truncatingIfNeeded: check)
      out[at + 1] = UInt8(truncatingIfNeeded: check >> 8)
      crc.update(out[at])
      crc.update(out[at + 1])
      at += 2
      for i in information.indices {
        out[at + i] = information[i]
        crc.update(information[i])
      }
      at += information.count
    }
    let check = crc.value
    out[at] = UInt8(truncatingIfNeeded: check)
    out[at + 1] = UInt8(truncatingIfNeeded: check >> 8)
    out[at + 2] = flag
    return at + 3
  }
}

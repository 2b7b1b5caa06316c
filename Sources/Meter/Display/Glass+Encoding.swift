/// Why bytes are not a picture of the glass.
public enum GlassError: Error, Equatable, Sendable {
  /// Not `Glass.encodedBytes` long.
  case wrongLength
  /// A bit is set that belongs to no segment.
  case noSuchSegment
}

extension Glass {
  /// Bytes of an encoded picture: the steady plane, then the blinking one.
  public static let encodedBytes = 2 * GlassPlane.byteCount

  /// Writes the picture: segment n of a plane is bit n mod 8 of its byte n / 8.
  ///
  /// - Parameter output: at least `encodedBytes` long.
  public func encode(into output: inout MutableSpan<UInt8>) {
    precondition(output.count >= Self.encodedBytes, "room for an encoded glass")
    for index in 0..<GlassPlane.byteCount {
      output[index] = steady.bytes[index]
      output[GlassPlane.byteCount + index] = blinking.bytes[index]
    }
  }

  /// Reads a picture that `encode` wrote.
  public init(decoding bytes: Span<UInt8>) throws(GlassError) {
    guard bytes.count == Self.encodedBytes else { throw .wrongLength }
    self.init()
    let all = GlassPlane.allSegments
    for index in 0..<GlassPlane.byteCount {
      steady.bytes[index] = bytes[index]
      blinking.bytes[index] = bytes[GlassPlane.byteCount + index]
      guard (steady.bytes[index] | blinking.bytes[index]) & ~all.bytes[index] == 0 else {
        throw .noSuchSegment
      }
    }
  }
}

/// Why bytes are no frame, or a frame cannot be used.
public enum HDLCError: UInt8, Error, Sendable {
  /// Shorter than its parts, or not as long as it says.
  case badLength
  /// Not format type 3.
  case badFormat
  /// The check of the header or of the frame is wrong.
  case badCheck
  /// Three bytes, or more than four.
  case badAddress
  /// A control field that this link layer does not know.
  case unknownControl
  /// Parameters of a connection that cannot be.
  case badParameters
}

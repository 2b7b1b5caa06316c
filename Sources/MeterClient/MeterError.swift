/// Why a meter could not be read: the layer that failed, what was expected there, what came, the
/// last step that went well, and what to try.
public struct MeterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From the wire up.
  public enum Layer: String, CaseIterable, Sendable {
    /// The command or the address.
    case usage
    /// A file that was named.
    case file
    /// Socket or serial line.
    case transport
    /// Frames: wrapper, HDLC, IEC 62056-21, KMP.
    case link
    /// Opening the association, up to the password.
    case association
    /// Ciphering and high-level security.
    case security
    /// A service: get, set, action.
    case service
    /// The data of an attribute.
    case data
  }

  /// What kind of end it is; the exit code of a program follows from it.
  public enum Kind: Int32, Sendable {
    case usage = 64
    case badData = 65
    case fileMissing = 66
    case unreachable = 69
    case tryAgain = 75
    case protocolError = 76
    case refused = 77
  }

  public var layer: Layer
  public var kind: Kind
  /// What was being done, and what is wrong with it.
  public var what: String
  public var expected: String
  public var got: String
  public var lastGoodStep: String?
  /// What to try.
  public var next: String
  /// The error of the association, where one is behind it.
  public var cause: String?

  public init(
    _ layer: Layer, _ kind: Kind, what: String, expected: String, got: String, next: String,
    lastGoodStep: String? = nil, cause: String? = nil
  ) {
    (self.layer, self.kind, self.what) = (layer, kind, what)
    (self.expected, self.got, self.next) = (expected, got, next)
    (self.lastGoodStep, self.cause) = (lastGoodStep, cause)
  }

  /// Layer and sentence; the last good step stands in between where there is one.
  public var description: String {
    let step = lastGoodStep.map { "; last good step: \($0)" } ?? ""
    return "\(layer.rawValue): \(what); expected \(expected); got \(got)\(step); try: \(next)"
  }

  /// True where the same request may go well on a new connection.
  public var isCutConnection: Bool { layer == .transport || layer == .link && kind == .tryAgain }
}

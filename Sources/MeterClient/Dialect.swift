import COSEM

/// Where meters differ from the standard, as data; a name in the URL chooses (`dialect=NAME`).
public struct MeterDialect: Equatable, Sendable {
  public var name: String
  /// First three letters of the logical device name of those who speak it.
  public var makers: [String] = []
  /// What the deviation of a time is.
  public var deviation: COSEMDateTime.Dialect
  /// Rows of a profile are chosen by time of the reader's own zone without a deviation.
  public var selectsByLocalTime = false
  /// Columns of a profile have no `null` for «as before»; a null is a missing value.
  public var nullIsMissing = false

  public static let standard = MeterDialect(name: "standard")
  public static let inverted = MeterDialect(name: "inverted", deviation: .inverted)
  public static let local = MeterDialect(name: "local", selectsByLocalTime: true)
  public static let sparse = MeterDialect(name: "sparse", nullIsMissing: true)

  /// All that are known.
  public static let all = [standard, inverted, local, sparse]

  public init(
    name: String, makers: [String] = [], deviation: COSEMDateTime.Dialect = .standard,
    selectsByLocalTime: Bool = false, nullIsMissing: Bool = false
  ) {
    (self.name, self.makers) = (name, makers)
    self.deviation = deviation
    self.selectsByLocalTime = selectsByLocalTime
    self.nullIsMissing = nullIsMissing
  }

  static func named(_ name: String?) throws(MeterError) -> MeterDialect {
    guard let name else { return .standard }
    guard let found = all.first(where: { $0.name == name }) else {
      throw MeterError(
        .usage, .usage, what: "no dialect «\(name)»",
        expected: all.map(\.name).joined(separator: ", "), got: name, next: "dialect=standard")
    }
    return found
  }
}

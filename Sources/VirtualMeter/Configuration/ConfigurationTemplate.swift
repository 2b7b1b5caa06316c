import Foundation

/// The commented configuration that `kvadrant new` writes: every key, its meaning and default.
public enum ConfigurationTemplate {
  /// Headings of the sections.
  private static let headings: [(section: String, text: String)] = [
    ("meter", "What the meter is."),
    ("display", "What its display shows."),
    ("clock", "Its time."),
    ("supply", "When it cuts the supply and gives it back, and what it drives and counts."),
    ("front-end", "The analogue front end between the signal and the meter."),
    ("generator", "The signal that run measures when no recording is given."),
  ]

  /// The text; it reads as the defaults.
  ///
  /// - Parameters:
  ///   - identity: written instead of the default.
  ///   - type: written as `meter.type` in place of the single choices, which are then comments.
  ///   - number: meter number, written instead of the default.
  public static func text(
    identity: MeterIdentity = .kvd, type: String? = nil, number: UInt32? = nil
  ) -> String {
    var lines = [
      "# Configuration of a virtual electricity meter.",
      "# A flag stands above an environment variable (named in brackets), that above this file,",
      "# and this file above the defaults, which are the values written here.",
      "# See what comes of it with: kvadrant check FILE",
      "",
    ]
    var section: String?
    for key in ConfigurationKey.allCases {
      if key.section != section {
        section = key.section
        let heading = headings.first { $0.section == section }?.text ?? ""
        lines += ["", "# \(heading)", "\(section ?? ""):"]
      }
      let indent = section == nil ? "" : "  "
      lines += comment(key, indent: indent)
      var text = key.defaultText
      if key == .identity { text = identity.rawValue }
      if key == .number, let number { text = String(number) }
      if key == .type, let type { text = type }
      let isComment = type == nil ? key == .type : key.isPartOfType
      lines.append("\(indent)\(isComment ? "# " : "")\(key.name): \(text)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func comment(_ key: ConfigurationKey, indent: String) -> [String] {
    [
      "\(indent)# \(key.meaning)",
      "\(indent)#   \(key.expectation) [\(key.environmentName)]",
    ]
  }
}

extension ConfigurationKey {
  /// True for the single choices that a type string holds.
  public var isPartOfType: Bool {
    switch self {
    case .connection, .wiring, .rating, .hardware, .supplySwitch, .radio, .energy, .frequency,
      .accuracyClass, .backup, .summation:
      true
    default: false
    }
  }
}

extension ConfigurationTemplate {
  /// Writes a configuration to a file.
  ///
  /// - Parameter replacing: true to write over a file that is there, as a whole or not at all.
  /// - Throws: `refused` where a file is there already, `disk` where it cannot be written.
  public static func write(
    _ text: String, to path: String, replacing: Bool
  ) throws(Failure) {
    do {
      let options: Data.WritingOptions = replacing ? .atomic : .withoutOverwriting
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: options)
    } catch {
      if !replacing, FileManager.default.fileExists(atPath: path) {
        throw Failure(
          .refused, file: path, what: "it is already there and is left as it is",
          expected: "the name of a new file", next: "give another name, or --replace")
      }
      throw Failure(
        .disk, file: path, what: "it cannot be written", expected: "a folder that can be written",
        next: "give another path")
    }
  }
}

import Foundation

/// Every error found in a configuration, at least one.
public struct ConfigurationFailures: Error, Equatable, Sendable, CustomStringConvertible {
  /// In the order of the lines.
  public var failures: [Failure]

  public init(_ failures: [Failure]) {
    precondition(!failures.isEmpty, "no failure")
    self.failures = failures
  }

  /// The exit code: that of the first failure.
  public var status: ExitStatus { failures[0].status }

  /// One failure a line.
  public var description: String { failures.map(\.description).joined(separator: "\n") }
}

/// The sources of a configuration: flag above environment above file above default.
public struct ConfigurationLayers: Sendable {
  /// A value given on the command line.
  public struct Flag: Equatable, Sendable {
    /// The flag as typed, for messages, for example `--identity`.
    public var name: String
    public var key: ConfigurationKey
    public var text: String

    public init(_ name: String, _ key: ConfigurationKey, _ text: String) {
      self.name = name
      self.key = key
      self.text = text
    }
  }

  public var flags: [Flag] = []
  /// The process environment; names that do not begin with `KVADRANT_` are not looked at.
  public var environment: [String: String] = [:]
  /// Name and text of the file.
  public var file: (name: String, text: String)?

  public init() {}

  /// Reads the file at a path, at most 256 KiB of UTF-8.
  ///
  /// - Parameter path: nil for no file.
  /// - Throws: `fileMissing`, `disk`, or `configuration` for a file that cannot be one.
  public init(
    path: String?, flags: [Flag] = [],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigurationFailures) {
    self.flags = flags
    self.environment = environment
    if let path { file = (path, try Self.text(ofFile: path)) }
  }

  /// The setup that comes of all layers.
  ///
  /// - Throws: everything that is wrong in any of them.
  public func setup() throws(ConfigurationFailures) -> MeterSetup {
    let document = file.map { ConfigurationDocument($0.text, name: $0.name) }
    var failures = document?.failures ?? []
    var settings = document?.settings ?? [:]
    for key in ConfigurationKey.allCases {
      if let text = environment[key.environmentName] {
        settings[key] = Self.setting(text, key, .environment(key.environmentName))
      }
    }
    failures += unknownEnvironment()
    for flag in flags { settings[flag.key] = Self.setting(flag.text, flag.key, .flag(flag.name)) }
    var reader = SettingsReader(settings)
    let setup = reader.setup()
    failures += reader.failures
    guard failures.isEmpty else {
      throw ConfigurationFailures(
        failures.enumerated().sorted {
          ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
        }.map(\.element))
    }
    return setup
  }

  /// A value of one line; lists are separated by commas.
  private static func setting(
    _ text: String, _ key: ConfigurationKey, _ origin: SettingOrigin
  ) -> Setting {
    guard key.takesList else {
      return Setting(
        items: [SettingText(text: text, origin: origin)], isList: false, origin: origin)
    }
    var inner = text.trimmingCharacters(in: .whitespaces)
    let brackets = inner.hasPrefix("[") && inner.hasSuffix("]") && inner.count >= 2
    if brackets { inner = String(inner.dropFirst().dropLast()) }
    let parts = inner.split(separator: ",").map {
      SettingText(text: $0.trimmingCharacters(in: .whitespaces), origin: origin)
    }
    return Setting(items: parts, isList: brackets || parts.count != 1, origin: origin)
  }

  /// Variables that begin like a section but name no key are mistakes worth telling.
  private func unknownEnvironment() -> [Failure] {
    let known = ConfigurationKey.allCases.map(\.environmentName)
    let prefixes = ["METER_", "DISPLAY_", "CLOCK_", "FRONT_END_", "GENERATOR_"]
      .map { "KVADRANT_" + $0 }
    return environment.keys.sorted().filter { name in
      prefixes.contains(where: name.hasPrefix) && !known.contains(name)
    }.map { name in
      let near = Suggestion.nearest(to: name, among: known)
      return Failure(
        .configuration, file: "environment \(name)", what: "no such setting",
        expected: near.map { "\($0) (did you mean that?)" } ?? "one of those that new writes",
        next: "correct or unset it")
    }
  }

  private static func text(ofFile path: String) throws(ConfigurationFailures) -> String {
    func failure(_ status: ExitStatus, _ what: String, _ expected: String, _ next: String)
      -> ConfigurationFailures
    {
      ConfigurationFailures([
        Failure(status, file: path, what: what, expected: expected, next: next)
      ])
    }
    var info = stat()
    guard stat(path, &info) == 0 else {
      throw failure(
        .fileMissing, "there is no such file", "a configuration",
        "give another path, or write one: kvadrant new \(path)")
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw failure(.configuration, "it is no plain file", "a YAML file", "give another path")
    }
    guard info.st_size <= ConfigurationDocument.maximumBytes else {
      throw failure(
        .configuration, "\(info.st_size) bytes are too many",
        "at most \(ConfigurationDocument.maximumBytes)", "give another path")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw failure(.disk, "it cannot be read", "a readable file", "check its permissions")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw failure(.configuration, "it is not UTF-8", "text in UTF-8", "save it as UTF-8")
    }
    return text
  }
}

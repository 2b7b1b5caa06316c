import Foundation
import Logging
import VirtualMeter

/// Log records as lines of JSON: time, level, message, and the metadata as members.
public struct LogLines: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes whole lines; standard error if none is given.
  public init(
    label: String, level: Logger.Level,
    write: @escaping @Sendable (String) -> Void = LogLines.standardError
  ) {
    self.label = label
    logLevel = level
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var members: [(key: String, value: JSONValue)] = [
      ("time", .string(Self.now())), ("level", .string(event.level.rawValue)),
      ("logger", .string(label)), ("message", .string("\(event.message)")),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for key in all.keys.sorted() {
      members.append((key, .string(all[key].map { "\($0)" } ?? "")))
    }
    write(JSONValue.object(members).text + "\n")
  }

  /// One line to standard error, whole.
  public static func standardError(_ line: String) {
    FileHandle.standardError.write(Data(line.utf8))
  }

  private static func now() -> String {
    Date.now.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
  }
}

import Foundation

/// Invocation counters that outlive a program: the next one for each meter and client.
///
/// A counter also never falls behind the seconds since 2020, so that a client on another machine
/// or one that has lost its file still begins above what the meter has seen.
public struct CounterStore: Sendable {
  /// Counters that are set aside when an association opens; a program that is killed loses them.
  private static let reserved: UInt32 = 2_000
  private let file: URL

  public init(file: URL) { self.file = file }

  /// The usual place: `metertool/counters.json` below `XDG_STATE_HOME`.
  public static var usual: CounterStore {
    let variables = ProcessInfo.processInfo.environment
    let base =
      variables["XDG_STATE_HOME"].map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/state")
    return CounterStore(file: base.appendingPathComponent("metertool/counters.json"))
  }

  private func all() -> [String: UInt32] {
    guard let data = try? Data(contentsOf: file) else { return [:] }
    return (try? JSONDecoder().decode([String: UInt32].self, from: data)) ?? [:]
  }

  func next(for key: String, now: Date = Date()) -> UInt32 {
    let seconds = now.timeIntervalSince1970 - 1_577_836_800
    return max(all()[key] ?? 1, UInt32(clamping: Int64(max(1, seconds))))
  }

  func reserve(from counter: UInt32, for key: String) {
    store(counter.addingReportingOverflow(Self.reserved).partialValue, for: key)
  }

  /// Keeps a counter; where the file cannot be written the clock has to do.
  func store(_ counter: UInt32, for key: String) {
    var counters = all()
    counters[key] = counter
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let data = try? encoder.encode(counters) else { return }
    let folder = file.deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try? data.write(to: file, options: .atomic)
  }
}

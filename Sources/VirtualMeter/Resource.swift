import Foundation

/// Files that travel with the program.
enum Resource {
  /// The contents of a file of the resource folder.
  ///
  /// Looked for beside the executable, then in `../share/kvadrant`, then in the folder that the
  /// environment names as `KVADRANT_RESOURCES`.
  ///
  /// - Throws: `fileMissing` when none of them has it.
  static func bytes(_ name: String) throws(Failure) -> [UInt8] {
    let beside = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
      .resolvingSymlinksInPath().deletingLastPathComponent().path
    let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    var folders: [String] = []
    if let named = ProcessInfo.processInfo.environment["KVADRANT_RESOURCES"] {
      folders.append(named)
    }
    for base in [running, beside].compactMap({ $0 }) {
      folders.append(base + "/kvadrant_VirtualMeter.resources/Resources")
      folders.append(base + "/../share/kvadrant")
    }
    for folder in folders {
      if let data = FileManager.default.contents(atPath: folder + "/" + name) {
        return Array(data)
      }
    }
    throw Failure(
      .fileMissing, file: name, what: "a file that belongs to the program is not there",
      expected: "it in one of: " + folders.joined(separator: ", "),
      next: "install the resource folder beside the program, or name it in KVADRANT_RESOURCES")
  }
}

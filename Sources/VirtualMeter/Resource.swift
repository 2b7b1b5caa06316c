import Foundation

/// Files that travel with the program.
public enum Resource {
  /// The contents of a file of this room's resource folder.
  ///
  /// - Throws: `fileMissing` when it cannot be found or read.
  static func bytes(_ name: String) throws(Failure) -> [UInt8] {
    let path = try path(name, of: "VirtualMeter")
    return FileManager.default.contents(atPath: path).map { Array($0) } ?? []
  }

  /// Where a file of a room's resource folder is.
  ///
  /// Looked for in the folder that the environment names as `KVADRANT_RESOURCES`, then beside the
  /// executable, then in `../share/kvadrant`; where the room's name in small letters is a folder
  /// in one of them, in that folder.
  ///
  /// - Throws: `fileMissing` when none of them has it.
  public static func path(_ name: String, of room: String) throws(Failure) -> String {
    let beside = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
      .resolvingSymlinksInPath().deletingLastPathComponent().path
    let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    var folders: [String] = []
    if let named = ProcessInfo.processInfo.environment["KVADRANT_RESOURCES"] {
      folders.append(named)
    }
    for base in [running, beside].compactMap({ $0 }) {
      folders.append(base + "/kvadrant_\(room).resources/Resources")
      folders.append(base + "/../share/kvadrant")
    }
    for folder in folders.flatMap({ [$0 + "/" + room.lowercased(), $0] }) {
      let path = folder + "/" + name
      if FileManager.default.isReadableFile(atPath: path) { return path }
    }
    throw Failure(
      .fileMissing, file: name, what: "a file that belongs to the program is not there",
      expected: "it in one of: " + folders.joined(separator: ", "),
      next: "install the resource folder beside the program, or name it in KVADRANT_RESOURCES")
  }
}

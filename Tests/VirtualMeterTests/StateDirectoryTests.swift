import Foundation
import MeterTime
import Testing

@testable import VirtualMeter

@Suite("State directory")
struct StateDirectoryTests {
  private func path() -> String {
    FileManager.default.temporaryDirectory.path + "/kvadrant-\(UUID().uuidString.prefix(8))/a/b"
  }

  @Test("one owner at a time; the next one may come when the first is gone")
  func lock() throws {
    let path = path()
    do {
      let first = try StateDirectory(path: path)
      #expect {
        try StateDirectory(path: path)
      } throws: { ($0 as? Failure)?.status == .tryAgain }
      withExtendedLifetime(first) {}
    }
    _ = try StateDirectory(path: path)
  }

  @Test("a path that no socket can have is refused before anything is made")
  func longPath() {
    let path = "/tmp/" + String(repeating: "x", count: 90)
    #expect(throws: (any Error).self) { try StateDirectory(path: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("the clock is kept, rounded up to the second")
  func clock() throws {
    let folder = try StateDirectory(path: path())
    #expect(try folder.clock() == nil)
    folder.keep(clock: Instant(seconds: 700_000_000, fraction: 1))
    #expect(try folder.clock() == Instant(seconds: 700_000_001))
    folder.keep(clock: Instant(seconds: 700_000_002))
    #expect(try folder.clock() == Instant(seconds: 700_000_002))
    try folder.forget()
    #expect(try folder.clock() == nil)
  }

  @Test("a damaged clock is told with file and line")
  func damagedClock() throws {
    let folder = try StateDirectory(path: path())
    try "yesterday\n".write(
      toFile: folder.path + "/clock", atomically: true, encoding: .utf8)
    #expect {
      try folder.clock()
    } throws: { ($0 as? Failure)?.status == .badData && ($0 as? Failure)?.line == 1 }
  }
}

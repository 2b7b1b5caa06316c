import Foundation
import Testing

/// The demo in a pseudo-terminal.
private final class Panel {
  let process = Process()
  private let primary: Int32
  private let secondary: FileHandle
  private(set) var output: [UInt8] = []

  init(_ arguments: [String], environment: [String: String]) throws {
    primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    // TIOCSPTLCK and TIOCGPTN of Linux, whose macros Swift does not see.
    var (locked, number): (Int32, Int32) = (0, 0)
    try #require(ioctl(primary, 0x4004_5431, &locked) == 0)
    try #require(ioctl(primary, 0x8004_5430, &number) == 0)
    let name = "/dev/pts/\(number)"
    secondary = try #require(FileHandle(forUpdatingAtPath: name))
    _ = fcntl(primary, F_SETFL, O_NONBLOCK)
    process.executableURL = KvadrantProcess.program
    process.arguments = arguments
    process.environment = ["TERM": "xterm-256color", "PATH": "/usr/bin:/bin"]
      .merging(environment) { $1 }
    process.standardInput = secondary
    process.standardOutput = secondary
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit { close(primary) }

  /// Local flags of the terminal.
  var localFlags: tcflag_t {
    var settings = termios()
    tcgetattr(secondary.fileDescriptor, &settings)
    return settings.c_lflag
  }

  func press(_ keys: String) { _ = write(primary, keys, keys.utf8.count) }

  /// Reads until the output holds a text.
  func sees(_ text: String, seconds: Double = 30) -> Bool {
    eventually(seconds: seconds) {
      drain()
      return String(decoding: output, as: UTF8.self).contains(text)
    }
  }

  /// Waits for the end while reading what is printed.
  func end() -> Int32 {
    _ = eventually(seconds: 30) {
      drain()
      return !process.isRunning
    }
    drain()
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -1
  }

  private func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let n = read(primary, &buffer, buffer.count)
      if n <= 0 { return }
      output += buffer[..<n]
    }
  }
}

@Suite("kvadrant demo in a terminal", .serialized)
struct PanelTests {
  private static func panel(_ more: String...) throws -> Panel {
    try Panel(
      ["demo", "--no-web"] + more, environment: ["XDG_STATE_HOME": try TemporaryFolder.make().path])
  }

  @Test("it draws the panel, obeys keys and gives the terminal back")
  func keys() throws {
    let panel = try Self.panel()
    let flags = panel.localFlags
    #expect(panel.sees("1000 imp/kWh"))
    #expect(panel.localFlags & tcflag_t(ICANON | ECHO) == 0)
    #expect(panel.sees("x10"))
    panel.press("+")
    #expect(panel.sees("x20"))
    panel.press("--")
    #expect(panel.sees("x5"))
    panel.press(" ")
    panel.press("q")
    #expect(panel.end() == 0)
    #expect(panel.localFlags == flags)
    #expect(panel.sees("\u{1B}[?25h\u{1B}[?1049l"))
    #expect(panel.sees("ended by stopped"))
  }

  @Test("with the panel in the browser the glass is here, too, and says where the panel is")
  func withPanel() throws {
    let panel = try Panel(
      ["demo", "--web", "0"], environment: ["XDG_STATE_HOME": try TemporaryFolder.make().path])
    #expect(panel.sees("1000 imp/kWh"))
    #expect(panel.sees("panel in the browser: http://127.0.0.1:"))
    #expect(panel.sees("x1"))
    panel.press("q")
    #expect(panel.end() == 0)
    #expect(panel.sees("ended by stopped"))
  }

  @Test("a signal gives the terminal back, too", arguments: [SIGTERM, SIGINT])
  func signalled(_ number: Int32) throws {
    let panel = try Self.panel("--speed", "60")
    let flags = panel.localFlags
    #expect(panel.sees("1000 imp/kWh"))
    kill(panel.process.processIdentifier, number)
    #expect(panel.end() == 0)
    #expect(panel.localFlags == flags)
    #expect(panel.sees("ended by power cut"))
  }

  @Test("without colours nothing but the cursor is controlled")
  func noColours() throws {
    let panel = try Panel(
      ["demo", "--no-web"],
      environment: ["XDG_STATE_HOME": try TemporaryFolder.make().path, "NO_COLOR": "1"])
    #expect(panel.sees("1000 imp/kWh"))
    panel.press("q")
    #expect(panel.end() == 0)
    #expect(!String(decoding: panel.output, as: UTF8.self).contains("38;5;"))
  }
}

import Foundation
import Synchronization

/// The terminal of the process: raw keys in, frames out, and its old state back in every case.
public final class Terminal: Sendable {
  /// Keys that the demo knows.
  public enum Key: Sendable { case button, longButton, faster, slower, quit }

  private let before: Mutex<termios?>

  /// True when both ends of the process are a terminal that can be drawn on.
  public static var isInteractive: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && !kind.isEmpty
      && kind != "dumb"
  }

  /// False where the environment asks for no colours (NO_COLOR).
  public static var hasColours: Bool {
    (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Takes over the terminal: other screen, no cursor, keys one by one without echo.
  ///
  /// Ctrl-C stays a signal, so that the demo's power cut works as everywhere.
  public init() {
    var settings = termios()
    if tcgetattr(STDIN_FILENO, &settings) == 0 {
      before = Mutex(settings)
      settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
      withUnsafeMutableBytes(of: &settings.c_cc) { controls in
        controls[Int(VMIN)] = 0
        controls[Int(VTIME)] = 1
        // No stopping with Ctrl-Z while the screen is ours; 0 is no key (POSIX _POSIX_VDISABLE).
        controls[Int(VSUSP)] = 0
      }
      tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    } else {
      before = Mutex(nil)
    }
    Self.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
  }

  /// Gives the terminal back; safe to call more than once.
  public func restore() {
    before.withLock { settings in
      guard var old = settings else { return }
      Self.write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &old)
      settings = nil
    }
  }

  deinit { restore() }

  /// The next key, or nil when none came within a tenth of a second or it means nothing.
  public func key() -> Key? {
    var byte: UInt8 = 0
    guard read(STDIN_FILENO, &byte, 1) == 1 else { return nil }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "b"): return .button
    case UInt8(ascii: "B"), UInt8(ascii: "l"): return .longButton
    case UInt8(ascii: "+"), UInt8(ascii: "="): return .faster
    case UInt8(ascii: "-"), UInt8(ascii: "_"): return .slower
    case UInt8(ascii: "q"), UInt8(ascii: "Q"), 4: return .quit
    default: return nil
    }
  }

  /// Replaces the picture.
  func show(_ canvas: Canvas) {
    let (columns, rows) = Self.size
    let lines = canvas.text(colours: Self.hasColours, columns: columns, rows: rows)
    Self.write("\u{1B}[H" + lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[J")
  }

  /// Columns and rows; the usual 80 by 24 where the terminal does not say.
  private static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private static func write(_ text: String) {
    StandardOutput.write(text)
  }
}

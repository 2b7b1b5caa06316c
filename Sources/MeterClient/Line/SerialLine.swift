import Foundation

/// Speed and parity of a serial line.
public struct SerialSettings: Equatable, Sendable {
  public var baud: Int
  /// Seven bits with even parity, as IEC 62056-21 has them.
  public var isSevenEven: Bool

  public init(baud: Int = 9600, isSevenEven: Bool = false) {
    (self.baud, self.isSevenEven) = (baud, isSevenEven)
  }
}

/// A serial device or pseudo terminal, opened raw.
enum SerialLine {
  private static let speeds: [Int: Int32] = [
    300: B300, 600: B600, 1200: B1200, 2400: B2400, 4800: B4800, 9600: B9600, 19_200: B19200,
    38_400: B38400, 57_600: B57600, 115_200: B115200,
  ]

  static func open(_ path: String, _ settings: SerialSettings) throws(MeterError) -> Int32 {
    let descriptor = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw MeterError(
        .transport, .unreachable, what: "\(path) cannot be opened", expected: "a serial line",
        got: String(cString: strerror(errno)), next: "another path, or the rights to this one")
    }
    guard set(descriptor, settings) else {
      Foundation.close(descriptor)
      throw MeterError(
        .transport, .unreachable, what: "\(path) cannot be set to \(settings.baud) baud",
        expected: "a serial line", got: "something else", next: "another path or speed")
    }
    return descriptor
  }

  static func set(_ descriptor: Int32, _ settings: SerialSettings) -> Bool {
    var now = termios()
    guard let speed = speeds[settings.baud], tcgetattr(descriptor, &now) == 0 else {
      return false
    }
    cfmakeraw(&now)
    now.c_cflag |= tcflag_t(CLOCAL | CREAD)
    if settings.isSevenEven {
      now.c_cflag &= ~tcflag_t(CSIZE | PARODD)
      now.c_cflag |= tcflag_t(CS7 | PARENB)
    }
    cfsetspeed(&now, speed_t(speed))
    return tcsetattr(descriptor, TCSANOW, &now) == 0
  }
}

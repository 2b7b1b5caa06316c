import Foundation

/// A line of octets: a pseudo terminal, a serial device, or a TCP socket that takes one caller at
/// a time, as a line has one reader.
///
/// Used by one thread only, except `close`.
final class ByteLine: @unchecked Sendable {
  /// What has arrived.
  enum Arrival {
    case bytes([UInt8])
    case nothing
    /// The caller has gone.
    case hangUp
  }

  /// Where a reader finds the line.
  let address: String
  /// The number of a TCP port.
  private(set) var number: Int?
  /// The device or the caller, -1 for none.
  private var descriptor: Int32
  /// The socket that listens, -1 for none.
  private let listener: Int32
  /// Keeps a pseudo terminal open while nobody uses it.
  private let keeper: Int32
  let isDevice: Bool

  private init(
    address: String, number: Int? = nil, descriptor: Int32 = -1, listener: Int32 = -1,
    keeper: Int32 = -1, isDevice: Bool = false
  ) {
    self.address = address
    self.number = number
    self.descriptor = descriptor
    self.listener = listener
    self.keeper = keeper
    self.isDevice = isDevice
  }

  /// Opens a line.
  ///
  /// - Throws: `unreachable` where it cannot be opened.
  static func open(
    _ place: LinePlace, _ settings: SerialSettings, option: String
  ) throws(Failure) -> ByteLine {
    switch place {
    case .pseudoTerminal: try pseudoTerminal(option)
    case .device(let path): try device(path, settings, option)
    case .tcp(let host, let port): try socket(host, port, option)
    }
  }

  static func failure(_ what: String, _ place: String, _ option: String) -> Failure {
    Failure(
      .unreachable, file: place, what: "\(what) (\(String(cString: strerror(errno))))",
      expected: "a place that can be opened", next: "give another \(option)")
  }

  private static func pseudoTerminal(_ option: String) throws(Failure) -> ByteLine {
    let terminal = try openTerminal(option)
    return ByteLine(address: terminal.path, descriptor: terminal.master, keeper: terminal.slave)
  }

  /// A raw pseudo terminal: the meter's end, the end that keeps it open, and its name.
  ///
  /// - Throws: `unreachable` where there is none.
  static func openTerminal(
    _ option: String
  ) throws(Failure) -> (master: Int32, slave: Int32, path: String) {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &slave, &name, nil, nil) == 0 else {
      throw failure("no pseudo terminal", "pty", option)
    }
    for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let path = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard makeRaw(slave, nil) else { throw failure("cannot be set", path, option) }
    return (master, slave, path)
  }

  private static func device(
    _ path: String, _ settings: SerialSettings, _ option: String
  ) throws(Failure) -> ByteLine {
    ByteLine(
      address: path, descriptor: try openDevice(path, settings, option), isDevice: true)
  }

  /// A raw serial device.
  ///
  /// - Throws: `unreachable` where it cannot be opened or set.
  static func openDevice(
    _ path: String, _ settings: SerialSettings, _ option: String
  ) throws(Failure) -> Int32 {
    let descriptor = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened", path, option) }
    guard makeRaw(descriptor, settings) else {
      Foundation.close(descriptor)
      throw failure("is no serial line", path, option)
    }
    return descriptor
  }

  private static func socket(
    _ host: String, _ port: Int, _ option: String
  ) throws(Failure) -> ByteLine {
    let listener = try Listener(host, port, option: option)
    return ByteLine(
      address: listener.address, number: listener.number, listener: listener.descriptor)
  }

  /// Eight bits, no echo, no line discipline.
  private static func makeRaw(_ descriptor: Int32, _ wanted: SerialSettings?) -> Bool {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { return false }
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    if let wanted {
      guard let speed = constant(wanted.baud) else { return false }
      cfsetspeed(&settings, speed)
      if wanted.hasEvenParity {
        settings.c_cflag |= tcflag_t(PARENB)
        settings.c_iflag |= tcflag_t(INPCK | IGNPAR)
      }
    }
    return tcsetattr(descriptor, TCSANOW, &settings) == 0
  }

  private static func constant(_ baud: Int) -> speed_t? {
    switch baud {
    case 300: speed_t(B300)
    case 600: speed_t(B600)
    case 1200: speed_t(B1200)
    case 2400: speed_t(B2400)
    case 4800: speed_t(B4800)
    case 9600: speed_t(B9600)
    case 19_200: speed_t(B19200)
    case 38_400: speed_t(B38400)
    case 115_200: speed_t(B115200)
    default: nil
    }
  }

  /// Sets a device anew, after everything has been sent.
  func set(_ settings: SerialSettings) {
    guard isDevice else { return }
    tcdrain(descriptor)
    _ = Self.makeRaw(descriptor, settings)
  }

  /// Waits for octets or a caller.
  func wait(milliseconds: Int32) -> Arrival {
    let watched = descriptor >= 0 ? descriptor : listener
    var entry = pollfd(fd: watched, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return .nothing }
    if descriptor < 0 {
      descriptor = accept(listener, nil, nil)
      if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      return .nothing
    }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = read(descriptor, &bytes, bytes.count)
    if count > 0 { return .bytes(Array(bytes.prefix(count))) }
    if listener >= 0 {
      Foundation.close(descriptor)
      descriptor = -1
    }
    return .hangUp
  }

  /// Sends octets; what a caller does not take within two seconds is lost.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty, descriptor >= 0 {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, 2000) > 0 else { return }
      let count = rest.withUnsafeBytes { write($0.baseAddress!, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
    if isDevice { tcdrain(descriptor) }
  }

  private func write(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    listener >= 0
      ? Foundation.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
      : Foundation.write(descriptor, bytes, count)
  }

  /// Closes everything.
  func close() {
    for open in [descriptor, listener, keeper] where open >= 0 { Foundation.close(open) }
    descriptor = -1
  }
}

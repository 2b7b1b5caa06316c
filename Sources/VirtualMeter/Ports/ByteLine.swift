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

  private static func failure(_ what: String, _ place: String, _ option: String) -> Failure {
    Failure(
      .unreachable, file: place, what: "\(what) (\(String(cString: strerror(errno))))",
      expected: "a place that can be opened", next: "give another \(option)")
  }

  private static func pseudoTerminal(_ option: String) throws(Failure) -> ByteLine {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &slave, &name, nil, nil) == 0 else {
      throw failure("no pseudo terminal", "pty", option)
    }
    for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let path = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard makeRaw(slave, nil) else { throw failure("cannot be set", path, option) }
    return ByteLine(address: path, descriptor: master, keeper: slave)
  }

  private static func device(
    _ path: String, _ settings: SerialSettings, _ option: String
  ) throws(Failure) -> ByteLine {
    let descriptor = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened", path, option) }
    guard makeRaw(descriptor, settings) else {
      Foundation.close(descriptor)
      throw failure("is no serial line", path, option)
    }
    return ByteLine(address: path, descriptor: descriptor, isDevice: true)
  }

  private static func socket(
    _ host: String, _ port: Int, _ option: String
  ) throws(Failure) -> ByteLine {
    let listener = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1
    else {
      throw Failure(
        .usage, what: "«\(host)» is no address of this machine", expected: "an IPv4 address",
        next: "give for example \(option) tcp://127.0.0.1:8386")
    }
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, size) == 0 && listen(listener, 4) == 0
          && getsockname(listener, raw, &size) == 0
      }
    }
    guard bound else {
      Foundation.close(listener)
      throw failure("port \(port) is taken or closed", "tcp://\(host):\(port)", option)
    }
    let number = Int(in_port_t(bigEndian: address.sin_port))
    return ByteLine(address: "tcp://\(host):\(number)", number: number, listener: listener)
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

import Foundation

/// A line on which the meter speaks to whoever listens: a pseudo terminal, a serial device, or a
/// TCP port with any number of callers.
///
/// Nobody is waited for: a caller that does not take what is said is let go, and a terminal that
/// nobody reads keeps the last thing said. Used by one thread only.
final class OutputLine: @unchecked Sendable {
  /// Callers at the same time.
  static let mostCallers = 64
  /// Something that a caller said.
  struct Heard {
    var caller: Int32
    /// Empty when the caller has gone.
    var bytes: [UInt8]
  }

  /// Where a reader finds the line.
  let address: String
  /// The number of a TCP port.
  let number: Int?
  private let listener: Int32
  /// Callers; the one device or terminal.
  private var callers: [Int32]
  /// Keeps a pseudo terminal open while nobody uses it.
  private let keeper: Int32

  private init(
    address: String, number: Int? = nil, listener: Int32 = -1, callers: [Int32] = [],
    keeper: Int32 = -1
  ) {
    self.address = address
    self.number = number
    self.listener = listener
    self.callers = callers
    self.keeper = keeper
  }

  /// Opens a line.
  ///
  /// - Parameters:
  ///   - speed: of a serial device, as the system names it.
  ///   - hasEvenParity: 8E1 instead of 8N1.
  /// - Throws: `usage` for an address that is none, `unreachable` where it cannot be opened.
  static func open(
    _ place: LinePlace, speed: speed_t, hasEvenParity: Bool = false, option: String
  ) throws(Failure) -> OutputLine {
    switch place {
    case .pseudoTerminal: try terminal(option)
    case .device(let path): try device(path, speed, hasEvenParity, option)
    case .tcp(let host, let port): try socket(host, port, option)
    }
  }

  private static func failure(_ what: String, _ place: String, _ option: String) -> Failure {
    Failure(
      .unreachable, file: place, what: "\(what) (\(String(cString: strerror(errno))))",
      expected: "a place that can be opened", next: "give another \(option)")
  }

  private static func terminal(_ option: String) throws(Failure) -> OutputLine {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &slave, &name, nil, nil) == 0 else {
      throw failure("no pseudo terminal", "pty", option)
    }
    for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let path = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard makeRaw(slave) else { throw failure("cannot be set", path, option) }
    return OutputLine(address: path, callers: [master], keeper: slave)
  }

  private static func device(
    _ path: String, _ speed: speed_t, _ hasEvenParity: Bool, _ option: String
  ) throws(Failure) -> OutputLine {
    let descriptor = Foundation.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened", path, option) }
    guard makeRaw(descriptor, speed, hasEvenParity) else {
      Foundation.close(descriptor)
      throw failure("is no serial line", path, option)
    }
    return OutputLine(address: path, callers: [descriptor])
  }

  /// Eight bits, no echo, no line discipline.
  private static func makeRaw(
    _ descriptor: Int32, _ speed: speed_t? = nil, _ hasEvenParity: Bool = false
  ) -> Bool {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else { return false }
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    if hasEvenParity { settings.c_cflag |= tcflag_t(PARENB) }
    if let speed { cfsetspeed(&settings, speed) }
    return tcsetattr(descriptor, TCSANOW, &settings) == 0
  }

  private static func socket(
    _ host: String, _ port: Int, _ option: String
  ) throws(Failure) -> OutputLine {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1
    else {
      throw Failure(
        .usage, what: "«\(host)» is no address of this machine", expected: "an IPv4 address",
        next: "give for example \(option) tcp://127.0.0.1:8387")
    }
    let listener = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    _ = fcntl(listener, F_SETFL, O_NONBLOCK)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, size) == 0 && listen(listener, 16) == 0
          && getsockname(listener, raw, &size) == 0
      }
    }
    guard isBound else {
      let refusal = failure("port \(port) is taken or closed", "tcp://\(host):\(port)", option)
      Foundation.close(listener)
      throw refusal
    }
    let number = Int(in_port_t(bigEndian: address.sin_port))
    return OutputLine(address: "tcp://\(host):\(number)", number: number, listener: listener)
  }

  // MARK: use

  /// Somebody listens: a caller, a device, or a terminal whose last words have been read.
  var isHeard: Bool {
    if keeper < 0 { return !callers.isEmpty }
    var unread: Int32 = 0
    return ioctl(keeper, UInt(FIONREAD), &unread) == 0 && unread == 0
  }

  /// Waits for callers and for what they say.
  func wait(milliseconds: Int32) -> [Heard] {
    var watched = callers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    if listener >= 0 { watched.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0)) }
    guard poll(&watched, nfds_t(watched.count), milliseconds) > 0 else { return [] }
    var heard: [Heard] = []
    for entry in watched where entry.revents != 0 && entry.fd != listener {
      heard.append(Heard(caller: entry.fd, bytes: words(of: entry.fd)))
    }
    if let last = watched.last, last.fd == listener, last.revents != 0 { greet() }
    return heard
  }

  private func words(of caller: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(caller, &bytes, bytes.count)
    if count > 0 { return Array(bytes.prefix(count)) }
    if listener >= 0 {
      letGo(caller)
    } else {
      // A terminal without a reader says so at once and for ever.
      Thread.sleep(forTimeInterval: 0.02)
    }
    return []
  }

  private func greet() {
    let caller = accept(listener, nil, nil)
    guard caller >= 0 else { return }
    guard callers.count < Self.mostCallers else {
      Foundation.close(caller)
      return
    }
    _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
    _ = fcntl(caller, F_SETFL, O_NONBLOCK)
    var yes: Int32 = 1
    setsockopt(
      caller, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    callers.append(caller)
  }

  private func letGo(_ caller: Int32) {
    callers.removeAll { $0 == caller }
    Foundation.close(caller)
  }

  /// Says something to everybody.
  func send(_ bytes: [UInt8]) {
    for caller in callers { send(bytes, to: caller) }
  }

  /// Says something to one of them.
  func send(_ bytes: [UInt8], to caller: Int32) {
    let isCaller = listener >= 0
    guard callers.contains(caller), !bytes.isEmpty else { return }
    let count = bytes.withUnsafeBytes { room in
      isCaller
        ? Foundation.send(caller, room.baseAddress!, room.count, Int32(MSG_NOSIGNAL))
        : write(caller, room.baseAddress!, room.count)
    }
    if isCaller, count < bytes.count { letGo(caller) }
  }

  /// Closes everything.
  func close() {
    for open in callers + [listener, keeper] where open >= 0 { Foundation.close(open) }
    callers = []
  }
}

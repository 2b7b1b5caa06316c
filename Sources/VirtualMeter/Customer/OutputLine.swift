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
  /// - Throws: `usage` for an address that is none, `unreachable` where it cannot be opened.
  static func open(
    _ place: LinePlace, _ settings: SerialSettings, option: String
  ) throws(Failure) -> OutputLine {
    switch place {
    case .pseudoTerminal:
      let terminal = try ByteLine.openTerminal(option)
      return OutputLine(
        address: terminal.path, callers: [terminal.master], keeper: terminal.slave)
    case .device(let path):
      return OutputLine(
        address: path, callers: [try ByteLine.openDevice(path, settings, option)])
    case .tcp(let host, let port):
      let listener = try ByteLine.Listener(host, port, option: option)
      _ = fcntl(listener.descriptor, F_SETFL, O_NONBLOCK)
      return OutputLine(
        address: listener.address, number: listener.number, listener: listener.descriptor)
    }
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

import Foundation

/// A stream to a device: TCP or a socket of the file system, blocking, with a time limit.
final class FeedConnection {
  /// `tcp://host:port` or `unix:/path`.
  enum Address: Equatable {
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    /// nil where the text is neither.
    init?(_ text: String) {
      if text.hasPrefix("unix:") {
        let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
        guard !path.isEmpty, path.utf8.count < 100 else { return nil }
        self = .unix(path: path)
        return
      }
      guard text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":"),
        let port = UInt16(text[text.index(after: colon)...])
      else { return nil }
      let host = String(text[text.index(text.startIndex, offsetBy: 6)..<colon])
      guard !host.isEmpty else { return nil }
      self = .tcp(host: host, port: port)
    }
  }

  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var room = [UInt8](repeating: 0, count: 65_536)

  /// - Throws: `DeviceError.silent` where nobody answers.
  init(_ address: Address) throws {
    switch address {
    case .unix(let path): descriptor = try Self.open(path)
    case .tcp(let host, let port): descriptor = try Self.open(host, port)
    }
  }

  deinit { close(descriptor) }

  private static func open(_ path: String) throws -> Int32 {
    let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(made, $0, length) }
    }
    guard made >= 0, result == 0 else {
      if made >= 0 { close(made) }
      throw DeviceError.silent("nobody listens at \(path)")
    }
    return made
  }

  private static func open(_ host: String, _ port: UInt16) throws -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let list else {
      throw DeviceError.silent("no such host: \(host)")
    }
    defer { freeaddrinfo(list) }
    var next: UnsafeMutablePointer<addrinfo>? = list
    while let info = next?.pointee {
      let made = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
      if made >= 0 {
        if connect(made, info.ai_addr, info.ai_addrlen) == 0 { return made }
        close(made)
      }
      next = info.ai_next
    }
    throw DeviceError.silent("nobody listens at \(host):\(port)")
  }

  /// Sends all bytes.
  func send(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes { all in
        Glibc.send(
          descriptor, all.baseAddress.map { $0 + done }, bytes.count - done,
          Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw DeviceError.silent("the device hung up") }
      done += sent
    }
  }

  /// The next whole line without its end.
  ///
  /// - Parameter wait_s: how long to wait for it; 0 looks only at what is there.
  /// - Returns: nil where none came in time.
  func line(wait_s: Double) throws -> String? {
    let deadline = Date().timeIntervalSinceReferenceDate + wait_s
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return line
      }
      guard pending.count < 1 << 20 else { throw DeviceError.silent("a line without an end") }
      let left = deadline - Date().timeIntervalSinceReferenceDate
      var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&set, 1, Int32(max(0, min(left, 60)) * 1000))
      if ready == 0, left <= 0 { return nil }
      guard ready > 0 else {
        if left <= 0 { return nil }
        continue
      }
      let count = recv(descriptor, &room, room.count, 0)
      guard count > 0 else { throw DeviceError.silent("the device hung up") }
      pending += room[..<count]
    }
  }
}

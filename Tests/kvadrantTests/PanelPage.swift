import Foundation

/// Asks a running panel over HTTP, without more than a socket.
enum PanelPage {
  /// The body of an answer with status 200; nil for any other, and where nobody answers.
  static func get(_ address: String) -> String? {
    guard let url = URL(string: address), let port = url.port,
      let socket = connected(port: port)
    else { return nil }
    defer { close(socket) }
    let path = url.path.isEmpty ? "/" : url.path
    let request =
      "GET \(path)\(url.query.map { "?" + $0 } ?? "") HTTP/1.1\r\nHost: localhost:\(port)\r\n"
      + "Connection: close\r\n\r\n"
    guard send(socket, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let n = recv(socket, &buffer, buffer.count, 0)
      guard n > 0 else { break }
      bytes += buffer[..<n]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.1 200 "), let end = text.range(of: "\r\n\r\n") else { return nil }
    return String(text[end.upperBound...])
  }

  /// A connection to a port of this machine.
  static func connected(port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    if result == 0 { return descriptor }
    close(descriptor)
    return nil
  }
}

import Foundation

extension ByteLine {
  /// A TCP socket that waits for callers.
  struct Listener: Sendable {
    let descriptor: Int32
    let number: Int
    let address: String

    /// Opens it.
    ///
    /// - Parameter port: 0 for any.
    /// - Throws: `usage` for a host that is no address, `unreachable` for a port that is taken.
    init(_ host: String, _ port: Int, option: String) throws(Failure) {
      descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let open = descriptor
      let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
          bind(open, raw, size) == 0 && listen(open, 16) == 0 && getsockname(open, raw, &size) == 0
        }
      }
      guard bound else {
        Foundation.close(descriptor)
        throw ByteLine.failure("port \(port) is taken or closed", "tcp://\(host):\(port)", option)
      }
      number = Int(in_port_t(bigEndian: address.sin_port))
      self.address = "tcp://\(host):\(number)"
    }

    /// A caller who is waiting; nil for none.
    func acceptNow() -> Int32? {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 0) > 0 else { return nil }
      let caller = accept(descriptor, nil, nil)
      guard caller >= 0 else { return nil }
      _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
      return caller
    }

    func close() { Foundation.close(descriptor) }
  }
}

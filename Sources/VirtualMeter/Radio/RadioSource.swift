import Foundation
import MBus

/// Where a receiver hears telegrams: a radio log, standard input, or octets over TCP.
public struct RadioSource {
  private let descriptor: Int32
  private let isOctets: Bool
  private let format: WirelessFormat
  private var pending: [UInt8] = []
  /// Octets and lines that were no telegram.
  public private(set) var noise = 0

  /// - Parameters:
  ///   - place: a file, `-`, or `tcp://HOST:PORT`, to which is connected.
  ///   - format: of telegrams that do not say.
  /// - Throws: `fileMissing` or `unreachable`.
  public init(_ place: String, format: WirelessFormat) throws(Failure) {
    self.format = format
    isOctets = place.hasPrefix("tcp://")
    if isOctets {
      descriptor = try Self.connect(place)
    } else {
      descriptor = place == "-" ? STDIN_FILENO : open(place, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw Failure(
          .fileMissing, file: place, what: "there is no such radio log",
          expected: "a file, - or tcp://ADDRESS:PORT", next: "give another")
      }
    }
  }

  private static func connect(_ place: String) throws(Failure) -> Int32 {
    guard case .tcp(let host, let port) = try LinePlace(parsing: place, option: "wmbus receive")
    else { return -1 }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let isAddress = inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        Foundation.connect(descriptor, raw, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard isAddress == 1, connected == 0 else {
      Foundation.close(descriptor)
      throw Failure(
        .unreachable, file: place, what: "nobody sends there", expected: "a sender of telegrams",
        next: "start a meter with --wmbus \(place)")
    }
    return descriptor
  }

  /// The next telegram; nil at the end.
  public mutating func next() -> RadioLine? {
    while true {
      if let line = isOctets ? takeFrame() : takeLine() { return line }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &bytes, bytes.count)
      if count > 0 {
        pending += bytes.prefix(count)
      } else if pending.isEmpty {
        return nil
      } else if isOctets {
        (noise, pending) = (noise + pending.count, [])
      } else {
        pending.append(UInt8(ascii: "\n"))
      }
    }
  }

  private mutating func takeLine() -> RadioLine? {
    while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
      let text = String(decoding: pending[..<end], as: UTF8.self)
      pending.removeFirst(end + 1)
      if let line = RadioLine(parsing: text, format: format) { return line }
      if !text.isEmpty, !text.hasPrefix("#") { noise += 1 }
    }
    // No line of a radio log is so long.
    if pending.count > 65_536 { (noise, pending) = (noise + 1, []) }
    return nil
  }

  /// A frame ends where its length says; what has no right check is no frame.
  private mutating func takeFrame() -> RadioLine? {
    while let first = pending.first {
      if let total = try? format.byteCount(lengthField: first) {
        guard pending.count >= total else { return nil }
        var room = [UInt8](repeating: 0, count: 256)
        var span = room.mutableSpan
        let frame = Array(pending.prefix(total))
        if (try? format.decode(frame.span, into: &span)) != nil {
          pending.removeFirst(total)
          var line = RadioLine(frame)
          line.format = format
          return line
        }
      }
      pending.removeFirst()
      noise += 1
    }
    return nil
  }
}

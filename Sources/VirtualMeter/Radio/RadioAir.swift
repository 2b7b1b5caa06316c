import Foundation
import MBus
import Synchronization

/// Where the radio module's telegrams go.
public enum RadioPlace: Equatable, Sendable {
  /// Lines of hexadecimal digits on standard output.
  case standardOutput
  /// Octets to everyone who is connected to a TCP port; 0 for any.
  case tcp(host: String, port: Int)
  /// Lines at the end of a file: a radio log.
  case file(String)

  /// From `hex`, `tcp://HOST:PORT` or the name of a file.
  ///
  /// - Throws: `usage` for anything else.
  public init(parsing text: String) throws(Failure) {
    if text == "hex" {
      self = .standardOutput
    } else if text.hasPrefix("tcp://") {
      guard case .tcp(let host, let port) = try LinePlace(parsing: text, option: "--wmbus") else {
        self = .standardOutput
        return
      }
      self = .tcp(host: host, port: port)
    } else if text.isEmpty || text.contains("://") {
      throw Failure(
        .usage, what: "--wmbus \(text)", expected: "a file, tcp://ADDRESS:PORT or hex",
        next: "give for example --wmbus radio.log")
    } else {
      self = .file(text)
    }
  }

  /// Only this machine can hear it.
  var isLocal: Bool {
    guard case .tcp(let host, let port) = self else { return true }
    return LinePlace.tcp(host: host, port: port).isLocal
  }
}

/// The air: takes telegrams and never waits for anybody.
///
/// Telegrams that nobody hears, or that a listener does not take at once, are lost, as by radio.
final class RadioAir: Sendable {
  private let place: RadioPlace
  private let file: Int32
  private let listener: ByteLine.Listener?
  private let listeners = Mutex<[Int32]>([])
  private let lost = Mutex<UInt64>(0)

  /// Where listeners connect, or what is written to.
  let address: String
  var number: Int? { listener?.number }
  /// Telegrams that could not be given to somebody who was there.
  var lostCount: UInt64 { lost.withLock { $0 } }

  /// The most who may listen.
  static let mostListeners = 64

  init(_ place: RadioPlace) throws(Failure) {
    self.place = place
    switch place {
    case .standardOutput: (file, listener, address) = (-1, nil, "hex")
    case .file(let path):
      file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
      (listener, address) = (nil, path)
      guard file >= 0 else {
        throw Failure(
          .disk, file: path, what: "cannot be written (\(String(cString: strerror(errno))))",
          expected: "a file that can be written", next: "give another --wmbus")
      }
    case .tcp(let host, let port):
      let open = try ByteLine.Listener(host, port, option: "--wmbus")
      (file, listener, address) = (-1, open, open.address)
    }
  }

  /// Sends a telegram to whoever is there.
  func send(_ line: RadioLine) {
    switch place {
    case .standardOutput: StandardOutput.line(line.text)
    case .file:
      let bytes = Array((line.text + "\n").utf8)
      if write(file, bytes, bytes.count) != bytes.count { lost.withLock { $0 += 1 } }
    case .tcp:
      listeners.withLock { open in
        while open.count < Self.mostListeners, let new = listener?.acceptNow() { open.append(new) }
        open.removeAll { descriptor in
          let count = Foundation.send(
            descriptor, line.octets, line.octets.count,
            Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
          guard count != line.octets.count else { return false }
          // What was divided cannot be put together again: the listener begins anew.
          lost.withLock { $0 += 1 }
          Foundation.close(descriptor)
          return true
        }
      }
    }
  }

  func close() {
    if file >= 0 { Foundation.close(file) }
    listeners.withLock { open in
      for descriptor in open { Foundation.close(descriptor) }
      open = []
    }
    listener?.close()
  }
}

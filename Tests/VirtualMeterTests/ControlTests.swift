import Foundation
import MeterTime
import NIOCore
import NIOPosix
import Testing

@testable import VirtualMeter

@Suite("Control commands")
struct ControlCommandTests {
  @Test(
    "a command survives its line",
    arguments: [
      ControlCommand.plug, .stop, .status, .glass, .button(.short), .button(.long),
      .button(.extraLong), .speed(2.5),
    ])
  func roundTrip(_ command: ControlCommand) throws {
    #expect(try ControlCommand(line: command.line) == command)
  }

  @Test(
    "what is no command is refused as a breach of protocol",
    arguments: [
      "", " ", "plug", "{}", "[]", "null", "{\"command\":1}", "{\"command\":\"plugg\"}",
      "{\"command\":\"button\",\"press\":\"gentle\"}", "{\"command\":\"speed\"}",
      "{\"command\":\"speed\",\"speed\":-1}",
      "{\"command\":\"plug\"", "\u{0}", String(repeating: "[", count: 60_000),
    ])
  func refused(_ line: String) {
    #expect {
      try ControlCommand(line: line)
    } throws: { ($0 as? Failure)?.status == .protocolError }
  }
}

@Suite("Mailbox")
struct MailboxTests {
  @Test("it is bounded, keeps order, and has room for an end")
  func bounded() {
    let mailbox = Mailbox()
    for _ in 0..<64 { #expect(mailbox.post(.status)) }
    #expect(!mailbox.post(.glass))
    #expect(mailbox.post(.plug))
    let letters = mailbox.take()
    #expect(letters.count == 65)
    #expect(letters.last?.command == .plug)
    #expect(mailbox.take().isEmpty)
  }

  @Test("a letter wakes the owner")
  func wakes() {
    let mailbox = Mailbox()
    let before = DispatchTime.now()
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(50)) {
      mailbox.post(.status)
    }
    mailbox.sleep(until: .now() + .seconds(20))
    #expect(DispatchTime.now() < before + .seconds(15))
  }
}

@Suite("Control socket")
struct ControlServerTests {
  /// A server whose owner answers everything with its command's name, on its own thread.
  private final class Owner {
    let folder: StateDirectory
    let mailbox = Mailbox()
    let server: ControlServer
    private let thread: Thread

    init() throws {
      let path =
        FileManager.default.temporaryDirectory.path
        + "/kvadrant-\(UUID().uuidString.prefix(8))"
      folder = try StateDirectory(path: path)
      server = try ControlServer(state: folder, mailbox: mailbox)
      let mailbox = mailbox
      thread = Thread {
        while !Thread.current.isCancelled {
          mailbox.sleep(until: .now() + .milliseconds(50))
          for letter in mailbox.take() { letter.answer(.string("\(letter.command)")) }
        }
      }
      thread.start()
    }

    func close() {
      thread.cancel()
      server.close()
      try? FileManager.default.removeItem(atPath: folder.path)
    }
  }

  /// Sends bytes, then reads until `lines` answers have come or ten seconds have passed.
  private static func exchange(_ path: String, _ bytes: [UInt8], lines: Int) -> [String] {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { return [] }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var sent = 0
    while sent < bytes.count {
      let n = bytes[sent...].withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if n <= 0 { break }
      sent += n
    }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while received.count(where: { $0 == 10 }) < lines {
      let n = recv(descriptor, &buffer, buffer.count, 0)
      if n <= 0 { break }
      received += buffer[..<n]
    }
    return String(decoding: received, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("each line has one answer, in whatever pieces it comes")
  func answers() throws {
    let owner = try Owner()
    defer { owner.close() }
    let text = "{\"command\":\"status\"}\n\n \n{\"command\":\"glass\"}\nnonsense\n"
    let answers = Self.exchange(owner.folder.socketPath, Array(text.utf8), lines: 3)
    #expect(answers.count == 3)
    #expect(answers.contains("\"status\""))
    #expect(answers.contains("\"glass\""))
    #expect(answers.contains { $0.contains("\"ok\":false") && $0.contains("expected") })
  }

  @Test("a line without end is bounded and the connection goes on")
  func tooLong() throws {
    let owner = try Owner()
    defer { owner.close() }
    var bytes = [UInt8](repeating: 0x41, count: 3_000_000)
    bytes += Array("\n{\"command\":\"status\"}\n".utf8)
    let answers = Self.exchange(owner.folder.socketPath, bytes, lines: 2)
    #expect(answers.count == 2)
    #expect(answers.first?.contains("too long") == true)
    #expect(answers.last == "\"status\"")
  }

  @Test("seeded nonsense never disturbs the next command", arguments: 0..<20)
  func fuzz(_ seed: UInt64) throws {
    let owner = try Owner()
    defer { owner.close() }
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let valid = Array(ControlCommand.button(.long).line.utf8)
    var bytes: [UInt8] = []
    for _ in 0..<40 {
      switch next() % 4 {
      case 0: bytes += (0..<next() % 200).map { _ in UInt8(truncatingIfNeeded: next()) }
      case 1: bytes += valid.prefix(Int(next()) % valid.count)
      case 2:
        var flipped = valid
        flipped[Int(next()) % valid.count] ^= 1 << UInt8(next() % 8)
        bytes += flipped
      default: bytes += Array("{\"command\":".utf8) + valid
      }
      if next() % 2 == 0 { bytes.append(10) }
    }
    _ = Self.exchange(owner.folder.socketPath, bytes, lines: 0)
    let answers = Self.exchange(
      owner.folder.socketPath, Array("{\"command\":\"status\"}\n".utf8), lines: 1)
    #expect(answers == ["\"status\""])
  }

  @Test("more connections than allowed are told so")
  func tooMany() throws {
    let owner = try Owner()
    defer { owner.close() }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let held = try (0..<ControlServer.mostConnections).map { _ in
      try ClientBootstrap(group: group)
        .connect(unixDomainSocketPath: owner.folder.socketPath).wait()
    }
    let answers = Self.exchange(owner.folder.socketPath, [], lines: 1)
    #expect(answers.first?.contains("too many connections") == true)
    for channel in held { try? channel.close().wait() }
  }
}

import Foundation
import NIOCore
import NIOPosix

/// The Unix socket `control.sock`: one JSON command per line in, one JSON answer per line out.
///
/// It only carries lines to the mailbox and answers back; it never touches the meter. Connections
/// are limited in number and lines in length, and a line that is no command is answered, not
/// punished.
public final class ControlServer: Sendable {
  /// Longest accepted line in bytes.
  static let longestLine = 65_536
  /// Connections served at the same time.
  static let mostConnections = 16

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let path: String

  /// Opens the socket. The caller owns the state's lock, so a socket left by an earlier process
  /// is stale and is replaced.
  ///
  /// - Throws: `unreachable` when the socket cannot be opened.
  public init(state: StateDirectory, mailbox: Mailbox) throws(Failure) {
    path = state.socketPath
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let open = ConnectionCount()
    do {
      channel = try ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 16)
        .childChannelInitializer { child in
          child.eventLoop.makeCompletedFuture {
            let sync = child.pipeline.syncOperations
            try sync.addHandler(LineHandler(mailbox: mailbox, open: open))
          }
        }
        .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
      chmod(path, 0o600)
    } catch {
      try? group.syncShutdownGracefully()
      throw Failure(
        .unreachable, file: path, what: "the control socket cannot be opened (\(error))",
        expected: "a folder on a file system with Unix sockets", next: "give another --state DIR")
    }
  }

  /// Closes the socket and removes it; answers already written are sent first.
  public func close() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
    unlink(path)
  }
}

/// Connections now open; used on the one event loop only.
private final class ConnectionCount: @unchecked Sendable {
  var count = 0
}

/// Cuts the bytes of one connection into lines and answers each.
private final class LineHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let mailbox: Mailbox
  private let open: ConnectionCount
  private var pending = ByteBuffer()
  private var tooLong = false
  private var counted = false

  init(mailbox: Mailbox, open: ConnectionCount) {
    self.mailbox = mailbox
    self.open = open
  }

  func channelActive(context: ChannelHandlerContext) {
    guard open.count < ControlServer.mostConnections else {
      let busy = Failure(
        .tryAgain, what: "too many connections",
        expected: "at most \(ControlServer.mostConnections)", next: "close one and try again")
      let channel = context.channel
      write(busy.answer, channel).whenComplete { _ in channel.close(promise: nil) }
      return
    }
    counted = true
    open.count += 1
  }

  func channelInactive(context: ChannelHandlerContext) {
    if counted { open.count -= 1 }
    counted = false
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard counted else { return }
    var bytes = unwrapInboundIn(data)
    while let end = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
      let length = end - bytes.readerIndex
      append(&bytes, length)
      bytes.moveReaderIndex(forwardBy: 1)
      answerLine(context.channel)
    }
    append(&bytes, bytes.readableBytes)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Keeps the start of a line; what is beyond the limit is counted as too long and dropped.
  private func append(_ bytes: inout ByteBuffer, _ length: Int) {
    guard var part = bytes.readSlice(length: length) else { return }
    if pending.readableBytes + length > ControlServer.longestLine {
      tooLong = true
      pending.clear()
    } else if !tooLong {
      pending.writeBuffer(&part)
    }
  }

  private func answerLine(_ channel: any Channel) {
    let line = String(buffer: pending)
    let overrun = tooLong
    pending.clear()
    tooLong = false
    if !overrun, line.allSatisfy(\.isWhitespace) { return }
    do throws(Failure) {
      if overrun {
        throw Failure(
          .protocolError, what: "the line is too long",
          expected: "at most \(ControlServer.longestLine) bytes", next: "send a shorter line")
      }
      let command = try ControlCommand(line: line)
      let accepted = mailbox.post(command) { answer in
        // The answer to an end must be on its way before the program ends.
        let sent = Self.write(answer, channel)
        if command == .plug || command == .stop { try? sent.wait() }
      }
      if !accepted {
        throw Failure(
          .tryAgain, what: "too many commands are waiting", expected: "answers to be awaited",
          next: "send it again later")
      }
    } catch {
      _ = Self.write(error.answer, channel)
    }
  }

  private func write(_ answer: JSONValue, _ channel: any Channel) -> EventLoopFuture<Void> {
    Self.write(answer, channel)
  }

  private static func write(_ answer: JSONValue, _ channel: any Channel) -> EventLoopFuture<Void> {
    channel.writeAndFlush(ByteBuffer(string: answer.text + "\n"))
  }
}

import Foundation
import NIOCore
import NIOPosix

/// Sends one command to a running meter and waits for its answer.
public enum ControlClient {
  /// - Parameters:
  ///   - state: the state directory of the running meter.
  ///   - seconds: how long to wait for the answer.
  /// - Returns: the line that the meter answered.
  /// - Throws: `usage` for a path that is too long, `fileMissing` without such a state,
  ///   `unreachable` when no meter runs on it, `tryAgain` when it does not answer in time.
  public static func send(
    _ command: ControlCommand, state: String, waiting seconds: Int64 = 10
  ) throws(Failure) -> String {
    try StateDirectory.checkSocketPath(state)
    guard FileManager.default.fileExists(atPath: state) else {
      throw Failure(
        .fileMissing, file: state, what: "there is no such state directory",
        expected: "the folder of a running meter",
        next: "start one with kvadrant demo, or name its folder with --state DIR")
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let answer = group.next().makePromise(of: String.self)
    let channel: any Channel
    do {
      channel = try ClientBootstrap(group: group)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FirstLine(answer: answer))
          }
        }
        .connect(unixDomainSocketPath: StateDirectory.socketPath(state)).wait()
    } catch {
      answer.fail(error)
      throw Failure(
        .unreachable, file: state, what: "no meter answers on its control socket",
        expected: "a running meter", next: "start one with kvadrant run --state \(state)")
    }
    channel.eventLoop.scheduleTask(in: .seconds(seconds)) {
      answer.fail(ChannelError.connectTimeout(.seconds(seconds)))
    }
    channel.writeAndFlush(ByteBuffer(string: command.line + "\n"), promise: nil)
    defer { try? channel.close().wait() }
    do {
      return try answer.futureResult.wait()
    } catch {
      throw Failure(
        .tryAgain, file: state, what: "the meter did not answer within \(seconds) s",
        expected: "an answer on the control socket", next: "see whether the process is stopped")
    }
  }
}

extension ControlClient {
  /// Looks whether the meter has done what it was asked.
  ///
  /// - Throws: `refused` and others, as the answer says.
  public static func check(_ answer: String) throws(Failure) {
    guard let found = try? JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
      found["ok"] as? Bool == false
    else { return }
    func text(_ key: String) -> String { found[key] as? String ?? "" }
    throw Failure(
      ExitStatus(rawValue: (found["code"] as? Int).map { Int32($0) } ?? 0) ?? .refused,
      what: text("error"), expected: text("expected"), next: text("next"))
  }
}

/// Fulfils a promise with the first line that arrives.
private final class FirstLine: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let answer: EventLoopPromise<String>
  private var line = ByteBuffer()

  init(answer: EventLoopPromise<String>) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    line.writeBuffer(&bytes)
    if let end = line.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
      answer.succeed(line.readString(length: end - line.readerIndex) ?? "")
    }
  }

  func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
}

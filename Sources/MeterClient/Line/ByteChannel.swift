import Foundation
import NIOCore
import NIOPosix

/// Bytes to and from a meter: a TCP connection, a serial line or a pseudo terminal.
public final class ByteChannel: Sendable {
  private let channel: any Channel
  private let inbox: NIOLoopBound<Inbox>
  /// A second descriptor of a serial line, to set its speed; -1 for none.
  private let line: Int32
  private let place: String

  private init(_ channel: any Channel, _ inbox: NIOLoopBound<Inbox>, line: Int32, place: String) {
    (self.channel, self.inbox, self.line, self.place) = (channel, inbox, line, place)
  }

  deinit { if line >= 0 { Foundation.close(line) } }

  /// Opens the way to a meter.
  ///
  /// - Parameter settings: of a serial line.
  public static func open(
    _ place: MeterURL.Place, _ settings: SerialSettings = SerialSettings(), seconds: Int = 5
  ) async throws(MeterError) -> ByteChannel {
    let group = MultiThreadedEventLoopGroup.singleton
    let loop = group.next()
    switch place {
    case .tcp(let host, let port):
      let name = "\(host):\(port)"
      do {
        return try await make(loop, line: -1, place: name) { handler in
          ClientBootstrap(group: loop)
            .connectTimeout(.seconds(Int64(seconds)))
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
              channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(handler.value)
              }
            }
            .connect(host: host, port: port)
        }
      } catch {
        throw unreachable(name, "a connection", "\(error)")
      }
    case .device(let path):
      let descriptor = try SerialLine.open(path, settings)
      let own = dup(descriptor)
      do {
        return try await make(loop, line: own, place: path) { handler in
          NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
              channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(handler.value)
              }
            }
            .takingOwnershipOfDescriptor(inputOutput: descriptor)
        }
      } catch {
        throw unreachable(path, "a serial line", "\(error)")
      }
    }
  }

  private static func make(
    _ loop: any EventLoop, line: Int32, place: String,
    _ connect: @escaping @Sendable (NIOLoopBound<Inbox>) -> EventLoopFuture<any Channel>
  ) async throws -> ByteChannel {
    try await loop.flatSubmit {
      let inbox = NIOLoopBound(Inbox(loop), eventLoop: loop)
      return connect(inbox).map { ByteChannel($0, inbox, line: line, place: place) }
    }.get()
  }

  private static func unreachable(
    _ place: String, _ expected: String, _ got: String
  ) -> MeterError {
    MeterError(
      .transport, .unreachable, what: "\(place) cannot be reached", expected: expected, got: got,
      next: "is the meter running, is the address right? metertool doctor URL tells more")
  }

  /// Sends bytes.
  public func send(_ bytes: [UInt8]) async throws(MeterError) {
    do {
      try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    } catch {
      throw cut("\(error)")
    }
  }

  /// Waits for bytes: all that have come, at least one.
  ///
  /// - Returns: nil where none came in time.
  public func receive(milliseconds: Int64) async throws(MeterError) -> [UInt8]? {
    let inbox = inbox
    do {
      return try await channel.eventLoop.flatSubmit {
        inbox.value.next(within: .milliseconds(milliseconds))
      }.get()
    } catch {
      throw cut("an end of the connection")
    }
  }

  private func cut(_ got: String) -> MeterError {
    MeterError(
      .transport, .unreachable, what: "the connection to \(place) was cut", expected: "an answer",
      got: got, next: "again; a meter without supply or with too many connections does this")
  }

  /// Sets the speed of a serial line once everything has gone out; of others nothing.
  public func set(_ settings: SerialSettings) {
    guard line >= 0 else { return }
    tcdrain(line)
    _ = SerialLine.set(line, settings)
  }

  public func close() async {
    try? await channel.close()
  }

  /// Collects bytes on the event loop and hands them to the one who waits.
  private final class Inbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let loop: any EventLoop
    private var bytes: [UInt8] = []
    private var isEnded = false
    private var waiting: EventLoopPromise<[UInt8]?>?
    private var timer: Scheduled<Void>?

    init(_ loop: any EventLoop) { self.loop = loop }

    func next(within time: TimeAmount) -> EventLoopFuture<[UInt8]?> {
      if !bytes.isEmpty {
        defer { bytes.removeAll(keepingCapacity: true) }
        return loop.makeSucceededFuture(bytes)
      }
      if isEnded { return loop.makeFailedFuture(ChannelError.eof) }
      let promise = loop.makePromise(of: [UInt8]?.self)
      waiting = promise
      timer = loop.assumeIsolated().scheduleTask(in: time) { self.answer(nil) }
      return promise.futureResult
    }

    private func answer(_ bytes: [UInt8]?) {
      timer?.cancel()
      timer = nil
      let promise = waiting
      waiting = nil
      promise?.succeed(bytes)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      bytes.append(contentsOf: buffer.readableBytesView)
      guard waiting != nil else { return }
      let all = bytes
      bytes.removeAll(keepingCapacity: true)
      answer(all)
    }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      end()
      context.close(promise: nil)
    }

    private func end() {
      isEnded = true
      timer?.cancel()
      let promise = waiting
      waiting = nil
      promise?.fail(ChannelError.eof)
    }
  }
}

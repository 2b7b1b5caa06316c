import DLMS
import Foundation
import MeterTime
import NIOCore
import NIOPosix

/// A port at which a meter speaks DLMS over TCP or UDP, and from which it sends by itself.
///
/// It only carries APDUs: each goes to the meter's owner between two slices, and its answer back.
/// What a connection may keep is bounded, and one that says nothing is closed.
public final class DLMSPort: Sendable {
  /// Connections served at the same time.
  static let mostConnections = 10_240
  /// Silence after which a connection is closed.
  static let idle = TimeAmount.minutes(5)
  /// Time in which an APDU has to be complete.
  static let patience = TimeAmount.seconds(30)

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let pusher: DLMSPusher
  /// Where it listens.
  public let address: DLMSAddress

  /// Opens the port.
  ///
  /// - Parameter security: keys of the meter, and what its associations share.
  /// - Throws: `usage` for keys that everybody knows outside of this machine, `unreachable` for an
  ///   address that cannot be had.
  public init(
    _ address: DLMSAddress, service: MeterService, security: SharedSecurity
  ) throws(Failure) {
    guard address.isLoopback || !security.areTEST else {
      throw Failure(
        .usage, what: "--dlms \(address.url) is open to others, and its keys are TEST keys",
        expected: "an address of this machine", next: "give tcp://127.0.0.1:\(address.port)")
    }
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let (mailbox, shared) = (service.mailbox, security)
    do {
      channel =
        address.framing == .datagram
        ? try Self.datagrams(group, address, mailbox, shared)
        : try Self.connections(group, address, mailbox, shared)
    } catch {
      try? group.syncShutdownGracefully()
      throw Failure(
        .unreachable, what: "\(address.url) cannot be opened (\(error))",
        expected: "a free port", next: "give another with --dlms, or 0 for any")
    }
    pusher = DLMSPusher(group, mailbox, shared)
    var found = address
    found.port = channel.localAddress?.port ?? address.port
    self.address = found
  }

  private static func datagrams(
    _ group: MultiThreadedEventLoopGroup, _ address: DLMSAddress, _ mailbox: Mailbox,
    _ shared: SharedSecurity
  ) throws -> any Channel {
    try DatagramBootstrap(group: group)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(DatagramHandler(shared, mailbox))
        }
      }
      .bind(host: address.host, port: address.port).wait()
  }

  private static func connections(
    _ group: MultiThreadedEventLoopGroup, _ address: DLMSAddress, _ mailbox: Mailbox,
    _ shared: SharedSecurity
  ) throws -> any Channel {
    let open = OpenCount()
    return try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          let session = DLMSSession(address.framing, shared)
          try child.pipeline.syncOperations.addHandler(
            APDUHandler(address.framing, session, mailbox, open))
        }
      }
      .bind(host: address.host, port: address.port).wait()
  }

  /// Closes it.
  public func close() {
    pusher.stop()
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }
}

/// Connections now open; used on the one event loop only.
private final class OpenCount: @unchecked Sendable {
  var count = 0
}

/// Cuts a connection's bytes into APDUs, hands them to the meter one after the other, and sends the
/// answers.
private final class APDUHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let framing: DLMSAddress.Framing
  private let session: DLMSSession
  private let mailbox: Mailbox
  private let open: OpenCount
  private var pending = ByteBuffer()
  private var isCounted = false
  private var isWaiting = false
  private var deadline: Scheduled<Void>?
  /// Since when bytes of an APDU have been there without the rest of it.
  private var incompleteSince: NIODeadline?

  init(
    _ framing: DLMSAddress.Framing, _ session: DLMSSession, _ mailbox: Mailbox, _ open: OpenCount
  ) {
    self.framing = framing
    self.session = session
    self.mailbox = mailbox
    self.open = open
  }

  func channelActive(context: ChannelHandlerContext) {
    guard open.count < DLMSPort.mostConnections else {
      context.close(promise: nil)
      return
    }
    isCounted = true
    open.count += 1
    watch(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    if isCounted { open.count -= 1 }
    isCounted = false
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    pending.writeBuffer(&bytes)
    // More than a client may have on its way: who sends on without listening is cut off.
    guard pending.readableBytes <= 16_384 else {
      context.close(promise: nil)
      return
    }
    watch(context)
    serve(context)
  }

  /// A deadline from now on: short while an APDU is incomplete, and then not moved by its bytes.
  private func watch(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    let now = NIODeadline.now()
    var end = now + DLMSPort.idle
    if pending.readableBytes > 0 && !isWaiting {
      let since = incompleteSince ?? now
      incompleteSince = since
      end = since + DLMSPort.patience
    } else {
      incompleteSince = nil
    }
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(deadline: end) { channel.close(promise: nil) }
  }

  /// Hands over what is complete, one at a time.
  private func serve(_ context: ChannelHandlerContext) {
    guard !isWaiting else { return }
    switch framing {
    case .wrapper, .datagram: serveWrapper(context)
    case .hdlc:
      guard let bytes = pending.readBytes(length: pending.readableBytes), !bytes.isEmpty else {
        return
      }
      let (session, now) = (session, Self.now)
      ask(context) { run, entropy in
        session.receive(bytes, &run, entropy: entropy, at: now)
      }
    }
    pending.discardReadBytes()
  }

  private func serveWrapper(_ context: ChannelHandlerContext) {
    guard let head = pending.getBytes(at: pending.readerIndex, length: WrapperHeader.byteCount)
    else { return }
    let found = WrapperHeader(parsing: head.span, longest: DLMSServer.receiveMax)
    guard let header = found else {
      // Framing is lost, or somebody tries what is taken.
      context.close(promise: nil)
      return
    }
    let length = WrapperHeader.byteCount + Int(header.length)
    guard pending.readableBytes >= length else { return }
    pending.moveReaderIndex(forwardBy: WrapperHeader.byteCount)
    guard let apdu = pending.readBytes(length: Int(header.length)) else { return }
    incompleteSince = nil
    // There is one logical device; whoever calls another one is not heard.
    guard header.destination == 1, header.source <= 255 else {
      serve(context)
      return
    }
    let session = session
    let client = UInt8(header.source)
    ask(context) { run, entropy in
      session.answer(apdu, client: client, &run, entropy: entropy).flatMap { answer in
        WrapperHeader(
          source: header.destination, destination: header.source, length: UInt16(answer.count)
        ).octets + answer
      }
    }
  }

  /// Asks the meter's owner; while it is asked nothing else goes to it from here.
  private func ask(
    _ context: ChannelHandlerContext,
    _ body: @escaping @Sendable (inout MeterRun, InlineArray<16, UInt8>) -> [UInt8]
  ) {
    isWaiting = true
    let entropy = DLMSSession.entropy()
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let (loop, channel) = (context.eventLoop, context.channel)
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          let answer = body(&run, entropy)
          loop.execute { bound.value.answered(answer, channel) }
        },
        refuse: { failure in
          loop.execute { bound.value.refused(failure, channel, body) }
        }))
  }

  private func answered(_ bytes: [UInt8], _ channel: any Channel) {
    isWaiting = false
    if !bytes.isEmpty { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    next(channel)
  }

  /// Goes on with what has come meanwhile.
  private func next(_ channel: any Channel) {
    guard let context = try? channel.pipeline.syncOperations.context(handler: self) else { return }
    watch(context)
    serve(context)
  }

  /// Too much is asked at once: later again. A meter that has ended closes.
  private func refused(
    _ failure: Failure, _ channel: any Channel,
    _ body: @escaping @Sendable (inout MeterRun, InlineArray<16, UInt8>) -> [UInt8]
  ) {
    guard failure.status == .tryAgain,
      let context = try? channel.pipeline.syncOperations.context(handler: self)
    else {
      channel.close(promise: nil)
      return
    }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .milliseconds(5)) {
      let handler = bound.value
      guard let context = try? channel.pipeline.syncOperations.context(handler: handler) else {
        return
      }
      handler.ask(context, body)
    }
  }

  /// Time of the line, which is that of the process.
  private static var now: Instant {
    ISOTime.instant(unix: Date().timeIntervalSince1970)
  }
}

extension WrapperHeader {
  /// The header as it goes out.
  var octets: [UInt8] {
    let bytes = bytes
    return (0..<WrapperHeader.byteCount).map { bytes[$0] }
  }
}

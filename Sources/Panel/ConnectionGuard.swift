import NIOCore
import NIOHTTPTypes
import Synchronization

/// What the server has counted, for `/metrics`.
final class Counters: Sendable {
  /// Connections open now.
  let connections = Atomic(0)
  /// Connections closed because there were too many.
  let connectionsRefused = Atomic<UInt64>(0)
  /// Connections closed because somebody was too slow.
  let connectionsTimedOut = Atomic<UInt64>(0)
  /// Streams open now.
  let streams = Atomic(0)
  /// States written to streams.
  let statesSent = Atomic<UInt64>(0)
  /// States that a slow reader did not get because a newer one was there when it could read.
  let statesDropped = Atomic<UInt64>(0)
  /// Answers by class of their status, 1xx...5xx.
  let answers = Mutex([UInt64](repeating: 0, count: 6))
}

extension Atomic<UInt64> {
  /// Adds one.
  borrowing func count() { add(1, ordering: .relaxed) }
}

/// Closes connections that are one too many or that take their time.
///
/// Slowness has three forms: a head that does not come (the idle limit of the server closes it,
/// counted in whole heads, so single bytes do not help), a body that does not end, and an answer
/// that is not read.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let counters: Counters
  private let limits: PanelLimits
  private var isCounted = false
  private var isOneTooMany = false
  private var bodyBytes = 0
  private var bodyDeadline: Scheduled<Void>?
  private var readDeadline: Scheduled<Void>?

  init(_ counters: Counters, _ limits: PanelLimits) {
    self.counters = counters
    self.limits = limits
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let open = counters.connections.add(1, ordering: .relaxed).newValue
    isCounted = true
    isOneTooMany = open > limits.connections
    if isOneTooMany { counters.connectionsRefused.count() }
    if isOneTooMany, context.channel.isActive { context.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    bodyDeadline?.cancel()
    readDeadline?.cancel()
    if isCounted { counters.connections.subtract(1, ordering: .relaxed) }
    isCounted = false
  }

  func channelActive(context: ChannelHandlerContext) {
    if isOneTooMany {
      context.close(promise: nil)
    } else {
      context.fireChannelActive()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      bodyBytes = 0
      bodyDeadline = deadline(limits.bodySeconds, context)
    case .body(let part):
      bodyBytes += part.readableBytes
      // The handler has long refused it; what still comes is only read to be thrown away.
      if bodyBytes > 16 * limits.bodyBytes { return context.close(promise: nil) }
    case .end:
      bodyDeadline?.cancel()
      bodyDeadline = nil
    }
    context.fireChannelRead(data)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    readDeadline?.cancel()
    readDeadline = context.channel.isWritable ? nil : deadline(limits.unreadSeconds, context)
    context.fireChannelWritabilityChanged()
  }

  private func deadline(_ seconds: Int64, _ context: ChannelHandlerContext) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [counters] in
      counters.connectionsTimedOut.count()
      context.close(promise: nil)
    }
  }
}

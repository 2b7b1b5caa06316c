import COSEMObjects
import DLMS
import MeterTime
import NIOCore
import NIOPosix

/// Carries the messages that a meter sends by itself: asks for them twice a second, connects, and
/// tries again as the setup says.
final class DLMSPusher: Sendable {
  private static let pause = TimeAmount.milliseconds(500)
  private static let patience = TimeAmount.seconds(10)

  private let group: MultiThreadedEventLoopGroup
  private let loop: any EventLoop
  private let mailbox: Mailbox
  private let shared: SharedSecurity
  private let task: RepeatedTask

  init(_ group: MultiThreadedEventLoopGroup, _ mailbox: Mailbox, _ shared: SharedSecurity) {
    (self.group, self.mailbox, self.shared) = (group, mailbox, shared)
    loop = group.next()
    let loop = loop
    task = loop.scheduleRepeatedTask(initialDelay: Self.pause, delay: Self.pause) { _ in
      Self.ask(group, loop, mailbox, shared)
    }
  }

  func stop() { task.cancel() }

  private static func ask(
    _ group: MultiThreadedEventLoopGroup, _ loop: any EventLoop, _ mailbox: Mailbox,
    _ shared: SharedSecurity
  ) {
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          guard let message = run.takePush(shared) else { return }
          let wait = TimeAmount.seconds(Int64.random(in: 0...Int64(message.randomisation_s)))
          loop.scheduleTask(in: wait) { attempt(message, message.retries, group, loop, mailbox) }
        }, refuse: { _ in }))
  }

  private static func attempt(
    _ message: PushMessage, _ left: Int, _ group: MultiThreadedEventLoopGroup,
    _ loop: any EventLoop, _ mailbox: Mailbox
  ) {
    send(message, group).hop(to: loop).whenComplete { result in
      if case .failure = result, left > 0 {
        loop.scheduleTask(in: .seconds(Int64(message.delay_s))) {
          attempt(message, left - 1, group, loop, mailbox)
        }
        return
      }
      let isDelivered = if case .success = result { true } else { false }
      tell(message, isDelivered, loop, mailbox)
    }
  }

  /// Tells the meter what became of its message, however busy it is.
  private static func tell(
    _ message: PushMessage, _ isDelivered: Bool, _ loop: any EventLoop, _ mailbox: Mailbox
  ) {
    mailbox.ask(
      Mailbox.Question(
        ask: { run in run.pushed(message, isDelivered) },
        refuse: { failure in
          guard failure.status == .tryAgain else { return }
          loop.scheduleTask(in: .milliseconds(50)) { tell(message, isDelivered, loop, mailbox) }
        }))
  }

  /// Succeeds when the message has been handed over; a datagram always has.
  private static func send(
    _ message: PushMessage, _ group: MultiThreadedEventLoopGroup
  ) -> EventLoopFuture<Void> {
    let header = WrapperHeader(
      source: 1, destination: UInt16(MeterObjects.pushClient), length: UInt16(message.apdu.count))
    let bytes = ByteBuffer(bytes: header.octets + message.apdu)
    guard message.isDatagram else {
      return ClientBootstrap(group: group).connectTimeout(patience)
        .connect(host: message.host, port: message.port)
        .flatMap { channel in
          channel.writeAndFlush(bytes).flatMap { channel.close() }
        }
    }
    return DatagramBootstrap(group: group).bind(host: "0.0.0.0", port: 0).flatMap { channel in
      do {
        let to = try SocketAddress(ipAddress: message.host, port: message.port)
        let envelope = AddressedEnvelope(remoteAddress: to, data: bytes)
        return channel.writeAndFlush(envelope).flatMap { channel.close() }
      } catch {
        return channel.close().flatMapThrowing { throw error }
      }
    }
  }
}

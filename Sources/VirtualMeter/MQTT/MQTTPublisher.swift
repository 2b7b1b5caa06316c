import Dispatch
import Foundation
import Meter
import NIOCore
import NIOPosix
import Synchronization

/// Where a broker is, and how often it is told something.
public struct MQTTSetup: Sendable {
  public var host: String
  public var port: Int
  /// Real seconds between two states.
  public var every_s: Double = 10

  /// From `mqtt://HOST[:PORT]`.
  ///
  /// - Throws: `usage` for anything else.
  public init(parsing text: String) throws(Failure) {
    let rest = text.hasPrefix("mqtt://") ? text.dropFirst(7) : ""
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    let port = parts.count == 2 ? Int(parts[1]) : 1883
    guard let host = parts.first, !host.isEmpty, parts.count <= 2, let port,
      (1...65_535).contains(port)
    else {
      throw Failure(
        .usage, what: "--mqtt \(text)", expected: "mqtt://HOST:PORT",
        next: "give for example --mqtt mqtt://127.0.0.1:1883")
    }
    self.host = String(host)
    self.port = port
  }

  var address: String { "mqtt://\(host):\(port)" }
}

/// Tells a broker of MQTT what the meter measures, so that Home Assistant finds it by itself.
///
/// It only speaks; it takes no commands. A broker that goes away is looked for again. User and
/// password come from `KVADRANT_MQTT_USER` and `KVADRANT_MQTT_PASSWORD`.
public final class MQTTPublisher: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let setup: MQTTSetup
  private let entities: HomeEntities
  private let mailbox: Mailbox
  private let state = Mutex(State())

  private struct State: Sendable {
    var channel: (any Channel)?
    var isEnding = false
    /// Values that this broker knows of.
    var announced: Set<String> = []
  }

  /// Where the broker is.
  public var address: String { setup.address }

  /// Begins to look for the broker.
  public init(_ setup: MQTTSetup, meter: MeterSetup, mailbox: Mailbox) {
    self.setup = setup
    self.mailbox = mailbox
    let type = TypeString(meter.variant).description.dropFirst(TypeString.prefixBytes)
    entities = HomeEntities(
      number: meter.meterNumberText, model: String(type.prefix(TypeString.modelBytes)),
      isFamily: meter.identity == .family382L)
    connect()
  }

  /// Says goodbye and ends.
  public func close() {
    let channel = state.withLock { state in
      state.isEnding = true
      return state.channel
    }
    if let channel {
      let last =
        MQTTPacket.publish(entities.availabilityTopic, "offline", isKept: true)
        + MQTTPacket.disconnect
      try? channel.writeAndFlush(ByteBuffer(bytes: last)).wait()
      try? channel.close().wait()
    }
    try? group.syncShutdownGracefully()
  }

  // MARK: connection

  private func connect() {
    guard !state.withLock({ $0.isEnding }) else { return }
    let session = group.next().submit { [self] in
      ClientBootstrap(group: group)
        .connectTimeout(.seconds(5))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(BrokerHandler(publisher: self))
          }
        }
        .connect(host: setup.host, port: setup.port)
    }.flatMap { $0 }
    session.whenFailure { [self] _ in later() }
  }

  fileprivate func later() {
    guard !state.withLock({ $0.isEnding }) else { return }
    group.next().scheduleTask(in: .seconds(3)) { [self] in connect() }
  }

  fileprivate var greeting: [UInt8] {
    MQTTPacket.connect(
      client: "kvadrant-\(entities.number)", keepAlive: 60,
      will: (entities.availabilityTopic, "offline"),
      user: Settings.text(nil, "KVADRANT_MQTT_USER"),
      password: Settings.text(nil, "KVADRANT_MQTT_PASSWORD"))
  }

  /// The broker has accepted: from now on it is told the state.
  fileprivate func begin(_ channel: any Channel) {
    state.withLock { state in
      state.channel = channel
      state.announced = []
    }
    let every = TimeAmount.milliseconds(Int64(setup.every_s * 1000))
    channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: every) { [self] task in
      guard channel.isActive else { return task.cancel() }
      tell(channel)
    }
    channel.eventLoop.scheduleRepeatedTask(
      initialDelay: .seconds(30), delay: .seconds(30)
    ) { task in
      guard channel.isActive else { return task.cancel() }
      channel.writeAndFlush(ByteBuffer(bytes: MQTTPacket.ping), promise: nil)
    }
  }

  /// How a home finds the values that have not been seen before: some are known only after a
  /// while, such as the frequency.
  private func announcements(_ values: [(key: String, value: JSONValue)]) -> [UInt8] {
    let known = Set(values.map(\.key))
    let new = state.withLock { state in
      defer { state.announced.formUnion(known) }
      return known.subtracting(state.announced)
    }
    var bytes: [UInt8] = []
    for entity in HomeEntities.entities where new.contains(entity.key) {
      let (topic, payload) = entities.discovery(entity)
      bytes += MQTTPacket.publish(topic, payload, isKept: true)
    }
    return bytes
  }

  private func tell(_ channel: any Channel) {
    ask { [self] values in
      var bytes = announcements(values)
      bytes += MQTTPacket.publish(
        entities.availabilityTopic, values.isEmpty ? "offline" : "online", isKept: true)
      if !values.isEmpty {
        bytes += MQTTPacket.publish(
          entities.stateTopic, JSONValue.object(values).text, isKept: false)
      }
      channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }
  }

  private func ask(
    _ body: @escaping @Sendable ([(key: String, value: JSONValue)]) -> Void
  ) {
    mailbox.ask(
      Mailbox.Question(
        ask: { run in body(HomeEntities.values(run) ?? []) }, refuse: { _ in }))
  }
}

/// Greets a broker and hears its answers.
private final class BrokerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let publisher: MQTTPublisher
  private var pending: [UInt8] = []

  init(publisher: MQTTPublisher) { self.publisher = publisher }

  func channelActive(context: ChannelHandlerContext) {
    context.channel.writeAndFlush(ByteBuffer(bytes: publisher.greeting), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { publisher.later() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    pending += Array(unwrapInboundIn(data).readableBytesView)
    do throws(Failure) {
      while let (answer, count) = try MQTTPacket.answer(pending) {
        pending.removeFirst(count)
        guard case .connected(let code) = answer else { continue }
        // Refused: another try later, since a broker may be told its users meanwhile.
        guard code == 0 else { return context.close(promise: nil) }
        publisher.begin(context.channel)
      }
    } catch {
      context.close(promise: nil)
    }
  }
}

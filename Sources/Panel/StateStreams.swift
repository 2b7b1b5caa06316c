import Hummingbird
import NIOCore
import NIOHTTPTypes
import ServiceLifecycle
import Synchronization
import VirtualMeter

/// The open event streams: every viewer gets the newest state, at most ten times a second.
///
/// A state is written once as text and its bytes are shared by all streams. A stream whose reader
/// has not taken the last state gets nothing until it has; then it gets the newest. So a stream
/// holds at most one state that is not with the reader or in its socket, and nobody waits for
/// anybody. All of it happens on the one event loop that also owns the sockets.
final class StateStreams: Sendable {
  /// A place among the streams; given back when the last reference goes.
  final class Place: Sendable {
    private let counters: Counters

    fileprivate init(_ counters: Counters) { self.counters = counters }
    deinit { counters.streams.subtract(1, ordering: .relaxed) }
  }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }

  private struct Stream {
    var channel: any Channel
    var sent: UInt64?
    var wroteAt: NIODeadline
    var ended: CheckedContinuation<Void, Never>
  }

  private struct State {
    var streams: [Int: Stream] = [:]
    var isStopping = false
    var ticking: RepeatedTask?
    var newest: UInt64?
    var event = ByteBuffer()
  }

  private let loop: any EventLoop
  private let limits: PanelLimits
  private let counters: Counters
  private let snapshot: @Sendable () -> MeterSnapshot
  private let typeTest: @Sendable () -> JSONValue
  private let numbers = Atomic(0)
  private let state: NIOLoopBoundBox<State>

  init(
    on loop: any EventLoop, limits: PanelLimits, counters: Counters,
    typeTest: @escaping @Sendable () -> JSONValue,
    snapshot: @escaping @Sendable () -> MeterSnapshot
  ) {
    self.loop = loop
    self.limits = limits
    self.counters = counters
    self.snapshot = snapshot
    self.typeTest = typeTest
    state = .makeBoxSendingValue(State(), eventLoop: loop)
  }

  /// A place for one more stream; nil when all are taken.
  func place() -> Place? {
    let open = counters.streams.add(1, ordering: .relaxed).newValue
    let place = Place(counters)
    return open <= limits.streams ? place : nil
  }

  /// Feeds a channel, whose response head has been written, until it closes or the server stops.
  func feed(_ channel: any Channel) async {
    let number = numbers.add(1, ordering: .relaxed).newValue
    let isCancelled = Flag()
    channel.closeFuture.whenComplete { [self] _ in end(number) }
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await withCheckedContinuation { ended in
          loop.execute { [self] in
            if isCancelled.value.load(ordering: .relaxed) { return ended.resume() }
            begin(number, channel, ended)
          }
        }
      } onGracefulShutdown: { [self] in
        stop()
      }
    } onCancel: { [self] in
      isCancelled.value.store(true, ordering: .relaxed)
      end(number)
    }
  }

  /// Ends all streams and every one that still comes.
  func stop() {
    loop.execute { [self] in
      state.value.isStopping = true
      for number in Array(state.value.streams.keys) { remove(number) }
    }
  }

  private func end(_ number: Int) {
    loop.execute { [self] in remove(number) }
  }

  private func begin(
    _ number: Int, _ channel: any Channel, _ ended: CheckedContinuation<Void, Never>
  ) {
    guard !state.value.isStopping, channel.isActive else { return ended.resume() }
    state.value.streams[number] = Stream(
      channel: channel, sent: nil, wroteAt: .now(), ended: ended)
    refresh()
    write(ByteBuffer(string: "retry: 1000\n\n"), to: number)
    writeState(to: number)
    guard state.value.ticking == nil else { return }
    let pause = TimeAmount.milliseconds(limits.stateMilliseconds)
    state.value.ticking = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) {
      [weak self] _ in self?.tick()
    }
  }

  private func remove(_ number: Int) {
    guard let stream = state.value.streams.removeValue(forKey: number) else { return }
    // A reader that does not read would hold the last chunk, and with it the end of the server.
    if state.value.isStopping, !stream.channel.isWritable { stream.channel.close(promise: nil) }
    stream.ended.resume()
    if state.value.streams.isEmpty {
      state.value.ticking?.cancel()
      state.value.ticking = nil
    }
  }

  private func refresh() {
    let snapshot = snapshot()
    guard snapshot.sequence != state.value.newest else { return }
    state.value.newest = snapshot.sequence
    let data = snapshot.json(typeTest: typeTest()).text
    let text = "id: \(snapshot.sequence)\nevent: state\ndata: \(data)\n\n"
    state.value.event = ByteBuffer(string: text)
  }

  private func tick() {
    refresh()
    let now = NIODeadline.now()
    let (streams, newest) = (state.value.streams, state.value.newest)
    for (number, stream) in streams {
      if stream.sent != newest {
        guard stream.channel.isWritable else {
          counters.statesDropped.count()
          continue
        }
        writeState(to: number)
      } else if now - stream.wroteAt >= .seconds(limits.heartbeatSeconds) {
        write(ByteBuffer(string: ": alive\n\n"), to: number)
      }
    }
  }

  private func writeState(to number: Int) {
    let (event, newest) = (state.value.event, state.value.newest)
    write(event, to: number)
    state.value.streams[number]?.sent = newest
  }

  private func write(_ bytes: ByteBuffer, to number: Int) {
    guard let channel = state.value.streams[number]?.channel else { return }
    channel.writeAndFlush(HTTPResponsePart.body(bytes), promise: nil)
    state.value.streams[number]?.wroteAt = .now()
    counters.statesSent.count()
  }
}

extension StateStreams {
  /// The answer that opens a stream.
  ///
  /// - Throws: `too_many` when all places are taken.
  func response(on channel: any Channel) throws(Refusal) -> Response {
    guard let place = place() else {
      throw Refusal(
        .tooMany, what: "\(limits.streams) streams are open", expected: "fewer viewers",
        next: "close one, or ask /api/v1/state now and then")
    }
    let body = ResponseBody { [self] writer in
      defer { withExtendedLifetime(place) {} }
      // Little waits in the kernel, so that what a slow reader reads next is not old.
      try? await channel.setOption(.socketOption(.so_sndbuf), value: 32_768).get()
      try? await channel.setOption(
        .writeBufferWaterMark, value: .init(low: 1024, high: 4096)
      ).get()
      await feed(channel)
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
      body: body)
  }
}

import Dispatch
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Meter
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import VirtualMeter

/// The panel's HTTP server around one meter service.
///
/// It runs on its own thread beside the meter's and reads what the service publishes; the meter
/// never waits for it.
public final class PanelServer: Sendable {
  /// What a server is given.
  public struct Setup: Sendable {
    /// Where to listen.
    public var address: PanelAddress
    /// Asked of everyone; needed where the address is not loopback.
    public var token: Token?
    /// The meter's type label as SVG.
    public var label: String
    /// The meter's own type, the usual one of a type test.
    public var variant = MeterVariant.standard
    public var limits = PanelLimits()
    public var logger = Logger(label: "kvadrant.panel")

    public init(address: PanelAddress, token: Token? = nil, label: String = "") {
      self.address = address
      self.token = token
      self.label = label
    }
  }

  /// Where it listens, with the port that it got.
  public let address: PanelAddress

  private let group: MultiThreadedEventLoopGroup
  private let services: ServiceGroup
  private let finished = DispatchSemaphore(value: 0)
  private let typeTest: TypeTestBench

  /// Opens the port and serves until `stop`.
  ///
  /// - Throws: `unreachable` when the port is taken or the address is not of this machine,
  ///   `refused` for an address off loopback without a token, `fileMissing` without the page.
  public init(_ setup: Setup, service: MeterService) throws(Failure) {
    guard setup.address.isLoopback || setup.token != nil else {
      throw Failure(
        .refused, what: "\(setup.address.host) can be reached by others, and there is no token",
        expected: "a loopback address, or a token",
        next: "set KVADRANT_TOKEN to \(Token.fewestBytes) letters or more")
    }
    let assets = try Assets()
    Self.raiseDescriptorLimit()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let counters = Counters()
    let limits = setup.limits
    let typeTest = TypeTestBench()
    let streams = StateStreams(
      on: group.next(), limits: limits, counters: counters,
      typeTest: { typeTest.summary }, snapshot: { service.snapshot })
    let start = Start()
    let gate = GateKeeper()
    let routes = Routes(
      service: service, streams: streams, counters: counters, assets: assets,
      label: setup.label, limits: limits, typeTest: typeTest, variant: setup.variant)
    let responder = Responder(
      routes: RouteTable(routes.all), assets: assets, gate: gate, counters: counters,
      pageOpened: routes.year.prepare)
    let application = Application(
      responder: responder, server: Self.connections(counters, limits),
      configuration: ApplicationConfiguration(
        address: .hostname(setup.address.host, port: setup.address.port), backlog: 512),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? setup.address.port
        let address = PanelAddress(host: setup.address.host, port: port)
        gate.appoint(Gate(address: address, token: setup.token))
        start.finish(.success(address))
      },
      eventLoopGroupProvider: .shared(group), logger: setup.logger)
    var configuration = ServiceGroupConfiguration(services: [application], logger: setup.logger)
    configuration.maximumGracefulShutdownDuration = .seconds(limits.stopSeconds)
    let services = ServiceGroup(configuration: configuration)
    let finished = finished
    Task.detached(executorPreference: LoopExecutor(group.next())) {
      do {
        try await services.run()
        start.finish(.failure(Self.failure(nil, setup.address)))
      } catch {
        start.finish(.failure(Self.failure(error, setup.address)))
      }
      finished.signal()
    }
    self.group = group
    self.typeTest = typeTest
    self.services = services
    do throws(Failure) {
      address = try start.wait().get()
    } catch {
      finished.wait()
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  /// Ends streams and answers in order, within the limit, and closes the port.
  public func stop() {
    typeTest.cancel()
    let services = services
    Task.detached { await services.triggerGracefulShutdown() }
    finished.wait()
    // Whoever stops it a second time does not wait for ever.
    finished.signal()
    try? group.syncShutdownGracefully()
  }

  private static func connections(
    _ counters: Counters, _ limits: PanelLimits
  ) -> HTTPServerBuilder {
    .http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionGuard(counters, limits)],
        idleTimeout: .seconds(limits.idleSeconds),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
          maxHeaderFieldCount: limits.headerFields)))
  }

  private static func failure(_ error: (any Error)?, _ address: PanelAddress) -> Failure {
    let number = (error as? IOError)?.errnoCode
    let busy = number == EADDRINUSE
    let reason = number.map { String(cString: strerror($0)) } ?? error.map { "\($0)" } ?? "it ended"
    return Failure(
      .unreachable,
      what: busy
        ? "port \(address.port) is taken"
        : "the panel cannot listen on \(address.host) port \(address.port) (\(reason))",
      expected: "a free port of this machine",
      next: "give another one with --web PORT, or --web 0 for any")
  }

  /// As many descriptors as connections need; without them the limit would be the system's and
  /// its answer undefined.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    let which = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(which, &limit) == 0, limit.rlim_cur < 4096 else { return }
    limit.rlim_cur = min(4096, limit.rlim_max)
    _ = setrlimit(which, &limit)
  }
}

/// Hands the outcome of a start from the server's tasks to the thread that waits for it.
private final class Start: Sendable {
  private let outcome = Mutex<Result<PanelAddress, Failure>?>(nil)
  private let ready = DispatchSemaphore(value: 0)

  func finish(_ result: Result<PanelAddress, Failure>) {
    let isFirst = outcome.withLock { outcome in
      defer { outcome = outcome ?? result }
      return outcome == nil
    }
    if isFirst { ready.signal() }
  }

  func wait() -> Result<PanelAddress, Failure> {
    ready.wait()
    return outcome.withLock { $0 }
      ?? .failure(
        Failure(.unreachable, what: "no outcome", expected: "one", next: "start it again"))
  }
}

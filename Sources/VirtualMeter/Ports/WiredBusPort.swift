import MBus
import MBusRecords
import MeterTime
import Ports

/// How the wired M-Bus module of a running meter behaves.
public struct WiredBusSetup: Sendable {
  public var place: LinePlace
  /// Nil for the family's telegram where the meter has the family's identity, else the full one.
  public var profile: RecordProfile?
  /// 0...250; nil for the one that was set last, or follows from the meter's number.
  public var primaryAddress: UInt8?
  /// Nil for the speed that was set last, or 2400 Bd.
  public var rate: BaudRate?
  /// Characters take as long as on a real line.
  public var isTimed = false

  public init(_ place: LinePlace) { self.place = place }

  func module(_ meter: MeterSetup) -> WiredModule {
    var settings = WiredModule.Settings()
    settings.isFamily = meter.identity == .family382L
    settings.profile = profile ?? (settings.isFamily ? .family : .full)
    settings.primaryAddress = primaryAddress
    settings.rate = rate
    // The bus knows no passwords: whoever is not on this machine may only read.
    settings.mayBeSet = place.isLocal
    // A network may divide a frame.
    if !place.isDevice { settings.gap = .milliseconds(500) }
    return WiredModule(settings)
  }
}

/// The wired M-Bus module 68 50 005 of a running meter.
public final class WiredBusPort: Sendable {
  private let server: LineServer<WiredBusLine>

  /// Where a master finds the bus.
  public var address: String { server.address }
  /// The number of a TCP port.
  public var number: Int? { server.number }

  /// Opens the line and serves it.
  ///
  /// - Throws: `usage` or `unreachable` as the place says.
  public init(_ setup: WiredBusSetup, meter: MeterSetup, mailbox: Mailbox) throws(Failure) {
    server = try LineServer(
      WiredBusLine(module: setup.module(meter)), at: setup.place, name: "mbus",
      isTimed: setup.isTimed, mailbox: mailbox)
  }

  /// Ends the port and waits for its thread.
  public func close() { server.close() }
}

/// The module on its line.
private struct WiredBusLine: MeterLine {
  var module: WiredModule

  var serial: SerialSettings {
    SerialSettings(baud: Int(module.rate.bitsPerSecond), hasEvenParity: true)
  }
  var deadline: Instant? { module.deadline }
  var needsMeter: Bool { module.needsMeter }

  mutating func begin(entropy: UInt64) {}
  mutating func receive(_ octet: UInt8, now: Instant) { module.receive(octet, now: now) }
  mutating func advance(to now: Instant) { module.advance(to: now) }
  mutating func next(into octets: inout MutableSpan<UInt8>, now: Instant) -> Int {
    module.next(into: &octets, now: now)
  }
  mutating func hangUp() { module.receiveBreak() }
  mutating func loseSupply() { module.loseSupply() }

  mutating func serve(_ run: inout MeterRun, now: Instant) -> Bool {
    guard run.isPlugged, run.isFitted(.article(.wiredMBus)) else { return false }
    run.meter.advance(to: run.now)
    module.work(now: now, &run.meter, &run.memory)
    // What a master has set is stored at once, not with the next window.
    run.afterWindow()
    return true
  }
}

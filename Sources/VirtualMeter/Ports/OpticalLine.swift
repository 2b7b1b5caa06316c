import MeterTime
import Ports

/// The optical head, or a module slot: IEC 62056-21, KMP and HDLC on one line.
struct OpticalLine: MeterLine {
  private var port: OpticalPort
  /// The link for HDLC and the association above it; nil where the line has none.
  private let session: DLMSSession?
  private var octets: [UInt8] = []
  private var frames: [UInt8] = []
  private var framesSent = 0
  private var pushed: Instant?

  init(_ port: OpticalPort, session: DLMSSession?) {
    self.port = port
    self.session = session
  }

  var serial: SerialSettings { SerialSettings(baud: port.line.speed.baud) }
  var deadline: Instant? { port.deadline }
  var needsMeter: Bool { !octets.isEmpty || port.needsMeter }

  mutating func begin(entropy: UInt64) { port.setOperand(entropy) }

  mutating func receive(_ octet: UInt8, now: Instant) {
    guard port.receive(octet, now: now) else { return }
    // More than a client may have on its way while the meter does not answer.
    if octets.count < 4096 { octets.append(octet) }
  }

  mutating func advance(to now: Instant) {
    port.advance(to: now)
    if let session, session.isConnected, session.advance(to: now) {
      port.noteHDLC(isConnected: false)
    }
    guard let last = pushed else {
      pushed = now
      return
    }
    if now - last >= port.iec.settings.times.push {
      pushed = now
      port.trigger(now: now)
    }
  }

  mutating func next(into span: inout MutableSpan<UInt8>, now: Instant) -> Int {
    guard framesSent < frames.count else { return port.next(into: &span, now: now) }
    let count = min(span.count, frames.count - framesSent)
    for k in 0..<count { span[k] = frames[framesSent + k] }
    framesSent += count
    if framesSent == frames.count { (frames, framesSent) = ([], 0) }
    return count
  }

  mutating func hangUp() {
    port.receiveBreak()
    session?.hangUp()
    (octets, frames, framesSent) = ([], [], 0)
  }

  mutating func loseSupply() { hangUp() }

  mutating func serve(_ run: inout MeterRun, now: Instant) -> Bool {
    guard run.isPlugged else { return false }
    run.meter.advance(to: run.now)
    if let session, !octets.isEmpty {
      frames += session.receive(octets, &run, entropy: DLMSSession.entropy(), at: now)
      octets = []
      port.noteHDLC(isConnected: session.isConnected)
    }
    port.work(now: now, &run.meter, &run.memory)
    // What a port has changed is stored at once, not with the next window.
    run.afterWindow()
    guard let withBackup = port.takeReset() else { return true }
    if withBackup { run.meter.legal.notePowerWarning() }
    run.afterWindow()
    return (try? run.cutPower()) != nil && (try? run.restorePower()) != nil
  }
}

/// The optical port of a running meter, or one of its module slots.
public final class OpticalPortServer: Sendable {
  private let server: LineServer<OpticalLine>

  /// Where a reader finds the port.
  public var address: String { server.address }
  /// The number of a TCP port.
  public var number: Int? { server.number }

  /// Opens the line and serves it.
  ///
  /// - Parameter security: what all DLMS associations of the meter share.
  /// - Throws: `usage`, `refused` or `unreachable` as the parts say.
  public init(
    _ optical: OpticalSetup, meter: MeterSetup, mailbox: Mailbox, security: SharedSecurity
  ) throws(Failure) {
    // Keys that everybody knows are for this machine only.
    let hasHDLC = optical.place.isLocal || !security.areTEST
    let port = try optical.port(
      meter, parity: optical.place.isDevice ? .even : .transparent, hasHDLC: hasHDLC)
    let session = hasHDLC ? DLMSSession(.hdlc, security) : nil
    server = try LineServer(
      OpticalLine(port, session: session), at: optical.place, name: optical.name,
      isTimed: optical.isTimed, mailbox: mailbox)
  }

  /// Ends the port and waits for its thread.
  public func close() { server.close() }
}

import Dispatch
import Foundation
import IEC62056_21
import MeterTime
import Ports
import Synchronization

/// The optical port of a running meter on a pseudo terminal, a TCP port or a serial device.
///
/// One thread carries octets between the line and the port's state, which is a value of the core.
/// What needs the meter is asked of its owner through the mailbox, between two slices; a meter
/// without supply is silent.
public final class OpticalPortServer: Sendable {
  private let line: ByteLine
  private let mailbox: Mailbox
  private let isTimed: Bool
  private let isEnding = Mutex(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Where a reader finds the port.
  public var address: String { line.address }
  /// The number of a TCP port.
  public var number: Int? { line.number }

  /// Opens the line and serves it.
  ///
  /// - Throws: `usage`, `refused` or `unreachable` as the parts say.
  public init(_ optical: OpticalSetup, meter: MeterSetup, mailbox: Mailbox) throws(Failure) {
    let isDevice = if case .device = optical.place { true } else { false }
    let port = try optical.port(meter, parity: isDevice ? .even : .transparent)
    line = try ByteLine.open(optical.place, port.line)
    self.mailbox = mailbox
    isTimed = optical.isTimed
    let thread = Thread { [self] in
      var port = port
      serve(&port)
      line.close()
      ended.signal()
    }
    thread.name = "optical"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Ends the port and waits for its thread.
  public func close() {
    isEnding.withLock { $0 = true }
    ended.wait()
  }

  /// The time of the port: of its line, not of the meter.
  private static var now: Instant {
    let nanoseconds = DispatchTime.now().uptimeNanoseconds
    return Instant(ticks: Int64(nanoseconds / 1_000_000) * Instant.ticksPerSecond / 1000)
  }

  private func serve(_ port: inout OpticalPort) {
    var settings = port.line
    var random = SystemRandomNumberGenerator()
    port.setOperand(random.next())
    var pushed = Self.now
    var knowsMeter = false
    while !isEnding.withLock({ $0 }) {
      switch line.wait(milliseconds: port.deadline == nil ? 50 : 5) {
      case .bytes(let bytes):
        // The meter's number may have been changed since it was configured.
        if !knowsMeter { knowsMeter = work(&port) }
        let now = Self.now
        for byte in bytes { port.receive(byte, now: now) }
      case .hangUp:
        port.receiveBreak()
        port.setOperand(random.next())
        // A terminal without a reader says so at once and for ever.
        Thread.sleep(forTimeInterval: 0.02)
      case .nothing: break
      }
      port.advance(to: Self.now)
      if Self.now - pushed >= port.iec.settings.times.push {
        pushed = Self.now
        port.trigger(now: pushed)
      }
      answer(&port)
      if port.line != settings {
        settings = port.line
        line.set(settings)
      }
    }
  }

  /// Sends everything that is to be sent, asking the meter as often as it takes.
  private func answer(_ port: inout OpticalPort) {
    while !isEnding.withLock({ $0 }) {
      if port.needsMeter, !work(&port) { return port.receiveBreak() }
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      let count = take(&port, &bytes)
      guard count > 0 else {
        if port.needsMeter { continue }
        // Once more: when everything has been sent, the next thing may follow.
        guard take(&port, &bytes) == 0, !port.needsMeter else { continue }
        return
      }
      line.send((0..<count).map { bytes[$0] })
      if isTimed {
        let seconds = Double(port.line.duration(characters: count).ticks) / 65_536
        Thread.sleep(forTimeInterval: seconds)
      }
    }
  }

  private func take(_ port: inout OpticalPort, _ bytes: inout InlineArray<64, UInt8>) -> Int {
    var span = bytes.mutableSpan
    return port.next(into: &span, now: Self.now)
  }

  /// Lets the owner of the meter answer; false where there is none, or no supply.
  private func work(_ port: inout OpticalPort) -> Bool {
    let box = Mutex<OpticalPort?>(port)
    let done = DispatchSemaphore(value: 0)
    let now = Self.now
    let shared = PortBox(box: box)
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          shared.box.withLock { port in if !run.serve(&port, now: now) { port = nil } }
          done.signal()
        },
        refuse: { _ in
          shared.box.withLock { $0 = nil }
          done.signal()
        }))
    // The owner answers between two slices; a meter that does not is not waited for.
    guard done.wait(timeout: .now() + 5) == .success, let worked = shared.box.withLock({ $0 })
    else { return false }
    port = worked
    return true
  }
}

/// A port on its way to the owner of the meter and back.
private final class PortBox: Sendable {
  let box: Mutex<OpticalPort?>
  init(box: consuming Mutex<OpticalPort?>) { self.box = box }
}

extension MeterRun {
  /// Lets the meter answer what a port asks.
  /// - Returns: false where the meter has no supply: then its ports are dead.
  mutating func serve(_ port: inout OpticalPort?, now time: Instant) -> Bool {
    guard isPlugged, port != nil else { return false }
    meter.advance(to: now)
    port?.work(now: time, &meter, &memory)
    // What a port has changed is stored at once, not with the next window.
    afterWindow()
    guard let withBackup = port?.takeReset() else { return true }
    if withBackup { meter.legal.notePowerWarning() }
    afterWindow()
    guard (try? cutPower()) != nil, (try? restorePower()) != nil else { return false }
    return true
  }
}

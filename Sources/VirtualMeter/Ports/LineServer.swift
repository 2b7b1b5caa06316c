import Dispatch
import Foundation
import MeterTime
import Synchronization

/// What a meter speaks on one of its lines: a value into which octets go with the time, and out of
/// which octets come.
protocol MeterLine: Sendable {
  /// How the line has to be set, once everything that `next` gave has been sent.
  var serial: SerialSettings { get }
  /// When it has to be looked at again; nil for when something arrives.
  var deadline: Instant? { get }
  /// The meter has to be asked before anything more comes out.
  var needsMeter: Bool { get }
  /// A new caller, or a new session: what only chance can give.
  mutating func begin(entropy: UInt64)
  mutating func receive(_ octet: UInt8, now: Instant)
  mutating func advance(to now: Instant)
  /// The next octets to send; 0 while there are none.
  mutating func next(into octets: inout MutableSpan<UInt8>, now: Instant) -> Int
  /// The caller has gone, or the line is broken.
  mutating func hangUp()
  /// The meter has no supply.
  mutating func loseSupply()
  /// Lets the meter answer, on its owner's thread; false where it has no supply.
  mutating func serve(_ run: inout MeterRun, now: Instant) -> Bool
}

/// A line of a running meter on a pseudo terminal, a TCP port or a serial device.
///
/// One thread carries octets between the place and the state of the line, which is a value of the
/// core. What needs the meter is asked of its owner through the mailbox, between two slices; a
/// meter without supply is silent.
final class LineServer<Line: MeterLine>: Sendable {
  private let place: ByteLine
  private let mailbox: Mailbox
  private let isTimed: Bool
  private let isEnding = Mutex(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Where a reader finds the line.
  var address: String { place.address }
  /// The number of a TCP port.
  var number: Int? { place.number }

  /// Opens the place and serves it.
  ///
  /// - Parameters:
  ///   - name: of the thread, and of the option in messages.
  ///   - isTimed: characters take as long as on a real line.
  /// - Throws: `usage` or `unreachable` as the place says.
  init(
    _ line: Line, at place: LinePlace, name: String, isTimed: Bool, mailbox: Mailbox
  ) throws(Failure) {
    self.place = try ByteLine.open(place, line.serial, option: "--" + name)
    self.mailbox = mailbox
    self.isTimed = isTimed
    let thread = Thread { [self] in
      var line = line
      serve(&line)
      self.place.close()
      ended.signal()
    }
    thread.name = name
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Ends the line and waits for its thread.
  func close() {
    isEnding.withLock { $0 = true }
    ended.wait()
  }

  private func serve(_ line: inout Line) {
    var settings = line.serial
    var random = SystemRandomNumberGenerator()
    line.begin(entropy: random.next())
    var knowsMeter = false
    while !isEnding.withLock({ $0 }) {
      switch place.wait(milliseconds: line.deadline == nil ? 50 : 5) {
      case .bytes(let bytes):
        // The meter's number may have been changed since it was configured.
        if !knowsMeter { knowsMeter = work(&line) }
        let now = LineClock.now
        for byte in bytes { line.receive(byte, now: now) }
      case .hangUp:
        line.hangUp()
        line.begin(entropy: random.next())
        // A terminal without a reader says so at once and for ever.
        Thread.sleep(forTimeInterval: 0.02)
      case .nothing: break
      }
      line.advance(to: LineClock.now)
      answer(&line)
      if line.serial != settings {
        settings = line.serial
        place.set(settings)
      }
    }
  }

  /// Sends everything that is to be sent, asking the meter as often as it takes.
  private func answer(_ line: inout Line) {
    while !isEnding.withLock({ $0 }) {
      if line.needsMeter, !work(&line) { return line.loseSupply() }
      var bytes = InlineArray<64, UInt8>(repeating: 0)
      let count = take(&line, &bytes)
      guard count > 0 else {
        if line.needsMeter { continue }
        // Once more: when everything has been sent, the next thing may follow.
        guard take(&line, &bytes) == 0, !line.needsMeter else { continue }
        return
      }
      place.send((0..<count).map { bytes[$0] })
      if isTimed { Thread.sleep(forTimeInterval: line.serial.seconds(characters: count)) }
    }
  }

  private func take(_ line: inout Line, _ bytes: inout InlineArray<64, UInt8>) -> Int {
    var span = bytes.mutableSpan
    return line.next(into: &span, now: LineClock.now)
  }

  /// Lets the owner of the meter answer; false where there is none, or no supply.
  private func work(_ line: inout Line) -> Bool {
    let shared = LineBox(line)
    let done = DispatchSemaphore(value: 0)
    let now = LineClock.now
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          shared.box.withLock { line in
            if line?.serve(&run, now: now) != true { line = nil }
          }
          done.signal()
        },
        refuse: { _ in
          shared.box.withLock { $0 = nil }
          done.signal()
        }))
    // The owner answers between two slices; a meter that does not is not waited for.
    guard done.wait(timeout: .now() + 5) == .success,
      let worked = shared.box.withLock({ $0 })
    else { return false }
    line = worked
    return true
  }
}

/// A line on its way to the owner of the meter and back.
private final class LineBox<Line: Sendable>: Sendable {
  let box: Mutex<Line?>
  init(_ line: Line) { box = Mutex(line) }
}

/// The time of lines: of the process, not of a meter.
enum LineClock {
  static var now: Instant {
    let nanoseconds = DispatchTime.now().uptimeNanoseconds
    return Instant(ticks: Int64(nanoseconds / 1_000_000) * Instant.ticksPerSecond / 1000)
  }
}

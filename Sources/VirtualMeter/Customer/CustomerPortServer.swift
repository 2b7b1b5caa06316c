import CustomerPort
import Dispatch
import Foundation
import Synchronization

/// What the customer port of a running meter says, and where.
public struct CustomerSetup: Sendable {
  public var format: CustomerFormat
  public var place: LinePlace

  public init(_ format: CustomerFormat, at place: LinePlace) {
    (self.format, self.place) = (format, place)
  }

  /// Of a serial device: 2400 baud 8E1 for Norwegian lists, 115,200 baud 8N1 for what comes out of
  /// a connector of P1.
  var settings: SerialSettings {
    switch format {
    case .han(.kamstrup), .han(.aidon), .han(.kaifa):
      SerialSettings(baud: 2400, hasEvenParity: true)
    case .p1, .han(.aidonSweden), .han(.kaifaSweden): SerialSettings(baud: 115_200)
    }
  }

  var option: String { if case .p1 = format { "--p1" } else { "--han" } }
}

/// The customer port of a running meter.
///
/// One thread asks the meter's owner whether something is due while somebody listens. What callers
/// say is not heard: the port has no receiver.
public final class CustomerPortServer: Sendable {
  private let line: OutputLine
  private let mailbox: Mailbox
  private let isEnding = Mutex(false)
  private let ended = DispatchSemaphore(value: 0)

  /// Where a reader finds the port.
  public var address: String { line.address }
  /// The number of a TCP port.
  public var number: Int? { line.number }

  /// Opens the line and serves it.
  ///
  /// - Throws: `usage` or `unreachable` as the place says.
  public init(_ setup: CustomerSetup, meter: MeterSetup, mailbox: Mailbox) throws(Failure) {
    line = try OutputLine.open(setup.place, setup.settings, option: setup.option)
    self.mailbox = mailbox
    let port = CustomerPort(
      setup.format, CustomerIdentity(isFamily: meter.identity == .family382L))
    let thread = Thread { [self] in
      serve(port)
      line.close()
      ended.signal()
    }
    thread.name = "customer"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Ends the port and waits for its thread.
  public func close() {
    isEnding.withLock { $0 = true }
    ended.wait()
  }

  private func serve(_ first: CustomerPort) {
    let port = Mutex(first)
    while !isEnding.withLock({ $0 }) {
      _ = line.wait(milliseconds: 20)
      guard line.isHeard else {
        port.withLock { $0.restart() }
        continue
      }
      let bytes = MeterQuestion.ask(mailbox) { run in
        port.withLock { port in run.say(&port) }
      }
      if let bytes { line.send(bytes) }
    }
  }
}

/// A question of a thread that waits for its answer.
enum MeterQuestion {
  /// Asks the meter's owner and waits, at most five seconds.
  ///
  /// - Returns: nil where there is no meter any more, or too much is waiting.
  static func ask<Answer: Sendable>(
    _ mailbox: Mailbox, _ body: @escaping @Sendable (inout MeterRun) -> Answer
  ) -> Answer? {
    let box = AnswerBox<Answer>()
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          let answer = body(&run)
          box.answer.withLock { $0 = answer }
          box.done.signal()
        },
        refuse: { _ in box.done.signal() }))
    guard box.done.wait(timeout: .now() + 5) == .success else { return nil }
    return box.answer.withLock { $0 }
  }
}

private final class AnswerBox<Answer: Sendable>: Sendable {
  let answer = Mutex<Answer?>(nil)
  let done = DispatchSemaphore(value: 0)
}

extension MeterRun {
  /// What a customer port has to say by now; nothing while the meter has no supply.
  mutating func say(_ port: inout CustomerPort) -> [UInt8] {
    guard isPlugged, meter.isPowered, modules.has(.customerPort) else {
      port.restart()
      return []
    }
    var bytes = [UInt8](repeating: 0, count: CustomerPort.bytesMax)
    var count = 0
    do {
      var span = bytes.mutableSpan
      count = port.next(meter, memory, into: &span)
    }
    return Array(bytes.prefix(count))
  }
}

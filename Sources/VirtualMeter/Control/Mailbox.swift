import Dispatch
import Synchronization

/// Commands on their way to the thread that owns the meter.
///
/// Anyone may post; only the owner takes, between two slices of simulated time. An owner that
/// sleeps is woken. At most `capacity` commands wait, then the box refuses; the ends have
/// room of their own.
public final class Mailbox: Sendable {
  /// One command and the way back for its answer.
  struct Letter: Sendable {
    var command: ControlCommand
    var answer: @Sendable (JSONValue) -> Void
  }

  private let letters = Mutex<[Letter]>([])
  private let arrivals = DispatchSemaphore(value: 0)
  private let capacity = 64

  public init() {}

  /// Hands a command to the owner.
  /// - Parameter answer: called once on the owner's thread, or never if the meter ends first.
  /// - Returns: false when the box is full.
  @discardableResult
  public func post(
    _ command: ControlCommand, answer: @escaping @Sendable (JSONValue) -> Void = { _ in }
  ) -> Bool {
    let accepted = letters.withLock { waiting in
      let room = command == .plug || command == .stop ? 2 * capacity : capacity
      guard waiting.count < room else { return false }
      waiting.append(Letter(command: command, answer: answer))
      return true
    }
    if accepted { arrivals.signal() }
    return accepted
  }

  /// All waiting letters, oldest first.
  func take() -> [Letter] {
    letters.withLock { waiting in
      defer { waiting.removeAll(keepingCapacity: true) }
      return waiting
    }
  }

  /// Sleeps until the deadline or until something is posted.
  func sleep(until deadline: DispatchTime) {
    _ = arrivals.wait(timeout: deadline)
  }
}

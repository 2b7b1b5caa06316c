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

  /// A question that the owner answers with its meter at hand.
  struct Question: Sendable {
    /// Called on the owner's thread, between two slices.
    var ask: @Sendable (inout MeterRun) -> Void
    /// Called instead, on any thread, when the box is full or the meter has ended.
    var refuse: @Sendable (Failure) -> Void
  }

  private struct Questions: Sendable {
    var waiting: [Question] = []
    var isClosed = false
  }

  private let letters = Mutex<[Letter]>([])
  private let questions = Mutex(Questions())
  private let taken = Mutex<UInt64>(0)
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

  /// Hands a question to the owner; it is answered or refused, exactly once.
  func ask(_ question: Question) {
    let refusal: Failure? = questions.withLock { questions in
      if questions.isClosed { return Self.ended }
      guard questions.waiting.count < capacity else { return Self.full }
      questions.waiting.append(question)
      return nil
    }
    if let refusal { question.refuse(refusal) } else { arrivals.signal() }
  }

  /// All waiting questions, oldest first.
  func takeQuestions() -> [Question] {
    let waiting = questions.withLock { questions in
      defer { questions.waiting.removeAll(keepingCapacity: true) }
      return questions.waiting
    }
    if !waiting.isEmpty { taken.withLock { $0 &+= UInt64(waiting.count) } }
    return waiting
  }

  /// Questions and letters taken so far; it changes when the owner has been told something.
  var served: UInt64 { taken.withLock { $0 } }

  /// Refuses every question from now on: the meter has ended.
  func close() {
    let left = questions.withLock { questions in
      questions.isClosed = true
      defer { questions.waiting = [] }
      return questions.waiting
    }
    for question in left { question.refuse(Self.ended) }
  }

  private static let full = Failure(
    .tryAgain, what: "too many questions are waiting", expected: "answers to be awaited",
    next: "ask again later")
  private static let ended = Failure(
    .unreachable, what: "the meter has ended", expected: "a running meter", next: "start it again")

  /// All waiting letters, oldest first.
  func take() -> [Letter] {
    let waiting = letters.withLock { waiting in
      defer { waiting.removeAll(keepingCapacity: true) }
      return waiting
    }
    if !waiting.isEmpty { taken.withLock { $0 &+= UInt64(waiting.count) } }
    return waiting
  }

  /// Sleeps until the deadline or until something is posted.
  func sleep(until deadline: DispatchTime) {
    _ = arrivals.wait(timeout: deadline)
  }
}

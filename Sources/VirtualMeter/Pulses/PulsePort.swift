import Dispatch
import Foundation
import MeterTime
import Ports
import Synchronization

/// The terminals of a running meter and of its modules on a line: pulses, relays and inputs as
/// events, one JSON object per line, and edges for the inputs the other way.
///
/// A caller may send the control commands `level` and `pulses`, which stand for wires at the
/// inputs, and nothing else.
public final class PulsePort: Sendable {
  /// Longest accepted line in bytes.
  static let longestLine = 1024

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
  /// - Throws: `refused` for a place that others can reach, `usage` or `unreachable` as the place
  ///   says.
  public init(_ place: LinePlace, mailbox: Mailbox) throws(Failure) {
    guard place.isLocal else {
      throw Failure(
        .refused, what: "the terminals would be open to others", expected: "this machine",
        next: "give for example --pulses tcp://127.0.0.1:0")
    }
    line = try OutputLine.open(place, SerialSettings(baud: 115_200), option: "--pulses")
    self.mailbox = mailbox
    let thread = Thread { [self] in
      serve()
      line.close()
      ended.signal()
    }
    thread.name = "pulses"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Ends the port and waits for its thread.
  public func close() {
    isEnding.withLock { $0 = true }
    ended.wait()
  }

  private func serve() {
    var partial: [Int32: [UInt8]] = [:]
    var wasHeard = false
    while !isEnding.withLock({ $0 }) {
      for heard in line.wait(milliseconds: 20) {
        guard !heard.bytes.isEmpty else {
          partial[heard.caller] = nil
          continue
        }
        partial[heard.caller, default: []] += heard.bytes
        answer(heard.caller, &partial[heard.caller, default: []])
      }
      let isHeard = line.isHeard
      if isHeard || wasHeard {
        let lines = MeterQuestion.ask(mailbox) { run in run.takePulseEvents(isHeard: isHeard) }
        line.send(Array((lines ?? "").utf8))
      }
      wasHeard = isHeard
    }
  }

  /// Obeys the whole lines of a caller.
  private func answer(_ caller: Int32, _ bytes: inout [UInt8]) {
    while let end = bytes.firstIndex(of: 0x0A) {
      let text = Array(bytes[..<end])
      bytes.removeFirst(end + 1)
      if let refusal = obey(text) { line.send(Array((refusal.text + "\n").utf8), to: caller) }
    }
    if bytes.count > Self.longestLine { bytes = [] }
  }

  /// - Returns: why a line is refused.
  private func obey(_ text: [UInt8]) -> JSONValue? {
    do throws(Failure) {
      let command = try ControlCommand(json: text)
      guard case .supply(let supply) = command, supply.isAtInputs else {
        throw CommandReader.refusal("only wires at the inputs", expected: "level or pulses")
      }
      return MeterQuestion.ask(mailbox) { run in
        guard run.modules.hasInputs else {
          return Failure(
            .refused, what: "no module with inputs is fitted", expected: "68 50 003 or another",
            next: "fit one"
          ).answer
        }
        switch run.answer(command) {
        case .success: return nil
        case .failure(let failure): return failure.answer
        }
      } ?? nil
    } catch { return error.answer }
  }
}

extension SupplyCommand {
  /// It stands for wires at the pulse inputs.
  var isAtInputs: Bool {
    switch self {
    case .level, .pulses, .train: true
    default: false
    }
  }
}

extension MeterRun {
  /// What the terminals did since the last question, a line for each event.
  ///
  /// - Parameter isHeard: false ends the watch.
  mutating func takePulseEvents(isHeard: Bool) -> String {
    guard isHeard else {
      pulseWatch = nil
      return ""
    }
    if pulseWatch == nil {
      pulseWatch = PulseWatch()
      lookAtTerminals(at: now)
    }
    let events = pulseWatch?.take() ?? []
    return events.map { $0.json.text + "\n" }.joined()
  }
}

import LegalMeter
import Meter
import MeterTime
import Ports
import Quantities

/// An edge at the terminals of the meter or of its modules, with its time.
public struct PulseEvent: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// A pulse of the S0 output, which is the LED's: active energy, 30 ms.
    case s0
    /// A pulse of a module's output, 0 or 1.
    case output(Int, register: EnergyKind, width_ms: Int)
    /// The relay of a load output, 0 or 1.
    case relay(Int, isOn: Bool)
    /// The debounced level of a pulse input, 0 or 1.
    case input(Int, isOn: Bool)
  }

  /// When it began.
  public var instant: Instant
  public var kind: Kind
  /// Of pulses, the number since the start of the meter.
  public var number: UInt32?

  /// One line: `{"time":"2026-03-04T14:00:00.123Z","event":"pulse","output":"s0",…}`.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("time", .string(ISO8601Time(instant, in: .utc).text(milliseconds: true)))
    ]
    switch kind {
    case .s0:
      members += [
        ("event", .string("pulse")), ("output", .string("s0")), ("width_ms", .integer(30)),
      ]
    case .output(let output, let register, let width):
      members += [
        ("event", .string("pulse")), ("output", .string("module\(output + 1)")),
        ("register", .string("1-0:\(register.rawValue + 1).8.0")), ("width_ms", .integer(width)),
      ]
    case .relay(let output, let isOn):
      members += [
        ("event", .string("relay")), ("output", .integer(output + 1)), ("on", .bool(isOn)),
      ]
    case .input(let input, let isOn):
      members += [
        ("event", .string("input")), ("input", .integer(input + 1)), ("on", .bool(isOn)),
      ]
    }
    if let number { members.append(("number", .integer(number))) }
    return .object(members)
  }
}

/// What the terminals did, until somebody takes it; the newest are dropped when nobody does.
struct PulseWatch: Sendable {
  /// Events that wait at most.
  static let capacity = 8192

  private(set) var events: [PulseEvent] = []
  /// Events that found no room.
  private(set) var dropped: UInt64 = 0
  /// Relays and inputs as last told; nil before the first look.
  private var relays: [Bool]?
  private var inputs: [Bool]?
  private var numbers: [UInt32] = [0, 0]

  mutating func note(_ event: PulseEvent) {
    if events.count < Self.capacity { events.append(event) } else { dropped += 1 }
  }

  mutating func notePulse(_ output: Int, at start: Instant, _ parameters: ModulePulseParameters) {
    numbers[output] &+= 1
    note(
      PulseEvent(
        instant: start,
        kind: .output(
          output, register: parameters.register, width_ms: parameters.isLong ? 80 : 30),
        number: numbers[output]))
  }

  /// Compares relays and inputs with what was told last; the first look tells all of them.
  mutating func look(_ meter: borrowing Meter, _ area: ModuleArea, now: Instant) {
    let relays = [meter.isLoadOn(0), meter.isLoadOn(1)]
    let inputs = [meter.pulseInputLevel(0), meter.pulseInputLevel(1)]
    for k in 0..<2 {
      if area.hasRelays, self.relays?[k] != relays[k] {
        note(PulseEvent(instant: now, kind: .relay(k, isOn: relays[k])))
      }
      if area.hasInputs, self.inputs?[k] != inputs[k] {
        note(PulseEvent(instant: now, kind: .input(k, isOn: inputs[k])))
      }
    }
    // A module that is fitted later tells where its relays and inputs stand.
    self.relays = area.hasRelays ? relays : nil
    self.inputs = area.hasInputs ? inputs : nil
  }

  mutating func take() -> [PulseEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }
}

/// Edges that pulse inputs still get, each with its time.
struct PulseTrain: Sendable {
  /// Edges that wait at most.
  static let capacity = 20_000

  struct Edge: Sendable {
    var instant: Instant
    var input: Int
    var isOn: Bool
  }

  private var edges: [Edge] = []

  var isEmpty: Bool { edges.isEmpty }

  /// Adds pulses behind those that wait for the same input.
  /// - Returns: false, and nothing is added, where there is no room.
  mutating func add(_ input: Int, count: Int, on_ms: Int, off_ms: Int, now: Instant) -> Bool {
    guard edges.count + 2 * count <= Self.capacity else { return false }
    var at = now
    for edge in edges where edge.input == input && edge.instant >= at {
      at = edge.instant + .milliseconds(Int64(off_ms))
    }
    for _ in 0..<count {
      edges.append(Edge(instant: at, input: input, isOn: true))
      at = at + .milliseconds(Int64(on_ms))
      edges.append(Edge(instant: at, input: input, isOn: false))
      at = at + .milliseconds(Int64(off_ms))
    }
    edges.sort { $0.instant < $1.instant }
    return true
  }

  /// Those that are due, in their order.
  mutating func due(by now: Instant) -> [Edge] {
    let count = edges.firstIndex { $0.instant > now } ?? edges.count
    defer { edges.removeFirst(count) }
    return Array(edges[..<count])
  }
}

extension MeterRun {
  /// Tells pulses, relays and inputs since the last window, where somebody listens.
  mutating func takePulses() {
    while let edge = meter.nextPulse() {
      pulses += 1
      guard pulseWatch != nil else { continue }
      let instant = pulseStart + Instant.Duration(ticks: ticks(ofSampleShare: edge.time))
      pulseWatch?.note(PulseEvent(instant: instant, kind: .s0, number: edge.number))
    }
    for output in 0..<2 {
      let loads = meter.configuration.loads
      while let start = meter.nextModulePulse(output) {
        guard modules.hasPulseOutputs else { continue }
        pulseWatch?.notePulse(output, at: start, output == 0 ? loads.pulse1 : loads.pulse2)
      }
    }
    lookAtTerminals(at: now)
  }

  /// Tells what has changed at relays and inputs, where somebody listens.
  mutating func lookAtTerminals(at instant: Instant) {
    guard var watch = pulseWatch else { return }
    pulseWatch = nil
    watch.look(meter, modules, now: instant)
    pulseWatch = watch
  }

  /// 1/65536 samples to ticks.
  private func ticks(ofSampleShare share: Int64) -> Int64 {
    let rate = source.rate
    return Int64(
      truncatingIfNeeded: Int128(share) * Int128(rate.denominator) / Int128(rate.numerator))
  }

  /// Feeds what is due to the pulse inputs, each edge with its own time.
  mutating func playEdges() {
    guard !pulseTrain.isEmpty else { return }
    for edge in pulseTrain.due(by: now) {
      meter.notePulseInput(edge.input, isOn: edge.isOn, at: edge.instant)
      lookAtTerminals(at: edge.instant)
    }
  }
}

import LegalMeter
import MeterTime
import Metrology
import Quantities

/// What really flowed in a made-up past, added up apart from the meter.
public struct HistoryTruth: Sendable {
  /// Registers at the end of a month of local time.
  public struct Month: Equatable, Sendable {
    /// The month's last instant.
    public var end: Instant
    /// mWs and mvars of A+, A−, R+, R− since the beginning.
    public var energies: [Int64]
  }

  /// mWs and mvars of A+, A−, R+, R−.
  public private(set) var energies: [Int64] = [0, 0, 0, 0]
  public private(set) var months: [Month] = []
  public private(set) var disturbances: [HistoryHousehold.Disturbance] = []
  private let phases: [Int]
  private let isVectorial: Bool

  /// - Parameters:
  ///   - phases: those that are connected, 0...2.
  ///   - isVectorial: the phases are added before import and export are told apart.
  init(phases: [Int], isVectorial: Bool) {
    self.phases = phases
    self.isVectorial = isVectorial
  }

  /// Adds a constant load.
  mutating func add(_ load: ConstantLoad, seconds: Int64) {
    var powers = phases.map { Int64(load.active_mW[$0]) }
    var reactives = phases.map { Int64(load.reactive_mvar[$0]) }
    if isVectorial {
      powers = [powers.reduce(0, +)]
      reactives = [reactives.reduce(0, +)]
    }
    for k in powers.indices {
      energies[0] += max(powers[k], 0) * seconds
      energies[1] += max(-powers[k], 0) * seconds
      energies[2] += max(reactives[k], 0) * seconds
      energies[3] += max(-reactives[k], 0) * seconds
    }
  }

  mutating func add(_ disturbance: HistoryHousehold.Disturbance) {
    disturbances.append(disturbance)
  }

  mutating func endMonth(at end: Instant) {
    months.append(Month(end: end, energies: energies))
  }

  /// The energy of a kind in mWh or mvarh, rounded down.
  public func energy(_ kind: EnergyKind) -> Int64 { energies[kind.index] / 3600 }

  private static let codes = ["1-0:1.8.0", "1-0:2.8.0", "1-0:3.8.0", "1-0:4.8.0"]

  private func values(_ energies: [Int64]) -> JSONValue {
    .object(
      zip(Self.codes, energies).enumerated().map { index, pair in
        let value = JSONValue.fixed(Int128(pair.1) * 10_000 / 3600, decimals: 10)
        let unit = JSONValue.string(index < 2 ? "kWh" : "kvarh")
        return (
          key: pair.0, value: .object([(key: "value", value: value), (key: "unit", value: unit)])
        )
      })
  }

  /// The file beside the memory: what the registers should say, when, and what happened.
  func document(of history: MeterHistory) -> JSONValue {
    .object([
      (key: "method", value: .string("sum of P times t by phase, apart from the meter")),
      (key: "household", value: .string(history.household.kind.rawValue)),
      (key: "seed", value: .string(String(history.seed))),
      (key: "from", value: .string(ISOTime.text(history.from))),
      (key: "until", value: .string(ISOTime.text(history.until))),
      (key: "span_s", value: .integer((history.until - history.from).ticks >> 16)),
      (key: "values", value: values(energies)),
      (
        key: "months",
        value: .array(
          months.map {
            .object([
              (key: "until", value: .string(ISOTime.text($0.end))),
              (key: "values", value: values($0.energies)),
            ])
          })
      ),
      (key: "disturbances", value: .array(disturbances.map(Self.document))),
    ])
  }

  private static func document(_ disturbance: HistoryHousehold.Disturbance) -> JSONValue {
    var members = [
      (key: "kind", value: JSONValue.string(disturbance.phase == nil ? "outage" : "undervoltage")),
      (key: "from", value: .string(ISOTime.text(disturbance.begin))),
      (key: "until", value: .string(ISOTime.text(disturbance.end))),
    ]
    if let phase = disturbance.phase {
      members.append((key: "phase", value: .string("L\(phase + 1)")))
      members.append(
        (key: "volts", value: .fixed(Int128(disturbance.voltage_mV), decimals: 3)))
    }
    return .object(members)
  }
}

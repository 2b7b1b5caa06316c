import Foundation
import VirtualMeter

extension WiringError {
  /// The entry as the guided lesson shows it.
  func json(_ language: String) -> JSONValue {
    .object([
      ("id", .string(id.rawValue)), ("title", .string(title.text(language))),
      ("what", .string(explanation.text(language))),
      ("expected", expectations.first?.json(language) ?? .null),
      ("cases", .array(expectations.map { $0.json(language) })),
    ])
  }
}

extension WiringError.Expectation {
  /// Phasors in the words of the state; for registers the power with which each one grows.
  fileprivate func json(_ language: String) -> JSONValue {
    let power = zip(bench.voltages_V, bench.loads).reduce(0) { sum, phase in
      sum + phase.0 * phase.1.i_A * cos(phase.1.phi_deg * .pi / 180)
    }
    return .object([
      ("load", .string(load.text(language))),
      (
        "loads",
        .array(
          bench.loads.map { load in
            .object([("i_A", .plain(load.i_A, 3)), ("phi_deg", .plain(load.phi_deg, 2))])
          })
      ),
      (
        "phasors",
        .array(
          zip(voltages, currents).map { u, i in
            .object([
              ("u_V", .plain(u.magnitude, 3)), ("u_deg", .plain(u.degrees, 2)),
              ("i_A", .plain(i.magnitude, 4)), ("i_deg", .plain(i.degrees, 2)),
            ])
          })
      ),
      (
        "registers",
        .object([
          ("1-0:1.8.0", .plain(activeImport * power, 2)),
          ("1-0:2.8.0", .plain(activeExport * power, 2)),
          ("1-0:3.8.0", .plain(reactiveImport * power, 2)),
          ("1-0:4.8.0", .plain(reactiveExport * power, 2)),
        ])
      ),
      ("sequence_ok", isSequenceRight.map { .bool($0) } ?? .null),
    ])
  }
}

extension BenchPreset {
  func json(_ language: String) -> JSONValue {
    .object([
      ("id", .string(id.rawValue)), ("title", .string(title.text(language))),
      ("what", .string(explanation.text(language))),
      ("frequency_Hz", .plain(bench.frequency_Hz, 3)), ("neutral", .bool(bench.neutral)),
      ("wiring", .string(bench.wiringID.rawValue)),
      (
        "loads",
        .array(
          zip(bench.voltages_V, bench.loads).map { volts, load in
            .object([
              ("u_V", .plain(volts, 2)), ("i_A", .plain(load.i_A, 3)),
              ("phi_deg", .plain(load.phi_deg, 2)),
              ("thd_percent", .plain(load.thd_percent, 2)), ("on", .bool(load.on)),
            ])
          })
      ),
    ])
  }
}

import VirtualMeter

extension WiringError {
  /// The entry as the guided lesson shows it.
  func json(_ language: String) -> JSONValue {
    .object([
      ("id", .string(id.rawValue)), ("title", .string(title.text(language))),
      ("what", .string(explanation.text(language))),
      ("expected", .array(expectations.map { $0.json(language) })),
    ])
  }
}

extension WiringError.Expectation {
  fileprivate func json(_ language: String) -> JSONValue {
    .object([
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
        .object([
          ("u", .array(voltages.map { $0.json("V") })),
          ("i", .array(currents.map { $0.json("A") })),
        ])
      ),
      (
        "registers",
        .object([
          ("1-0:1.8.0", .plain(activeImport, 4)), ("1-0:2.8.0", .plain(activeExport, 4)),
          ("1-0:3.8.0", .plain(reactiveImport, 4)), ("1-0:4.8.0", .plain(reactiveExport, 4)),
        ])
      ),
      ("sequence_ok", isSequenceRight.map { .bool($0) } ?? .null),
    ])
  }
}

extension Phasor {
  fileprivate func json(_ unit: String) -> JSONValue {
    .object([("rms_\(unit)", .plain(magnitude, 3)), ("deg", .plain(degrees, 2))])
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

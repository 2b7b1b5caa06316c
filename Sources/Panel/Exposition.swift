import Foundation
import VirtualMeter

/// The text that Prometheus reads: names, help, types and numbers.
struct Exposition {
  private(set) var text = ""

  /// Kinds of numbers.
  enum Kind: String {
    case counter
    case gauge
  }

  /// One family with one value for each set of labels.
  mutating func add(
    _ name: String, _ kind: Kind, _ help: String,
    _ values: [(labels: [(String, String)], value: Double)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in values {
      let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
      text += name + (list.isEmpty ? "" : "{\(list)}") + " \(Self.number(value))\n"
    }
  }

  /// One value without labels.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    add(name, kind, help, [([], value)])
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }
}

extension Exposition {
  /// Meter, service and server at one moment.
  init(_ snapshot: MeterSnapshot, _ counters: Counters) {
    addMeter(snapshot)
    addService(snapshot)
    addServer(counters)
    addProcess()
  }

  private mutating func addMeter(_ snapshot: MeterSnapshot) {
    func phases(_ value: KeyPath<MeterSnapshot.Phase, Double>) -> [([(String, String)], Double)] {
      snapshot.phases.enumerated().map { ([("phase", "L\($0 + 1)")], $1[keyPath: value]) }
    }
    let (reactive, active) = (
      snapshot.registers.filter { $0.obis.contains(":3.8.") || $0.obis.contains(":4.8.") },
      snapshot.registers.filter { !$0.obis.contains(":3.8.") && !$0.obis.contains(":4.8.") }
    )
    add(
      "kvadrant_energy_kwh_total", .counter, "Active energy registers, as displayed.",
      active.map { ([("obis", $0.obis)], $0.value) })
    add(
      "kvadrant_reactive_energy_kvarh_total", .counter, "Reactive energy registers, as displayed.",
      reactive.map { ([("obis", $0.obis)], $0.value) })
    add("kvadrant_voltage_volts", .gauge, "RMS voltage.", phases(\.u_V))
    add("kvadrant_current_amperes", .gauge, "RMS current.", phases(\.i_A))
    add("kvadrant_active_power_watts", .gauge, "Active power, import positive.", phases(\.p_W))
    add(
      "kvadrant_reactive_power_vars", .gauge, "Reactive power, inductive import positive.",
      phases(\.q_var))
    if let hertz = snapshot.total.f_Hz {
      add("kvadrant_frequency_hertz", .gauge, "Frequency of the mains.", hertz)
    }
    add("kvadrant_pulses_total", .counter, "Pulses of LED and S0.", Double(snapshot.led.count))
    add("kvadrant_tariff", .gauge, "Tariff in force.", Double(snapshot.tariff))
    add(
      "kvadrant_error_percent", .gauge, "Error of a register against the truth.",
      snapshot.truth.compactMap { row in row.error_percent.map { ([("obis", row.obis)], $0) } })
  }

  private mutating func addService(_ snapshot: MeterSnapshot) {
    add("kvadrant_powered", .gauge, "1 while the meter has supply.", snapshot.powered ? 1 : 0)
    add("kvadrant_running", .gauge, "1 until the run has ended.", snapshot.running ? 1 : 0)
    add("kvadrant_speed", .gauge, "Simulated seconds per second.", snapshot.speed)
    add(
      "kvadrant_snapshots_total", .counter, "States published by the meter's owner.",
      Double(snapshot.sequence))
    let pacing = snapshot.pacing
    add("kvadrant_slices_total", .counter, "Slices of simulated time.", Double(pacing.slices))
    add("kvadrant_lag_seconds", .gauge, "How late the newest slice was.", pacing.lag_s)
    add("kvadrant_lag_seconds_max", .gauge, "How late the latest slice was.", pacing.longestLag_s)
    let memory = snapshot.memory
    add("kvadrant_memory_commits_total", .counter, "Journal records.", Double(memory.commits))
    add("kvadrant_memory_events", .gauge, "Records of the event log.", Double(memory.events))
    add("kvadrant_power_cuts_total", .counter, "Starts after the first.", Double(memory.cuts))
    add(
      "kvadrant_memory_failures", .gauge, "Programs that did not read back.",
      Double(memory.failures))
  }

  private mutating func addServer(_ counters: Counters) {
    let relaxed = { (n: UInt64) in Double(n) }
    add(
      "kvadrant_http_connections", .gauge, "Connections open.",
      Double(counters.connections.load(ordering: .relaxed)))
    add(
      "kvadrant_http_connections_refused_total", .counter, "Connections beyond the limit.",
      relaxed(counters.connectionsRefused.load(ordering: .relaxed)))
    add(
      "kvadrant_http_connections_timed_out_total", .counter, "Connections closed as too slow.",
      relaxed(counters.connectionsTimedOut.load(ordering: .relaxed)))
    add(
      "kvadrant_http_streams", .gauge, "Event streams open.",
      Double(counters.streams.load(ordering: .relaxed)))
    add(
      "kvadrant_http_stream_events_total", .counter, "Events written to streams.",
      relaxed(counters.statesSent.load(ordering: .relaxed)))
    add(
      "kvadrant_http_stream_dropped_total", .counter, "States not sent to slow readers.",
      relaxed(counters.statesDropped.load(ordering: .relaxed)))
    let answers = counters.answers.withLock { $0 }
    add(
      "kvadrant_http_requests_total", .counter, "Answers by class of status.",
      (1...5).map { ([("class", "\($0)xx")], relaxed(answers[$0])) })
  }

  private mutating func addProcess() {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let time = { (t: timeval) in Double(t.tv_sec) + Double(t.tv_usec) / 1e6 }
    add(
      "process_cpu_seconds_total", .counter, "User and system time.",
      time(usage.ru_utime) + time(usage.ru_stime))
    guard let pages = FileManager.default.contents(atPath: "/proc/self/statm"),
      let resident = Double(String(decoding: pages, as: UTF8.self).split(separator: " ")[1])
    else { return }
    add(
      "process_resident_memory_bytes", .gauge, "Resident memory.",
      resident * Double(sysconf(Int32(_SC_PAGESIZE))))
  }
}

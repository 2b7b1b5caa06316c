import Meter
import MeterTime
import Quantities
import Waveforms

/// The characteristic of smart disconnect, measured: a meter on a bench, a load, a stop-watch.
public struct TripCurve: Sendable {
  /// One measurement.
  public struct Point: Sendable {
    /// A of one phase, or W.
    public var value: Double
    /// From the onset of the load until the contacts are open; nil where they never opened.
    public var seconds: Double?
    /// What the formula says.
    public var formula: Double?
  }

  public var parameters: SmartDisconnectParameters
  public var byPower: Bool
  public var points: [Point]

  /// Measures at loads from below the limit to half as much again above the highest threshold.
  ///
  /// - Parameter settings: as for the command `supply`; the basis is current or power.
  /// - Throws: `usage` for settings that the meter does not take.
  public static func measure(
    settings: [String: Double], points count: Int
  ) throws(Failure) -> TripCurve {
    var setup = MeterSetup()
    for (key, value) in settings {
      SupplySetting.named(key)?.write(&setup.supply, &setup.loads, value)
    }
    let basis = setup.supply.basis
    guard setup.isSupplyValid, basis == .current || basis == .power else {
      throw Failure(
        .usage, what: "the meter does not take these settings",
        expected: "basis current or power, k3 <= k2 <= k1, t1 <= t2 <= t3",
        next: "correct them")
    }
    let parameters = setup.supply.smartDisconnect
    let limit = Double(parameters.limit) / (basis == .current ? 1000 : 1)
    let (low, high) = (limit * 0.9, limit * Double(parameters.k1) / 100 * 1.5)
    var curve = TripCurve(parameters: parameters, byPower: basis == .power, points: [])
    for n in 0..<max(count, 2) {
      let value = low + (high - low) * Double(n) / Double(max(count, 2) - 1)
      let raw = Int64((value * (basis == .current ? 1000 : 1)).rounded())
      let amperes = basis == .current ? value : value / 230
      guard amperes <= 100 else { break }
      let seconds = try time(amperes, setup)
      curve.points.append(
        Point(value: value, seconds: seconds, formula: parameters.tripTime(raw).map(Double.init)))
    }
    return curve
  }

  /// Seconds from the onset of a load on L1 until the contacts are open.
  private static func time(_ amperes: Double, _ setup: MeterSetup) throws(Failure) -> Double? {
    let start = Instant(seconds: 820_000_000)
    let onset = start + .seconds(3)
    let longest = setup.supply.smartDisconnect
    let until =
      onset + .seconds(Int64(longest.t1) + Int64(longest.t2) + Int64(longest.t3) + 3)
    let source = BenchSource(Bench())
    let plan = MeterRun.Setup(meter: setup, start: start, until: until, speed: .infinity)
    var run = try MeterRun(
      setup: plan, source: source, mailbox: Mailbox(), folder: nil, bench: source)
    var opened: Instant?
    _ = try run.run { run in
      if run.now >= onset, source.bench.loads[0].i_A == 0 { source.bench.loads[0].i_A = amperes }
      if opened == nil, !run.contacts.isClosed {
        opened = run.now
        run.end(.stopped)
      }
    }
    return opened.map { Double(($0 - onset).ticks) / Double(Instant.ticksPerSecond) }
  }

  /// The settings of a text such as `limit_A=20`, with their ranges checked.
  public static func settings(_ texts: [String]) throws(Failure) -> [String: Double] {
    var members: [(key: String, value: JSONValue)] = [("command", .string("supply"))]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw Failure(
          .usage, what: "no setting in «\(text)»", expected: "NAME=VALUE", next: "correct it")
      }
      members.append((parts[0], Double(parts[1]).map { .number("\($0)") } ?? .string(parts[1])))
    }
    let command = try ControlCommand(json: Array(JSONValue.object(members).text.utf8))
    guard case .supply(.configure(let settings)) = command else { return [:] }
    return settings
  }
}

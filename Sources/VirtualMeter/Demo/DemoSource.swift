import MeterTime
import Metrology
import Waveforms

/// The demo's household as samples, without end: quarter-hour after quarter-hour of powers per
/// second, each turned into waveforms by `PowerSource`.
struct DemoSource: SampleSource {
  private let household: DemoHousehold
  private let shape: PowerShape
  /// Start of the chunk after the present one.
  private var next: Instant
  private var chunk: PowerSource
  private var finished: EnergyTruth?

  /// Seconds per chunk; whole seconds hold whole cycles, so the waves join without a step.
  private static let chunkSeconds: Int64 = 900

  /// - Parameter start: instant of the first sample.
  init(household: DemoHousehold, start: Instant) throws(SourceError) {
    self.household = household
    shape = PowerShape()
    chunk = try Self.chunk(household, shape, start)
    next = start + .seconds(Self.chunkSeconds)
  }

  var description: String {
    "household year of synPRO (Fraunhofer ISE, CDLA-Permissive-2.0; synthetic), "
      + "with a computed solar roof and computed phases, as waves of 50 Hz"
  }
  var rate: SampleRate { chunk.rate }
  var scales: [ChannelScale] { chunk.scales }
  var connected: [Bool] { chunk.connected }

  mutating func read(into buffer: inout SampleBuffer, limit: Int) throws(SourceError) -> Int {
    let got = try chunk.read(into: &buffer, limit: limit)
    guard got == 0 else { return got }
    finished = truth
    chunk = try Self.chunk(household, shape, next)
    next = next + .seconds(Self.chunkSeconds)
    return try chunk.read(into: &buffer, limit: limit)
  }

  var truth: EnergyTruth? {
    guard var sum = chunk.truth else { return finished }
    sum.method = "sum of P·Δt of the computed household, split by the sign of each second"
    guard let finished else { return sum }
    sum.sampleCount += finished.sampleCount
    sum.span_s += finished.span_s
    for phase in sum.phases.indices { sum.phases[phase].add(finished.phases[phase]) }
    sum.vectorSum.add(finished.vectorSum)
    return sum
  }

  private static func chunk(
    _ household: DemoHousehold, _ shape: PowerShape, _ start: Instant
  ) throws(SourceError) -> PowerSource {
    var csv = "second,p1_W,p2_W,p3_W\n"
    for second in 0..<chunkSeconds {
      let p = household.power(at: start + .seconds(second)).phases
      csv += "\(second)"
      for watts in [p.0, p.1, p.2] { csv += "," + Decimals.text(watts, decimals: 2) }
      csv += "\n"
    }
    return try PowerSource(
      ByteSource(name: "the household of the demo", bytes: Array(csv.utf8)), shape: shape)
  }
}

extension ActiveEnergy {
  fileprivate mutating func add(_ other: ActiveEnergy) {
    import_J += other.import_J
    export_J += other.export_J
    net_J += other.net_J
  }
}

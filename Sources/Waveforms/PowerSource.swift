import Metrology

/// A power file as voltage and current of three phases.
///
/// Each row sets the amplitude of the currents; the wave repeats after whole cycles, and the
/// rounding error of each place in the wave is carried to the same place of the next repetition.
/// So the integer samples carry the power of the file down to microjoules, also at a few watts,
/// without dither. About 5 ns for a set of six samples.
public struct PowerSource: SampleSource {
  public let rate: SampleRate
  public let scales: [ChannelScale]
  public let connected: [Bool]
  public let description: String
  public let shape: PowerShape
  /// Time of the first row in seconds since 2000-01-01T00:00:00, where the file has dates.
  public let start_s: Double?

  private var table: PowerTable
  private let period: Int
  /// Three periods, one per phase, in counts.
  private let voltage: [Int32]
  /// Three periods, in counts per watt.
  private let currentPerWatt: [Double]
  private var carried: [Double]
  private let currentPeak: Double
  private var row: PowerTable.Row?
  private var rowIndex = 0.0
  private var rowStart: UInt64 = 0
  private var rowEnd: UInt64 = 0
  private var position: UInt64 = 0
  private var place = 0
  private var booked = (phases: [ActiveEnergy](repeating: .init(), count: 3), sum: ActiveEnergy())

  /// Opens a power file; see `PowerTable` for its form.
  public init(path: String, shape: PowerShape = PowerShape()) throws(SourceError) {
    try self.init(ByteSource(path: path), shape: shape)
  }

  /// As `init(path:shape:)`, from bytes.
  public init(_ bytes: ByteSource, shape: PowerShape = PowerShape()) throws(SourceError) {
    try shape.validate()
    table = try PowerTable(bytes)
    self.shape = shape
    rate = SampleRate(shape.rate_Hz)
    scales = [ChannelScale](repeating: shape.scale, count: 3)
    connected = [true, true, true]
    start_s = table.hasDates ? table.start_s : nil
    period = shape.periodSamples
    var (voltages, currents): ([Int32], [Double]) = ([], [])
    for phase in 0..<3 {
      let (voltage, current) = shape.tables(phase: phase)
      voltages += voltage
      currents += current
    }
    guard voltages.allSatisfy({ abs($0) <= 8_388_607 }), currents.allSatisfy(\.isFinite) else {
      throw SourceError(
        .usage, "wave shape", expected: "a voltage within the converter's range",
        found: "\(shape.voltage_V) V", nextStep: "Lower the voltage or enlarge the scale.")
    }
    voltage = voltages
    currentPerWatt = currents
    carried = [Double](repeating: 0, count: 3 * period)
    currentPeak = currents.reduce(0) { max($0, abs($1)) }
    description =
      "power \(bytes.name): steps of \(table.step_s) s as waves of \(shape.frequency_Hz) Hz, "
      + "cos φ \(shape.powerFactor)\(shape.isCapacitive ? " capacitive" : ""), "
      + "at \(shape.rate_Hz) Hz"
  }

  public mutating func read(
    into buffer: inout SampleBuffer, limit: Int
  ) throws(SourceError) -> Int {
    buffer.removeAll()
    let wanted = min(limit, buffer.capacity)
    while buffer.count < wanted {
      while position == rowEnd {
        guard try nextRow() else { return buffer.count }
      }
      let left = Int(clamping: rowEnd - position)
      let count = min(wanted - buffer.count, left, period - place)
      fill(&buffer, count: count)
      position += UInt64(count)
      place = place + count == period ? 0 : place + count
    }
    return buffer.count
  }

  private mutating func nextRow() throws(SourceError) -> Bool {
    guard let next = try table.next() else { return false }
    book(&booked)
    for phase in 0..<3 where abs(next.power_W[phase]) * currentPeak > 8_388_607 {
      throw SourceError.badData(
        table.name, .line(next.line),
        expected: "at most \(Int(8_388_607 / currentPeak)) W per phase with this converter",
        found: "\(next.power_W[phase]) W", nextStep: "Choose a larger current scale.")
    }
    rowIndex += 1
    rowStart = rowEnd
    rowEnd = UInt64((rowIndex * table.step_s * Double(shape.rate_Hz)).rounded())
    row = next
    return true
  }

  private mutating func fill(_ buffer: inout SampleBuffer, count: Int) {
    guard let row else { return }
    let (capacity, start, place, period) = (buffer.capacity, buffer.count, place, period)
    buffer.storage.withUnsafeMutableBufferPointer { out in
      carried.withUnsafeMutableBufferPointer { carried in
        currentPerWatt.withUnsafeBufferPointer { currents in
          voltage.withUnsafeBufferPointer { voltages in
            for phase in 0..<3 {
              let from = phase * period + place
              Self.fill(
                out.extracting(2 * phase * capacity + start..<2 * phase * capacity + start + count),
                out.extracting(
                  (2 * phase + 1) * capacity + start..<(2 * phase + 1) * capacity + start + count),
                voltages.extracting(from..<from + count), currents.extracting(from..<from + count),
                carried.extracting(from..<from + count), watts: row.power_W[phase])
            }
          }
        }
      }
    }
    buffer.count += count
  }

  /// Fills one phase; all five runs have one length.
  private static func fill(
    _ u: UnsafeMutableBufferPointer<Int32>, _ i: UnsafeMutableBufferPointer<Int32>,
    _ voltages: UnsafeBufferPointer<Int32>, _ currents: UnsafeBufferPointer<Double>,
    _ carried: UnsafeMutableBufferPointer<Double>, watts: Double
  ) {
    // Adding 1.5 * 2^52 rounds to a whole number and leaves it in the low 32 bits.
    let rounder = 6_755_399_441_055_744.0
    for n in 0..<u.count {
      u[n] = voltages[n]
      let exact = currents[n] * watts + carried[n]
      let rounded = exact + rounder
      carried[n] = exact - (rounded - rounder)
      i[n] = Int32(truncatingIfNeeded: rounded.bitPattern)
    }
  }

  /// Adds the delivered part of the current row.
  private func book(_ energy: inout (phases: [ActiveEnergy], sum: ActiveEnergy)) {
    guard let row, position > rowStart else { return }
    let seconds = Double(position - rowStart) / Double(shape.rate_Hz)
    for phase in 0..<3 { energy.phases[phase].add(row.power_W[phase] * seconds) }
    energy.sum.add((row.power_W[0] + row.power_W[1] + row.power_W[2]) * seconds)
  }

  /// Σ P·Δt of the rows over the samples delivered.
  public var truth: EnergyTruth? {
    var energy = booked
    book(&energy)
    return EnergyTruth(
      method: "sum of P·Δt of the file, split by the sign of each row", sampleCount: position,
      span_s: Double(position) / Double(shape.rate_Hz), phases: energy.phases,
      vectorSum: energy.sum)
  }
}

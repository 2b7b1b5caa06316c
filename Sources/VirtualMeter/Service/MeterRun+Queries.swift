import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Waveforms

extension MeterRun {
  /// The table of all registers that this meter has.
  var registerTable: [RegisterRow] {
    ResultTable.registers.compactMap { row in
      guard let exact = energy(row.quantity), let register = Register(row.quantity) else {
        return nil
      }
      return RegisterRow(
        quantity: row.quantity, obis: row.obis, name: "\(row.quantity)",
        value: Double(exact) / 1e10, exact: exact, decimals: ResultTable.energyDecimals,
        unit: row.unit, committed: Double(meter.legal.registers.committed(register)) / 1e6,
        legal: register.legalStatus(meter.legal.parameters.energies))
    }
  }

  /// Samples in so many cycles of the mains.
  func samples(cycles: Int) -> Int {
    let millihertz = meter.legal.window.frequency_mHz
    let hertz =
      millihertz > 0
      ? Double(millihertz) / 1000 : Double(setup.meter.variant.frequency.hertz)
    return Int((Double(cycles) * source.rate.hertz / hertz).rounded())
  }

  /// The newest two cycles in volts and amperes.
  var scope: ScopePicture {
    let count = samples(cycles: 2)
    func wave(_ channel: Int) -> [Float] {
      let scale = source.scales[channel / 2]
      let unit = channel % 2 == 0 ? scale.volts : scale.amperes
      return (instruments?.newest(count, channel: channel) ?? []).map { Float(Double($0) * unit) }
    }
    return ScopePicture(
      rate_Hz: source.rate.hertz, u: [wave(0), wave(2), wave(4)], i: [wave(1), wave(3), wave(5)])
  }

  /// Harmonics of a phase over as many cycles as a window has; nil until so many are there.
  func harmonics(_ phase: Phase) -> HarmonicsPicture? {
    let count = samples(cycles: Int(settings.cyclesPerWindow))
    guard let u = instruments?.newest(count, channel: 2 * phase.index),
      let i = instruments?.newest(count, channel: 2 * phase.index + 1), u.count == count
    else { return nil }
    var analyser = HarmonicAnalyser(increment: meter.legal.referenceIncrement)
    for n in 0..<count { analyser.add(u: u[n], i: i[n]) }
    let orders = Array(1...analyser.orders)
    return HarmonicsPicture(
      orders: orders, u_percent: orders.map { Double(analyser.voltage($0)) / 100 },
      i_percent: orders.map { Double(analyser.current($0)) / 100 },
      thd_u_percent: Double(analyser.voltageDistortion) / 100,
      thd_i_percent: Double(analyser.currentDistortion) / 100)
  }

  /// Records of one event log or of all, the newest first.
  ///
  /// - Parameter before: only records with a lower number in their log.
  func events(
    limit: Int, before: UInt32?, log: EventLogID? = nil, from: Instant = Instant(ticks: .min),
    to: Instant = Instant(ticks: .max)
  ) -> [EventRow] {
    var rows: [EventRow] = []
    var cursor = EventCursor(log, from: from, to: to)
    let limit = min(max(limit, 0), 1024)
    while rows.count < limit, let (record, log) = cursor.next(meter.legal, memory: memory) {
      if let before, record.sequence >= before { continue }
      rows.append(EventRow(record, log: log, time: localTime(record.instant)))
    }
    return rows
  }

  /// The running week of EN 50160, or the last one that is over.
  func voltageQuality(last: Bool) -> VoltageQualityReport? {
    meter.voltageQualityReport(last ? .last : .running, memory: memory)
  }

  /// What has been programmed since the run began.
  var memoryStatistics: MemoryStatistics {
    let regions: [(String, PageRegion)] = [
      ("loadProfile", MemoryMap.loadProfile), ("analysisLogger", MemoryMap.analysisLogger),
      ("registerJournal", MemoryMap.registerJournal), ("records", MemoryMap.records),
      ("settings", MemoryMap.settings), ("spare", MemoryMap.spare),
    ]
    let seconds = Double(samples) / source.rate.hertz
    return MemoryStatistics(
      pages: MemoryMap.pageCount,
      regions: regions.map {
        MemoryStatistics.Region(name: $0.0, first: Int($0.1.first), count: Int($0.1.count))
      }, wear: memory.base.wear, programs: memory.base.programs, span_s: seconds,
      endurance: Self.endurance, life_years: life(seconds: seconds),
      replaced: memory.condition.replaced, spares: memory.condition.spares, cuts: cuts)
  }

  /// Programs of one page that the part is made for, at 85 °C.
  private static let endurance: UInt32 = 1_200_000

  /// The journal is written most, evenly over its pages, and worn ones are replaced; nil until it
  /// has been written.
  private func life(seconds: Double) -> Double? {
    let journal = MemoryMap.registerJournal
    let programs = memory.base.programs(in: journal)
    guard programs >= 10, seconds >= 60 else { return nil }
    return MemoryWear.life_years(
      cycles: Double(Self.endurance), pages: Int(journal.count) + Int(memory.condition.spares),
      rate: Double(programs) / seconds)
  }
}

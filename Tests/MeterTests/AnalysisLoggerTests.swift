import LegalMeter
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import Meter

@Suite struct AnalysisLoggerTests {
  static func bench(minutes: UInt16, _ quantities: [QuantityID]) throws -> Bench {
    var bench = try Bench(Bench.configuration())
    let channels = quantities.map(\.rawValue)
    try bench.meter.setAnalysis(minutes: minutes, channels: channels.span)
    _ = bench.meter.service(now: bench.now, memory: &bench.memory)
    return bench
  }

  @Test("factory set-ups by energy type")
  func factory() {
    func names(_ energies: EnergyType, _ connection: Connection = .fourWire) -> [QuantityID] {
      let layout = AnalysisLayout.factory(energies, connection)
      return (0..<layout.channelCount).compactMap { layout.quantity($0) }
    }
    let phases: [QuantityID] = [
      .voltageL1, .voltageL2, .voltageL3, .currentL1, .currentL2, .currentL3,
    ]
    #expect(names(.activeImport) == [.powerActiveImport] + phases)
    #expect(names(.activeImportExport) == [.powerActiveImport, .powerActiveExport] + phases)
    #expect(
      names(.fourQuadrant) == [
        .powerActiveImport, .powerActiveExport, .powerReactiveImport, .powerReactiveExport,
      ] + phases)
    #expect(names(.activeImport, .onePhase) == [.powerActiveImport, .voltageL1, .currentL1])
    #expect(AnalysisLayout.factory(.activeImport, .fourWire).minutes == 15)
  }

  @Test("a set-up is refused for a reason")
  func refusals() throws {
    var bench = try Bench(Bench.configuration { $0.energyType = .activeImport })
    func refusal(_ minutes: UInt16, _ quantities: [QuantityID]) -> AnalysisRefusal? {
      let channels = quantities.map(\.rawValue)
      do throws(AnalysisRefusal) {
        try bench.meter.setAnalysis(minutes: minutes, channels: channels.span)
        return nil
      } catch { return error }
    }
    #expect(refusal(15, []) == .channelCount)
    #expect(refusal(15, [QuantityID](repeating: .voltageL1, count: 17)) == .channelCount)
    #expect(refusal(15, [.voltageL1, .voltageL1]) == .duplicate)
    #expect(refusal(15, [.date]) == .quantity)
    #expect(refusal(15, [.activeExport]) == .quantity)
    #expect(refusal(7, [.voltageL1]) == .interval)
    #expect(refusal(5, [.voltageL1, .activeImport, .frequency]) == nil)
    #expect(refusal(60, [.voltageL1]) == .busy)
  }

  @Test("means of the interval and registers at its end; currents without sign")
  func means() throws {
    var bench = try Self.bench(
      minutes: 1,
      [
        .powerActiveImport, .voltageL1, .currentL1, .frequency, .powerFactor, .temperature,
        .activeImport, .powerActiveL1,
      ])
    // The clock of the bench begins at 00:00:00Z.
    bench.run(230, 5, seconds: 30)
    bench.run(220, 10, lag: .pi, seconds: 30)
    bench.run(230, 1, seconds: 61)
    #expect(bench.meter.analysisCount == 2)
    let read = bench.meter.analysisRow(1, memory: bench.memory)
    let row = try #require(read)
    func near(_ channel: Int, _ value: Int32, _ margin: Int32) -> Bool {
      abs(row.values[channel] - value) <= margin
    }
    // Half a minute of 3450 W import, half of 6600 W export.
    #expect(near(0, 1_725_000, 25_000), "\(row.values[0])")
    #expect(near(1, 225_000, 100), "\(row.values[1])")
    #expect(near(2, 7_500_000, 40_000), "\(row.values[2])")
    #expect(near(3, 50_000, 2) && near(5, 230, 0), "\(row.values[3])")
    #expect(near(7, (1_150_000 - 2_200_000) / 2, 15_000), "\(row.values[7])")
    #expect(row.values[6] == 28 || row.values[6] == 29, "\(row.values[6])")
    #expect(bench.meter.analysisEnd(row) == Instant(seconds: 60))
    #expect(row.status & 0x2F == 0)
    let second = bench.meter.analysisRow(0, memory: bench.memory)
    #expect(second?.status == 0 && second?.number == row.number + 1)
    var cursor = bench.meter.analysisCursor(from: Instant(seconds: 60), to: Instant(seconds: 120))
    let ranged = bench.meter.next(&cursor, memory: bench.memory)
    let end = bench.meter.next(&cursor, memory: bench.memory)
    #expect(ranged == second && end == nil)
  }

  @Test("a cut costs the means of its interval; the registers of that interval are kept")
  func cut() throws {
    var bench = try Self.bench(minutes: 1, [.voltageL1, .activeImport])
    bench.run(230, 50, seconds: 90)
    let image = bench.memory.image
    let before = bench.meter.reading(.activeImport) ?? 0
    // Ten minutes later.
    let later = bench.n + 600 * 4000
    var next = try Bench(Bench.configuration(), memory: TestMemory(image: image), at: later)
    next.run(230, 5, seconds: 61)
    var rows: [AnalysisRow] = []
    var cursor = AnalysisCursor()
    while let row = next.meter.next(&cursor, memory: next.memory) { rows.append(row) }
    #expect(rows.map(\.number).map { $0 - rows[0].number } == [0, 1, 11])
    #expect(rows[1].status == 0x84 && rows[1].values[0] == AnalysisRow.none)
    #expect(Int64(rows[1].values[1]) == before / 1000)
    #expect(rows[2].status == 0x80 && abs(rows[2].values[0] - 230_000) < 100)
  }

  @Test("size of the state")
  func size() {
    let size = MemoryLayout<AnalysisLogger>.size
    #expect(size <= 512, "\(size)")
  }
}

import Foundation
import LegalMeter
import MeterTime
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("Plug, seals and magnet")
struct ServicePowerTests {
  static let tenKilowatts: Bench = {
    var bench = Bench()
    bench.loads = [BenchLoad](repeating: BenchLoad(i_A: 14.5), count: 3)
    return bench
  }()

  @Test(
    "a pulled plug loses at most 1 Wh and the open window, and never shows less", arguments: 1...4)
  func plug(_ seed: Int) throws {
    var shown = 0.0
    var metered = 0.0
    var delivered = 0.0
    var cuts = 0
    var noise = SeededNoise(seed: UInt64(seed))
    var next = UInt64(4000 + noise.uniform() * 20_000)
    var out: Instant?
    let outcome = try BenchRig.run(Self.tenKilowatts, seconds: 60) { run in
      let a = Double(run.reading(.activeImport) ?? 0) / 1e6
      #expect(a >= shown)
      shown = a
      if let since = out {
        guard run.now - since >= .seconds(3) else { return }
        #expect(run.picture.valueText == "")
        run.obey(.mains(true))
        out = nil
        let back = Double(run.energy(.activeImport) ?? 0) / 1e10
        // A window is 200 ms and not yet booked; a register may lack what follows its last Wh.
        #expect(back <= metered + 1e-9)
        #expect(back >= metered - 0.001 - 10_005.0 * 0.4 / 3.6e6)
        #expect(back >= shown)
        next = run.samples + UInt64(4000 + noise.uniform() * 30_000)
      } else if run.samples >= next {
        metered = Double(run.energy(.activeImport) ?? 0) / 1e10
        delivered = run.source.truth?.total.import_kWh ?? 0
        run.obey(.mains(false))
        cuts += 1
        out = run.now
      }
    }
    #expect(cuts >= 2)
    #expect(outcome.snapshot.memory.cuts >= 2)
    // All in all not more than cuts times what one may take.
    let truth = try #require(outcome.truth).total.import_kWh
    let lost = truth - (try #require(outcome.registers["1-0:1.8.0"]))
    #expect(lost >= -1e-6 && lost <= Double(cuts) * 0.0025)
    #expect(delivered > 0)
  }

  @Test("after the plug is back the comparison with the truth starts anew and is exact")
  func comparison() throws {
    var isBack = false
    let outcome = try BenchRig.run(Self.tenKilowatts, seconds: 30) { run in
      if run.samples > 40_000, run.isPlugged, !isBack { run.obey(.mains(false)) }
      if !run.isPlugged, run.unpluggedTime > .seconds(5) {
        run.obey(.mains(true))
        isBack = true
      }
    }
    let row = try #require(outcome.snapshot.truth.first { $0.obis == "1-0:1.8.0" })
    #expect(abs(try #require(row.error_percent)) <= 0.01)
    #expect(outcome.snapshot.powered)
  }

  @Test("time goes on without the plug, and the history has a gap")
  func gap() throws {
    var slice: SeriesSlice?
    let steps = BenchRig.plan([
      (10, { $0.obey(.mains(false)) }), (15, { $0.obey(.mains(true)) }),
      (24, { slice = $0.instruments?.history.slice(.power, from: nil, to: nil) }),
    ])
    _ = try BenchRig.run(Self.tenKilowatts, seconds: 25, step: steps)
    let column = try #require(slice?.columns.first)
    #expect(column.name == "p1_W")
    #expect(column.values.count >= 23)
    #expect(abs(column.values[5] - 3335) < 2)
    #expect(column.values[12].isNaN)
    #expect(abs(try #require(column.values.last) - 3335) < 2)
  }

  @Test("the glass of a meter with a battery can be woken without the plug")
  func battery() throws {
    var shown: [String] = []
    var hasBattery = false
    let steps = BenchRig.plan([
      (1, { hasBattery = $0.setup.meter.variant.backup.hasBattery }),
      (12, { $0.obey(.mains(false)) }),
      (13, { shown.append($0.picture.identificationText) }),
      (14, { $0.obey(.button(.short)) }),
      (16, { shown.append($0.picture.identificationText) }),
    ])
    _ = try BenchRig.run(Self.tenKilowatts, seconds: 17, step: steps)
    #expect(shown == ["", hasBattery ? "1.8.0" : ""])
  }

  @Test("magnet and seals light their symbols, are logged, and outlast a cut as they should")
  func sealsAndMagnet() throws {
    var rows: [EventRow] = []
    var symbols: [Bool] = []
    let steps = BenchRig.plan([
      (2, { $0.obey(.magnet(true)) }),
      (3, { symbols.append($0.meter.indicators.magnet == .steady) }),
      (3, { $0.obey(.seal(.terminalCover, broken: true)) }),
      (3, { symbols.append($0.snapshot(sequence: 1).seals.terminalCover) }),
      (4, { $0.obey(.mains(false)) }), (6, { $0.obey(.mains(true)) }),
      (7, { symbols.append($0.meter.indicators.magnet == .steady) }),
      (7, { symbols.append($0.snapshot(sequence: 1).seals.terminalCover) }),
      (7, { $0.obey(.magnet(false)) }),
      (7, { $0.obey(.seal(.terminalCover, broken: false)) }),
      (9, { symbols.append($0.meter.indicators.magnet == .steady) }),
      (9, { rows = $0.events(limit: 50, before: nil) }),
    ])
    _ = try BenchRig.run(Self.tenKilowatts, seconds: 10, step: steps)
    #expect(symbols == [true, false, true, false, false])
    let names = rows.map(\.name)
    let expected = [
      ("magnetBegan", 2), ("magnetEnded", 1), ("sealBroken", 1), ("sealRestored", 1),
      ("powerUp", 2),
    ]
    for (name, count) in expected { #expect(names.count { $0 == name } == count, "\(name)") }
    #expect(rows.map(\.instant) == rows.map(\.instant).sorted(by: >), "the newest first")
    let numbers = Dictionary(grouping: rows, by: \.log).values.map { $0.map(\.number) }
    #expect(numbers.allSatisfy { $0 == $0.sorted(by: >) }, "each log counts up")
    let broken = rows.first { $0.name == "sealBroken" }
    #expect(broken?.parameter == UInt64(Seal.terminalCover.rawValue))
  }

  @Test("a memory file takes up where the plug was pulled, also after a new start")
  func folder() throws {
    try BenchRig.withFolder { folder in
      let first = try BenchRig.run(Self.tenKilowatts, seconds: 20, folder: folder)
      let second = try BenchRig.run(Self.tenKilowatts, seconds: 20, folder: folder)
      let (a, b) = (first.registers["1-0:1.8.0"] ?? 0, second.registers["1-0:1.8.0"] ?? 0)
      #expect(abs(b - 2 * a) < 1e-5)
      #expect(second.snapshot.memory.cuts == 1)
    }
  }

  @Test("a refused command says so: no bench, no supply, no such register")
  func refused() throws {
    var refusals: [VirtualMeter.ExitStatus] = []
    _ = try BenchRig.run(Bench(), seconds: 2) { run in
      guard refusals.isEmpty else { return }
      run.obey(.mains(false))
      for command in [ControlCommand.tariff(.t2), .verify(.activeImport)] {
        if case .failure(let failure) = run.answer(command) { refusals.append(failure.status) }
      }
    }
    #expect(refusals == [.refused, .refused])
  }
}

import Foundation
import MeterTime
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("Wiring errors")
struct BenchWiringTests {
  /// One entry with one of its sample loads.
  struct Case: CustomTestStringConvertible, Sendable {
    var error: WiringError
    var expectation: WiringError.Expectation
    var testDescription: String { "\(error.id), \(expectation.load.english)" }
  }

  static let cases = WiringError.catalogue.flatMap { error in
    error.expectations.map { Case(error: error, expectation: $0) }
  }

  @Test("the real meter shows what the catalogue says", arguments: cases)
  func shown(_ point: Case) throws {
    let expected = point.expectation
    let outcome = try BenchRig.run(expected.bench, seconds: 5)
    // What A+ would be with the right wiring, whatever the loads get under this one.
    var right = expected.bench
    right.wiring = Wiring()
    right.neutral = true
    let watts = zip(right.terminalPhasors.voltages, right.terminalPhasors.currents)
      .reduce(0) { $0 + ($1.0 * $1.1.conjugate).re }
    let kWh = watts * 5 / 3.6e6
    let pairs = [
      ("1-0:1.8.0", expected.activeImport), ("1-0:2.8.0", expected.activeExport),
      ("1-0:3.8.0", expected.reactiveImport), ("1-0:4.8.0", expected.reactiveExport),
    ]
    for (obis, share) in pairs {
      let value = try #require(outcome.registers[obis]) / kWh
      #expect(abs(value - share) < 2e-3, "\(obis): \(value) instead of \(share)")
    }
    let phases = outcome.snapshot.phases
    // Where L1 is missing, what is left keeps its place.
    for k in 0..<3 {
      #expect(abs(phases[k].u_V - expected.voltages[k].magnitude) < 0.05)
      #expect(abs(phases[k].i_A - expected.currents[k].magnitude) < 0.005)
      if expected.currents[k].magnitude > 0.1, expected.voltages[k].magnitude > 5 {
        let reference = expected.voltages[0].magnitude > 5 ? expected.voltages[0].degrees : 0
        #expect(Self.apart(phases[k].u_deg, expected.voltages[k].degrees - reference) < 0.1)
        #expect(Self.apart(phases[k].i_deg, expected.currents[k].degrees - reference) < 0.1)
      }
    }
    #expect(outcome.snapshot.total.isSequenceRight == expected.isSequenceRight)
  }

  /// Degrees between two angles.
  private static func apart(_ a: Double, _ b: Double) -> Double {
    abs((a - b).remainder(dividingBy: 360))
  }

  @Test("every swap, reversal, lost neutral and missing phase is there, each with words")
  func complete() {
    let wirings = WiringError.catalogue.map(\.wiring)
    let permutations = [[1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]]
    for p in permutations {
      #expect(wirings.contains { $0.voltages == p && $0.currents == [0, 1, 2] })
      #expect(wirings.contains { $0.currents == p && $0.voltages == [0, 1, 2] })
    }
    for bits in 1..<8 {
      #expect(wirings.contains { $0.reversed == (0..<3).map { bits >> $0 & 1 == 1 } })
    }
    #expect(wirings.contains { $0.losesNeutral })
    for phase in 0..<3 { #expect(wirings.contains { $0.missing == phase }) }
    for error in WiringError.catalogue {
      #expect(!error.title.english.isEmpty && !error.title.danish.isEmpty)
      #expect(error.explanation.english != error.explanation.danish)
      #expect(error.expectations.count == 2)
      #expect(error.title.english.utf8.count < 60)
    }
    #expect(Set(WiringError.catalogue.map(\.title.english)).count == WiringError.catalogue.count)
  }

  @Test("a known result: swapped voltages at unity power factor register a third, and net zero")
  func known() throws {
    let swap = try #require(WiringError.named(.swapU12).expectations.first)
    #expect(abs(swap.activeImport - 1.0 / 3) < 1e-9)
    #expect(abs(swap.activeExport - 1.0 / 3) < 1e-9)
    let rotated = try #require(WiringError.named(.rotateI).expectations.first)
    #expect(rotated.activeImport == 0)
    #expect(abs(rotated.activeExport - 0.5) < 1e-9)
    let reversed = try #require(WiringError.named(.reverseI1).expectations.first)
    #expect(abs(reversed.activeImport - 2.0 / 3) < 1e-9)
  }

  @Test("the loads' own energy does not depend on how the meter is wired")
  func consumption() throws {
    var bench = BenchPreset.named(.cooking).bench
    let right = try BenchRig.run(bench, seconds: 5)
    bench.wire(.rotateU)
    let wrong = try BenchRig.run(bench, seconds: 5)
    let (a, b) = (right.consumption.total.import_kWh, wrong.consumption.total.import_kWh)
    #expect(abs(a - b) < 1e-9)
    #expect(wrong.truth?.total.import_kWh ?? 1 < 0.6 * a)
  }
}

import Metrology
import Testing

@Suite struct CreepGateTests {
  let rate = SampleRate(4000)

  /// Energy of a 200 ms window at a power, µWs.
  func energy(_ watts: Double) -> Int64 { Int64(watts * 0.2 * 1e6) }

  func pass(_ gate: inout CreepGate, _ watts: Double, _ vars: Double = 0) -> EnergyContribution {
    let p = energy(watts), q = energy(vars)
    return gate.pass(
      active: p, reactive: q, split: EnergyContribution(active: p, reactive: q), samples: 800,
      rate: rate, threshold_mW: 2300)
  }

  @Test("energy below the threshold is dropped as a whole")
  func belowThreshold() {
    var gate = CreepGate()
    for _ in 0..<50 { #expect(pass(&gate, 2.29) == EnergyContribution()) }
    #expect(!gate.activeOn)
  }

  @Test("the undecided second is booked as a whole once the threshold is passed")
  func booking() {
    var gate = CreepGate()
    var booked = EnergyContribution()
    for _ in 0..<4 { booked += pass(&gate, 2.31) }
    #expect(booked.activeImport == 0)
    booked += pass(&gate, 2.31)
    #expect(booked.activeImport == 5 * energy(2.31))
    #expect(gate.activeOn && !gate.reactiveOn)
  }

  @Test("off at 0.7 of the threshold, on a mean over one second")
  func hysteresis() {
    var gate = CreepGate()
    for _ in 0..<5 { _ = pass(&gate, 10) }
    for _ in 0..<5 { _ = pass(&gate, 1.62) }
    #expect(gate.activeOn)
    for _ in 0..<5 { _ = pass(&gate, 1.60) }
    #expect(!gate.activeOn)
  }

  @Test("export and reactive energy have their own decision")
  func directions() {
    var gate = CreepGate()
    var booked = EnergyContribution()
    for _ in 0..<10 { booked += pass(&gate, -100, -50) }
    #expect(booked.activeExport == 10 * energy(100))
    #expect(booked.q3 == 10 * energy(50))
    #expect(booked[.reactiveExport] == booked.q3)
    for _ in 0..<10 { booked += pass(&gate, -100, 1) }
    #expect(!gate.reactiveOn)
  }

  @Test("the end of the input decides on what is there")
  func end() {
    var gate = CreepGate()
    _ = pass(&gate, 100)
    #expect(gate.decide(rate: rate, threshold_mW: 2300).activeImport == energy(100))
    var quiet = CreepGate()
    _ = pass(&quiet, 2)
    #expect(quiet.decide(rate: rate, threshold_mW: 2300) == EnergyContribution())
  }
}

import Foundation
import LegalMeter
import MeterTime
import Metrology
import Quantities
import Testing

@Suite struct PulseTests {
  @Test("edges are even to a fraction of a sample", arguments: [(1.0), (20), (80)])
  func even(amperes: Double) {
    var feed = Feed()
    feed.run(Load(amperes: [amperes, amperes, amperes]), seconds: 40)
    let power = 3 * 230 * amperes
    let period = 3600 / power * 4000 * 65_536
    // The first second is held by the creep rule and then caught up with.
    let edges = feed.edges.filter { $0.time > 6 * 4000 * 65_536 }
    #expect(edges.count >= 6)
    let worst = zip(edges, edges.dropFirst()).map { abs(Double($1.time - $0.time) / period - 1) }
    #expect((worst.max() ?? 1) < 2e-4)
    #expect(zip(edges, edges.dropFirst()).allSatisfy { $1.number == $0.number + 1 })
  }

  @Test("pulses and register agree to one pulse")
  func dial() {
    var feed = Feed()
    feed.run(Load(lag: [20, 20, 20]), seconds: 200, end: true)
    let wattHours = Double(feed.meter.registers[.total(.activeImport)]) / 1000
    let count = Double(feed.edges.count)
    #expect(abs(count - wattHours) <= 1)
  }

  @Test("at 105 A pulses keep 45 ms and none is lost; the flag says it is above DIN 43864")
  func fullLoad() {
    var feed = Feed(LegalParameters(maximumCurrent_mA: 105_000))
    feed.run(Load(amperes: [105, 105, 105]), seconds: 60, end: true)
    let wattHours = Double(feed.meter.registers[.total(.activeImport)]) / 1000
    let count = Double(feed.edges.count)
    #expect(abs(count - wattHours) <= 1)
    let shortest = zip(feed.edges, feed.edges.dropFirst()).map { $1.time - $0.time }.min() ?? 0
    #expect(shortest >= 45 * 4 * 65_536)
    let above = feed.meter.isPulseRateAboveStandard
    #expect(above)
    var below = Feed()
    below.run(Load(amperes: [85, 85, 85]), seconds: 20)
    let flagged = below.meter.isPulseRateAboveStandard
    #expect(!flagged)
  }

  @Test("verification mode follows the chosen register and ends after 16 hours")
  func verification() throws {
    var feed = Feed()
    try feed.meter.verify(.reactiveExport, now: feed.now)
    feed.run(Load(amperes: [20, 20, 20], lag: [-90, -90, -90]), seconds: 10)
    let edges = feed.edges
    #expect(edges.count >= 35)
    let registers = feed.meter.registers
    #expect(registers[.total(.activeImport)] == 0)
    feed.meter.endVerification(now: feed.now)
    let count = feed.edges.count
    feed.run(Load(amperes: [20, 20, 20], lag: [-90, -90, -90]), seconds: 10)
    let now = feed.edges.count
    #expect(now == count)

    try feed.meter.verify(.activeImport, now: feed.now)
    let later = feed.now + .seconds(16 * 3600)
    feed.meter.closeWindow(now: later)
    let ended = feed.meter.verifiedRegister == nil
    #expect(ended)
  }

  @Test("a register that the type does not have cannot be verified")
  func noSuchRegister() {
    var feed = Feed(LegalParameters(energies: .activeImport))
    var refusal: LegalRefusal?
    do throws(LegalRefusal) {
      try feed.meter.verify(.reactiveImport, now: feed.now)
    } catch { refusal = error }
    #expect(refusal == .noSuchRegister)
  }
}

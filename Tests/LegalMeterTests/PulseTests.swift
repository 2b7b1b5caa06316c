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
    feed.run(Load(amperes: [amperes, amperes, amperes]), seconds: 30)
    let power = 3 * 230 * amperes
    let period = 3600 / power * 4000 * 65_536
    let edges = feed.edges.dropFirst(2)
    #expect(edges.count > 5 - 2)
    for (a, b) in zip(edges, edges.dropFirst()) {
      #expect(abs(Double(b.time - a.time) / period - 1) < 2e-4)
      #expect(b.number == a.number + 1)
    }
  }

  @Test("pulses and register agree to one pulse")
  func dial() {
    var feed = Feed()
    feed.run(Load(lag: [20, 20, 20]), seconds: 200, end: true)
    let wattHours = Double(feed.meter.registers[.total(.activeImport)]) / 1000
    #expect(abs(Double(feed.edges.count) - wattHours) <= 1)
  }

  @Test("at 105 A pulses keep 45 ms and none is lost; the flag says it is above DIN 43864")
  func fullLoad() {
    var feed = Feed(LegalParameters(maximumCurrent_mA: 105_000))
    feed.run(Load(amperes: [105, 105, 105]), seconds: 60, end: true)
    let wattHours = Double(feed.meter.registers[.total(.activeImport)]) / 1000
    #expect(abs(Double(feed.edges.count) - wattHours) <= 1)
    let shortest = zip(feed.edges, feed.edges.dropFirst()).map { $1.time - $0.time }.min() ?? 0
    #expect(shortest >= 45 * 4 * 65_536)
    #expect(feed.meter.isPulseRateAboveStandard)
    var below = Feed()
    below.run(Load(amperes: [85, 85, 85]), seconds: 20)
    #expect(!below.meter.isPulseRateAboveStandard)
  }

  @Test("verification mode follows the chosen register and ends after 16 hours")
  func verification() throws {
    var feed = Feed()
    try feed.meter.verify(.reactiveExport, now: feed.now)
    feed.run(Load(amperes: [20, 20, 20], lag: [-90, -90, -90]), seconds: 10)
    #expect(feed.edges.count >= 35)
    #expect(feed.meter.registers[.total(.activeImport)] == 0)
    feed.meter.endVerification(now: feed.now)
    let count = feed.edges.count
    feed.run(Load(amperes: [20, 20, 20], lag: [-90, -90, -90]), seconds: 10)
    #expect(feed.edges.count == count)

    try feed.meter.verify(.activeImport, now: feed.now)
    let later = feed.now + .seconds(16 * 3600)
    feed.meter.closeWindow(now: later)
    #expect(feed.meter.verifiedRegister == nil)
  }

  @Test("a register that the type does not have cannot be verified")
  func noSuchRegister() {
    var feed = Feed(LegalParameters(energies: .activeImport))
    #expect(throws: LegalRefusal.noSuchRegister) {
      try feed.meter.verify(.reactiveImport, now: Instant(seconds: 0))
    }
  }
}

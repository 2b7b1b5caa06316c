import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import Quantities
import Testing

@Suite struct RegisterTests {
  @Test("import and export per phase advance together in individual summation")
  func individual() {
    var feed = Feed()
    var load = Load()
    load.lag = [0, 180, 0]
    feed.run(load, seconds: 60, end: true)
    let one = 230 * 5 * 60 / 3.6e6
    #expect(abs(feed.kilowattHours(.total(.activeImport)) - 2 * one) < 2e-6)
    #expect(abs(feed.kilowattHours(.total(.activeExport)) - one) < 2e-6)
    #expect(abs(feed.kilowattHours(.phase(.activeExport, .l2)) - one) < 2e-6)
    #expect(abs(feed.kilowattHours(.absolute) - 3 * one) < 4e-6)
    #expect(feed.meter.activeQuadrants & 0b0110 != 0 && feed.meter.activeQuadrants & 0b1001 != 0)
  }

  @Test("vector sum takes the net of the window")
  func vector() {
    var feed = Feed(LegalParameters(summation: .vector))
    var load = Load()
    load.lag = [0, 180, 0]
    feed.run(load, seconds: 60, end: true)
    let one = 230 * 5 * 60 / 3.6e6
    #expect(abs(feed.kilowattHours(.total(.activeImport)) - one) < 2e-6)
    #expect(feed.kilowattHours(.total(.activeExport)) == 0)
  }

  @Test(
    "the four quadrants and their sums",
    arguments: [(30.0, Quadrant.q1), (150, .q2), (210, .q3), (330, .q4)])
  func quadrants(point: (lag: Double, quadrant: Quadrant)) {
    var feed = Feed()
    feed.run(Load(lag: [point.lag, point.lag, point.lag]), seconds: 30, end: true)
    let q = abs(3 * 230 * 5 * sin(point.lag * .pi / 180)) * 30 / 3.6e6
    #expect(abs(feed.kilowattHours(.quadrant(point.quadrant)) - q) < 1e-5)
    let kind: EnergyKind = point.lag < 180 ? .reactiveImport : .reactiveExport
    #expect(abs(feed.kilowattHours(.total(kind)) - q) < 1e-5)
    #expect(feed.meter.activeQuadrants == 1 << point.quadrant.rawValue)
    let active: EnergyKind = [.q1, .q4].contains(point.quadrant) ? .activeImport : .activeExport
    #expect(feed.kilowattHours(.total(active)) > 0)
  }

  @Test(
    "two wattmeters in Aron connection give the power of three wires", arguments: [0.0, 60, 80])
  func aron(phi: Double) {
    var feed = Feed(LegalParameters(connection: .aron))
    // u12 leads i1 by phi + 30, u32 leads i3 by phi - 30 degrees.
    var load = Load()
    load.volts = [230 * 3.0.squareRoot(), 0, 230 * 3.0.squareRoot()]
    load.amperes = [5, 0, 5]
    load.lag = [phi + 30, 0, phi - 30]
    feed.run(load, seconds: 60, end: true)
    let p = 3 * 230 * 5 * cos(phi * .pi / 180) * 60 / 3.6e6
    #expect(abs(feed.kilowattHours(.total(.activeImport)) - p) < 2e-6)
    #expect(feed.kilowattHours(.total(.activeExport)) == 0)
  }

  @Test("tariffs add up to the total to the last mWh, whatever is switched when")
  func tariffs() {
    var feed = Feed()
    var load = Load(lag: [40, 130, 250])
    for k in 0..<40 {
      feed.meter.choose(Tariff(rawValue: UInt8(k * 7 % 4))!, now: feed.now)
      load.amperes = [Double(k % 5) + 0.3, 7, 1.1]
      feed.run(load, seconds: 1.3)
    }
    for kind in EnergyKind.allCases {
      var sum: UInt64 = 0
      for t in Tariff.allCases { sum += feed.meter.registers[.tariff(kind, t)] }
      #expect(sum == feed.meter.registers[.total(kind)])
      #expect(sum > 0)
    }
  }

  @Test("no load: nothing is registered with 1.15 Un and open currents")
  func noLoad() {
    var feed = Feed()
    var load = Load()
    load.volts = [264.5, 264.5, 264.5]
    // Crosstalk of 8 mA in phase: 2.1 W, below the threshold of 2.3 W.
    load.amperes = [0.008, 0.008, 0.008]
    feed.run(load, seconds: 120, end: true)
    for k in EnergyKind.allCases { #expect(feed.meter.registers[.total(k)] == 0) }
    #expect(feed.edges.isEmpty)
    // Starting current registers.
    load.volts = [230, 230, 230]
    load.amperes = [0.02, 0.02, 0.02]
    feed.run(load, seconds: 300, end: true)
    #expect(feed.edges.count == 1)
  }

  @Test("energy types keep only their registers")
  func energyTypes() {
    var feed = Feed(LegalParameters(energies: .activeImport))
    feed.run(Load(lag: [210, 40, 40]), seconds: 20, end: true)
    #expect(feed.meter.registers[.total(.activeImport)] > 0)
    for k in [EnergyKind.activeExport, .reactiveImport, .reactiveExport] {
      #expect(feed.meter.registers[.total(k)] == 0)
      #expect(feed.meter.registers[.tariff(k, .t1)] == 0)
    }
    #expect(feed.meter.registers[.quadrant(.q1)] == 0)
  }

  @Test("what is legal is a table")
  func legal() {
    #expect(Register.total(.activeImport).legalStatus(.activeImport) == .mid)
    #expect(Register.tariff(.activeImport, .t3).legalStatus(.fourQuadrant) == .mid)
    #expect(Register.total(.activeExport).legalStatus(.activeImportExport) == .national)
    #expect(Register.total(.activeExport).legalStatus(.activeImport) == .notLegal)
    #expect(Register.total(.reactiveExport).legalStatus(.fourQuadrant) == .national)
    for r in [Register.absolute, .resettableImport, .quadrant(.q1), .phase(.activeImport, .l1)] {
      #expect(r.legalStatus(.fourQuadrant) == .notLegal)
    }
  }

  @Test("every energy quantity has its own register")
  func mapping() {
    var seen = Set<UInt8>()
    for q in QuantityID.allCases where q.rawValue <= 38 { seen.insert(Register(q)!.index) }
    #expect(seen.count == Register.count)
    #expect(Register(.activeImportFine) == .total(.activeImport))
    #expect(Register(.voltageL1) == nil)
  }

  @Test("4000 h at full load fit into 48 bits many times over")
  func capacity() {
    #expect(72_450.0 * 1000 * 4000 * 900 < 0x1p48)
  }
}

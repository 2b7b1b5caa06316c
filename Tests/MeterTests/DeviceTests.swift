import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// One meter on an ideal three-phase load of 50 Hz, with its memory.
struct Bench: ~Copyable {
  var meter: Meter
  var memory: TestMemory
  var n = 0

  static func configuration(
    number: UInt32 = 10_000_001, _ change: (inout VariantRequest) -> Void = { _ in }
  ) throws -> MeterConfiguration {
    var request = VariantRequest()
    change(&request)
    let variant = try MeterVariant(request)
    return MeterConfiguration(
      variant: variant, meterNumber: number,
      lists: .factory(
        DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)),
      options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2026),
      softwareRevision: 0x0001_0000)
  }

  static let settings = MeasuringSettings(
    rate: SampleRate(4000),
    scale: ChannelScale(
      femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))

  /// - Parameter n: sets since 2000 at which the meter starts.
  init(
    _ configuration: MeterConfiguration, memory: consuming TestMemory = TestMemory(), at n: Int = 0
  ) throws {
    meter = Meter(configuration, Self.settings)
    self.memory = memory
    self.n = n
    let now = Instant(ticks: Int64(n) * 65_536 / 4000)
    _ = try meter.start(now: now, memory: &self.memory)
  }

  var now: Instant { Instant(ticks: Int64(n) * 65_536 / 4000) }

  mutating func run(_ volts: Double, _ amperes: Double, lag: Double = 0, seconds: Double) {
    func count(_ amplitude: Double, _ turn: Double, _ full: Double) -> Int32 {
      Int32((amplitude * 2.0.squareRoot() * sin(turn) / full * 8_388_608).rounded())
    }
    let cycle = (0..<80).map { k -> SampleSet in
      let t = (0..<3).map { 2 * Double.pi * (Double(k) / 80 - Double($0) / 3) }
      return SampleSet(
        u1: count(volts, t[0], 500), i1: count(amperes, t[0] - lag, 200),
        u2: count(volts, t[1], 500), i2: count(amperes, t[1] - lag, 200),
        u3: count(volts, t[2], 500), i3: count(amperes, t[2] - lag, 200))
    }
    for _ in 0..<Int(seconds * 4000) {
      let complete = meter.add(cycle[n % 80])
      n += 1
      if complete {
        meter.closeWindow(now: now)
        while meter.nextPulse() != nil {}
        _ = meter.service(now: now, memory: &memory)
      }
    }
  }
}

@Suite struct DeviceTests {
  @Test("one meter fits into 9 KiB")
  func size() { #expect(MemoryLayout<Meter>.size <= 9216, "\(MemoryLayout<Meter>.size)") }

  @Test("readings in their raw units")
  func readings() throws {
    var bench = try Bench(Bench.configuration())
    bench.run(230, 5, lag: .pi / 3, seconds: 70)
    func near(_ q: QuantityID, _ value: Int64, _ margin: Int64) -> Bool {
      guard let reading = bench.meter.reading(q) else { return false }
      return abs(reading - value) <= margin
    }
    let checks: [(QuantityID, Int64, Int64)] = [
      (.voltageL2, 230_000, 20), (.currentL3, 5_000_000, 500), (.frequency, 50_000, 0),
      (.powerActiveImport, 1_725_000, 50), (.powerActiveExport, 0, 0),
      (.powerReactiveImport, 2_987_788, 100), (.powerFactor, 5000, 1), (.phaseAngleL1, 6000, 1),
      (.voltageAngleL2, -12_000, 1), (.voltageAngleL3, 12_000, 1), (.meterNumber, 10_000_001, 0),
      (.activeTariff, 1, 0), (.hourCounter, 0, 0), (.date, 1_01, 0), (.temperature, 230, 0),
      // 1725 W for 70 s is 33.5 Wh: whole watt-hours are committed.
      (.activeImport, 33_000, 600),
    ]
    for (q, value, margin) in checks {
      let ok = near(q, value, margin)
      let text = "\(q): \(bench.meter.reading(q) ?? -1)"
      #expect(ok, "\(text)")
    }
    let fine = bench.meter.reading(.activeImportFine) ?? 0
    // All but the open window.
    #expect(fine <= 33_541 && fine > 33_541 - 97)
  }

  @Test("every quantity of the type can be asked, none traps")
  func everyQuantity() throws {
    var bench = try Bench(Bench.configuration { $0.energyType = .activeImport })
    bench.run(230, 5, seconds: 1)
    var missing: [QuantityID] = []
    for q in QuantityID.allCases where bench.meter.reading(q) == nil { missing.append(q) }
    // What is kept (demand, billing, states) may be unknown in a new meter; what is measured not.
    let measured = missing.filter { $0.rawValue < QuantityID.demandActiveImport.rawValue }
    #expect(measured.allSatisfy { !$0.isMeasured(by: .activeImport) })
  }

  @Test("a memory of another meter or variant is refused and left alone")
  func refusals() throws {
    var bench = try Bench(Bench.configuration())
    bench.run(230, 5, seconds: 30)
    let image = bench.memory.image
    func refusal(_ configuration: MeterConfiguration) -> StartRefusal? {
      var meter = Meter(configuration, Bench.settings)
      var memory = TestMemory(image: image)
      do throws(StartRefusal) {
        _ = try meter.start(now: Instant(seconds: 0), memory: &memory)
        return nil
      } catch {
        return memory.image == image ? error : nil
      }
    }
    #expect(try refusal(Bench.configuration()) == nil)
    #expect(try refusal(Bench.configuration(number: 2)) == .otherMeter)
    #expect(try refusal(Bench.configuration { $0.rating = .a10_85 }) == .otherVariant)
  }

  @Test("the meter stops below 40 % of Un and starts again within a window")
  func supply() throws {
    var bench = try Bench(Bench.configuration())
    var powered: [Bool] = []
    bench.run(93, 5, seconds: 3)
    powered.append(bench.meter.isPowered)
    bench.run(91, 5, seconds: 0.8)
    powered.append(bench.meter.isPowered)
    bench.run(91, 5, seconds: 0.7)
    powered.append(bench.meter.isPowered)
    let stopped = bench.meter.legal.registers[.total(.activeImport)]
    bench.run(91, 5, seconds: 5)
    let still = bench.meter.legal.registers[.total(.activeImport)]
    #expect(still == stopped)
    bench.run(230, 5, seconds: 1)
    powered.append(bench.meter.isPowered)
    let after = bench.meter.legal.registers[.total(.activeImport)]
    #expect(after > stopped)
    #expect(powered == [true, true, false, true])
  }

  @Test("calibration through the seal survives a restart")
  func calibration() throws {
    var bench = try Bench(Bench.configuration())
    bench.meter.legal.breakSeal(.verification, now: bench.now)
    var c = SystemCalibration.ideal
    c.currentGain = 1_100_000_000
    try bench.meter.legal.calibrate(.l3, c, now: bench.now)
    bench.run(230, 5, seconds: 1)
    var again = try Bench(Bench.configuration(), memory: TestMemory(image: bench.memory.image))
    let found = again.meter.legal.calibration(.l3)
    #expect(found == c)
    again.run(230, 5, seconds: 1)
    let current = again.meter.reading(.currentL3) ?? 0
    #expect(abs(current - 5_122_274) < 1000)
  }

  @Test("verification by command, next register by short press, end by a press of six seconds")
  func verification() throws {
    var bench = try Bench(Bench.configuration())
    bench.run(230, 5, seconds: 12)
    try bench.meter.verify(.activeImport)
    func shown() -> QuantityID? { bench.meter.display.view }
    var views: [QuantityID?] = [shown()]
    for _ in 0..<4 {
      bench.meter.pressButton(now: bench.now)
      bench.run(230, 5, seconds: 0.4)
      bench.meter.releaseButton(now: bench.now)
      views.append(shown())
    }
    #expect(
      views == [
        .activeImportFine, .activeExportFine, .reactiveImportFine, .reactiveExportFine,
        .activeImportFine,
      ])
    bench.meter.pressButton(now: bench.now)
    bench.run(230, 5, seconds: 6.5)
    bench.meter.releaseButton(now: bench.now)
    bench.meter.advance(to: bench.now)
    let ended = bench.meter.legal.verifiedRegister == nil
    #expect(ended)
    _ = bench.meter.glass(now: bench.now)
    let mode = bench.meter.display.mode
    #expect(mode == .automatic)
  }
}

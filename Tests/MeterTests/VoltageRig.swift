import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

@testable import Meter

/// A meter on a supply whose three voltages change from sample to sample, without load.
struct VoltageRig: ~Copyable {
  static let rate = 4000
  var meter: Meter
  var memory: FaultyMemory
  /// Samples of the present run of the meter, and where it began.
  private var n = 0
  private var origin: Instant
  private let waves: [[Double]]

  /// Noon of Wednesday, 4 March 2026, UTC.
  static let start = Instant(seconds: 825_940_800)

  init(seed: UInt64 = 1) throws {
    let configuration = try Bench.configuration()
    var memory = FaultyMemory(seed: seed)
    var meter = Meter(configuration, Bench.settings)
    _ = try meter.start(now: Self.start, memory: &memory)
    self.meter = meter
    self.memory = memory
    origin = Self.start
    waves = (0..<3).map { k in
      (0..<80).map { n in
        2.0.squareRoot() * sin(2 * Double.pi * (Double(n) / 80 - Double(k) / 3)) / 500 * 8_388_608
      }
    }
  }

  var now: Instant { Instant(ticks: origin.ticks + Int64(n) * 65_536 / Int64(Self.rate)) }

  /// Lets the supply stand for a time.
  mutating func run(_ volts: [Double], seconds: Double) {
    for _ in 0..<Int((seconds * Double(Self.rate)).rounded()) {
      let set = SampleSet(
        u1: Int32(waves[0][n % 80] * volts[0]), i1: 0, u2: Int32(waves[1][n % 80] * volts[1]),
        i2: 0, u3: Int32(waves[2][n % 80] * volts[2]), i3: 0)
      n += 1
      if meter.add(set) {
        meter.closeWindow(now: now)
        _ = meter.service(now: now, memory: &memory)
      }
    }
  }

  /// Lets the supply stand for a long time, in the energy model; `kvadrant simulate --day` compares
  /// it with samples.
  mutating func stand(_ volts: [Int32], seconds: Int64) {
    var load = ConstantLoad(active_mW: InlineArray(repeating: 0))
    for k in 0..<3 { load.voltage_mV[k] = volts[k] * 1000 }
    let until = now + .seconds(seconds)
    meter.advance(to: until, with: load, memory: &memory)
    origin = until
    n = 0
  }

  /// Cuts the supply without warning, for a time.
  mutating func cut(seconds: Double) throws {
    origin = now + Instant.Duration(ticks: Int64(seconds * 65_536))
    n = 0
    meter = Meter(try Bench.configuration(), Bench.settings)
    memory.restorePower()
    _ = try meter.start(now: now, memory: &memory)
  }

  /// Events of the voltage log, oldest first.
  func events() -> [VoltageEvent] {
    var out: [VoltageEvent] = []
    var cursor = EventCursor(.voltage)
    while let (record, _) = cursor.next(meter.legal, memory: memory) {
      if let event = VoltageEvent(record) { out.append(event) }
    }
    return out.reversed()
  }

  func report(_ choice: Meter.VoltageWeekChoice = .running) -> VoltageQualityReport? {
    meter.voltageQualityReport(choice, memory: memory)
  }

  func seconds(_ instant: Instant?) -> Double {
    instant.map { Double(($0 - Self.start).ticks) / 65_536 } ?? .nan
  }
}

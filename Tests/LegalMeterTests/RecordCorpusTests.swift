import Foundation
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import LegalMeter

/// The corpora of the fuzz targets of this room: whole, cut, and with bytes flipped.
@Suite struct RecordCorpusTests {
  static func variants(_ target: String, step: Int) throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/\(target)/corpus").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var out: [[UInt8]] = []
    for name in names {
      let bytes = try Array(Data(contentsOf: folder.appendingPathComponent(name)))
      out.append(bytes)
      for n in stride(from: 0, to: bytes.count, by: step) {
        out.append(Array(bytes.prefix(n)))
        var flipped = bytes
        flipped[n] ^= 1 << UInt8(n % 8)
        out.append(flipped)
      }
    }
    return out
  }

  @Test("tariff plans decode to what encodes the same, or are refused")
  func plans() throws {
    var decoded = 0
    for bytes in try Self.variants("tariff-plan", step: 1) {
      guard let plan = try? TariffPlan(decoding: bytes.span) else { continue }
      var again = [UInt8](repeating: 0, count: TariffPlan.encodedBytesMax)
      var span = again.mutableSpan
      let count = plan.encode(into: &span)
      #expect(Array(again.prefix(count)) == bytes)
      decoded += 1
    }
    #expect(decoded > 20)
  }

  @Test("whatever a checkpoint says, the meter starts, goes on and reads its profile to an end")
  func checkpoints() throws {
    var taken = 0
    for bytes in try Self.variants("profile-checkpoint", step: 7) {
      var memory = TestMemory()
      Self.store(bytes, &memory)
      var meter = LegalMeter(parameters: LegalParameters(), settings: .profileBench)
      let start = Instant(seconds: 900_000_000)
      _ = meter.start(now: start, memory: &memory)
      let before = meter.intervalCount
      var now = start
      while now < start + .hours(2) {
        now = meter.step(
          with: ConstantLoad(active_mW: [1_000_000, 0, 0]), to: start + .hours(2))
        while !meter.service(now: now, memory: &memory) {}
      }
      var cursor = meter.intervals(withTotals: true, memory: memory)
      var count = 0
      while count <= meter.profileLayout.capacity,
        meter.nextInterval(&cursor, memory: memory) != nil
      {
        count += 1
      }
      #expect(count <= meter.profileLayout.capacity)
      if before > 0 { taken += 1 }
    }
    #expect(taken > 20)
  }

  private static func store(_ bytes: [UInt8], _ memory: inout TestMemory) {
    let payload =
      Array(bytes.prefix(240)) + Array(repeating: 0, count: max(0, 240 - bytes.count))
    var record = AtomicRecord(region: MemoryMap.profileCheckpoint, copies: 4, kind: 5)
    var room = payload
    var span = room.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &span, length: &length)
    guard record.begin(payload.span) else { return }
    while record.pump(payload.span, to: &memory) == .busy {}
  }
}

extension MeasuringSettings {
  fileprivate static var profileBench: MeasuringSettings {
    MeasuringSettings(
      rate: SampleRate(4000),
      scale: ChannelScale(
        femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))
  }
}

import Bytes
import Foundation
import Meter
import MeterFaults
import MeterTime
import PermanentMemory
import Testing

@testable import VirtualMeter

@Suite struct MemoryTortureTests {
  /// The whole meter, each fault in turn; the program does the same with more cuts.
  @Test func theWholeMeterSurvives() {
    let report = Torture.run(MeterScript.self, cuts: 800, seed: 5)
    #expect(report.violationCount == 0, "\(report.violations)")
    #expect(report.cuts >= 800 && report.cutsDuringRecovery > 50)
    #expect(report.maxBytesRead <= 8192)
  }

  @Test func theSameSeedGivesTheSameReport() throws {
    let torture = MemoryTorture(cuts: 300, seed: 9)
    let first = try torture.run().json.text
    #expect(try torture.run().json.text == first)
    #expect(first.contains(#""violations":0"#))
    #expect(try MemoryTorture(cuts: 300, seed: 10).run().json.text != first)
  }

  @Test func anUnknownScriptIsNamed() {
    var torture = MemoryTorture(cuts: 10, seed: 1)
    torture.script = "nothing"
    #expect(throws: Failure.self) { try torture.run() }
  }

  /// A memory that has been in use for sixteen years: full rings, high sequence numbers.
  @Test func aFullOldMemoryStartsAtOnce() throws {
    var memory = TortureMemory(FaultyMemory(image: try Self.oldImage(), seed: 1))
    memory.base.resetReads()
    let began = ContinuousClock.now
    memory.recover()
    var meter = Meter(.bench, .bench)
    let report = try meter.start(now: Instant(seconds: 1_300_000_000), memory: &memory)
    let lasted = ContinuousClock.now - began
    let bytes = memory.base.bytesRead
    #expect(report.isRestored && !report.isLost)
    #expect(bytes <= 8192, "\(bytes) bytes read")
    // A debug build on a busy machine takes a few milliseconds.
    #expect(lasted <= .milliseconds(50), "\(lasted)")
  }

  private static func oldImage() throws -> [UInt8] {
    var memory = TortureMemory(seed: 1)
    memory.recover()
    var meter = BenchMeter(&memory)
    meter.run(windows: 560, &memory)
    // Each start is an event: the log of the meter's states goes round.
    for _ in 0..<260 {
      memory.recover()
      var again = BenchMeter(&memory)
      again.run(windows: 1, &memory)
    }
    var image = memory.base.image
    for page in MemoryMap.registerJournal.pages { age(&image, page) }
    let journal = try #require(MemoryImage(path: "old", image).store("registerJournal"))
    #expect(journal.intact == 512 && journal.newest > 2_500_000_000)
    return image
  }

  /// Sixteen years at full load are 4.9 million laps of the journal.
  private static func age(_ image: inout [UInt8], _ page: Int) {
    let start = page * 256
    var sequence = MemoryImage.number(image[(start + 2)..<(start + 8)])
    sequence += 4_900_000 * 512
    for i in 0..<6 { image[start + 2 + i] = UInt8(truncatingIfNeeded: sequence >> UInt64(8 * i)) }
    var crc = CRC64()
    crc.update(UInt8(truncatingIfNeeded: page))
    crc.update(UInt8(truncatingIfNeeded: page >> 8))
    crc.update(image[start..<(start + 248)].span)
    for i in 0..<8 {
      image[start + 248 + i] = UInt8(truncatingIfNeeded: crc.value >> UInt64(8 * i))
    }
  }

  @Test func aWornMemoryLivesLongAndShowsItsEnd() {
    let life = MemoryLife(cycles: 1_200_000, ageing: 20_000, seed: 3).run()
    #expect(life.isGood, "\(life.text)")
    #expect(life.programsPerSecond > 4.9 && life.programsPerSecond <= 5.1)
  }
}

@Suite struct MemoryImageTests {
  private static func usedImage() -> [UInt8] {
    var memory = TortureMemory(seed: 1)
    memory.recover()
    var meter = BenchMeter(&memory)
    meter.run(windows: 100, &memory)
    return memory.base.image
  }

  @Test func aGoodMemoryIsGood() {
    let image = MemoryImage(path: "m", Self.usedImage())
    #expect(image.failure == nil)
    #expect(image.stores.allSatisfy { $0.damaged == 0 })
    #expect(image.store("registerJournal").map { $0.intact > 80 } == true)
    #expect(image.verificationText.contains("good"))
    #expect(image.dump["registers"]?["1-0:1.8.0"].map { $0.text.hasPrefix("0.3") } == true)
  }

  @Test func damageIsCountedAndLossIsAFailure() {
    var bytes = Self.usedImage()
    bytes[Int(MemoryMap.registerJournal.first) * 256 + 100] ^= 1
    let one = MemoryImage(path: "m", bytes)
    #expect(one.store("registerJournal")?.damaged == 1 && one.failure == nil)
    for page in MemoryMap.registerJournal.pages { bytes[page * 256 + 9] ^= 4 }
    let lost = MemoryImage(path: "m", bytes)
    #expect(lost.failure?.status == .badData)
  }

  @Test func wearFollowsFromSequenceNumbersAndHours() throws {
    let wear = MemoryImage(path: "m", Self.usedImage()).wear(cycles: 1_200_000)
    #expect(wear.left_years == nil, "20 s are too short to tell")
    #expect(wear.text.contains("not known"))
    let life = MemoryWear.life_years(cycles: 1_200_000, pages: 572, rate: 5)
    #expect(abs(life - 4.35) < 0.01)
  }

  @Test func whatIsNoMemoryIsRefused() throws {
    #expect(throws: Failure.self) { try MemoryImage(path: "/nowhere/at/all") }
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("short-\(UUID().uuidString)").path
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file))
    #expect(throws: Failure.self) { try MemoryImage(path: file) }
  }
}

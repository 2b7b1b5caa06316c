import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@Suite struct MemoryTests {
  func events(_ feed: borrowing Feed) -> [LegalEvent] {
    var cursor = EventCursor()
    var newestFirst: [LegalEvent?] = []
    while let (record, _) = cursor.next(feed.meter, memory: feed.memory) {
      newestFirst.append(LegalEvent(rawValue: record.code))
    }
    return newestFirst.reversed().compactMap { $0 }
  }

  @Test("after a cut at any window every register is at most 1 Wh behind and never ahead")
  func cuts() {
    var feed = Feed()
    let load = Load(amperes: [31, 17, 3], lag: [30, 130, 250])
    for _ in 0..<60 {
      feed.run(load, seconds: 0.2)
      var restarted = LegalMeter(parameters: LegalParameters(), settings: Load.settings)
      var copy = TestMemory(image: feed.memory.image)
      let report = restarted.start(now: feed.now, memory: &copy)
      #expect(!report.isLost)
      for k in 0..<36 {
        let r = Register(QuantityID(rawValue: UInt8(k))!)!
        let before = feed.meter.registers[r]
        let shown = feed.meter.registers.committed(r)
        let after = restarted.registers[r]
        #expect(after <= before && before - after <= 1000)
        #expect(shown <= after)
      }
    }
    let registers = feed.meter.registers
    #expect(registers[.total(.activeImport)] > 10_000)
  }

  @Test("operating time, tariff, seals and starts come back")
  func slowState() throws {
    var feed = Feed()
    feed.meter.choose(.t3, now: feed.now)
    feed.meter.breakSeal(.terminalCover, now: feed.now)
    feed.run(Load(), seconds: 30)
    var restarted = LegalMeter(parameters: LegalParameters(), settings: Load.settings)
    let report = restarted.start(now: feed.now, memory: &feed.memory)
    #expect(report.isRestored && report.starts == 2)
    let (tariff, cover) = (restarted.tariff, restarted.isBroken(.terminalCover))
    let (verification, seconds) = (restarted.isBroken(.verification), restarted.operatingSeconds)
    #expect(tariff == .t3)
    #expect(cover && !verification)
    #expect(seconds >= 28 && seconds <= 30)
    #expect(report.bytesRead <= 8192)
    let log = events(feed)
    #expect(log == [.powerUp, .tariffChanged, .sealBroken])
  }

  func refusal(_ feed: inout Feed, _ calibration: SystemCalibration) -> LegalRefusal? {
    do throws(LegalRefusal) {
      try feed.meter.calibrate(.l2, calibration, now: feed.now)
      return nil
    } catch { return error }
  }

  @Test("calibration needs the broken seal; the log keeps the seal")
  func seal() throws {
    var feed = Feed()
    var calibration = SystemCalibration.ideal
    calibration.currentGain = (1 << 30) / 100 * 101
    #expect(refusal(&feed, calibration) == .sealed)
    let untouched = feed.meter.calibration(.l2)
    #expect(untouched == .ideal)
    feed.meter.breakSeal(.verification, now: feed.now)
    feed.meter.breakSeal(.verification, now: feed.now)
    try feed.meter.calibrate(.l2, calibration, now: feed.now)
    var wild = calibration
    wild.voltageGain = 0
    #expect(refusal(&feed, wild) == .implausible)
    feed.meter.restoreSeal(.verification, now: feed.now)
    feed.run(Load(amperes: [0, 5, 0]), seconds: 20, end: true)
    let expected = 230 * 5 * 1.01 * 20 / 3.6e6
    #expect(abs(feed.kilowattHours(.total(.activeImport)) - expected) < 2e-6)
    let log = events(feed)
    #expect(log == [.powerUp, .sealBroken, .calibrationChanged, .sealRestored])
  }

  @Test("a meter without A- shows reverse energy after five seconds and never counts it")
  func backstop() {
    var feed = Feed(LegalParameters(energies: .activeImport))
    feed.run(Load(lag: [0, 180, 0]), seconds: 4.6)
    let early = feed.meter.isReverse
    feed.run(Load(lag: [0, 180, 0]), seconds: 1)
    let later = feed.meter.isReverse
    feed.run(Load(), seconds: 5.6, end: true)
    let after = feed.meter.isReverse
    #expect(!early && later && !after)
    let log = events(feed)
    #expect(log == [.powerUp, .reverseEnergyBegan, .reverseEnergyEnded])
    // L2 counted only while it ran forwards; the window of the change counts with its net.
    let expected = (2 * 230 * 5 * 5.6 + 3 * 230 * 5 * 5.6) / 3.6e6
    #expect(abs(feed.kilowattHours(.total(.activeImport)) - expected) < 230 * 5 * 0.2 / 3.6e6)
  }

  @Test("a memory that holds nothing intact is reported and never written to")
  func lost() {
    let image = (0..<MemoryMap.byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
    var memory = TestMemory(image: image)
    var meter = LegalMeter(parameters: LegalParameters(), settings: Load.settings)
    let report = meter.start(now: Instant(seconds: 0), memory: &memory)
    #expect(report.isLost && !report.isRestored)
    let load = Load()
    for n in 0..<80_000 where meter.add(load.set(n % 80)) {
      meter.closeWindow(now: Instant(seconds: Int64(n) / 4000))
      _ = meter.service(now: Instant(seconds: Int64(n) / 4000), memory: &memory)
    }
    let registers = meter.registers
    #expect(registers[.total(.activeImport)] > 1000)
    #expect(memory.image == image)
  }

  @Test("only the consumer's counters can be cleared")
  func resettable() {
    var feed = Feed()
    feed.run(Load(), seconds: 20)
    let before = feed.meter.registers
    feed.meter.clearResettable(export: false, now: feed.now)
    let after = feed.meter.registers
    #expect(before[.resettableImport] > 0 && after[.resettableImport] == 0)
    #expect(after[.total(.activeImport)] == before[.total(.activeImport)])
  }

  @Test("a changed legal code is noticed and logged")
  func legalCode() {
    var feed = Feed()
    let first = feed.meter.confirmLegalCode(checksum: 0x1234_5678, now: feed.now)
    let same = feed.meter.confirmLegalCode(checksum: 0x1234_5678, now: feed.now)
    let other = feed.meter.confirmLegalCode(checksum: 0x1234_5679, now: feed.now)
    #expect(first && same && !other)
    feed.run(Load(), seconds: 1)
    let log = events(feed)
    #expect(log.contains(.legalCodeChanged))
  }
}

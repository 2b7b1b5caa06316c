import Bytes
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// Helpers of the tests of configurations.
enum Sections {
  static func section(_ section: ConfigurationSection, _ content: [UInt8]) -> [UInt8] {
    raw(section.rawValue, 1, content)
  }

  static func raw(_ number: UInt8, _ layout: UInt8, _ content: [UInt8]) -> [UInt8] {
    [number, layout, UInt8(content.count & 0xFF), UInt8(content.count >> 8)] + content
  }

  static func display(
    _ configuration: MeterConfiguration, _ change: (inout DisplayOptions) -> Void = { _ in }
  ) throws -> [UInt8] {
    var options = configuration.options
    change(&options)
    var bytes = [UInt8](repeating: 0, count: DisplayLists.encodedBytes)
    var span = bytes.mutableSpan
    configuration.lists.encode(into: &span)
    return section(.display, bytes + [options.energyDigits.rawValue, options.leadingZeros ? 1 : 0])
  }

  static func zone(_ zone: ZoneRules) throws -> [UInt8] {
    var configuration = MeterConfiguration.bench
    configuration.zone = zone
    var bytes = InlineArray<160, UInt8>(repeating: 0)
    let count = try #require(configuration.encode(.clock, into: &bytes))
    return section(.clock, (0..<count).map { bytes[$0] })
  }

  /// What a memory holds, as sections by number.
  static func stored(_ meter: borrowing Meter, _ memory: borrowing TestMemory) -> [UInt8: [UInt8]] {
    var bytes = [UInt8](repeating: 0, count: Meter.configurationCapacity)
    var span = bytes.mutableSpan
    guard let count = meter.storedConfiguration(memory: memory, into: &span) else { return [:] }
    var sections: [UInt8: [UInt8]] = [:]
    var at = 4
    while at < count {
      let length = Int(bytes[at + 2]) | Int(bytes[at + 3]) << 8
      sections[bytes[at]] = Array(bytes[at + 4..<at + 4 + length])
      at += 4 + length
    }
    return sections
  }
}

@Suite struct ConfigurationTests {
  private let now = Instant(seconds: 1_000)

  private func started(
    _ configuration: MeterConfiguration, _ memory: inout TestMemory
  ) throws -> Meter {
    var meter = Meter(configuration, Bench.settings)
    _ = try meter.start(now: now, memory: &memory)
    while !meter.service(now: now, memory: &memory) {}
    return meter
  }

  private func configure(
    _ meter: inout Meter, _ sections: [UInt8], _ memory: inout TestMemory,
    door: ConfigurationDoor = .module
  ) -> ConfigurationRefusal? {
    do throws(ConfigurationRefusal) {
      _ = try meter.configure(sections.span, through: door, now: now, memory: &memory)
      return nil
    } catch {
      return error
    }
  }

  private func expect(
    _ refusal: ConfigurationRefusal?, _ meter: inout Meter, _ sections: [UInt8],
    _ memory: inout TestMemory, door: ConfigurationDoor = .module
  ) throws {
    let found = configure(&meter, sections, &memory, door: door)
    #expect(found == refusal, "\(sections)")
  }

  @Test("what stands in the memory counts at the next start, and each change is logged")
  func changesStay() throws {
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = try started(first, &memory)
    let before = meter.configurationChecksum
    let change =
      try Sections.display(first) { $0.energyDigits = .sixOne } + Sections.zone(.utc)
    try expect(nil, &meter, change, &memory)
    while !meter.service(now: now, memory: &memory) {}
    let (checksum, changes) = (meter.configurationChecksum, meter.configurationChanges)
    #expect(checksum != before && changes == 1)
    let logged = (0..<2).compactMap { meter.legal.event(.configuration, $0, memory: memory) }
    let count = meter.legal.eventCount(.configuration, memory: memory)
    #expect(count == 2)
    #expect(logged.map(\.code) == [80, 80])
    // The number of the section, the low bytes of the CRC before and the whole one now.
    let content = try Sections.zone(.utc).dropFirst(4)
    let crc = CRC32.check(Array(content).span)
    #expect(logged[0].parameter[0] == ConfigurationSection.clock.rawValue)
    for byte in 0..<4 {
      let expected = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(byte)))
      #expect(logged[0].parameter[4 + byte] == expected)
    }

    let again = try started(first, &memory)
    let (digits, zone) = (again.configuration.options.energyDigits, again.configuration.zone)
    #expect(digits == .sixOne)
    #expect(zone == .utc)
    let stored = (again.configurationChecksum, again.configurationChanges)
    #expect(stored == (checksum, 1))
    let reading = again.reading(.configurationChanges)
    #expect(reading == 1)
  }

  @Test("the same configuration once more changes and logs nothing")
  func sameIsUnchanged() throws {
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = try started(first, &memory)
    let programs = memory.programs
    let same = try Sections.display(first)
    let progress = try meter.configure(same.span, through: .optical, now: now, memory: &memory)
    #expect(progress == .unchanged)
    let now = memory.programs
    #expect(now == programs)
  }

  @Test("a memory of the first layout starts and is rewritten with its calibration and number")
  func firstLayout() throws {
    let configuration = try Bench.configuration(number: 77)
    var calibration = SystemCalibration.ideal
    calibration.currentGain = 1_100_000_000
    var bytes: [UInt8] = [1, 0, 0, 0]
    for word in [configuration.variant.word, 77] {
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
    var part = InlineArray<84, UInt8>(repeating: 0)
    CalibrationPart([.ideal, .ideal, calibration]).encode(into: &part)
    bytes += (0..<84).map { part[$0] }
    bytes += try Sections.display(configuration).dropFirst(4).prefix(DisplayLists.encodedBytes)
    var memory = TestMemory()
    var record = AtomicRecord(region: MemoryMap.configuration, kind: 2)
    var nothing = [UInt8](repeating: 0, count: 8)
    var room = nothing.mutableSpan
    var length = 0
    _ = record.recover(from: memory, into: &room, length: &length)
    _ = record.begin(bytes.span)
    while record.pump(bytes.span, to: &memory) == .busy {}

    let meter = try started(configuration, &memory)
    let found = meter.legal.calibration(.l3)
    #expect(found == calibration)
    let sections = Sections.stored(meter, memory)
    #expect(Set(sections.keys) == [1, 2, 3, 4, 5, 9, 10, 12, 16, 17])
    #expect(sections[2] == (0..<84).map { part[$0] })
    let again = try started(configuration, &memory)
    let kept = again.legal.calibration(.l3)
    #expect(kept == calibration)
    var other = Meter(try Bench.configuration(number: 78), Bench.settings)
    var refusal: StartRefusal?
    do throws(StartRefusal) {
      _ = try other.start(now: now, memory: &memory)
    } catch { refusal = error }
    #expect(refusal == .otherMeter)
  }

  @Test("a changed number is kept, and the delivered one still names the meter")
  func number() throws {
    var memory = TestMemory()
    let first = try Bench.configuration(number: 77)
    var meter = try started(first, &memory)
    let change = Sections.section(.number, [9, 0, 0, 0, 77, 0, 0, 0])
    try expect(nil, &meter, change, &memory, door: .optical)
    let again = try started(first, &memory)
    let number = again.reading(.meterNumber)
    #expect(number == 9)
    let renamed = Sections.section(.number, [9, 0, 0, 0, 9, 0, 0, 0])
    try expect(.fixed(.number), &meter, renamed, &memory)
  }

  @Test("refusals name what is wrong and change nothing")
  func refusals() throws {
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = try started(first, &memory)
    let image = memory.image
    let good = try Sections.zone(.utc)
    var list = try Sections.display(first)
    list[4 + 4 + 16 + 2] = 0xFE
    let cases: [([UInt8], ConfigurationRefusal)] = [
      ([], .malformed), ([5], .malformed), (Array(good.dropLast()), .malformed),
      (good + good, .malformed), (good + Sections.section(.number, []), .malformed),
      (Sections.raw(200, 1, [1, 2]), .unknownSection(200)),
      (Sections.raw(5, 2, [0, 0, 0]), .unknownLayout(.clock)),
      (Sections.section(.type, [0, 0, 0, 0]), .fixed(.type)),
      (Sections.section(.calibration, []), .fixed(.calibration)),
      (Sections.section(.history, []), .fixed(.history)),
      (list, .invalid(.manualList, at: 2)),
      (Sections.section(.clock, [0x49, 0x03, 0]), .invalid(.zone, at: 0)),
      (Sections.section(.clock, [0, 0, 9]), .invalid(.daylightSaving, at: 0)),
      (Sections.section(.number, [0, 0xE1, 0xF5, 5, 0, 0, 0, 0]), .invalid(.number, at: 0)),
      (Sections.section(.periods, [7, 0, 0, 0, 0]), .invalid(.periodLength, at: 0)),
      (Sections.section(.periods, [5, 0, 0xCA, 0x9A, 0x3C]), .invalid(.powerThreshold, at: 0)),
      // The 32nd of each month.
      (
        Sections.section(.billing, [0xFF, 0x0F, 32, 3, 0, 0, 0, 0, 0, 0]),
        .invalid(.billingReset, at: 0)
      ),
      (
        Sections.section(.billing, [0, 0, 0, 0, 0xA0, 5, 0, 0, 0, 0]),
        .invalid(.billingMinute, at: 0)
      ),
      // One bad section spoils the good one beside it.
      (list + Sections.section(.clock, [0, 0, 0]), .invalid(.manualList, at: 2)),
    ]
    for (sections, refusal) in cases {
      try expect(refusal, &meter, sections, &memory)
    }
    let after = memory.image
    #expect(after == image)
  }

  @Test("the meaning of the inputs changes at the front only while the module area is open")
  func seals() throws {
    var memory = TestMemory()
    var meter = try started(try Bench.configuration(), &memory)
    let change = Sections.section(.tariffInputs, [2, 0])
    try expect(.sealed(.tariffInputs, .moduleArea), &meter, change, &memory, door: .optical)
    meter.legal.breakSeal(.moduleArea, now: now)
    try expect(nil, &meter, change, &memory, door: .optical)
    meter.legal.restoreSeal(.moduleArea, now: now)
    let back = Sections.section(.tariffInputs, [0, 0])
    try expect(.sealed(.tariffInputs, .moduleArea), &meter, back, &memory, door: .optical)
    try expect(nil, &meter, back, &memory)
    // What is legal stays as it is, whatever is broken.
    for seal in Seal.allCases { meter.legal.breakSeal(seal, now: now) }
    for section in [ConfigurationSection.type, .calibration, .history] {
      for door in ConfigurationDoor.allCases {
        try expect(.fixed(section), &meter, Sections.section(section, []), &memory, door: door)
      }
    }
  }

  @Test("another length of the periods is in force at once and after a start")
  func periods() throws {
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = try started(first, &memory)
    let change = Sections.section(.periods, [5, 0x40, 0x42, 0x0F, 0])
    try expect(nil, &meter, change, &memory)
    while !meter.service(now: now, memory: &memory) {}
    let again = try started(first, &memory)
    let found = [meter.reading(.profileInterval), again.reading(.profileInterval)]
    let limits = [meter.reading(.thresholdLimit), again.reading(.thresholdLimit)]
    #expect(found == [5, 5] && limits == [1_000_000, 1_000_000])
  }

  @Test("sections of a later program are kept")
  func unknownSections() throws {
    var memory = TestMemory()
    let first = try Bench.configuration()
    var meter = try started(first, &memory)
    // As a later program would have written it: through the record itself.
    var image = ConfigurationImage()
    var room = image.room
    let length = try #require(meter.storedConfiguration(memory: memory, into: &room))
    _ = image.accept(length: length)
    let later: [UInt8] = [1, 2, 3]
    _ = image.set(77, layout: 3, later.span)
    let begun = meter.store.record.begin(image.content)
    #expect(begun)
    while meter.store.record.pump(image.content, to: &memory) == .busy {}
    var again = try started(first, &memory)
    try expect(nil, &again, try Sections.zone(.utc), &memory)
    let kept = Sections.stored(again, memory)[77]
    #expect(kept == later)
  }

  @Test("sections are set, replaced by longer and shorter ones, and found in order")
  func imageKeepsItsOrder() {
    var random = SplitMix64(seed: 0xC0F1)
    var image = ConfigurationImage()
    var model: [UInt8: [UInt8]] = [:]
    for _ in 0..<400 {
      let number = UInt8(random.below(12))
      let content = (0..<Int(random.below(700))).map { _ in UInt8(random.below(256)) }
      var size = 4 + content.count + 4
      for (key, value) in model where key != number { size += value.count + 4 }
      let fits = size <= ConfigurationImage.capacity
      let done = image.set(number, layout: 1, content.span)
      #expect(done == fits)
      if fits { model[number] = content }
      let bytes = (0..<image.count).map { image.bytes[$0] }
      var expected: [UInt8] = [2, 0, 0, 0]
      for key in model.keys.sorted() { expected += Sections.raw(key, 1, model[key] ?? []) }
      #expect(bytes == expected)
    }
  }
}

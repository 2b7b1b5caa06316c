import Ciphers
import MBus
import MBusRecords
import Meter
import MeterFaults
import MeterTime
import Metrology
import Testing

@testable import Ports

/// The wireless M-Bus module: what it sends, when, and what that tells to others.
@Suite("Wireless M-Bus module") struct RadioModuleTests {
  static let start = Instant(seconds: 825_940_800)

  /// A telegram as it went on air, and opened again.
  struct Heard: Equatable {
    var time: Instant
    var frame: [UInt8]
    var isCompact = false
    var records: [UInt8] = []
  }

  static func key() -> WirelessKey { .TEST }

  /// What a meter under a constant load sends within a time.
  static func listen(
    _ settings: RadioModule.Settings, for seconds: Int64, watts: Int32 = 3000,
    accessNumber: UInt8 = 0
  ) throws -> [Heard] {
    var meter = Meter(.bench, .bench)
    var memory = TestMemory()
    _ = try meter.start(now: start, chip: .hasRun, memory: &memory)
    var module = try #require(
      RadioModule(settings, number: 10_000_001, accessNumber: accessNumber, now: start))
    var heard: [Heard] = []
    var counter: UInt32 = 0
    let load = ConstantLoad(active_mW: InlineArray(repeating: watts * 1000))
    while module.due <= start + .seconds(seconds) {
      meter.advance(to: module.due, with: load, memory: &memory)
      let time = module.due
      counter += 1
      var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
      var span = output.mutableSpan
      let count = module.telegram(
        meter, counter: counter, PortableCiphers.self, into: &span)
      heard.append(try open(Array(output.prefix(count)), settings, at: time))
    }
    return heard
  }

  static func open(
    _ frame: [UInt8], _ settings: RadioModule.Settings, at time: Instant
  ) throws -> Heard {
    var room = [UInt8](repeating: 0, count: 256)
    var span = room.mutableSpan
    let count = try settings.onAir.decode(frame.span, into: &span)
    var payload = Array(room.prefix(count))
    span = payload.mutableSpan
    let telegram = try WirelessTelegram(
      opening: &span, key: settings.security == .none ? nil : .TEST, PortableCiphers.self)
    #expect(telegram.wasEnciphered == (settings.security != .none))
    let records = payload[
      telegram.recordsOffset..<telegram.recordsOffset + telegram.recordsBytes]
    return Heard(
      time: time, frame: frame, isCompact: telegram.information == 0x79, records: Array(records))
  }

  @Test("the family's rhythm: one full telegram and seven compact ones, of its lengths")
  func family() throws {
    var settings = RadioModule.Settings()
    settings.security = .linkCTR
    settings.compactCount = 7
    settings.isFamily = true
    let heard = try Self.listen(settings, for: 460)
    #expect(heard.count >= 24)
    for (place, telegram) in heard.enumerated() {
      #expect(telegram.isCompact == (place % 8 != 0))
      #expect(telegram.frame[0] == (place % 8 != 0 ? 0x29 : 0x2F), "with its check")
      #expect(
        telegram.frame.dropFirst().starts(with: [
          0x44, 0x2D, 0x2C, 0x01, 0x00, 0x00, 0x10, 0x30, 0x02,
        ]))
    }
    let first = try #require(heard.first)
    #expect(first.records.prefix(2) == [0x04, 0x04])
    // 9 kW.
    let power: [UInt8] = [0x04, 0x2B, 0x28, 0x23, 0x00, 0x00]
    #expect(first.records.indices.contains { first.records.dropFirst($0).starts(with: power) })
  }

  @Test("in modes 5 and 7 the time goes first, in all formats and radio modes")
  func oms() throws {
    for security in [WirelessSecurity.mode5, .mode7] {
      for mode in RadioMode.allCases {
        var settings = RadioModule.Settings()
        (settings.security, settings.mode, settings.format) = (security, mode, .b)
        settings.interval = .seconds(60)
        #expect((settings.onAir == .b) == (mode == .c1))
        for telegram in try Self.listen(settings, for: 300) {
          #expect(telegram.records.starts(with: [0x2F, 0x2F, 0x04, 0x6D]))
        }
      }
    }
  }

  @Test("no key, or an interval that the rules of the air forbid: no module")
  func refusals() {
    var settings = RadioModule.Settings()
    settings.key = nil
    #expect(RadioModule(settings, number: 1, accessNumber: 0, now: Self.start) == nil)
    settings.security = .none
    #expect(RadioModule(settings, number: 1, accessNumber: 0, now: Self.start) != nil)
    settings.interval = .seconds(3)
    #expect(RadioModule(settings, number: 1, accessNumber: 0, now: Self.start) == nil)
  }

  @Test("without a counter of mode 7 nothing is sent, and the rhythm goes on")
  func noCounter() throws {
    var meter = Meter(.bench, .bench)
    var memory = TestMemory()
    _ = try meter.start(now: Self.start, chip: .hasRun, memory: &memory)
    var module = try #require(
      RadioModule(.init(), number: 10_000_001, accessNumber: 0, now: Self.start))
    let before = module.due
    var output = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
    var span = output.mutableSpan
    #expect(module.telegram(meter, counter: nil, PortableCiphers.self, into: &span) == 0)
    #expect(module.due > before && module.count == 0)
  }

  @Test("the first telegram waits for a new minute: a restart repeats no session")
  func restart() throws {
    var settings = RadioModule.Settings()
    settings.security = .linkCTR
    let heard = try Self.listen(settings, for: 200)
    #expect(heard.first?.time == Instant(seconds: (Self.start.seconds / 60 + 1) * 60))
    #expect(Set(heard.map { Array($0.frame[13...16]) }).count == heard.count, "sessions")
  }

  /// A36 of the list of attacks: when a module sends and how long its telegrams are tells nobody
  /// whether somebody is at home.
  @Test(
    "A36: times and lengths do not depend on the load",
    arguments: [WirelessSecurity.linkCTR, .mode5, .mode7])
  func a36(_ security: WirelessSecurity) throws {
    var settings = RadioModule.Settings()
    settings.security = security
    settings.compactCount = security == .linkCTR ? 7 : 0
    let loads: [Int32] = [0, 40, 3000, 20_000]
    let heard = try loads.map { try Self.listen(settings, for: 900, watts: $0, accessNumber: 77) }
    for other in heard.dropFirst() {
      #expect(other.map(\.time) == heard[0].map(\.time))
      #expect(other.map(\.frame.count) == heard[0].map(\.frame.count))
      #expect(zip(other, heard[0]).allSatisfy { $0.records != $1.records })
    }
    // Nor do equal readings look equal: without load only time and counters go on.
    let bodies = heard[0].map { Array($0.frame.dropFirst(16)) }
    #expect(Set(bodies).count == bodies.count)
  }

  @Test("the state of a module is below 200 bytes")
  func size() { #expect(MemoryLayout<RadioModule>.size <= 200) }
}

import Bytes
import MBus
import MBusRecords
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Testing

@testable import Ports

/// The wired M-Bus module in a slot: what a master asks, and what it sets.
@Suite("Wired M-Bus module") struct WiredModuleTests {
  /// A meter with its module, and a line without errors.
  final class Rig {
    var meter: Meter
    var memory: TestMemory
    var module: WiredModule
    var clock = Instant(seconds: 0)

    /// - Parameter image: the memory of a meter that has run before.
    init(_ settings: WiredModule.Settings = .init(), image: [UInt8]? = nil) throws {
      meter = Meter(.bench, .bench)
      memory = image.map { TestMemory(image: $0) } ?? TestMemory()
      let now = Instant(seconds: 825_940_800) + (image == nil ? .zero : .hours(3))
      _ = try meter.start(now: now, chip: .hasRun, memory: &self.memory)
      meter.advance(
        to: now + .hours(2), with: ConstantLoad(active_mW: InlineArray(repeating: 3_000_000)),
        memory: &self.memory)
      module = WiredModule(settings)
      module.work(now: clock, &meter, &self.memory)
    }

    func send(_ octets: [UInt8]) -> [UInt8] {
      for octet in octets {
        module.receive(octet, now: clock)
        clock += Instant.Duration(ticks: module.rate.ticks(bits: 11))
      }
      var out: [UInt8] = []
      for _ in 0..<20 {
        if module.needsMeter { module.work(now: clock, &meter, &memory) }
        var bytes = InlineArray<40, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        let count = module.next(into: &span, now: clock)
        for k in 0..<count { out.append(bytes[k]) }
        clock += .milliseconds(5)
        module.advance(to: clock)
      }
      return out
    }

    func short(_ control: UInt8, _ address: UInt8) -> [UInt8] {
      send([0x10, control, address, control &+ address, 0x16])
    }

    func long(_ information: UInt8, _ data: [UInt8], to address: UInt8, control: UInt8 = 0x53)
      -> [UInt8]
    {
      let body = [control, address, information] + data
      let count = UInt8(body.count)
      return send([0x68, count, count, 0x68] + body + [body.reduce(0, &+), 0x16])
    }
  }

  static let ok: [UInt8] = [0xE5]

  /// Number 10000001: address 1.
  static let usual: UInt8 = 1

  @Test("a module answers at the address of its meter's number, and tells its energy")
  func reads() throws {
    let rig = try Rig()
    #expect(rig.short(0x40, Self.usual) == Self.ok)
    let answer = rig.short(0x5B, Self.usual)
    #expect(answer.starts(with: [0x68]) && answer.last == 0x16)
    // 2 h at 9 kW: 18,000 Wh in six bytes under VIF 03.
    let wanted: [UInt8] = [0x06, 0x03, 0x50, 0x46, 0x00, 0x00, 0x00, 0x00]
    #expect(answer.indices.contains { answer.dropFirst($0).starts(with: wanted) })
    #expect(rig.short(0x5B, 9).isEmpty, "of others it hears nothing")
  }

  @Test("address, number and speed that a master sets are there after a restart")
  func settingsStay() throws {
    let rig = try Rig()
    #expect(rig.long(0x51, [0x01, 0x7A, 0x2A], to: Self.usual) == Self.ok)
    #expect(rig.short(0x5B, Self.usual).isEmpty)
    #expect(rig.short(0x40, 42) == Self.ok)
    #expect(rig.long(0x51, [0x0C, 0x79, 0x78, 0x56, 0x34, 0x12], to: 42) == Self.ok)
    #expect(rig.long(0xBD, [], to: 42, control: 0x73) == Self.ok)
    #expect(rig.module.rate == .b9600)
    #expect(rig.module.memory.rate == nil, "a speed that nobody has used is not kept")
    #expect(rig.short(0x40, 42) == Self.ok)
    let again = try Rig(image: rig.memory.image)
    #expect(again.module.rate == .b9600)
    #expect(again.short(0x40, 42) == Self.ok)
    #expect(
      again.long(
        0x52, [0x78, 0x56, 0x34, 0x12, 0xFF, 0xFF, 0xFF, 0xFF], to: 253) == Self.ok)
    #expect(again.short(0x5B, 253).count > 20)
  }

  @Test("what the command line gives is stronger than what was set")
  func flagsWin() throws {
    let first = try Rig()
    #expect(first.long(0x51, [0x01, 0x7A, 0x2A], to: Self.usual) == Self.ok)
    var settings = WiredModule.Settings()
    settings.primaryAddress = 7
    let second = try Rig(settings, image: first.memory.image)
    #expect(second.short(0x40, 42).isEmpty)
    #expect(second.short(0x40, 7) == Self.ok)
    #expect(try Rig(image: second.memory.image).short(0x40, 42) == Self.ok)
  }

  @Test("a whole address is taken where its other parts are this device's or any")
  func wholeAddress() throws {
    let rig = try Rig()
    let number: [UInt8] = [0x44, 0x33, 0x22, 0x11]
    let own: [UInt8] = [0xC4, 0x2E, 0x01, 0x02]
    let other: [UInt8] = [0x2D, 0x2C, 0x01, 0x02]
    #expect(rig.long(0x51, [0x07, 0x79] + number + other, to: Self.usual) == Self.ok)
    #expect(rig.module.records.address.identification == 0x1000_0001)
    #expect(rig.short(0x5B, Self.usual)[6] == 0x70, "the next answer is the error")
    #expect(rig.long(0x51, [0x07, 0x79] + number + own, to: Self.usual, control: 0x73) == Self.ok)
    #expect(rig.module.records.address.identification == 0x1122_3344)
    #expect(rig.long(0x51, [0x0C, 0x79, 0xFA, 0, 0, 0], to: Self.usual) == Self.ok)
    #expect(rig.module.records.address.identification == 0x1122_3344, "digits only")
  }

  @Test("the clock is set in local time within the limits of a command; else the answer says so")
  func clock() throws {
    let rig = try Rig()
    // 2026-03-04 15:20, without daylight saving; it was 15:00.
    #expect(rig.long(0x51, [0x04, 0x6D, 0x14, 0x2F, 0x44, 0x33], to: Self.usual) == Self.ok)
    let time = rig.meter.legal.localTime(at: rig.meter.now)
    #expect(time.civil.hour == 15 && time.civil.minute == 20 && time.civil.day == 4)
    #expect(rig.short(0x5B, Self.usual)[6] == 0x72)
    let before = rig.meter.legal.time(at: rig.meter.now)
    // A second step on the same day, and a minute that does not exist.
    for minute in [0x1E, 0x3D] as [UInt8] {
      _ = rig.short(0x40, Self.usual)
      #expect(rig.long(0x51, [0x04, 0x6D, minute, 0x2F, 0x44, 0x33], to: Self.usual) == Self.ok)
      #expect(rig.short(0x5B, Self.usual)[6] == 0x70)
    }
    #expect(rig.meter.legal.time(at: rig.meter.now) == before)
  }

  @Test("a bus that others reach is read and not set")
  func readOnly() throws {
    var settings = WiredModule.Settings()
    settings.mayBeSet = false
    let rig = try Rig(settings)
    let before = rig.meter.legal.time(at: rig.meter.now)
    #expect(rig.long(0x51, [0x04, 0x6D, 0x14, 0x2A, 0x45, 0x33], to: Self.usual) == Self.ok)
    #expect(rig.short(0x5B, Self.usual)[6] == 0x70)
    #expect(rig.long(0x51, [0x01, 0x7A, 0x2A], to: Self.usual, control: 0x73) == Self.ok)
    #expect(rig.short(0x40, 42).isEmpty && rig.short(0x40, Self.usual) == Self.ok)
    #expect(rig.meter.legal.time(at: rig.meter.now) == before)
  }

  @Test("an answer does not begin before eleven bit times, and an echo of it is no request")
  func answerTimes() throws {
    let rig = try Rig()
    for octet in [0x10, 0x40, Self.usual, 0x40 + Self.usual, 0x16] as [UInt8] {
      rig.module.receive(octet, now: rig.clock)
    }
    rig.module.work(now: rig.clock, &rig.meter, &rig.memory)
    var room = InlineArray<8, UInt8>(repeating: 0)
    var span = room.mutableSpan
    #expect(rig.module.next(into: &span, now: rig.clock) == 0)
    let earliest = try #require(rig.module.deadline)
    #expect(earliest - rig.clock == Instant.Duration(ticks: BaudRate.b2400.ticks(bits: 11)))
    rig.module.receive(0x10, now: rig.clock)
    #expect(rig.module.next(into: &span, now: earliest) == 1)
    #expect(room[0] == 0xE5)
  }

  @Test("several telegrams, repeated where an answer was lost, until the last one")
  func severalTelegrams() throws {
    let rig = try Rig()
    _ = rig.short(0x40, Self.usual)
    let first = rig.short(0x7B, Self.usual)
    #expect(rig.short(0x7B, Self.usual) == first, "the same bit asks for the same")
    let second = rig.short(0x5B, Self.usual)
    let third = rig.short(0x7B, Self.usual)
    #expect(first != second && second != third)
    #expect(first[first.count - 3] == 0x1F && second[second.count - 3] == 0x1F)
    #expect(third[third.count - 3] != 0x1F)
  }

  @Test("after a loss of supply the link begins anew and the settings are there")
  func supply() throws {
    let rig = try Rig()
    #expect(rig.long(0x51, [0x01, 0x7A, 0x2A], to: Self.usual) == Self.ok)
    rig.module.loseSupply()
    rig.module.work(now: rig.clock, &rig.meter, &rig.memory)
    #expect(rig.short(0x40, 42) == Self.ok)
  }

  @Test("bytes of the record that cannot be are not taken")
  func damagedRecord() {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    #expect(WiredModuleMemory.Stored(bytes) == WiredModuleMemory.Stored())
    bytes[0] = 7
    bytes[1] = 250
    bytes[2] = 0xBD
    let stored = WiredModuleMemory.Stored(bytes)
    #expect(stored?.primaryAddress == 250 && stored?.rate == .b9600)
    #expect(stored.map { same($0.bytes, bytes) } == true)
    bytes[2] = 0x12
    #expect(WiredModuleMemory.Stored(bytes) == nil)
    (bytes[0], bytes[1]) = (1, 251)
    #expect(WiredModuleMemory.Stored(bytes) == nil)
  }

  private func same(_ a: InlineArray<8, UInt8>, _ b: InlineArray<8, UInt8>) -> Bool {
    a.indices.allSatisfy { a[$0] == b[$0] }
  }

  @Test("the state of a module is below 2.5 KiB")
  func size() { #expect(MemoryLayout<WiredModule>.size <= 2560) }
}

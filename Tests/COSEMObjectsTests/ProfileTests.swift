import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("Profiles") struct ProfileTests {
  private static let load = OBISCode.electricity(99, 1)
  private static let buffer = AttributeDescriptor(.profileGeneric, load, 2)

  /// Twelve hours from noon: 48 rows.
  private static func rig() throws -> Rig {
    var rig = try Rig()
    for n in 0..<48 { rig.run(900, watts: Int32(n) * 10) }
    return rig
  }

  /// Rows as their times and energies A+.
  private func rows(_ bytes: [UInt8]) throws -> [(time: Instant, energy: Int64)] {
    var reader = COSEMReader(bytes.span)
    guard case .array(let count) = try reader.next() else { throw COSEMError.otherType }
    var out: [(Instant, Int64)] = []
    for _ in 0..<count {
      guard case .structure(let columns) = try reader.next() else { throw COSEMError.otherType }
      let time = try reader.dateTime()
      _ = try reader.integer(in: 0...255)
      out.append(
        (
          time.instant(in: ZoneRules(centralEuropeanFrom: 2026)) ?? Rig.start,
          try reader.integer(in: 0...1_000_000)
        ))
      for _ in 3..<columns { try reader.skip() }
    }
    #expect(reader.remaining == 0)
    return out
  }

  private static func entries(_ first: UInt32, _ last: UInt32, _ from: UInt16 = 1, _ to: UInt16 = 0)
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: 32)
    var writer = COSEMWriter(bytes.mutableSpan)
    writer.structure(4)
    writer.doubleLongUnsigned(first)
    writer.doubleLongUnsigned(last)
    writer.longUnsigned(from)
    writer.longUnsigned(to)
    let count = writer.count
    return Array(bytes.prefix(count))
  }

  private static func range(
    _ from: COSEMDateTime, _ to: COSEMDateTime, _ columns: [AttributeDescriptor] = [],
    by: AttributeDescriptor = Profile.clock
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 400)
    var writer = COSEMWriter(bytes.mutableSpan)
    writer.structure(4)
    writer.captureObject(by)
    writer.octets(from)
    writer.octets(to)
    writer.array(columns.count)
    for column in columns { writer.captureObject(column) }
    let count = writer.count
    return Array(bytes.prefix(count))
  }

  private static func time(_ hours: Double) -> COSEMDateTime {
    COSEMDateTime(
      standard: Rig.start + .milliseconds(Int64(hours * 3_600_000)),
      in: ZoneRules(centralEuropeanFrom: 2026))
  }

  @Test("all rows, oldest first, each with its end and its energy")
  func all() throws {
    var rig = try Self.rig()
    let (_, bytes) = rig.read(Self.buffer)
    let rows = try rows(bytes)
    #expect(rows.count == rig.device.meter.legal.intervalCount && rows.count >= 47)
    var cursor = rig.device.meter.legal.intervals(memory: rig.device.memory)
    for row in rows {
      let interval = rig.device.meter.legal.nextInterval(&cursor, memory: rig.device.memory)
      #expect(interval?.end == row.time)
      #expect(interval.map { Int64($0[.activeImport]) } == row.energy)
    }
  }

  @Test("blocks of any size make the same", arguments: [13, 30, 31, 32, 64, 333])
  func blocks(room: Int) throws {
    var rig = try Self.rig()
    let whole = rig.read(Self.buffer).bytes
    rig.room = room
    #expect(rig.read(Self.buffer).bytes == whole)
  }

  @Test("rows that come while a profile is read do not disturb it")
  func growing() throws {
    var rig = try Self.rig()
    let whole = rig.read(Self.buffer).bytes
    var place = StreamPlace()
    let nothing: [UInt8] = []
    let selection = Selection(0, nothing.span)
    _ = rig.device.prepare(Self.buffer, selection, for: rig.caller, place: &place)
    var joined: [UInt8] = []
    while true {
      var bytes = [UInt8](repeating: 0, count: 200)
      var writer = COSEMWriter(bytes.mutableSpan)
      writer.begin(item: place.row, skip: place.byte)
      #expect(
        MeterObjects.write(
          Self.buffer, selection, for: rig.caller, place: &place, into: &writer, rig.device.meter,
          rig.device.memory, now: rig.device.now))
      (place.row, place.byte) = (writer.row, writer.rowBytes)
      let (count, isFull) = (writer.count, writer.isFull)
      joined += bytes.prefix(count)
      if !isFull { break }
      rig.run(900)
    }
    #expect(joined == whole)
  }

  @Test(
    "by entry",
    arguments: [(1, 1), (1, 10), (5, 0), (40, 1000), (49, 60), (1000, 0)] as [(UInt32, UInt32)])
  func entries(first: UInt32, last: UInt32) throws {
    var rig = try Self.rig()
    let whole = try rows(rig.read(Self.buffer).bytes)
    let some = try rows(rig.read(Self.buffer, selector: 2, Self.entries(first, last)).bytes)
    let end = last == 0 ? whole.count : min(whole.count, Int(last))
    let wanted = Int(first) - 1 < end ? Array(whole[(Int(first) - 1)..<end]) : []
    #expect(some.map(\.time) == wanted.map(\.time))
    #expect(some.map(\.energy) == wanted.map(\.energy))
  }

  @Test("by range of time, both ends included; open ends take all")
  func range() throws {
    var rig = try Self.rig()
    let whole = try rows(rig.read(Self.buffer).bytes)
    for (from, to) in [(0.0, 1.0), (0.25, 0.25), (1.1, 2.3), (-5, 100), (5, 4), (3, 12)] {
      let parameters = Self.range(Self.time(from), Self.time(to))
      let some = try rows(rig.read(Self.buffer, selector: 1, parameters).bytes)
      let wanted = whole.filter {
        $0.time >= Rig.start + .milliseconds(Int64(from * 3_600_000))
          && $0.time <= Rig.start + .milliseconds(Int64(to * 3_600_000))
      }
      #expect(some.map(\.time) == wanted.map(\.time), "\(from) to \(to)")
    }
    let open = Self.range(.unspecified, .unspecified)
    #expect(try rows(rig.read(Self.buffer, selector: 1, open).bytes).count == whole.count)
    var old = Self.time(0)
    old.year = 1990
    let before = Self.range(.unspecified, old)
    #expect(try rows(rig.read(Self.buffer, selector: 1, before).bytes).isEmpty)
  }

  @Test("columns that are chosen, by name and by number")
  func columns() throws {
    var rig = try Self.rig()
    let energy = AttributeDescriptor(.register, .electricity(1, 29), 2)
    let some = rig.read(
      Self.buffer, selector: 1, Self.range(Self.time(0), Self.time(1), [energy])
    ).bytes
    #expect(some.prefix(4) == [1, 4, 2, 1])
    let by = rig.read(Self.buffer, selector: 2, Self.entries(1, 2, 1, 2)).bytes
    #expect(by.prefix(4) == [1, 2, 2, 2])
    #expect(by.count == 4 + 14 + 2 + 2 + 14 + 2)
  }

  @Test("selections that cannot be followed")
  func refused() throws {
    var rig = try Self.rig()
    let register = AttributeDescriptor(.register, .electricity(1, 29), 2)
    let cases: [(UInt8, [UInt8], DataAccessResult)] = [
      (3, [0], .scopeOfAccessViolated),
      (2, Self.entries(0, 1), .scopeOfAccessViolated),
      (2, Self.entries(1, 1, 9, 9), .scopeOfAccessViolated),
      (2, [0], .typeUnmatched), (1, [2, 1, 0], .typeUnmatched),
      (1, Self.range(Self.time(0), Self.time(1), by: register), .scopeOfAccessViolated),
      (
        1,
        Self.range(
          Self.time(0), Self.time(1), [AttributeDescriptor(.register, .electricity(9, 9), 2)]),
        .scopeOfAccessViolated
      ),
    ]
    for (selector, parameters, result) in cases {
      #expect(rig.read(Self.buffer, selector: selector, parameters).result == result)
    }
    let good = Self.range(Self.time(0), Self.time(1), [register])
    for bit in 0..<(good.count * 8) {
      var bad = good
      bad[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = rig.read(Self.buffer, selector: 1, bad)
    }
  }

  @Test("attributes beside the rows")
  func attributes() throws {
    var rig = try Self.rig()
    #expect(
      try rig.elements(.profileGeneric, Self.load, 4) == [.unsigned(.doubleLongUnsigned, 900)])
    let columns = try rig.elements(.profileGeneric, Self.load, 3)
    #expect(columns.first == .array(6))
    let count = UInt64(rig.device.meter.legal.intervalCount)
    #expect(
      try rig.elements(.profileGeneric, Self.load, 7) == [.unsigned(.doubleLongUnsigned, count)])
    #expect(
      try rig.elements(.profileGeneric, Self.load, 8) == [.unsigned(.doubleLongUnsigned, 17_639)])
  }

  @Test("event logs: all, by entry, by range, in blocks; oldest first")
  func events() throws {
    var rig = try Rig()
    for n in 0..<20 {
      rig.device.meter.legal.log(.magnetBegan, now: rig.device.now, UInt64(n))
      rig.run(60)
    }
    let log = AttributeDescriptor(.profileGeneric, .abstract(99, 98, 0), 2)
    let whole = rig.read(log).bytes
    let count = rig.device.meter.legal.eventCount(.status, memory: rig.device.memory)
    #expect(whole[0] == 1 && Int(whole[1]) == count && count >= 20)
    rig.room = 21
    #expect(rig.read(log).bytes == whole)
    rig.room = 4096
    let one = rig.read(log, selector: 2, Self.entries(UInt32(count), 0)).bytes
    #expect(one == [1, 1] + whole.suffix(one.count - 2))
    let some = rig.read(log, selector: 1, Self.range(Self.time(0.05), Self.time(0.1))).bytes
    #expect(Int(some[1]) == (0..<20).filter { $0 * 60 >= 180 && $0 * 60 <= 360 }.count)
    let newest = try rig.elements(.data, .abstract(96, 128, 0), 2)
    #expect(newest == [.unsigned(.long64Unsigned, 19)])
  }

  @Test("billing periods: their time, number and registers")
  func billing() throws {
    var rig = try Rig()
    for _ in 0..<3 {
      rig.run(3600)
      try rig.device.meter.legal.resetBilling(now: rig.device.now)
      rig.run(120)
    }
    let profile = AttributeDescriptor(.profileGeneric, .abstract(98, 1), 2)
    let whole = rig.read(profile).bytes
    #expect(whole[0] == 1 && whole[1] == 3)
    var reader = COSEMReader(whole.span)
    _ = try reader.next()
    for n in (0..<3).reversed() {
      guard case .structure(14) = try reader.next() else {
        Issue.record("14 columns")
        return
      }
      let record = rig.device.meter.legal.billingRecord(n, memory: rig.device.memory)
      let time = try reader.dateTime().instant(in: rig.device.meter.legal.zone)
      #expect(time?.seconds == record?.time.seconds)
      let (number, energy) = (
        try reader.integer(in: 0...100), try reader.integer(in: 0...1_000_000)
      )
      #expect(number == record.map { Int64($0.number) })
      #expect(energy == record?[.total(.activeImport)].map { Int64($0 / 1000) })
      for _ in 3..<14 { try reader.skip() }
    }
    rig.room = 17
    #expect(rig.read(profile).bytes == whole)
  }
}

import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// The corpora of the fuzz targets of this room: whole, cut at each length, each byte flipped.
@Suite struct CorpusTests {
  static func corpus(_ target: String) throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/\(target)/corpus").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.map { try Array(Data(contentsOf: folder.appendingPathComponent($0))) }
  }

  static func variants(_ bytes: [UInt8], step: Int = 1) -> [[UInt8]] {
    var out = [bytes]
    for n in stride(from: 0, to: bytes.count, by: step) {
      out.append(Array(bytes.prefix(n)))
      var flipped = bytes
      flipped[n] ^= 1 << UInt8(n % 8)
      out.append(flipped)
    }
    return out
  }

  @Test("type strings parse to what prints the same, or are refused")
  func typeStrings() throws {
    var parsed = 0
    for seed in try Self.corpus("type-string") {
      for bytes in Self.variants(seed) {
        guard let variant = try? MeterVariant(typeString: bytes.span) else { continue }
        let text = TypeString(variant)
        let printed = (0..<text.count).map { text[$0] }
        let again = try? MeterVariant(typeString: printed.span)
        #expect(again == variant)
        parsed += 1
      }
    }
    #expect(parsed >= 3)
  }

  @Test("display lists decode to what encodes the same, or are refused")
  func lists() throws {
    var decoded = 0
    let rules = DisplayRules(energyType: .fourQuadrant, hasBattery: true)
    var factory = [UInt8](repeating: 0, count: DisplayLists.encodedBytes)
    var room = factory.mutableSpan
    DisplayLists.factory(rules).encode(into: &room)
    for seed in try Self.corpus("display-lists") + [factory] {
      for bytes in Self.variants(seed) {
        guard let lists = try? DisplayLists(decoding: bytes.span, rules: rules) else { continue }
        var again = [UInt8](repeating: 0, count: DisplayLists.encodedBytes)
        var span = again.mutableSpan
        lists.encode(into: &span)
        #expect(again == bytes)
        decoded += 1
      }
    }
    #expect(decoded >= 1)
  }

  @Test("sections of supply and loads decode to what encodes the same, or are refused")
  func supplySections() throws {
    var decoded = 0
    var configuration = try Bench.configuration()
    for seed in try Self.corpus("supply-sections") {
      for bytes in Self.variants(seed) {
        var section: ConfigurationSection?
        if let supply = SupplyParameters(decoding: bytes.span) {
          configuration.supply = supply
          section = .supply
        } else if let loads = LoadParameters(decoding: bytes.span) {
          configuration.loads = loads
          section = .loads
        }
        guard let section else { continue }
        var again = InlineArray<160, UInt8>(repeating: 0)
        let count = configuration.encode(section, into: &again) ?? 0
        #expect(count == bytes.count)
        // Spare bytes are written as noughts.
        let used = section == .supply ? 58 : 88
        for k in 0..<used where k < 32 || k > 33 || section == .loads {
          #expect(again[k] == bytes[k], "\(section) \(k)")
        }
        decoded += 1
      }
    }
    #expect(decoded > 60)
  }

  @Test("changes of the configuration are taken as they are, or refused and change nothing")
  func configurations() throws {
    var memory = TestMemory()
    let now = Instant(seconds: 1_000)
    var meter = Meter(.bench, .bench)
    _ = try meter.start(now: now, memory: &memory)
    while !meter.service(now: now, memory: &memory) {}
    var taken = 0
    for seed in try Self.corpus("configuration") {
      for bytes in Self.variants(seed) {
        let old = meter.configuration
        let progress = try? meter.configure(
          bytes.span, through: .module, now: now, memory: &memory)
        while !meter.service(now: now, memory: &memory) {}
        let changes = meter.configuration.changes(from: old)
        if progress == .committed {
          #expect(!changes.isEmpty)
          taken += 1
        } else {
          #expect(changes.isEmpty)
        }
      }
    }
    #expect(taken >= 8)
    var again = Meter(.bench, .bench)
    _ = try again.start(now: now, memory: &memory)
    let difference = again.configuration.changes(from: meter.configuration)
    #expect(difference.isEmpty)
  }

  @Test("a meter starts from a damaged image or refuses it; registers are never invented")
  func images() throws {
    var bench = try Bench(Bench.configuration())
    bench.run(230, 10, seconds: 20)
    let image = bench.memory.image
    let stored = bench.meter.legal.registers.committed(.total(.activeImport))
    var started = 0
    var state: UInt64 = 7
    for _ in 0..<400 {
      var damaged = image
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Whole records of the journal and single bytes anywhere in it.
      let page = MemoryMap.registerJournal.pages.lowerBound + Int(state >> 33) % 64
      let length = state & 1 == 0 ? 1 : 256
      for k in 0..<length {
        damaged[page * 256 + Int(state >> 40) % (257 - length) + k] ^=
          UInt8(
            truncatingIfNeeded: state >> UInt64(8 + k % 40)) | 1
      }
      var meter = Meter(try Bench.configuration(), Bench.settings)
      var memory = TestMemory(image: damaged)
      guard (try? meter.start(now: Instant(seconds: 0), memory: &memory)) != nil else { continue }
      let registers = meter.legal.registers
      #expect(registers[.total(.activeImport)] <= stored)
      started += 1
    }
    #expect(started > 300)
  }
}

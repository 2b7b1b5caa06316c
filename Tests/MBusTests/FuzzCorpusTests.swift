import Foundation
import MeterTime
import Testing

@testable import MBus

/// The corpora of the fuzz targets of this room: whole, cut, and with bits flipped.
@Suite struct FuzzCorpusTests {
  static func variants(_ target: String) throws -> [[UInt8]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fuzz/\(target)/corpus").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try names.flatMap { name -> [[UInt8]] in
      let bytes = try Array(Data(contentsOf: folder.appending(path: name)))
      return bytes.indices.reduce(into: [bytes]) { all, n in
        all.append(Array(bytes.prefix(n)))
        var flipped = bytes
        flipped[n] ^= 1 << UInt8(n % 8)
        all.append(flipped)
      }
    }
  }

  @Test func frames() throws {
    var accepted = 0
    for bytes in try Self.variants("mbus-frame") {
      #expect(CorpusTests.account(bytes) == bytes.count)
      if !CorpusTests.isRefused(bytes) { accepted += 1 }
    }
    #expect(accepted == 14, "the whole ones, and no other")
  }

  /// What the radio target does with its first byte: chips of three modes, two frame formats, a
  /// payload; opened without a key, with the corpus' key, and expanded.
  @Test func radio() throws {
    var opened = 0
    for all in try Self.variants("mbus-radio") where all.count > 1 {
      let bytes = Array(all.dropFirst())
      var payload: [UInt8]?
      switch all[0] % 6 {
      case 0, 1, 2:
        let mode: RadioMode = [.s1, .t1, .c1][Int(all[0] % 6)]
        payload = WirelessTests.decode(bytes, mode).flatMap { Radio.payload($0.0, $0.1) }
      case 3: payload = Radio.payload(bytes, .a)
      case 4: payload = Radio.payload(bytes, .b)
      default: payload = bytes
      }
      guard let payload else { continue }
      for key in [nil, Radio.key(Radio.testKey)] {
        guard let (telegram, records) = try? Radio.open(payload, key) else { continue }
        opened += 1
        var replay = ReplayGuard()
        #expect(replay.judge(telegram, records.span) == .fresh)
        #expect(replay.judge(telegram, records.span) == .stale)
        var formats = CompactFormats()
        formats.learn(records: records.span)
        _ = WirelessVectorTests.expand(records, formats)
      }
    }
    #expect(opened >= 6, "the whole ones at least")
  }

  @Test func slave() throws {
    var answers = 0
    for bytes in try Self.variants("mbus-slave") {
      var s = TestSlave(14_839_120)
      for byte in bytes where !s.ask([byte], after: .zero).isEmpty { answers += 1 }
      #expect(s.slave.link.primaryAddress <= 250)
    }
    #expect(answers > 100)
  }
}

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

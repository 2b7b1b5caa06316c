import Foundation
import Testing

@testable import P1

/// The corpus of the fuzz target `p1`: whole, cut at each length, single bits flipped.
@Suite struct P1CorpusTests {
  static func seeds() throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/p1/corpus").standardized
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try Array(Data(contentsOf: folder.appendingPathComponent($0)))
    }
  }

  /// Lines of all telegrams in a stream.
  static func lines(_ bytes: [UInt8]) -> Int {
    var receiver = P1Receiver()
    var count = 0
    for byte in bytes where receiver.receive(byte) {
      guard let telegram = try? receiver.telegram else { continue }
      var place = 0
      while let line = try? telegram.line(after: &place) {
        count += 1
        var group = 0
        while line.group(group) != nil { group += 1 }
      }
    }
    return count
  }

  @Test func damageCostsLinesAndNeverAddsAny() throws {
    let seeds = try Self.seeds()
    #expect(seeds.count >= 6)
    #expect(seeds.map { Self.lines($0) }.max() == 37)
    for seed in seeds {
      let whole = Self.lines(seed)
      for n in stride(from: 0, to: seed.count, by: 7) {
        #expect(Self.lines(Array(seed.prefix(n))) <= whole)
      }
      for bit in stride(from: 0, to: seed.count * 8, by: 11) {
        var bad = seed
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        // The four digits of a check may become none at all; then there is nothing to check.
        #expect(Self.lines(bad) <= max(whole, 37))
      }
    }
  }
}

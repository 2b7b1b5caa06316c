import Foundation
import Testing

@testable import COSEM

/// The corpus of the fuzz target `cosem-data`: whole, cut at each length, each bit flipped.
@Suite("Corpus of data") struct CorpusTests {
  @Test("what is whole is read; what is damaged ends")
  func replay() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/cosem-data/corpus").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.count >= 4)
    for name in names {
      let seed = try Array(Data(contentsOf: folder.appendingPathComponent(name)))
      #expect(try ReaderTests.elements(seed).count > 0, "\(name)")
      for n in seed.indices { _ = try? ReaderTests.elements(Array(seed.prefix(n))) }
      for bit in 0..<(seed.count * 8) {
        var bad = seed
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        _ = try? ReaderTests.elements(bad)
      }
    }
  }
}

import Foundation
import MeterTime
import Testing

@testable import HDLC

/// The corpus of the fuzz target `hdlc`: whole, cut at each length, each bit flipped.
@Suite("Corpus of frames") struct CorpusTests {
  static func seeds() throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/hdlc/corpus").standardized
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try Array(Data(contentsOf: folder.appendingPathComponent($0)))
    }
  }

  /// Requests that a server has taken out of bytes; it answers each with itself.
  private func requests(_ bytes: [UInt8]) -> Int {
    var server = HDLCServer()
    var room = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
    var count = 0
    for byte in bytes {
      if server.receive(byte, at: Instant(seconds: 0)) == .request {
        count += 1
        let answer = server.request.withUnsafeBufferPointer { Array($0) }
        server.reply(answer.span)
      }
      var span = room.mutableSpan
      while server.nextFrame(into: &span) > 0 {}
    }
    return count
  }

  @Test("damage costs requests, never adds any")
  func replay() throws {
    let seeds = try Self.seeds()
    #expect(seeds.count >= 4)
    #expect(seeds.contains { requests($0) == 2 })
    for seed in seeds {
      let whole = requests(seed)
      for n in seed.indices { #expect(requests(Array(seed.prefix(n))) <= whole) }
      for bit in 0..<(seed.count * 8) {
        var bad = seed
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(requests(bad) <= whole)
      }
    }
  }
}

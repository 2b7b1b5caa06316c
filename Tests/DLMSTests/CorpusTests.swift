import Foundation
import MeterTime
import Testing

@testable import DLMS

/// The corpus of the fuzz target `dlms-apdu`: a client, then APDUs behind their length.
@Suite("Corpus of APDUs") struct CorpusTests {
  private func play(_ bytes: [UInt8]) -> [[UInt8]] {
    guard let client = bytes.first else { return [] }
    var rig = Rig(client: client)
    rig.room = 300
    rig.objects.rows = 200
    var answers: [[UInt8]] = []
    var at = 1
    while at < bytes.count {
      let end = min(bytes.count, at + 1 + Int(bytes[at]))
      answers.append(rig.ask(Array(bytes[(at + 1)..<end])))
      at = end
    }
    return answers
  }

  @Test("whole conversations are served; cut and flipped ones get defined answers")
  func replay() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/dlms-apdu/corpus").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names.count >= 10)
    var accepted = 0
    for name in names {
      let seed = try Array(Data(contentsOf: folder.appendingPathComponent(name)))
      if let first = play(seed).first, first.first == 0x61, first[17] == 0 { accepted += 1 }
      for n in 1..<seed.count { _ = play(Array(seed.prefix(n))) }
      for bit in 0..<(seed.count * 8) {
        var bad = seed
        bad[bit / 8] ^= 1 << UInt8(bit % 8)
        for answer in play(bad) {
          let isKnown = [0x61, 0x63, 0xC4, 0xC5, 0xC7, 0xD8, 0xDA, 0xE0].contains(
            answer.first ?? 0xD8)
          #expect(isKnown)
        }
      }
    }
    #expect(accepted == 9)
  }
}

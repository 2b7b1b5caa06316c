import Foundation
import Metrology
import Testing

@testable import Waveforms

/// Every decoder against the corpus of its fuzz target, whole, cut, flipped and at random:
/// nothing may trap, hang or grow.
@Suite struct CorpusTests {
  enum Decoder: String, CaseIterable, Sendable {
    case wav = "wav"
    case samples = "samples-csv"
    case power = "power-csv"
    case comtrade = "comtrade"
    case feed = "sample-feed"

    static let folder = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fuzz")

    var corpus: [(name: String, bytes: [UInt8])] {
      let folder = Self.folder.appendingPathComponent("\(rawValue)/corpus")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().compactMap { name in
        (try? Data(contentsOf: folder.appendingPathComponent(name))).map { (name, Array($0)) }
      }
    }

    /// Samples delivered before the end or the error; the error.
    func decode(_ bytes: [UInt8]) -> (count: Int, error: SourceError?) {
      let input = ByteSource(name: "corpus", bytes: bytes)
      do {
        switch self {
        case .wav:
          return drain(try WAVSource([input], scales: [.meter]))
        case .samples:
          return drain(try SampleCSVSource(input))
        case .power:
          return drain(try PowerSource(input))
        case .comtrade:
          return drain(try ComtradeSource(combined: input))
        case .feed:
          return drain(
            try LiveSource(input, form: .frames, rate: SampleRate(4000), damage: .resynchronise))
        }
      } catch {
        return (0, error)
      }
    }

    private func drain(_ source: some SampleSource) -> (count: Int, error: SourceError?) {
      var source = source
      var buffer = SampleBuffer(capacity: 512)
      var count = 0
      do {
        while count < 2000 {
          let got = try source.read(into: &buffer)
          if got == 0 { break }
          count += got
        }
      } catch {
        return (count, error)
      }
      return (count, nil)
    }
  }

  @Test(arguments: Decoder.allCases)
  func whole(decoder: Decoder) {
    let corpus = decoder.corpus
    #expect(corpus.count >= 3)
    for (name, bytes) in corpus {
      let (count, error) = decoder.decode(bytes)
      if name.hasPrefix("broken") {
        #expect(error != nil, "\(name)")
      } else {
        #expect(error == nil && count > 0, "\(name): \(error?.description ?? "empty")")
      }
    }
  }

  @Test(arguments: Decoder.allCases)
  func cut(decoder: Decoder) {
    for (_, bytes) in decoder.corpus {
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
        let (_, error) = decoder.decode(Array(bytes.prefix(length)))
        // Formats that tell their length must notice (all but the end of a last text line).
        if decoder == .wav || decoder == .comtrade, length < bytes.count - 6 {
          #expect(error != nil)
        }
      }
    }
  }

  @Test(arguments: Decoder.allCases)
  func flipped(decoder: Decoder) {
    var chance = SeededNoise(seed: 20_261_122)
    for (_, bytes) in decoder.corpus where !bytes.isEmpty {
      for _ in 0..<150 {
        var damaged = bytes
        for _ in 0...chance.next() % 4 {
          damaged[Int(chance.next() % UInt64(bytes.count))] ^= 1 << UInt8(chance.next() % 8)
        }
        _ = decoder.decode(damaged)
      }
    }
  }

  @Test(arguments: Decoder.allCases)
  func random(decoder: Decoder) {
    var chance = SeededNoise(seed: 382)
    for _ in 0..<200 {
      let count = Int(chance.next() % 300)
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
      let (delivered, _) = decoder.decode(bytes)
      #expect(delivered == 0)
    }
  }
}

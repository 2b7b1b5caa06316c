import Foundation
import MeterFaults
import Testing

@testable import MBus

/// The corpus of telegrams with the JSON that each must give; `generate.py` beside it makes the
/// expectations from the tables of the standard, without this decoder.
@Suite struct CorpusTests {
  @Test func everyTelegramGivesItsJSON() throws {
    let vectors = try Vector.all()
    #expect(vectors.count >= 200)
    for vector in vectors {
      #expect(json(vector.frame) == vector.json, "\(vector.name)")
    }
  }

  /// JSON that programs can read: Foundation reads every one of them.
  @Test func allJSONIsValid() throws {
    for vector in try Vector.all() {
      let object = try JSONSerialization.jsonObject(with: Data(json(vector.frame).utf8))
      #expect(object is [String: Any], "\(vector.name)")
    }
  }

  /// No shorter frame is one, whatever is missing.
  @Test func everyTruncationIsRefused() throws {
    for vector in try Vector.all() where vector.frame.count > 1 {
      for count in 0..<vector.frame.count {
        #expect(json(Array(vector.frame.prefix(count))) == "truncated", "\(vector.name)")
      }
    }
  }

  /// One flipped bit never gives a value: the frame is refused, whatever bit it was.
  @Test func everyFlipIsRefused() throws {
    for vector in try Vector.all().filter({ $0.frame.count > 1 }) {
      var frame = vector.frame
      for bit in 0..<(8 * frame.count) {
        frame[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(Self.isRefused(frame), "\(vector.name), bit \(bit)")
        frame[bit / 8] ^= 1 << UInt8(bit % 8)
      }
    }
  }

  /// Whether bytes are no frame.
  static func isRefused(_ frame: [UInt8]) -> Bool { (try? WiredFrame(frame.span)) == nil }

  /// Records cut at any byte, behind a frame that is right, lose nothing: what is whole is told
  /// as before, the rest is there as it came.
  @Test func recordsCutAnywhereLoseNothing() throws {
    for vector in try Vector.all() {
      guard vector.frame.count > 30, vector.frame[6] == 0x72 else { continue }
      let records = Array(vector.frame[19..<vector.frame.count - 2])
      for count in 0..<records.count {
        let piece = Array(records.prefix(count))
        #expect(Self.account(piece) == count, "\(vector.name) cut at \(count)")
      }
    }
  }

  /// Bytes that belong to records, fillers or the rest.
  static func account(_ bytes: [UInt8]) -> Int {
    var reader = RecordReader(bytes.span)
    var end = 0
    while let record = try? reader.next() {
      guard record.offset >= end, record.end <= bytes.count else { return -1 }
      guard bytes[end..<record.offset].allSatisfy({ $0 == 0x2F }) else { return -2 }
      _ = record.value(in: bytes.span)
      end = record.end
    }
    return end + (bytes.count - end)
  }

  /// Random records: nothing traps and no record reaches beyond its bytes.
  @Test func randomRecords() {
    var random = SplitMix64(seed: 90)
    for _ in 0..<20_000 {
      let count = Int(random.next() % 64)
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(Self.account(bytes) == count)
      var writer = TelegramJSON()
      let frame = Self.frame(bytes)
      #expect(throws: Never.self) { try writer.write(frame: frame.span) }
    }
  }

  /// A frame of CI 78 around records.
  static func frame(_ records: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
    var span = output.mutableSpan
    let count = WiredFrame.writeLong(
      control: 0x08, address: 1, information: 0x78, data: records.span, into: &span)
    return Array(output.prefix(count))
  }
}

import Foundation
import Metrology
import Testing

@testable import Waveforms

@Suite struct LiveSourceTests {
  static func frames(_ count: Int, from first: UInt32 = 0) -> [UInt8] {
    (0..<count).flatMap { n -> [UInt8] in
      let value = Int32(n)
      let frame = SampleFrame(
        sequence: first &+ UInt32(n),
        samples: SampleSet(
          u1: 1000 * value, i1: -value, u2: 0x4B_564B, i2: -8_388_608, u3: 5, i3: 6))
      return (0..<34).map { frame.encoded[$0] }
    }
  }

  static func open(
    _ bytes: [UInt8], damage: LiveSource.Damage = .refuse
  ) throws(SourceError) -> LiveSource {
    try LiveSource(
      ByteSource(name: "feed", bytes: bytes), form: .frames, rate: SampleRate(4000),
      damage: damage)
  }

  /// A frame to the byte, its CRC from zlib.
  @Test func knownFrame() {
    let frame = SampleFrame(
      sequence: 1, samples: SampleSet(u1: 1, i1: -1, u2: 2, i2: -2, u3: 8_388_607, i3: -8_388_608))
    let expected: [UInt8] = [
      0x4B, 0x56, 1, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0xFE, 0xFF, 0xFF,
      0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0x80, 0xFF, 0x39, 0x5F, 0x6D, 0x30,
    ]
    #expect((0..<34).map { frame.encoded[$0] } == expected)
    #expect(SampleFrame(frame.encoded) == frame)
  }

  @Test func roundTripInAnyPieces() throws {
    let bytes = Self.frames(300, from: .max - 100)
    var live = try Self.open(bytes)
    var buffer = SampleBuffer(capacity: 7)
    var count = 0
    while try live.read(into: &buffer) > 0 {
      for n in 0..<buffer.count {
        #expect(buffer[n].u1 == 1000 * Int32(count))
        count += 1
      }
    }
    #expect(count == 300 && live.lostCount == 0 && live.damagedCount == 0)
    #expect(live.truth?.sampleCount == 300)
  }

  @Test func everyFlippedBitIsRefused() throws {
    let bytes = Self.frames(3)
    for bit in 0..<34 * 8 {
      var flipped = bytes
      flipped[34 + bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: SourceError.self) {
        var live = try Self.open(flipped)
        _ = try Drained(&live)
      }
      var tolerant = try Self.open(flipped, damage: .resynchronise)
      #expect(try Drained(&tolerant).count == 2)
      #expect(tolerant.damagedCount >= 1 && tolerant.lostCount == 1)
    }
  }

  @Test func gapsNoiseAndRest() throws {
    let gap = Self.frames(2) + Self.frames(2, from: 7)
    #expect {
      var live = try Self.open(gap)
      _ = try Drained(&live)
    } throws: { "\($0)".contains("5 frames missing") && "\($0)".contains("offset 102") }
    var tolerant = try Self.open([0x4B, 0x4B, 0x56, 0x4B] + gap, damage: .resynchronise)
    #expect(try Drained(&tolerant).count == 4)
    #expect(tolerant.lostCount == 5)
    #expect {
      var live = try Self.open(Self.frames(2).dropLast())
      _ = try Drained(&live)
    } throws: { "\($0)".contains("whole last frame") }
  }

  @Test func text() throws {
    var live = try LiveSource(
      source("u1_V,i1_A\n100,1\n-100,-1\n900,0\n"), form: .text, rate: SampleRate(4000))
    let drained = try Drained(&live)
    #expect(drained.count == 3 && live.clippedCount == 1)
    #expect(abs((live.truth?.phases[0].import_J ?? 0) - 200.0 / 4000) < 1e-7)
    #expect(throws: SourceError.self) {
      var live = try LiveSource(
        source("u1_V,i1_A\n100,nan\n"), form: .text, rate: SampleRate(4000))
      _ = try Drained(&live)
    }
    #expect(throws: SourceError.self) {
      _ = try LiveSource(source(""), form: .frames, rate: SampleRate(400))
    }
  }
}

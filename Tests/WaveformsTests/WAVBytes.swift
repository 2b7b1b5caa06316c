import Foundation

@testable import Waveforms

/// Builds WAV files for tests.
struct WAVBytes {
  var channels = 2
  var rate: UInt32 = 4000
  var tag: UInt16 = 1
  var bits = 16
  var isExtensible = false
  /// Chunks before `fmt `.
  var before: [UInt8] = []
  var form = "RIFF"
  /// Instead of the true size of the data.
  var dataSize: UInt32?
  var data: [UInt8] = []

  static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  static func chunk(_ id: String, _ body: [UInt8]) -> [UInt8] {
    Array(id.utf8) + little(UInt64(body.count), 4) + body + (body.count % 2 == 1 ? [0] : [])
  }

  /// Adds a sample, whose unit is one count or 1.0.
  mutating func add(_ value: Double) {
    switch (tag, bits) {
    case (3, 32): data += Self.little(UInt64(Float(value).bitPattern), 4)
    case (3, _): data += Self.little(value.bitPattern, 8)
    case (_, 8): data.append(UInt8(Int(value) + 128))
    default: data += Self.little(UInt64(bitPattern: Int64(value)), bits / 8)
    }
  }

  var bytes: [UInt8] {
    let frame = UInt64(channels * bits / 8)
    var format = Self.little(isExtensible ? 0xFFFE : UInt64(tag), 2)
    format += Self.little(UInt64(channels), 2) + Self.little(UInt64(rate), 4)
    format += Self.little(UInt64(rate) * frame, 4) + Self.little(frame, 2)
    format += Self.little(UInt64(bits), 2)
    if isExtensible {
      format += Self.little(22, 2) + Self.little(UInt64(bits), 2) + Self.little(0, 4)
      format += Self.little(UInt64(tag), 2)
      format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    }
    var body = Array("WAVE".utf8) + before + Self.chunk("fmt ", format)
    body += Array("data".utf8) + Self.little(UInt64(dataSize ?? UInt32(data.count)), 4) + data
    return Array(form.utf8) + Self.little(UInt64(body.count), 4) + body
  }

  func source(_ name: String = "test.wav") -> ByteSource { ByteSource(name: name, bytes: bytes) }

  /// Sines of 50 Hz, u then i for each pair of channels.
  static func sine(_ template: WAVBytes = WAVBytes(), peak: Double, frames: Int) -> WAVBytes {
    var wav = template
    for n in 0..<frames {
      for _ in 0..<wav.channels {
        let value = peak * sin(2 * .pi * 50 * Double(n) / Double(wav.rate))
        wav.add(wav.tag == 3 ? value : value.rounded())
      }
    }
    return wav
  }
}

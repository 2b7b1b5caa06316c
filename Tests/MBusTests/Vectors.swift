import Foundation

@testable import MBus

/// The bytes of a text of hexadecimal digits; blanks are passed over.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// The digits of bytes, as in the vectors.
func text(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}

/// One line of Tests/Vectors/mbus/wired.tsv.
struct Vector: Sendable {
  let name: String
  let origin: String
  let frame: [UInt8]
  let json: String

  static func all(_ file: String = "wired.tsv") throws -> [Vector] {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Vectors/mbus/\(file)")
    let text = try String(contentsOf: path, encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Vector(name: parts[0], origin: parts[1], frame: hex(parts[2]), json: parts[3])
    }
  }
}

/// What the decoder says about a frame, or the error's name.
func json(_ frame: [UInt8]) -> String {
  var writer = TelegramJSON()
  do throws(FrameError) {
    try writer.write(frame: frame.span)
    return writer.text
  } catch {
    return "\(error)"
  }
}

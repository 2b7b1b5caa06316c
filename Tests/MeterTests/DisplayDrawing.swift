import Foundation
import Testing

@testable import Meter

/// A glass drawn in characters: what a reader would see, bar by bar.
struct DisplayDrawing {
  let glass: Glass
  let blinkPhase: Bool

  private func lit(_ segment: GlassSegment) -> Bool {
    glass.isLit(segment, blinkPhase: blinkPhase)
  }

  private func pick(_ segment: GlassSegment, _ character: String) -> String {
    lit(segment) ? character : " "
  }

  /// Three lines of seven-segment digits.
  private func digits(
    _ count: Int, _ segment: (Int, DigitSegment) -> GlassSegment, colons: [Int: GlassSymbol] = [:]
  ) -> [String] {
    var lines = ["", "", ""]
    for digit in 0..<count {
      lines[0] += " " + pick(segment(digit, .a), "_") + "  "
      lines[1] += pick(segment(digit, .f), "|") + pick(segment(digit, .g), "_")
      lines[1] += pick(segment(digit, .b), "|")
      lines[2] += pick(segment(digit, .e), "|") + pick(segment(digit, .d), "_")
      lines[2] += pick(segment(digit, .c), "|")
      let colon = colons[digit].map { lit(.symbol($0)) } ?? false
      lines[1] += colon ? "." : " "
      let point = digit < count - 1 && lit(segment(digit, .point))
      lines[2] += colon || point ? "." : " "
    }
    return lines
  }

  /// Five lines of fourteen-segment characters.
  private func characters(
    _ count: Int, _ segment: (Int, CharacterSegment) -> GlassSegment
  ) -> [String] {
    var lines = ["", "", "", "", ""]
    for place in 0..<count {
      func bar(_ bar: CharacterSegment, _ character: String) -> String {
        pick(segment(place, bar), character)
      }
      lines[0] += " " + bar(.a, "___") + (lit(segment(place, .a)) ? "" : "  ") + "  "
      lines[1] += bar(.f, "|") + bar(.h, "\\") + bar(.i, "|") + bar(.j, "/") + bar(.b, "|") + " "
      lines[2] += " " + bar(.g1, "-") + " " + bar(.g2, "-") + "  "
      lines[3] += bar(.e, "|") + bar(.k, "/") + bar(.l, "|") + bar(.m, "\\") + bar(.c, "|") + " "
      lines[4] += " " + bar(.d, "---") + (lit(segment(place, .d)) ? "" : "  ") + "  "
    }
    return lines
  }

  var text: String {
    let colons: [Int: GlassSymbol] = [1: .colon2, 3: .colon4, 5: .colon6]
    var lines = digits(7, GlassSegment.identification)
    lines += digits(8, GlassSegment.value, colons: colons)
    lines += zip(characters(5, GlassSegment.unit), characters(4, GlassSegment.text))
      .map { $0 + "   " + $1 }
    let symbols = GlassSymbol.allCases.filter { lit(.symbol($0)) && !colons.values.contains($0) }
    lines.append(symbols.map { "\($0)" }.joined(separator: " "))
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

/// Drawings kept in a file. `UPDATE_GOLDEN=1` writes the file anew; look at what changed.
struct GoldenFrames {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Vectors/display/frames.txt")

  /// Compares named drawings, in their order, with the file.
  static func check(_ frames: [(name: String, drawing: String)]) throws {
    let text = frames.map { "== \($0.name)\n\($0.drawing)\n" }.joined()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let stored = sections(try String(contentsOf: file, encoding: .utf8))
    let fresh = sections(text)
    #expect(stored.map(\.name) == fresh.map(\.name))
    for (old, new) in zip(stored, fresh) where old != new {
      Issue.record("\(new.name) is drawn as\n\(new.drawing)\nand not as\n\(old.drawing)")
    }
  }

  private struct Section: Equatable {
    var name: String
    var drawing: String
  }

  private static func sections(_ text: String) -> [Section] {
    text.split(separator: "== ").map { part in
      let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return Section(name: String(lines[0]), drawing: lines.count > 1 ? String(lines[1]) : "")
    }
  }
}

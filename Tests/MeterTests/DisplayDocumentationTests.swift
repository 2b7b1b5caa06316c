import Foundation
import Testing

@testable import Meter

/// The documented segment list and the code say the same.
struct DisplayDocumentationTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Rows `| first...last | names | meaning |` or `| number | name | meaning |`.
  private func documentedSegments() throws -> [Int: String] {
    let text = try String(
      contentsOf: Self.root.appending(path: "docs/display.md"), encoding: .utf8)
    var segments: [Int: String] = [:]
    let row = /^\| (\d+)(?:\.\.\.(\d+))? \| ([A-Za-z0-9. ]+) \|/
    for line in text.split(separator: "\n") {
      guard let match = line.prefixMatch(of: row), let first = Int(match.1) else { continue }
      let names = match.3.split(separator: " ")
      if let last = match.2 {
        #expect(Int(last) == first + names.count - 1, "\(line)")
      } else {
        #expect(names.count == 1, "\(line)")
      }
      for (offset, name) in names.enumerated() {
        #expect(segments[first + offset] == nil, "number \(first + offset) stands twice")
        segments[first + offset] = String(name)
      }
    }
    return segments
  }

  @Test func segmentListIsTheOneOfTheCode() throws {
    let documented = try documentedSegments()
    for index in -1...GlassPlane.bitCount {
      #expect(documented[index] == GlassSegment(index: index)?.name)
    }
    #expect(documented.count == 8 * 7 + 7 + 7 * 7 + 6 + 9 * 14 + GlassSymbol.allCases.count)
    #expect(Set(documented.values).count == documented.count)
  }

  @Test func timesAndSizesAreTheDocumentedOnes() throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "docs/display.md"), encoding: .utf8)
    #expect(Glass.encodedBytes == 80 && text.contains("these 80 bytes"))
    #expect(DisplayLists.encodedBytes == 58 && text.contains("take 58 bytes"))
  }
}

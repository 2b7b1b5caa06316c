/// The known word that a mistyped one probably means.
enum Suggestion {
  /// - Returns: the nearest candidate within a third of its length (at least 2 edits); nil where
  ///   none is near.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let lower = word.lowercased()
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let distance = edits(Array(lower.utf8), Array(candidate.lowercased().utf8))
      guard distance <= max(2, candidate.utf8.count / 3), distance < best?.distance ?? .max
      else { continue }
      best = (candidate, distance)
    }
    return best?.word
  }

  /// Fewest insertions, deletions and replacements from one to the other (Levenshtein).
  static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}

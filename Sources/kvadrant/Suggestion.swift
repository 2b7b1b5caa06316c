import ArgumentParser
import VirtualMeter

/// «Did you mean» for subcommands, which the argument parser does for options only.
enum Suggestion {
  /// The failure for a word that is no subcommand where one must stand, at any depth; else nil.
  static func unknownCommand(
    _ arguments: [String], of root: any ParsableCommand.Type
  ) -> Failure? {
    var command = root
    for word in arguments {
      let known = command.configuration.subcommands
      if known.isEmpty || word.hasPrefix("-") || word == "help" { return nil }
      guard let next = known.first(where: { names($0).contains(word) }) else {
        return failure(word, known: known.flatMap(names), after: command)
      }
      command = next
    }
    return nil
  }

  private static func names(_ command: any ParsableCommand.Type) -> [String] {
    [command._commandName] + command.configuration.aliases
  }

  private static func failure(
    _ word: String, known: [String], after command: any ParsableCommand.Type
  ) -> Failure {
    let program = command == Kvadrant.self ? "kvadrant" : "kvadrant \(command._commandName)"
    let near = known.map { ($0, distance(word, $0)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }
    let next = near.map { "did you mean «\(program) \($0.0)»?" } ?? "\(program) --help"
    return Failure(
      .usage, what: "unknown command «\(word)»", expected: known.joined(separator: ", "),
      next: next)
  }

  /// Edits between two words: insertions, deletions, replacements and swaps of neighbours.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        let swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]
        if swapped { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

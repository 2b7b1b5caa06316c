import Testing

@testable import kvadrant

@Suite("Did you mean")
struct SuggestionTests {
  @Test(
    "edits between words",
    arguments: [
      ("run", "run", 0), ("run", "rum", 1), ("rn", "run", 1), ("urn", "run", 1),
      ("", "demo", 4), ("demo", "", 4), ("fault", "label", 4), ("check", "chekc", 1),
    ])
  func distance(_ a: String, _ b: String, _ edits: Int) {
    #expect(Suggestion.distance(a, b) == edits)
    #expect(Suggestion.distance(b, a) == edits)
  }

  @Test(
    "known words and options are left alone", arguments: [["run"], ["--help"], ["help", "x"], []])
  func known(_ arguments: [String]) {
    #expect(Suggestion.unknownCommand(arguments, of: Kvadrant.self) == nil)
  }
}

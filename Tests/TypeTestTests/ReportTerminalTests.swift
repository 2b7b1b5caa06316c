import Foundation
import Testing

@testable import TypeTest

@Suite("The report in a terminal") struct ReportTerminalTests {
  /// All that a run would write.
  static func text(_ report: TypeTestReport, _ terminal: TerminalReport) -> String {
    var terminal = terminal
    var text = terminal.take(.planned(points: report.results.map(\.point), steps: 40))
    for (number, result) in report.results.enumerated() {
      text += terminal.take(
        .progress(done: min(number, 40), steps: 40, remaining_s: number < 5 ? nil : 61))
      text += terminal.take(.point(result))
    }
    return text + terminal.take(.finished(report))
  }

  @Test("lines fit the width, without escapes in a pipe", arguments: [60, 100, 140])
  func pipe(width: Int) {
    let text = Self.text(ReportSamples.report(meters: 2), TerminalReport(width: width))
    #expect(!text.contains("\u{1B}") && !text.contains("\r"))
    let table = text.prefix { _ in true }.components(separatedBy: "\nKVD-")[0]
    for line in table.split(separator: "\n") {
      #expect(line.count <= max(width, 20 + 59), "\(line)")
    }
    #expect(text.contains("points to test"))
    #expect(text.hasSuffix("PASSED\n"))
    #expect(text.contains("diagram 5, Composite error: largest error 0.0"))
    #expect(text.contains("24.00 s per simulated hour"))
    #expect(text.contains("only hardware can prove it"))
  }

  @Test("a failure is a word, and red where there are colours")
  func failure() {
    let report = ReportSamples.report(meters: 2, failing: "intrinsic.balanced.A+.5A.cos1")
    let plain = Self.text(report, TerminalReport())
    #expect(plain.contains("FAILED\n") && plain.hasSuffix("FAILED\n"))
    let coloured = Self.text(report, TerminalReport(hasColours: true))
    #expect(coloured.contains("\u{1B}[31mA+ balanced, 5 A"))
  }

  @Test("progress shows part, steps, remaining time and failures")
  func progress() {
    var terminal = TerminalReport()
    #expect(terminal.progress.isEmpty)
    _ = terminal.take(.progress(done: 10, steps: 40, remaining_s: 61))
    #expect(terminal.progress == "[######..................]  25 %  10/40, 1 min 1 s left")
    _ = terminal.take(.progress(done: 40, steps: 40, remaining_s: 0))
    #expect(terminal.progress == "[########################] 100 %  40/40, 0 s left")
  }

  @Test("limits in words")
  func limits() {
    #expect(FigureText.limit(.errorLimit(percent: 0.5)) == "±0.5 %")
    #expect(FigureText.limit(.errorRange(lowest: -100, highest: 10)) == "−100 to +10 %")
    #expect(FigureText.limit(.pulsesAtMost(count: 1, seconds: 907.2)) == "≤ 1 in 907 s")
    #expect(FigureText.limit(.registerChange(kilowattHours: 0.05865)) == "≤ 0.0587 kWh")
    #expect(FigureText.signed(-0.00004, 4) == "0.0000")
    #expect(FigureText.signed(0.12345, 3) == "+0.123")
    #expect(FigureText.duration(3725) == "1 h 2 min")
  }
}

/// A run as lines of a terminal: the table grows as points are done, progress stands below it.
///
/// It makes texts and writes nothing. On a terminal `progress` belongs behind a carriage return
/// and is wiped before the next lines; in a pipe it is left out.
public struct TerminalReport: Sendable {
  /// Columns of the terminal, 60 to 200.
  public var width: Int
  /// Colours by escape sequences; never set it for a pipe or where NO_COLOR asks for none.
  public var hasColours: Bool

  private var done = 0
  private var steps = 0
  private var remaining_s: Double?
  private var counts = ReportDocument.Counts([])
  private var group: PointGroup?

  public init(width: Int = 100, hasColours: Bool = false) {
    self.width = min(max(width, 60), 200)
    self.hasColours = hasColours
  }

  /// Widths of the columns behind the title.
  private static let columns = [17, 10, 10, 10, 7]

  /// Takes an event; gives the lines that are to be written for it, each with its end.
  public mutating func take(_ event: TypeTestEvent) -> String {
    switch event {
    case .planned(let points, let steps):
      self.steps = steps
      let tested = points.filter { $0.procedure != .hardware }.count
      return "\(tested) points to test, \(points.count - tested) only listed, \(steps) steps\n"
    case .progress(let done, let steps, let remaining_s):
      self.done = done
      self.steps = steps
      self.remaining_s = remaining_s
      return ""
    case .point(let result): return row(result)
    case .log(let text): return text + "\n"
    case .finished(let report): return summary(report)
    case .source: return ""
    }
  }

  /// `[#####.....]  48 %  124/260, 12 s left`; empty before the plan is known.
  public var progress: String {
    guard steps > 0 else { return "" }
    let part = Double(done) / Double(steps)
    let cells = 24
    let filled = min(cells, Int(part * Double(cells)))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: cells - filled)
    let left = remaining_s.map { ", \(FigureText.duration($0)) left" } ?? ""
    let failed = counts.failed > 0 ? ", \(counts.failed) failed" : ""
    return "[\(bar)] \(pad("\(Int(part * 100))", 3)) %  \(done)/\(steps)\(left)\(failed)"
  }

  // MARK: rows

  private mutating func row(_ result: TestPointResult) -> String {
    let one = ReportDocument.Counts([result])
    counts.passed += one.passed
    counts.failed += one.failed
    counts.informative += one.informative
    counts.notTested += one.notTested
    // What only hardware can prove is named in the summary.
    guard let figures = result.figures else { return "" }
    var text = ""
    let own = PointGroup(result.point)
    if own != group, let own {
      group = own
      text += heading(own)
    }
    let unit = result.unit
    let cells = [
      FigureText.limit(result.point.criterion), FigureText.figure(figures.mean, unit),
      FigureText.figure(figures.minimum, unit), FigureText.figure(figures.maximum, unit),
      word(result.verdict),
    ]
    text += fit(result.point.title)
    for (cell, room) in zip(cells, Self.columns) { text += " " + pad(FigureText.typed(cell), room) }
    return paint(text, result.verdict == .failed ? "31" : nil) + "\n"
  }

  private func heading(_ group: PointGroup) -> String {
    var text = "\n" + paint(fit(group.rawValue), "1")
    for (name, room) in zip(["limit", "mean", "lowest", "highest", ""], Self.columns) {
      text += " " + pad(name, room)
    }
    return text + "\n"
  }

  private func word(_ verdict: TestVerdict) -> String {
    switch verdict {
    case .passed: "ok"
    case .failed: "FAILED"
    case .informative: "-"
    case .notTested: "n.t."
    }
  }

  private var titleWidth: Int {
    max(20, width - Self.columns.reduce(0, +) - Self.columns.count)
  }

  /// Cut or filled to the width of the first column.
  private func fit(_ text: String) -> String {
    let text = FigureText.typed(text)
    guard text.count > titleWidth else {
      return text + String(repeating: " ", count: titleWidth - text.count)
    }
    return text.prefix(titleWidth - 1) + "…"
  }

  private func pad(_ text: String, _ room: Int) -> String {
    String(repeating: " ", count: max(0, room - text.count)) + text
  }

  private func paint(_ text: String, _ code: String?) -> String {
    guard hasColours, let code else { return text }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  // MARK: summary

  private func summary(_ report: TypeTestReport) -> String {
    let subject = report.subject
    let title = Standard(named: subject.standard)?.title ?? subject.standard
    var lines = [
      "",
      "\(subject.variant), \(title) class \(subject.accuracyClass), "
        + "\(subject.meters) \(subject.meters == 1 ? "meter" : "meters"), seed \(subject.seed), "
        + subject.device,
    ]
    for diagram in report.diagrams {
      lines.append(
        "diagram \(diagram.id), \(diagram.title): largest error "
          + FigureText.typed(FigureText.plain(diagram.worst, 4)) + " %")
    }
    let reasons = NotTested.reasons(report.results)
    if !reasons.isEmpty {
      lines.append("not tested:")
      lines += reasons.map { "  \($0.titles.joined(separator: "; ")): \($0.reason)" }
    }
    let total = ReportDocument.Counts(report.results)
    lines.append(
      "\(total.passed) passed, \(total.failed) failed, \(total.informative) informative, "
        + "\(total.notTested) not tested")
    lines.append(
      "\(FigureText.duration(report.simulated_s)) simulated in "
        + "\(FigureText.plain(report.elapsed_s, 1)) s, "
        + "\(FigureText.plain(report.secondsPerSimulatedHour, 2)) s per simulated hour")
    let verdict = report.hasPassed ? "PASSED" : "FAILED"
    lines.append(paint(verdict, report.hasPassed ? "32;1" : "31;1"))
    return lines.joined(separator: "\n") + "\n"
  }
}

/// What was not tested, gathered by reason.
enum NotTested {
  struct Reason {
    var reason: String
    var titles: [String]
  }

  static func reasons(_ results: [TestPointResult]) -> [Reason] {
    var found: [Reason] = []
    for result in results {
      guard let reason = result.verdict.reason else { continue }
      // The permitted change differs from line to line; the reason is what stands before it.
      let short = String(reason.prefix { $0 != ";" })
      if let index = found.firstIndex(where: { $0.reason == short }) {
        if !found[index].titles.contains(result.point.title) {
          found[index].titles.append(result.point.title)
        }
      } else {
        found.append(Reason(reason: short, titles: [result.point.title]))
      }
    }
    return found
  }
}

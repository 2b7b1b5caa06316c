/// The tables of the points, and the spread that calibration takes away.
extension HTMLReport {
  /// The head of a table; true for columns of numbers.
  func header(_ page: inout HTMLText, _ columns: [(String, Bool)]) {
    page.element("thead") { page in
      page.element("tr") { page in
        for (name, isNumber) in columns {
          page.element(
            "th", isNumber ? [("scope", "col"), ("class", "n")] : [("scope", "col")]
          ) { $0.write(name) }
        }
      }
    }
  }

  func writeTables(_ page: inout HTMLText) {
    page.element("section", [("class", "chapter")]) { page in
      page.element("h2", "Points")
      for group in PointGroup.allCases {
        let results = report.results.filter {
          $0.figures != nil && PointGroup($0.point) == group
        }
        guard !results.isEmpty else { continue }
        page.element("h3", group.rawValue)
        writeTable(&page, results)
      }
    }
  }

  private func writeTable(_ page: inout HTMLText, _ results: [TestPointResult]) {
    let isBatch = report.subject.meters > 1
    let hasBefore = results.contains { $0.uncalibrated != nil }
    var columns = [("Point", false), ("Clause", false), ("Limit", true), ("Unit", false)]
    columns +=
      isBatch
      ? [("Mean", true), ("Lowest", true), ("Highest", true), ("RMS", true)]
      : [("Figure", true), ("Deviation", true)]
    if hasBefore { columns.append(("Before calibration", true)) }
    columns += [("Used", false), ("Verdict", false)]
    page.element("div", [("class", "box")]) { page in
      page.element("table") { page in
        header(&page, columns)
        page.element("tbody") { page in
          for result in results { writeRow(&page, result, isBatch, hasBefore) }
        }
      }
    }
  }

  private func writeRow(
    _ page: inout HTMLText, _ result: TestPointResult, _ isBatch: Bool, _ hasBefore: Bool
  ) {
    guard let figures = result.figures else { return }
    let isFailed = result.verdict == .failed
    page.element("tr", isFailed ? [("class", "failed")] : []) { page in
      page.element("th", [("scope", "row")]) { page in
        page.write(result.point.title)
        for note in result.notes.prefix(2) { page.element("span", class: "note", note) }
      }
      page.element("td", "\(clause(result.point)) [\(result.point.confidence.mark)]")
      page.element("td", class: "n", FigureText.limit(result.point.criterion))
      page.element("td", result.unit.rawValue)
      let cells =
        isBatch
        ? [figures.mean, figures.minimum, figures.maximum, figures.rms]
        : [figures.mean, figures.repeatDeviation]
      for cell in cells { page.element("td", class: "n", FigureText.figure(cell, result.unit)) }
      if hasBefore {
        let text = result.uncalibrated.map { before in
          before.count > 1
            ? FigureText.signed(before.minimum, 2) + " to " + FigureText.signed(before.maximum, 2)
            : FigureText.signed(before.mean, 2)
        }
        page.element("td", class: "n", text ?? "")
      }
      page.element("td") { writeBar(&$0, result.usedShare) }
      page.element("td", class: isFailed ? "bad" : nil, result.verdict.word)
    }
  }

  /// Without the name of the standard, which stands in the head.
  private func clause(_ point: TestPoint) -> String {
    let name = (context.standard?.title ?? "") + ", "
    return point.clause.hasPrefix(name) ? String(point.clause.dropFirst(name.count)) : point.clause
  }

  /// How much of the limit is used; beyond it the bar is full and red.
  private func writeBar(_ page: inout HTMLText, _ share: Double?) {
    guard let share, share.isFinite else { return }
    let width = (min(max(share, 0), 1) * 60 * 10).rounded() / 10
    page.raw("<svg class=\"bar\" viewBox=\"0 0 60 8\" role=\"img\"><title>")
    page.write("\(FigureText.plain(share * 100, 1)) % of the limit")
    page.raw("</title><rect class=\"room\" width=\"60\" height=\"8\" rx=\"3\"/>")
    page.raw("<rect class=\"\(share > 1 ? "over" : "used")\" width=\"\(width)\"")
    page.raw(" height=\"8\" rx=\"3\"/></svg>")
  }

  // MARK: calibration

  func writeCalibration(_ page: inout HTMLText) {
    let results = report.results.filter { $0.uncalibrated != nil && $0.figures != nil }
    guard !results.isEmpty else { return }
    page.element("section", [("class", "chapter")]) { page in
      page.element("h2", "Spread before and after calibration")
      page.element(
        "p", class: "muted",
        "The same meters, with the tolerances of their parts and then with the gain, phase and "
          + "offset that calibration wrote through the seal.")
      // One meter is one dot; its figures stand in the table.
      let shown = report.subject.meters > 1 ? shownCalibrations(results) : []
      page.element("div", [("class", "pair")]) { page in
        for result in shown {
          guard let plot = charts.calibrationPlot(result) else { continue }
          page.element("figure") { $0.raw(plot.svg(.fragment)) }
        }
      }
      writeSpreads(&page, results)
    }
  }

  /// Of each power factor the point whose current is nearest to Iref.
  private func shownCalibrations(_ results: [TestPointResult]) -> [TestPointResult] {
    let basic = context.currents?.basic_A ?? 5
    var best: [(name: String, result: TestPointResult)] = []
    for result in results where PointGroup(result.point) == .intrinsic {
      let conditions = result.point.conditions
      guard context.isBalanced(conditions), conditions.current_A > 0 else { continue }
      let name = context.curveName(result.point, .balanced) + conditions.register.rawValue
      let index = best.firstIndex { $0.name == name }
      func distance(_ one: TestPointResult) -> Double {
        abs(one.point.conditions.current_A / basic - 1)
      }
      if let index {
        if distance(result) < distance(best[index].result) { best[index].result = result }
      } else {
        best.append((name, result))
      }
    }
    return best.prefix(4).map(\.result)
  }

  private func writeSpreads(_ page: inout HTMLText, _ results: [TestPointResult]) {
    page.element("div", [("class", "box")]) { page in
      page.element("table") { page in
        header(
          &page,
          [
            ("Point", false), ("Before: lowest", true), ("highest", true), ("deviation", true),
            ("After: lowest", true), ("highest", true), ("deviation", true),
          ])
        page.element("tbody") { page in
          for result in results {
            guard let before = result.uncalibrated, let after = result.figures else { continue }
            page.element("tr") { page in
              page.element("th", [("scope", "row")]) { $0.write(result.point.title) }
              for (spread, decimals) in [(before, 3), (after, 4)] {
                for value in [spread.minimum, spread.maximum] {
                  page.element("td", class: "n", FigureText.signed(value, decimals))
                }
                page.element(
                  "td", class: "n", FigureText.plain(spread.standardDeviation, decimals))
              }
            }
          }
        }
      }
    }
  }
}

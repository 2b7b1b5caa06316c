import Charts

/// The report as one HTML file: pictures inside, no script, nothing from elsewhere.
///
/// Light and dark follow the reader; on paper it is A4. The date and the program are arguments,
/// so that the same run gives the same bytes.
public struct HTMLReport: Sendable {
  let report: TypeTestReport
  let head: ReportHead
  let context: ReportContext
  let charts: ReportCharts

  public init(_ report: TypeTestReport, _ head: ReportHead = ReportHead()) {
    self.report = report
    self.head = head
    context = ReportContext(report)
    charts = ReportCharts(context)
  }

  /// The hash that a content security policy names to allow the style of the report.
  public static var styleHash: String { ReportStyle.policyHash }

  /// The whole file.
  public var text: String {
    var page = HTMLText()
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
    page.element("title", "Type test of \(report.subject.variant)")
    page.raw("\n<style>")
    page.raw(ReportStyle.text)
    page.raw("</style>\n</head>\n<body>\n")
    page.element("main") { page in
      writeHead(&page)
      writeDiagrams(&page)
      writeFunnels(&page)
      writeCalibration(&page)
      writeTables(&page)
      writeNotTested(&page)
      writeBasis(&page)
    }
    page.raw("</body>\n</html>\n")
    return page.text
  }

  // MARK: head

  private func writeHead(_ page: inout HTMLText) {
    let subject = report.subject
    page.element("header", [("class", "head")]) { page in
      page.element("div") { page in
        page.element("h1", "Type test of \(subject.variant)")
        page.element("p", class: "honest", "Virtual meter; no type approval is claimed.")
        page.element("p", class: "muted", "\(standardTitle), class \(subject.accuracyClass)")
      }
      page.element(
        "p", class: "verdict \(report.hasPassed ? "good" : "bad")",
        report.hasPassed ? "Passed" : "Failed")
    }
    let counts = ReportDocument.Counts(report.results)
    page.element("div", [("class", "figures")]) { page in
      figure(&page, "\(counts.passed)", "points passed")
      figure(&page, "\(counts.failed)", "points failed", isBad: counts.failed > 0)
      if counts.informative > 0 { figure(&page, "\(counts.informative)", "for information") }
      figure(&page, "\(counts.notTested)", "not tested")
      if let worst = worstShare {
        figure(&page, "\(FigureText.plain(worst * 100, 0)) %", "of a limit used at most")
      }
      if !report.diagrams.isEmpty {
        let worst = report.diagrams.map(\.worst).max() ?? 0
        figure(
          &page, "\(FigureText.plain(worst, 3)) %", "largest error in the diagrams",
          isBad: worst > ReportCharts.goal)
      }
      figure(
        &page, FigureText.duration(report.simulated_s),
        "simulated in \(FigureText.duration(report.elapsed_s))")
    }
    writeIdentification(&page)
  }

  private var standardTitle: String { context.standard?.title ?? report.subject.standard }

  private var worstShare: Double? { report.results.compactMap(\.usedShare).max() }

  private func figure(
    _ page: inout HTMLText, _ value: String, _ what: String, isBad: Bool = false
  ) {
    page.element("div") { page in
      page.element("b", class: isBad ? "bad" : nil, value)
      page.element("span", class: "muted", what)
    }
  }

  private func writeIdentification(_ page: inout HTMLText) {
    let subject = report.subject
    var rows = [
      ("Type", subject.variant),
      ("Standard", "\(standardTitle), class \(subject.accuracyClass)"),
      ("Meters", "\(subject.meters), \(subject.device)"), ("Seed", "\(subject.seed)"),
      ("Program", head.software),
    ]
    if let date = head.date { rows.append(("Date", date)) }
    if let currents = context.currents {
      let figures = [
        ("Ist", currents.starting_A), ("Imin", currents.minimum_A),
        ("Itr", currents.transitional_A), ("Iref", currents.basic_A),
        ("Imax", currents.maximum_A),
      ]
      rows.append(
        (
          "Currents",
          figures.map { "\($0.0) \(FigureText.short($0.1)) A" }.joined(separator: ", ")
        ))
    }
    rows.append(
      (
        "Reference conditions",
        "nominal voltage and frequency, 23 °C, sine, sequence L1 L2 L3, all voltages on"
      ))
    if let note = context.standard?.note { rows.append(("Remark", note)) }
    page.element("h2", "Identification")
    page.element("dl") { page in
      for (name, value) in rows {
        page.element("dt", name)
        page.element("dd", value)
      }
    }
  }

  // MARK: pictures

  private func picture(_ page: inout HTMLText, _ plot: any Plot, _ caption: String? = nil) {
    page.element("figure") { page in
      page.raw(plot.svg(.fragment))
      if let caption { page.element("figcaption", caption) }
    }
  }

  private func writeDiagrams(_ page: inout HTMLText) {
    guard !report.diagrams.isEmpty else { return }
    page.element("section", [("class", "chapter")]) { page in
      page.element("h2", "The five accuracy diagrams of the data sheet")
      page.element(
        "p", class: "muted",
        "On the left as the data sheet draws them, on the right magnified; lines are means of the "
          + "batch, pale lines the lowest and the highest meter. The goal is ±0.1 %.")
      for diagram in report.diagrams.sorted(by: { $0.id < $1.id }) {
        page.element("div", [("class", "pair")]) { page in
          picture(&page, charts.dataSheetPlot(diagram))
          picture(&page, charts.magnifiedPlot(diagram), caption(diagram))
        }
      }
    }
  }

  private func caption(_ diagram: Diagram) -> String {
    let rms = diagram.curves.flatMap(\.places).map(\.error.rms).max() ?? 0
    let verdict = diagram.worst <= ReportCharts.goal ? "inside" : "outside"
    let goal = FigureText.short(ReportCharts.goal)
    return "Largest error of any meter \(FigureText.plain(diagram.worst, 4)) %, largest RMS over "
      + "the batch \(FigureText.plain(rms, 4)) %: \(verdict) ±\(goal) %."
  }

  private func writeFunnels(_ page: inout HTMLText) {
    let families = charts.families
    guard !families.isEmpty else { return }
    page.element("section", [("class", "chapter")]) { page in
      page.element("h2", "Error curves between the limits")
      if context.standard?.isReactive != true, context.standard?.isInformative != true {
        page.element("p", class: "muted", Standard.iec62053_22.note)
      }
      for family in families {
        page.element("div", [("class", "pair")]) { page in
          picture(&page, charts.funnelPlot(family))
          picture(&page, charts.magnifiedFunnelPlot(family))
        }
      }
    }
  }

  // MARK: basis

  private func writeNotTested(_ page: inout HTMLText) {
    let reasons = NotTested.reasons(report.results)
    guard !reasons.isEmpty else { return }
    page.element("section") { page in
      page.element("h2", "Not tested, and why")
      page.element("div", [("class", "box")]) { page in
        page.element("table") { page in
          header(&page, [("What", false), ("Why", false)])
          page.element("tbody") { page in
            for reason in reasons {
              page.element("tr") { page in
                page.element("th", [("scope", "row")]) { page in
                  page.write(reason.titles.joined(separator: "; "))
                }
                page.element("td", reason.reason)
              }
            }
          }
        }
      }
    }
  }

  private func writeBasis(_ page: inout HTMLText) {
    page.element("footer") { page in
      for confidence in LimitConfidence.allCases {
        let rows = report.results.filter { $0.point.confidence == confidence }.count
        page.element(
          "p",
          "\(confidence.mark): \(confidence.meaning); \(rows) of \(report.results.count) points.")
      }
      page.element(
        "p",
        "Errors are those of the meter against the energy that the source computes for its own "
          + "signals; \(FigureText.plain(report.secondsPerSimulatedHour, 2)) s for each simulated "
          + "hour.")
      page.element("p", "The same figures stand in the JSON report of the same run.")
    }
  }
}

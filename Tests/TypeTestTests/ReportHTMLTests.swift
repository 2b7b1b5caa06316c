import Foundation
import Testing

@testable import TypeTest

@Suite("The report as a page") struct ReportHTMLTests {
  static let head = ReportHead(date: "2026-11-25T00:00:00Z", software: "kvadrant test")

  /// Where elements are not closed in their order; nil where all are.
  static func imbalance(_ html: String) -> String? {
    let void: Set<Substring> = ["meta", "!doctype"]
    var open: [Substring] = []
    var rest = Substring(html)
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      guard let end = rest.firstIndex(of: ">") else { return "no end of a tag" }
      let tag = rest[..<end]
      rest = rest[rest.index(after: end)...]
      let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return "</\(name)> closes nothing" }
      } else if !tag.hasSuffix("/"), !void.contains(name) {
        open.append(name)
        if name == "style", let close = rest.firstRange(of: "</style>") {
          rest = rest[close.lowerBound...]
        }
      }
    }
    return open.last.map { "<\($0)> stays open" }
  }

  @Test("well formed, self-contained, without script, and the same every time")
  func page() {
    let report = HTMLReport(ReportSamples.report(), Self.head)
    let html = report.text
    #expect(Self.imbalance(html) == nil)
    #expect(Self.imbalance("<p><b></p>") != nil)
    #expect(html == report.text)
    for forbidden in ["<script", "http:", "https:", "src=", "@import", "url(", " style=", "nan"] {
      let found = html.replacing("http://www.w3.org/2000/svg", with: "").contains(forbidden)
      #expect(!found, "\(forbidden)")
    }
    #expect(html.contains("prefers-color-scheme:dark"))
    #expect(html.contains("@page{size:A4"))
    #expect(html.contains("no type approval is claimed"))
    #expect(html.contains("2026-11-25T00:00:00Z"))
    #expect(html.contains("kvadrant test"))
    #expect(html.contains("18446744073709551615"))
  }

  @Test("five diagrams, staircases, tables, what was not tested")
  func content() {
    let report = ReportSamples.report()
    let html = HTMLReport(report, Self.head).text
    for diagram in report.diagrams {
      #expect(html.contains("\(diagram.id). \(diagram.title)"))
      #expect(html.contains("\(diagram.id). magnified"))
    }
    #expect(html.components(separatedBy: "goal ±0.1 %").count > 10)
    #expect(html.contains("EN 50470-3:2006 class C, cos φ 1"))
    #expect(html.contains("62053-22 0.2S, for information"))
    #expect(html.contains("Its In is taken as the basic current Ib"))
    #expect(html.contains("before calibration"))
    for result in report.results where result.figures != nil {
      #expect(html.contains(HTMLText.escaped(result.point.title)))
    }
    for group in PointGroup.allCases where group != .repeatability {
      #expect(html.contains("<h3>\(HTMLText.escaped(group.rawValue))</h3>"), "\(group)")
    }
    #expect(html.contains("only hardware can prove it"))
    #expect(html.contains(">Passed</p>"))
  }

  @Test("a failed point is seen at once, and a share above the limit fills its bar")
  func failure() {
    let id = "intrinsic.balanced.A+.5A.cos1"
    let html = HTMLReport(ReportSamples.report(failing: id), Self.head).text
    #expect(html.contains(">Failed</p>"))
    #expect(html.contains("<tr class=\"failed\">"))
    #expect(html.contains("<rect class=\"over\" width=\"60.0\""))
    #expect(!HTMLReport(ReportSamples.report()).text.contains("class=\"failed\""))
  }

  @Test("texts of others cannot become markup")
  func escaping() {
    var report = ReportSamples.report(meters: 1)
    report.subject.device = "<img src=x onerror=alert(1)>"
    report.results[0].point.title = "<b>&\"'"
    report.results[0].notes = ["</td><script>"]
    let html = HTMLReport(report, ReportHead(date: "<i>", software: "<u>")).text
    #expect(!html.contains("<img") && !html.contains("<script") && !html.contains("<i>"))
    #expect(html.contains("&lt;b&gt;&amp;&quot;&#39;"))
    #expect(Self.imbalance(html) == nil)
  }

  @Test("one meter, a reactive standard, an unknown standard, nothing at all")
  func odd() {
    let reactive = HTMLReport(ReportSamples.report(meters: 1, standard: .iec62053_23)).text
    #expect(reactive.contains("IEC 62053-23:2003 class 2, sin φ 1"))
    #expect(!reactive.contains("for information"))
    var unknown = ReportSamples.report(meters: 2)
    unknown.subject.standard = "something else"
    unknown.subject.variant = "no type"
    #expect(Self.imbalance(HTMLReport(unknown).text) == nil)
    let empty = TypeTestReport(
      subject: unknown.subject, results: [], simulated_s: 0, elapsed_s: 0)
    #expect(Self.imbalance(HTMLReport(empty).text) == nil)
  }

  @Test("the style's hash is that of its text (RFC 4648 test vectors for the base)")
  func styleHash() {
    for (plain, coded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64Text.of(Array(plain.utf8)) == coded)
    }
    #expect(HTMLReport.styleHash.hasPrefix("sha256-"))
    #expect(HTMLReport.styleHash.count == 7 + 44)
  }

  @Test("round numbers above a size")
  func reach() {
    #expect(abs(ReportCharts.reach(0.1) - 0.15) < 1e-12)
    #expect(ReportCharts.reach(1) == 1.5)
    #expect(ReportCharts.reach(2.5) == 3)
    #expect(ReportCharts.reach(0.042) > 0.042)
  }
}

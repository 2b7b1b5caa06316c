import Foundation

/// Collects the elements of an SVG picture; all text is escaped.
struct SVGCanvas {
  /// Where a text begins, centres or ends.
  enum Anchor: String {
    case start, middle, end
  }

  private var elements: [String] = []

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, width: Double = 2,
    color: String = SVGCanvas.ink, dash: String? = nil
  ) {
    elements.append(
      "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" stroke=\"\(color)\" "
        + "stroke-width=\"\(n(width))\"" + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "")
        + " stroke-linecap=\"\(dash == nil ? "round" : "butt")\"/>")
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0,
    fill: String = "none", stroke: String? = SVGCanvas.ink, strokeWidth: Double = 2,
    dash: String? = nil
  ) {
    elements.append(
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\""
        + (radius > 0 ? " rx=\"\(n(radius))\"" : "") + " fill=\"\(fill)\""
        + (stroke.map { " stroke=\"\($0)\" stroke-width=\"\(n(strokeWidth))\"" } ?? "")
        + (dash.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>")
  }

  mutating func circle(
    _ x: Double, _ y: Double, _ radius: Double, fill: String = "none",
    stroke: String? = SVGCanvas.ink, strokeWidth: Double = 2
  ) {
    elements.append(
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\""
        + (stroke.map { " stroke=\"\($0)\" stroke-width=\"\(n(strokeWidth))\"" } ?? "") + "/>")
  }

  /// A path in SVG's own notation, made of numbers and letters only.
  mutating func path(_ data: String, fill: String = "none", stroke: String? = SVGCanvas.ink) {
    elements.append(
      "<path d=\"\(data)\" fill=\"\(fill)\""
        + (stroke.map { " stroke=\"\($0)\" stroke-width=\"2\" stroke-linejoin=\"round\"" } ?? "")
        + "/>")
  }

  mutating func text(
    _ x: Double, _ y: Double, _ size: Double, _ string: String, bold: Bool = false,
    anchor: Anchor = .start, color: String = SVGCanvas.ink, spacing: Double = 0
  ) {
    elements.append(
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" fill=\"\(color)\""
        + (bold ? " font-weight=\"bold\"" : "")
        + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
        + (spacing == 0 ? "" : " letter-spacing=\"\(n(spacing))\"")
        + ">\(Self.escaped(string))</text>")
  }

  /// The whole document.
  /// - Parameters:
  ///   - width: in units of the picture; ten of them are a millimetre.
  ///   - title: read out by screen readers.
  func document(width: Double, height: Double, title: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width / 10))mm" \
    height="\(n(height / 10))mm" viewBox="0 0 \(n(width)) \(n(height))" role="img" \
    font-family="Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif">
    <title>\(Self.escaped(title))</title>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  static let ink = "#15191c"
  static let grey = "#6d757b"
  static let faint = "#b4bbc0"
  static let accent = "#0b5c7a"

  /// Text for XML 1.0: markup escaped, characters that XML does not know replaced.
  static func escaped(_ string: String) -> String {
    var out = ""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&apos;"
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A coordinate with at most two decimals.
  private func n(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    guard hundredths % 100 != 0 else { return String(hundredths / 100) }
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    return text
  }
}

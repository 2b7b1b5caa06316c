/// How a picture is delivered.
public enum SVGForm: Sendable {
  /// An `<svg>` element to be put into a page that serves `ChartTheme.pageStyle`.
  case fragment
  /// A file of its own, with its style inside.
  case document(ChartTheme)
}

/// What all pictures have.
public struct PlotFrame: Sendable {
  /// The heading, and the accessible name.
  public var title: String
  /// What the picture shows, in a sentence, for those who do not see it.
  public var summary: String
  /// Width in pixels of the drawing, 160...8192; the picture scales to its place.
  public var width: Int
  /// Height in pixels, 96...8192.
  public var height: Int
  /// Class names beside `chart`.
  public var className: String

  /// A frame.
  public init(
    title: String = "", summary: String = "", width: Int = 800, height: Int = 320,
    className: String = ""
  ) {
    self.title = title
    self.summary = summary
    self.width = max(160, min(width, 8192))
    self.height = max(96, min(height, 8192))
    self.className = className
  }

  /// Where the title stands, and from where the rest of the picture may begin.
  var headHeight: Double { title.isEmpty ? 8 : 32 }

  /// Opens the picture: element, name, description, style, ground and heading.
  func open(_ svg: inout SVGText, _ form: SVGForm) {
    if case .document = form { svg.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") }
    svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\"")
    var colour = "currentColor"
    if case .document(let theme) = form {
      svg.raw(" width=\"\(width)\" height=\"\(height)\"")
      if case .dark = theme { colour = ChartTheme.darkInk } else { colour = ChartTheme.lightInk }
      svg.attribute("color", colour)
    }
    svg.attribute("class", className.isEmpty ? "chart" : "chart \(className)")
    svg.raw(
      " role=\"img\" fill=\"none\" font-family=\"sans-serif\" font-size=\"12\""
        + " stroke-linecap=\"round\" stroke-linejoin=\"round\">\n")
    svg.element("title", text: title)
    if !summary.isEmpty { svg.element("desc", text: summary) }
    svg.raw("\n")
    if case .document(let theme) = form {
      svg.raw("<style>\n")
      // The style sheet has no character that XML would mind, but for quotes, which may stay.
      svg.raw(theme.documentStyle)
      svg.raw("</style>\n")
      if let ground = theme.ground {
        svg.raw("<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(ground)\"/>\n")
      }
    }
    svg.label(
      title, class: "heading", at: PixelPoint(12, 21),
      " font-size=\"15\" font-weight=\"600\" fill=\"currentColor\"")
  }

  func close(_ svg: inout SVGText) { svg.raw("</svg>\n") }
}

extension ChartTheme {
  /// The ground of a picture with fixed colours; an adaptive one has it from its style.
  var ground: String? {
    switch self {
    case .adaptive: nil
    case .light: Self.lightSurface
    case .dark: Self.darkSurface
    }
  }
}

/// A picture with a table behind it.
public protocol Plot: Sendable {
  /// Title, size and description.
  var frame: PlotFrame { get set }
  /// The picture as UTF-8; the same plot gives the same bytes on every machine.
  func svgBytes(_ form: SVGForm) -> [UInt8]
  /// The table of what is seen, line by line (RFC 4180, decimal point), for any length.
  func writeCSV(_ line: (String) -> Void)
}

extension Plot {
  /// The picture as text.
  public func svg(_ form: SVGForm = .fragment) -> String {
    String(decoding: svgBytes(form), as: UTF8.self)
  }

  /// The table as text.
  public func csv() -> String {
    var text = ""
    writeCSV { text += $0 }
    return text
  }
}

/// A line of a table as RFC 4180 wants it.
enum CSVLine {
  static func join(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ field: String) -> String {
    let special: Set<Unicode.Scalar> = [",", "\"", "\r", "\n"]
    guard field.unicodeScalars.contains(where: special.contains) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// How wide text is, near enough to place it, without asking a font.
enum TextWidth {
  /// Width in pixels at a font size.
  static func of(_ text: String, size: Double = 12) -> Double {
    var width = 0.0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", " ", "(", ")": width += 0.34
      case "m", "w", "M", "W", "%": width += 0.92
      case "A"..."Z": width += 0.7
      case _ where scalar.value > 0x2E80: width += 1
      default: width += 0.6
      }
    }
    return width * size
  }
}

/// Writes HTML; every text is escaped on its way in.
struct HTMLText {
  private(set) var text = ""

  /// Text that is known to be markup, such as a picture made here.
  mutating func raw(_ markup: String) { text += markup }

  /// An element with attributes and what a body writes into it.
  mutating func element(
    _ name: String, _ attributes: [(String, String)] = [], _ body: (inout HTMLText) -> Void
  ) {
    open(name, attributes)
    body(&self)
    text += "</\(name)>"
    if Self.blocks.contains(name) { text += "\n" }
  }

  /// An element with a text.
  mutating func element(_ name: String, class className: String? = nil, _ content: String) {
    element(name, className.map { [("class", $0)] } ?? []) { $0.write(content) }
  }

  /// Text as content.
  mutating func write(_ content: String) { text += Self.escaped(content) }

  private mutating func open(_ name: String, _ attributes: [(String, String)]) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
    text += ">"
  }

  private static let blocks: Set<String> = [
    "div", "section", "table", "thead", "tbody", "tr", "p", "h1", "h2", "h3", "ul", "li", "dl",
    "figure", "header", "footer", "main", "details",
  ]

  static func escaped(_ content: String) -> String {
    var out = ""
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case _ where scalar.value < 0x20 && scalar != "\n": out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

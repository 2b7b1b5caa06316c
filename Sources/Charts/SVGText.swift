/// Writes SVG: elements, attributes and path numbers into bytes. Text is escaped on its way in.
struct SVGText {
  private(set) var bytes: [UInt8] = []

  /// Text that is known to be markup.
  mutating func raw(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

  /// Text as content or as the value of an attribute. What XML 1.0 cannot carry becomes U+FFFD.
  mutating func text(_ text: String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": raw("&amp;")
      case "<": raw("&lt;")
      case ">": raw("&gt;")
      case "\"": raw("&quot;")
      case "'": raw("&#39;")
      case "\t", "\n", "\r": bytes.append(UInt8(ascii: " "))
      default:
        let allowed = scalar.value >= 0x20 && scalar.value & 0xFFFE != 0xFFFE
        raw(String(allowed ? scalar : "\u{FFFD}"))
      }
    }
  }

  /// An attribute.
  mutating func attribute(_ name: String, _ value: String) {
    raw(" \(name)=\"")
    text(value)
    raw("\"")
  }

  /// An attribute that is a length in pixels.
  mutating func attribute(_ name: String, _ value: Tenths) {
    raw(" \(name)=\"")
    number(value)
    raw("\"")
  }

  /// A number of tenths of a pixel, as short as it can be.
  mutating func number(_ value: Tenths) {
    var magnitude = value.count.magnitude
    if value.count < 0 { bytes.append(UInt8(ascii: "-")) }
    let tenth = UInt8(magnitude % 10)
    magnitude /= 10
    if magnitude >= 10 {
      if magnitude >= 100 {
        if magnitude >= 1000 { raw(String(magnitude / 1000)) }
        bytes.append(UInt8(ascii: "0") + UInt8(magnitude / 100 % 10))
      }
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude / 10 % 10))
    }
    if magnitude > 0 || tenth == 0 { bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10)) }
    if tenth > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(UInt8(ascii: "0") + tenth)
    }
  }

  /// An element that has only text.
  mutating func element(_ name: String, text content: String) {
    raw("<\(name)>")
    text(content)
    raw("</\(name)>")
  }

  /// A straight line.
  mutating func line(
    class name: String, from start: PixelPoint, to end: PixelPoint, _ more: String = ""
  ) {
    raw("<path class=\"\(name)\" d=\"")
    path([start, end])
    raw("\"\(more)/>\n")
  }

  /// A label; `anchor` is start, middle or end.
  mutating func label(
    _ content: String, class name: String, at point: PixelPoint, anchor: String = "start",
    _ more: String = ""
  ) {
    guard !content.isEmpty else { return }
    raw("<text class=\"\(name)\"")
    attribute("x", point.x)
    attribute("y", point.y)
    if anchor != "start" { attribute("text-anchor", anchor) }
    raw("\(more)>")
    text(content)
    raw("</text>\n")
  }

  /// The commands of one unbroken line; returns how many points they have.
  @discardableResult
  mutating func path(_ points: [PixelPoint]) -> Int {
    guard var last = points.first else { return 0 }
    var count = 1
    bytes.append(UInt8(ascii: "M"))
    pair(last)
    var command = UInt8(ascii: "M")
    for point in points.dropFirst() where point != last {
      let next = UInt8(ascii: point.x == last.x ? "V" : point.y == last.y ? "H" : "L")
      // A second pair behind L, H or V repeats the command; behind M it is an L.
      let repeats = next == command || (next == UInt8(ascii: "L") && command == UInt8(ascii: "M"))
      bytes.append(repeats ? UInt8(ascii: " ") : next)
      switch next {
      case UInt8(ascii: "V"): number(point.y)
      case UInt8(ascii: "H"): number(point.x)
      default: pair(point)
      }
      command = next
      last = point
      count += 1
    }
    if count == 1 {
      raw("h0")  // A round cap makes a dot of it.
    }
    return count
  }

  private mutating func pair(_ point: PixelPoint) {
    number(point.x)
    bytes.append(UInt8(ascii: ","))
    number(point.y)
  }
}

/// A length in tenths of a pixel: fine enough for every screen, and exact.
struct Tenths: Comparable, Sendable {
  var count: Int32

  /// The nearest tenth; far outside any picture all lengths are the same.
  init(_ pixels: Double) {
    let clamped = pixels.isFinite ? max(-32_000, min(pixels, 32_000)) : 0
    count = Int32((clamped * 10).rounded(.toNearestOrAwayFromZero))
  }

  static func < (a: Tenths, b: Tenths) -> Bool { a.count < b.count }
}

/// A point of the picture; y grows downward.
struct PixelPoint: Equatable, Sendable {
  var x: Tenths
  var y: Tenths

  init(_ x: Tenths, _ y: Tenths) {
    self.x = x
    self.y = y
  }

  init(_ x: Double, _ y: Double) {
    self.init(Tenths(x), Tenths(y))
  }
}

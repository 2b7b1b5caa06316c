import MeterTime
import Testing

@testable import VirtualMeter

@Suite("Texts of the programs")
struct TextTests {
  @Test(
    "fixed-point numbers keep every digit",
    arguments: [
      (0, 10, "0.0000000000"), (1, 10, "0.0000000001"), (-1, 10, "-0.0000000001"),
      (133_501_405_600, 10, "13.3501405600"), (-12_345, 3, "-12.345"), (7, 0, "7"),
    ] as [(Int128, Int, String)])
  func decimals(_ value: Int128, _ decimals: Int, _ text: String) {
    #expect(Decimals.text(value, decimals: decimals) == text)
  }

  @Test("JSON escapes what it must and keeps the order")
  func json() {
    let value = JSONValue.object([
      ("b", .string("\"\\\n\r\t\u{1}\u{1F}«ø»")), ("a", .array([.null, .bool(true), .integer(3)])),
      ("n", .rounded(.nan, decimals: 2)),
    ])
    #expect(
      value.text
        == #"{"b":"\"\\\n\r\t\u0001\u001f«ø»","a":[null,true,3],"n":null}"#)
    #expect(value["a"] == .array([.null, .bool(true), .integer(3)]))
    #expect(value["x"] == nil)
  }

  @Test("a failure names place, expectation and next step")
  func failure() {
    let failure = Failure(
      .badData, file: "a.csv", line: 3, what: "no number", expected: "watts", next: "correct it")
    #expect(
      failure.description == "a.csv:3: no number; expected watts; next step: correct it")
  }

  @Test("settings of the command line are checked")
  func settings() throws {
    let start = Instant(seconds: 800_000_000)
    #expect(try Settings.speed("max", default: 1) == .infinity)
    #expect(try Settings.speed("0.5", default: 1) == 0.5)
    #expect(try Settings.until("90s", start: start) == start + .seconds(90))
    for bad in ["inf", "0", "-3", "", "1e", "0x"] {
      #expect(throws: Failure.self) { try Settings.speed(bad, default: 1) }
    }
    for bad in ["", "x", "-1s", "1990-01-01"] {
      #expect(throws: Failure.self) { try Settings.until(bad, start: start) }
    }
  }
}

@Suite("Terminal drawing")
struct TerminalTests {
  /// The text of a picture without colours, so with lit segments only.
  private func drawn(_ glass: GlassPicture) -> [String] {
    var canvas = Canvas(width: Canvas.glassSize.width, height: Canvas.glassSize.height)
    canvas.draw(glass: glass, x: 0, y: 0)
    return canvas.text(colours: false)
  }

  @Test("only lit segments are drawn without colours")
  func segments() {
    var glass = GlassPicture()
    glass.value[7] = 0x06
    let lines = drawn(glass)
    #expect(lines.joined().count { $0 == "┃" } == 2)
    #expect(lines.joined().count { $0 == "━" } == 0)
    glass.value[7] = 0x7F
    #expect(drawn(glass).joined().count { $0 == "┃" } == 4)
    #expect(drawn(glass).joined().count { $0 == "━" } == 9)
  }

  @Test("with colours every segment is there, lit or ghost")
  func ghosts() {
    var canvas = Canvas(width: Canvas.glassSize.width, height: Canvas.glassSize.height)
    canvas.draw(glass: GlassPicture(), x: 0, y: 0)
    let text = canvas.text(colours: true).joined()
    #expect(text.count { $0 == "┃" } == 8 * 4)
    #expect(text.contains("\u{1B}[\(Canvas.Style.ghost.parameters)m"))
  }

  @Test("drawing outside the canvas does nothing")
  func clipped() {
    var canvas = Canvas(width: 4, height: 2)
    canvas.put("abcdefgh", 2, 0)
    canvas.put("x", -1, 5)
    canvas.putRight("12345678", 4, 1)
    #expect(canvas.text(colours: false) == ["  ab", "5678"])
  }

  @Test(
    "an arrow goes where its angle says", arguments: [(0.0, 5, 2), (90.0, 3, 0), (180.0, 0, 2)])
  func phasor(_ degrees: Double, _ column: Int, _ row: Int) {
    var drawing = PhasorDrawing(columns: 6, rows: 4)
    drawing.add(.init(length: 1, degrees: degrees, style: .l1))
    var canvas = Canvas(width: 6, height: 4)
    drawing.paint(on: &canvas, x: 0, y: 0)
    let lines = canvas.text(colours: false).map { Array($0) }
    #expect(lines[row][column] != " " || lines[max(0, row - 1)][column] != " ")
  }
}

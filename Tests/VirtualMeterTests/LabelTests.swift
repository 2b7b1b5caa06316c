import Foundation
import Meter
import Testing

@testable import VirtualMeter

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The type label: its text, its picture, its bar code.
@Suite struct LabelTests {
  static func setup(_ type: String) throws -> MeterSetup {
    var setup = MeterSetup()
    setup.variant = try MeterVariant(typeString: Array(type.utf8).span)
    return setup
  }

  static let types = [
    "382LxG", "382Lx2-10(60)-1x230-I6AN", "382Lx7-5(105)-2x230/400-E5BC",
    "382LxC-10(65)-3x230A-E5BL", "382Lx9-10(85)-3x230-Q5BDV",
  ]

  @Test func textOfTheStandardMeter() {
    let golden = """
      ┌──────────────────────────────────────────────────────────────────────┐
      │ KVD  KVD-LxG                           [ virtual, no type approval ] │
      │ Three-phase electricity meter, directly connected                    │
      │                                                                      │
      │ 3×230/400 V   5(85) A   50 Hz                  Class B (IEC class 1) │
      │ 1000 imp/kWh                   −40 °C … +70 °C   protection class II │
      │ Energies  A+  A−  R+  R−                                             │
      │ Type      KVD-382LxG-5(85)-3x230/400-Q5BDI                           │
      │ Fitted    with switch, radio, battery and supercap                   │
      │ S0        1000 imp/kWh, 30 ms, max. 27 V DC, 27 mA                   │
      │                                                                      │
      │ No. 10000001                                               Year 2026 │
      ├──────────────────────────────────────────────────────────────────────┤
      │ 3-phase, 4-wire                                                      │
      │                                                                      │
      │ 1   2   3     4   5   6     7   8   9     10  11  12     20  21      │
      │ L1  L1  L1    L2  L2  L2    L3  L3  L3    N   N   N      S0+ S0−     │
      │ in  U   out   in  U   out   in  U   out   in  U   out                │
      │ P+ → from supply (in) to load (out), opened by the switch            │
      └──────────────────────────────────────────────────────────────────────┘

      """
    #expect(MeterLabel(MeterSetup()).text == golden)
  }

  @Test(arguments: types)
  func textOfAllConnections(type: String) throws {
    var setup = try Self.setup(type)
    for identity in MeterIdentity.allCases {
      setup.identity = identity
      let lines = MeterLabel(setup).text.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count == 72 })
      #expect(lines[1].contains(MeterLabel.approvalNote))
      #expect(lines[1].contains(identity == .kvd ? "KVD-Lx" : " 382Lx"))
    }
  }

  @Test func conductors() throws {
    func terminals(_ type: String) throws -> [String] {
      let diagram = ConnectionDiagram(try Self.setup(type).variant)
      return (1...12).map { diagram.conductor(at: $0) ?? "-" }
    }
    let (a, b, c, n, no) = (["L1"], ["L2"], ["L3"], ["N"], ["-"])
    func groups(_ groups: [String]...) -> [String] { groups.flatMap { $0 + $0 + $0 } }
    #expect(try terminals("382LxG") == groups(a, b, c, n))
    #expect(try terminals("382LxG-5(85)-2x230/400") == groups(a, b, no, n))
    #expect(try terminals("382LxG-5(85)-1x230") == groups(a, no, no, n))
    #expect(try terminals("382LxG-5(85)-3x230") == groups(a, b, c, n))
    // L2 takes the place of the neutral: it is the common point of both voltage circuits.
    #expect(try terminals("382LxG-5(85)-3x230A") == groups(a, no, c, b))
  }

  @Test(arguments: types)
  func pictureIsWellFormed(type: String) throws {
    let label = MeterLabel(try Self.setup(type))
    let reader = PictureReader()
    let parser = XMLParser(data: Data(label.svg.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(reader.elements["svg"] == 1)
    for text in [
      label.title, label.supply, label.current, label.frequency, label.accuracy,
      MeterLabel.constant, MeterLabel.temperatures, MeterLabel.approvalNote,
      MeterLabel.pulseOutput, "10000001", "2026", "P+", "S0", "20", "21",
    ] {
      #expect(reader.texts.contains(text), "\(text)")
    }
    for conductor in ConnectionDiagram(label.setup.variant).paths.map(\.conductor) {
      #expect(reader.texts.filter { $0 == conductor }.count == 2)
    }
    #expect(reader.texts.contains(TypeString(label.setup.variant).description))
  }

  @Test func escaping() {
    #expect(
      SVGCanvas.escaped("<a href=\"x\">'&'\u{1}</a>é")
        == "&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;\u{FFFD}&lt;/a&gt;é")
  }

  /// «PJJ123C» in code set A, the well-known worked example of Code 128: check symbol 54.
  @Test func checkSymbolOfThePublishedExample() {
    #expect(Code128.check(start: 103, data: [48, 42, 42, 17, 18, 19, 35]) == 54)
  }

  @Test func barCodes() throws {
    let number = try #require(Code128("10000001"))
    // 105 + 1*10 + 2*0 + 3*0 + 4*1 = 119, less 103 is 16.
    #expect(number.values == [105, 10, 0, 0, 1, 16])
    #expect(number.moduleCount == 6 * 11 + 13)
    let text = try #require(Code128("KVD-1"))
    #expect(text.values.dropLast() == [104, 43, 54, 36, 13, 17])
    #expect(Code128("123")?.values.first == 104)
    for wrong in ["", "æ", "a\n", String(repeating: "1", count: 81)] {
      #expect(Code128(wrong) == nil)
    }
  }

  /// ISO/IEC 15417: eleven modules, bars of an even sum, no two patterns alike.
  @Test func barCodePatterns() {
    #expect(Code128.patterns.count == 106)
    #expect(Set(Code128.patterns).count == 106)
    for pattern in Code128.patterns {
      let widths = pattern.utf8.map { Int($0) - 48 }
      #expect(widths.count == 6)
      #expect(widths.reduce(0, +) == 11)
      #expect((widths[0] + widths[2] + widths[4]).isMultiple(of: 2))
      #expect(widths.allSatisfy { (1...4).contains($0) })
    }
  }
}

/// Counts elements and collects texts.
private final class PictureReader: NSObject, XMLParserDelegate {
  var elements: [String: Int] = [:]
  private(set) var texts: [String] = []
  private var current = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    current = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "text" { texts.append(current) }
    current = ""
  }
}

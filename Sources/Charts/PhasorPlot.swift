/// Voltages and currents of the phases as arrows, with the angle from each voltage to its
/// current and the quadrants that the meter shows.
///
/// Angles grow counter-clockwise. Quadrant I is import of active and inductive reactive energy.
/// With a voltage to the right, a lagging current lies below it, and quadrant I is below right;
/// with a current to the right, as IEC 62053-23 draws it, quadrant I is above right.
public struct PhasorPlot: Plot {
  /// One arrow.
  public struct Phasor: Sendable {
    public enum Kind: Sendable { case voltage, current }
    public var kind: Kind
    /// 1, 2 or 3.
    public var phase: Int
    /// RMS value in V or A; not finite or zero is no arrow.
    public var magnitude: Double
    /// Degrees, counter-clockwise, against any common reference.
    public var angle: Double

    /// An arrow.
    public init(_ kind: Kind, phase: Int, magnitude: Double, angle: Double) {
      self.kind = kind
      self.phase = phase
      self.magnitude = magnitude
      self.angle = angle
    }

    /// `U1`, `I3`.
    public var name: String { (kind == .voltage ? "U" : "I") + String(phase) }
    var isDrawn: Bool { magnitude.isFinite && magnitude > 0 && angle.isFinite }
    var tone: Tone { phase == 1 ? .phase1 : phase == 2 ? .phase2 : .phase3 }
  }

  /// Which arrow of the first phase that has one points to the right.
  public enum Reference: Sendable { case voltage, current }

  public var frame: PlotFrame
  /// Up to 12 arrows.
  public var phasors: [Phasor]
  /// The quadrants that are lit, 1...4.
  public var quadrants: Set<Int>
  /// What points to the right.
  public var reference: Reference
  /// The value at the outer circle; `nil` takes the largest arrow of the kind.
  public var voltageScale: Double?, currentScale: Double?
  /// What stands between whole number and fraction.
  public var decimalSeparator = "."

  /// A phasor plot; 480 × 400 pixels suit it.
  public init(
    _ frame: PlotFrame = PlotFrame(width: 480, height: 400), phasors: [Phasor],
    quadrants: Set<Int> = [], reference: Reference = .voltage, voltageScale: Double? = nil,
    currentScale: Double? = nil
  ) {
    self.frame = frame
    self.phasors = Array(phasors.prefix(12))
    self.quadrants = quadrants
    self.reference = reference
    self.voltageScale = voltageScale
    self.currentScale = currentScale
  }

  /// Where the circle is.
  private struct Dial {
    var x: Double, y: Double, radius: Double

    func point(_ degrees: Double, _ distance: Double) -> PixelPoint {
      let (cosine, sine) = PortableMath.direction(degrees: degrees)
      return PixelPoint(x + cosine * distance * radius, y - sine * distance * radius)
    }
  }

  private var dial: Dial {
    let top = frame.headHeight + 6
    let tableWidth = frame.width >= 420 ? 160.0 : 0
    let room = min(Double(frame.width) - tableWidth - 24, Double(frame.height) - top - 10)
    let radius = max(20, room / 2 - 24)
    return Dial(x: 12 + room / 2, y: top + room / 2, radius: radius)
  }

  /// How far all arrows are turned back.
  private var rotation: Double {
    let kinds: [Phasor.Kind] = reference == .voltage ? [.voltage, .current] : [.current, .voltage]
    for kind in kinds {
      let candidates = phasors.filter { $0.kind == kind && $0.isDrawn }
      if let first = candidates.min(by: { $0.phase < $1.phase }) { return first.angle }
    }
    return 0
  }

  public func svgBytes(_ form: SVGForm) -> [UInt8] {
    var svg = SVGText()
    frame.open(&svg, form)
    let dial = dial
    writeQuadrants(&svg, dial)
    writeGrid(&svg, dial)
    let rotation = rotation
    writeAngles(&svg, dial, rotation)
    for kind in [Phasor.Kind.voltage, .current] {
      let drawn = phasors.filter { $0.kind == kind && $0.isDrawn }
      let given = kind == .voltage ? voltageScale : currentScale
      let scale = given ?? drawn.map(\.magnitude).max() ?? 1
      for phasor in drawn where scale > 0 {
        writeArrow(&svg, phasor, dial, rotation, length: min(1.08, phasor.magnitude / scale))
      }
    }
    writeTable(&svg, dial, rotation)
    frame.close(&svg)
    return svg.bytes
  }

  /// Degrees at which a quadrant begins in the picture.
  private func start(ofQuadrant quadrant: Int) -> Double {
    reference == .current ? Double(quadrant - 1) * 90 : Double(-quadrant) * 90
  }

  private static let tones: [Tone] = [.one, .two, .three, .four]
  private static let names = ["I", "II", "III", "IV"]

  private func writeQuadrants(_ svg: inout SVGText, _ dial: Dial) {
    for quadrant in 1...4 {
      let start = start(ofQuadrant: quadrant)
      let isLit = quadrants.contains(quadrant)
      let tone = Self.tones[quadrant - 1]
      svg.raw("<g")
      svg.attribute("class", "quadrant q\(quadrant)\(isLit ? " lit" : "") \(tone.rawValue)")
      svg.attribute("color", tone.fallback)
      svg.raw(">")
      svg.element("title", text: "Q\(Self.names[quadrant - 1])")
      svg.raw("<path fill=\"currentColor\" fill-opacity=\"\(isLit ? ".22" : ".03")\" d=\"")
      let radius = Tenths(dial.radius)
      svg.path([PixelPoint(dial.x, dial.y), dial.point(start, 1)])
      svg.raw("A")
      svg.number(radius)
      svg.raw(" ")
      svg.number(radius)
      svg.raw(" 0 0 0 ")
      let end = dial.point(start + 90, 1)
      svg.number(end.x)
      svg.raw(" ")
      svg.number(end.y)
      svg.raw("z\"/>")
      let (cosine, sine) = PortableMath.direction(degrees: start + 45)
      svg.label(
        "Q" + Self.names[quadrant - 1], class: "name",
        at: PixelPoint(
          dial.x + cosine * dial.radius * 1.16, dial.y - sine * dial.radius * 1.16 + 4),
        anchor: "middle",
        " fill=\"currentColor\" fill-opacity=\"\(isLit ? "1" : ".7")\""
          + (isLit ? " font-weight=\"700\"" : ""))
      svg.raw("</g>\n")
    }
  }

  private func writeGrid(_ svg: inout SVGText, _ dial: Dial) {
    svg.raw("<g class=\"grid\" stroke=\"currentColor\" stroke-opacity=\".16\">\n")
    for part in [0.5, 1] {
      svg.raw("<circle")
      svg.attribute("cx", Tenths(dial.x))
      svg.attribute("cy", Tenths(dial.y))
      svg.attribute("r", Tenths(dial.radius * part))
      svg.raw("/>\n")
    }
    for degrees in stride(from: 0.0, to: 180, by: 30) {
      svg.line(class: "ray", from: dial.point(degrees, 1), to: dial.point(degrees + 180, 1))
    }
    svg.raw("</g>\n<g class=\"labels\" fill=\"currentColor\" fill-opacity=\".7\">\n")
    for (degrees, label, anchor) in [
      (0.0, "0°", "start"), (90, "90°", "middle"), (180, "180°", "end"), (270, "270°", "middle"),
    ] {
      var point = dial.point(degrees, 1)
      let shift = degrees == 90 ? -5.0 : degrees == 270 ? 13 : 4
      point.y = Tenths(Double(point.y.count) / 10 + shift)
      point.x = Tenths(Double(point.x.count) / 10 + (degrees == 0 ? 4 : degrees == 180 ? -4 : 0))
      svg.label(label, class: "angle", at: point, anchor: anchor, " font-size=\"10\"")
    }
    svg.raw("</g>\n")
  }

  /// The voltage, the current and the angle from current to voltage of each phase that has both.
  private var pairs: [(voltage: Phasor, current: Phasor, angle: Double)] {
    (1...3).compactMap { phase in
      let ofPhase = phasors.filter { $0.phase == phase && $0.isDrawn }
      guard let voltage = ofPhase.first(where: { $0.kind == .voltage }),
        let current = ofPhase.first(where: { $0.kind == .current })
      else { return nil }
      return (voltage, current, Self.halfTurn(voltage.angle - current.angle))
    }
  }

  /// An angle brought to more than -180 and at most 180 degrees.
  static func halfTurn(_ degrees: Double) -> Double {
    let rest = degrees.truncatingRemainder(dividingBy: 360)
    return rest > 180 ? rest - 360 : rest <= -180 ? rest + 360 : rest
  }

  /// The arcs from each current to its voltage.
  private func writeAngles(_ svg: inout SVGText, _ dial: Dial, _ rotation: Double) {
    for (voltage, current, angle) in pairs where abs(angle) >= 1 {
      let distance = 0.24 + 0.06 * Double(voltage.phase)
      svg.raw("<path")
      svg.attribute("class", "phi \(voltage.tone.rawValue)")
      svg.attribute("color", voltage.tone.fallback)
      svg.raw(" stroke=\"currentColor\" stroke-width=\"1.4\" d=\"")
      let steps = max(2, Int((abs(angle) / 6).rounded(.up)))
      svg.path(
        (0...steps).map {
          dial.point(
            current.angle - rotation + angle * Double($0) / Double(steps), distance)
        })
      svg.raw("\"/>\n")
    }
  }

  private func writeArrow(
    _ svg: inout SVGText, _ phasor: Phasor, _ dial: Dial, _ rotation: Double, length: Double
  ) {
    let isVoltage = phasor.kind == .voltage
    let angle = phasor.angle - rotation
    let tip = dial.point(angle, length)
    svg.raw("<g")
    svg.attribute("class", "phasor \(isVoltage ? "u" : "i") \(phasor.tone.rawValue)")
    svg.attribute("color", phasor.tone.fallback)
    svg.raw(">")
    svg.element("title", text: "\(phasor.name) \(text(phasor))")
    let head = min(length, 11 / dial.radius)
    let neck = dial.point(angle, length - head * 0.8)
    svg.line(
      class: "shaft", from: dial.point(0, 0), to: neck,
      " stroke=\"currentColor\" stroke-width=\"\(isVoltage ? "1.8" : "3.2")\""
        + (isVoltage ? "" : " stroke-linecap=\"butt\""))
    let half = 4.6 / max(1, (length - head) * dial.radius) * (180 / 3.141_592_653_589_793)
    svg.raw("<path")
    // A hollow head is a voltage, a filled one a current.
    svg.raw(" stroke=\"currentColor\" stroke-width=\"1.6\"")
    svg.raw(isVoltage ? " d=\"" : " fill=\"currentColor\" d=\"")
    let spread = min(half, 60)
    svg.path([dial.point(angle - spread, length - head), tip])
    svg.path([tip, dial.point(angle + spread, length - head)])
    if !isVoltage { writeHead(&svg, dial, angle, spread, length, head) }
    svg.raw("\"/>")
    // Voltages are named outside their tip, currents beside it, so that in phase both are read.
    let (cosine, sine) = PortableMath.direction(degrees: angle)
    let along = isVoltage ? -16.0 : -14.0
    let across = isVoltage ? 11.0 : -12.0
    let x = Double(tip.x.count) / 10 + cosine * along - sine * across
    let y = Double(tip.y.count) / 10 - sine * along - cosine * across
    svg.label(
      phasor.name, class: "name", at: PixelPoint(x, y + 4), anchor: "middle",
      " fill=\"currentColor\" font-weight=\"600\" font-size=\"11\"")
    svg.raw("</g>\n")
  }

  private func writeHead(
    _ svg: inout SVGText, _ dial: Dial, _ angle: Double, _ spread: Double, _ length: Double,
    _ head: Double
  ) {
    svg.path([
      dial.point(angle - spread, length - head), dial.point(angle, length),
      dial.point(angle + spread, length - head),
    ])
    svg.raw("z")
  }

  private func text(_ phasor: Phasor) -> String {
    let unit = phasor.kind == .voltage ? "V" : "A"
    let decimals = phasor.kind == .voltage ? 1 : phasor.magnitude < 10 ? 3 : 2
    return separated(NumberText.padded(phasor.magnitude, decimals: decimals)) + " " + unit
  }

  private func separated(_ text: String) -> String {
    decimalSeparator == "."
      ? text
      : text.split(separator: ".", omittingEmptySubsequences: false)
        .joined(separator: decimalSeparator)
  }

  /// Value and angle of each arrow, and φ of each phase, beside the dial.
  private func writeTable(_ svg: inout SVGText, _ dial: Dial, _ rotation: Double) {
    guard frame.width >= 420 else { return }
    let right = Double(frame.width) - 14
    var y = frame.headHeight + 30
    svg.raw("<g class=\"table\" fill=\"currentColor\">\n")
    for kind in [Phasor.Kind.voltage, .current] {
      for phasor in phasors where phasor.kind == kind {
        svg.label(
          phasor.name, class: "name", at: PixelPoint(right - 138, y),
          " font-weight=\"600\"")
        let value = phasor.isDrawn ? text(phasor) : "–"
        svg.label(value, class: "value", at: PixelPoint(right - 50, y), anchor: "end")
        if phasor.isDrawn {
          svg.label(
            degrees(Self.halfTurn(phasor.angle - rotation)), class: "value",
            at: PixelPoint(right, y), anchor: "end", " fill-opacity=\".75\"")
        }
        y += 20
      }
      y += 10
    }
    for (voltage, _, angle) in pairs {
      svg.label(
        "φ\(voltage.phase)", class: "name", at: PixelPoint(right - 138, y),
        " font-weight=\"600\"")
      let cosine = PortableMath.direction(degrees: angle).cosine
      svg.label(
        separated("cos " + NumberText.padded(cosine, decimals: 3)), class: "value",
        at: PixelPoint(right - 50, y), anchor: "end")
      svg.label(
        degrees(angle), class: "value", at: PixelPoint(right, y), anchor: "end",
        " fill-opacity=\".75\"")
      y += 20
    }
    svg.raw("</g>\n")
  }

  private func degrees(_ angle: Double) -> String {
    separated(NumberText.padded(angle, decimals: 1)) + "°"
  }

  public func writeCSV(_ line: (String) -> Void) {
    line(CSVLine.join(["phasor", "magnitude", "unit", "angle (°)"]))
    let rotation = rotation
    for phasor in phasors {
      let angle = phasor.angle.isFinite ? Self.halfTurn(phasor.angle - rotation) : .nan
      line(
        CSVLine.join([
          phasor.name, NumberText.table(phasor.magnitude),
          phasor.kind == .voltage ? "V" : "A", NumberText.table(angle),
        ]))
    }
  }
}

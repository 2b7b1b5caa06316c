import MeterTime

/// The picture on the glass of the meter: which segments are lit, and which of them blink.
///
/// The value field has 8 digits of 7 mm, the identification field 7 digits of 5 mm, the unit
/// field 5 characters of 7 mm, the text field 4 characters; tariff and mains voltage indicators
/// are 3 mm high. Every segment is named and numbered in `docs/display.md`. The same picture
/// drives the front panel, the report lines of the firmware and the tests.
public struct Glass: Equatable, Sendable {
  /// Segments that are lit all the time.
  public var steady: GlassPlane
  /// Segments that are lit in the first half of each second.
  public var blinking: GlassPlane

  /// A dark glass.
  public init() {
    steady = GlassPlane()
    blinking = GlassPlane()
  }

  /// The picture of the display test: every segment lit.
  public static var allSegments: Glass {
    var glass = Glass()
    glass.steady = .allSegments
    return glass
  }

  /// Whether blinking segments are lit at a time: 1 Hz, in the first half of each second.
  public static func blinkPhase(at now: Instant) -> Bool { now.fraction < 0x8000 }

  /// Whether a segment is lit in this half of the blinking period.
  public func isLit(_ segment: GlassSegment, blinkPhase: Bool) -> Bool {
    steady[segment] || (blinkPhase && blinking[segment])
  }

  /// The segments that are lit in this half of the blinking period.
  public func lit(blinkPhase: Bool) -> GlassPlane {
    var plane = steady
    if blinkPhase { plane.formUnion(blinking) }
    return plane
  }

  /// Sets a symbol to off, blinking or steady.
  public mutating func set(_ symbol: GlassSymbol, _ lamp: Lamp) {
    steady[.symbol(symbol)] = lamp == .steady
    blinking[.symbol(symbol)] = lamp == .blink
  }

  /// Off, blinking or steady, of a symbol.
  public func lamp(_ symbol: GlassSymbol) -> Lamp {
    if steady[.symbol(symbol)] { return .steady }
    return blinking[.symbol(symbol)] ? .blink : .off
  }
}

/// What a symbol of the glass does.
public enum Lamp: UInt8, CaseIterable, Sendable {
  case off, blink, steady
}

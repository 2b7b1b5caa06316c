import Quantities

/// What the indicators of the glass show besides the view: the device fills it in.
public struct DisplayIndicators: Equatable, Sendable {
  /// The direction of energy on a phase or in total.
  public enum Direction: UInt8, CaseIterable, Sendable {
    case none, `import`, export
    /// A phase has one direction; the total may have both where phases are added separately.
    case both
  }

  /// The supply control switch.
  public enum SwitchSymbol: UInt8, CaseIterable, Sendable {
    /// The meter has no switch: no symbol.
    case none
    case closed
    /// Closed, and about to open: the symbol blinks.
    case warning
    case open
    /// Open, and may be closed by the button: the symbol blinks.
    case released
  }

  /// One phase.
  public struct PhaseIndicator: Equatable, Sendable {
    /// Off: voltage below its limit. Blinking: voltage present, current below its limit.
    /// Steady: both above.
    public var voltage: Lamp
    public var direction: Direction
    public init(voltage: Lamp = .off, direction: Direction = .none) {
      self.voltage = voltage
      self.direction = direction
    }
  }

  public var l1 = PhaseIndicator()
  public var l2 = PhaseIndicator()
  public var l3 = PhaseIndicator()
  /// Direction of the total.
  public var direction = Direction.none
  /// One bit for each lit quadrant, QI in bit 0; two may be lit.
  public var quadrants: UInt8 = 0
  /// The tariff in use; nil where tariffs are not chosen.
  public var tariff: Tariff?
  /// Critical internal error.
  public var errorTriangle = Lamp.off
  public var magnet = Lamp.off
  public var cover = Lamp.off
  public var backstop = Lamp.off
  public var phaseSequence = Lamp.off
  public var radio = Lamp.off
  public var prepayment = Lamp.off
  public var module1 = Lamp.off
  public var module2 = Lamp.off
  public var battery = Lamp.off
  public var verification = Lamp.off
  public var switchSymbol = SwitchSymbol.none

  /// All off.
  public init() {}

  /// The indicator of a phase.
  public subscript(phase: Phase) -> PhaseIndicator {
    get {
      switch phase {
      case .l1: l1
      case .l2: l2
      case .l3: l3
      }
    }
    set {
      switch phase {
      case .l1: l1 = newValue
      case .l2: l2 = newValue
      case .l3: l3 = newValue
      }
    }
  }

  /// Lights a quadrant.
  public mutating func light(_ quadrant: Quadrant) { quadrants |= 1 << quadrant.rawValue }

  /// The indicator of a phase from its two limits (160 V +/- 5 % and the starting load).
  public static func voltageLamp(voltageAboveLimit: Bool, currentAboveLimit: Bool) -> Lamp {
    guard voltageAboveLimit else { return .off }
    return currentAboveLimit ? .steady : .blink
  }
}

extension Glass {
  /// Puts all indicators on the glass.
  public mutating func setIndicators(_ indicators: DisplayIndicators) {
    setPhase(indicators.l1, .voltage1, .import1, .export1)
    setPhase(indicators.l2, .voltage2, .import2, .export2)
    setPhase(indicators.l3, .voltage3, .import3, .export3)
    setDirection(indicators.direction, .arrowImport, .arrowExport)
    set(.quadrantAxes, .steady)
    let quadrants: InlineArray<4, GlassSymbol> = [.quadrant1, .quadrant2, .quadrant3, .quadrant4]
    for index in quadrants.indices {
      set(quadrants[index], indicators.quadrants & (1 << UInt8(index)) != 0 ? .steady : .off)
    }
    let tariffs: InlineArray<4, GlassSymbol> = [.tariff1, .tariff2, .tariff3, .tariff4]
    for index in tariffs.indices {
      set(tariffs[index], indicators.tariff?.index == index ? .steady : .off)
    }
    set(.errorTriangle, indicators.errorTriangle)
    set(.magnet, indicators.magnet)
    set(.cover, indicators.cover)
    set(.backstop, indicators.backstop)
    set(.phaseSequence, indicators.phaseSequence)
    set(.radio, indicators.radio)
    set(.prepayment, indicators.prepayment)
    set(.module1, indicators.module1)
    set(.module2, indicators.module2)
    set(.battery, indicators.battery)
    set(.verification, indicators.verification)
    setSwitch(indicators.switchSymbol)
  }

  private mutating func setPhase(
    _ phase: DisplayIndicators.PhaseIndicator, _ voltage: GlassSymbol, _ import: GlassSymbol,
    _ export: GlassSymbol
  ) {
    set(voltage, phase.voltage)
    setDirection(phase.direction, `import`, export)
  }

  private mutating func setDirection(
    _ direction: DisplayIndicators.Direction, _ import: GlassSymbol, _ export: GlassSymbol
  ) {
    set(`import`, direction == .import || direction == .both ? .steady : .off)
    set(export, direction == .export || direction == .both ? .steady : .off)
  }

  private mutating func setSwitch(_ symbol: DisplayIndicators.SwitchSymbol) {
    switch symbol {
    case .none:
      set(.switchClosed, .off)
      set(.switchOpen, .off)
    case .closed, .warning:
      set(.switchClosed, symbol == .closed ? .steady : .blink)
      set(.switchOpen, .off)
    case .open, .released:
      set(.switchClosed, .off)
      set(.switchOpen, symbol == .open ? .steady : .blink)
    }
  }
}

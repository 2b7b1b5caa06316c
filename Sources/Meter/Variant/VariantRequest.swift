import LegalMeter

/// What somebody asks a meter to be: any combination, nonsense included.
///
/// `MeterVariant.init(_:)` makes a variant of it or says why not; what is left nil follows from
/// the rest.
public struct VariantRequest: Equatable, Sendable {
  public var voltage: NominalVoltage = .v3x230_400
  public var wiring: Wiring = .neutral
  public var rating: CurrentRating = .a5_85
  /// nil: the last letter with the wanted switch and radio.
  public var hardware: HardwareLetter?
  /// nil: as the hardware letter says, with switch where that is open too.
  public var hasSwitch: Bool?
  /// nil: as the hardware letter says, with radio where that is open too.
  public var hasRadio: Bool?
  public var energyType: EnergyType = .fourQuadrant
  public var frequency: NominalFrequency = .hz50
  public var backup: ClockBackup = .batteryAndSupercap
  public var accuracy: AccuracyClass = .b
  /// nil: vector for Aron, else individual.
  public var summation: Summation?

  /// The meter of the demo: 382LxG, 5(85) A, 3 x 230/400 V, 50 Hz, four quadrants.
  public init() {}

  /// The hardware letter that results.
  public var resolvedHardware: HardwareLetter {
    hardware ?? HardwareLetter(hasSwitch: hasSwitch ?? true, hasRadio: hasRadio ?? true)
  }

  /// The summation that results.
  public var resolvedSummation: Summation {
    summation ?? (wiring == .aron ? .vector : .individual)
  }

  /// Calls `body` with every reason why this is no meter, in the order of `VariantRefusal`.
  public func forEachRefusal(_ body: (VariantRefusal) -> Void) {
    let letter = resolvedHardware
    if letter.hasSwitch, !rating.existsWithSwitch { body(.ratingOnlyWithoutSwitch) }
    if !letter.hasSwitch, !rating.existsWithoutSwitch { body(.ratingOnlyWithSwitch) }
    if let hasSwitch, hasSwitch != letter.hasSwitch { body(.letterContradictsSwitch) }
    if let hasRadio, hasRadio != letter.hasRadio { body(.letterContradictsRadio) }
    if wiring == .aron {
      if voltage != .v3x230 { body(.aronNeedsThreeWireSupply) }
      if resolvedSummation != .vector { body(.aronForcesVectorSum) }
    }
  }

  /// The first reason why this is no meter; nil where it is one.
  public var firstRefusal: VariantRefusal? {
    var first: VariantRefusal?
    forEachRefusal { if first == nil { first = $0 } }
    return first
  }
}

import LegalMeter
import Quantities

/// A meter as it can be ordered: a combination of the data sheet's choices that exists.
///
/// Made from a `VariantRequest`, a type string or a stored word, and checked there, so that no
/// value of this type is nonsense.
public struct MeterVariant: Equatable, Sendable {
  public let voltage: NominalVoltage
  public let wiring: Wiring
  public let rating: CurrentRating
  public let hardware: HardwareLetter
  public let energyType: EnergyType
  public let frequency: NominalFrequency
  public let backup: ClockBackup
  public let accuracy: AccuracyClass
  /// A sealed choice; `vector` for Aron.
  public let summation: Summation

  /// - Throws: the first reason why the request is no meter.
  public init(_ request: VariantRequest) throws(VariantRefusal) {
    if let refusal = request.firstRefusal { throw refusal }
    self.init(unchecked: request)
  }

  private init(unchecked request: VariantRequest) {
    voltage = request.voltage
    wiring = request.wiring
    rating = request.rating
    hardware = request.resolvedHardware
    energyType = request.energyType
    frequency = request.frequency
    backup = request.backup
    accuracy = request.accuracy
    summation = request.resolvedSummation
  }

  /// The meter of the demo: 382LxG, 5(85) A, 3 x 230/400 V, 50 Hz, four quadrants, class B,
  /// battery and supercap.
  public static let standard = MeterVariant(unchecked: VariantRequest())

  /// The request that makes this variant, everything named.
  public var request: VariantRequest {
    var request = VariantRequest()
    request.voltage = voltage
    request.wiring = wiring
    request.rating = rating
    request.hardware = hardware
    request.hasSwitch = hasSwitch
    request.hasRadio = hasRadio
    request.energyType = energyType
    request.frequency = frequency
    request.backup = backup
    request.accuracy = accuracy
    request.summation = summation
    return request
  }

  /// With supply control switch.
  public var hasSwitch: Bool { hardware.hasSwitch }
  /// With radio on the main board.
  public var hasRadio: Bool { hardware.hasRadio }

  /// How the measuring systems are connected, for the legal meter.
  public var connection: Connection {
    switch (voltage, wiring) {
    case (_, .aron): .aron
    case (.v1x230, .neutral): .onePhase
    case (.v2x230_400, .neutral): .twoPhase
    case (.v3x230_400, .neutral), (.v3x230, .neutral): .fourWire
    }
  }

  /// True where the measuring system of that phase exists. Aron has systems 1 and 3.
  public func hasSystem(_ phase: Phase) -> Bool {
    switch connection {
    case .onePhase: phase == .l1
    case .twoPhase: phase != .l3
    case .fourWire: true
    case .aron: phase != .l2
    }
  }

  /// Meter type word of the family's protocol: 0x6300 with, 0x6200 without switch.
  public var typeWord: UInt16 { hasSwitch ? 0x6300 : 0x6200 }
}

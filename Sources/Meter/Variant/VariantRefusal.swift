/// Why a combination of choices is no meter.
public enum VariantRefusal: UInt8, Error, CaseIterable, Sendable {
  /// 5(105) or 10(60) was asked for together with the supply control switch.
  case ratingOnlyWithoutSwitch
  /// 10(65) was asked for without the supply control switch.
  case ratingOnlyWithSwitch
  /// The hardware letter says something else about the switch.
  case letterContradictsSwitch
  /// The hardware letter says something else about the integrated radio.
  case letterContradictsRadio
  /// Aron on a supply that is not 3 x 230 V.
  case aronNeedsThreeWireSupply
  /// Aron with the phases split before they are added.
  case aronForcesVectorSum
  /// A register that the energy type does not have.
  case quantityOutsideEnergyType
  /// A measuring system that the connection does not have.
  case quantityOutsideConnection
  /// A battery-driven display list without a battery.
  case batteryListWithoutBattery
  /// A stored variant word with bits that mean nothing.
  case unknownEncoding

  /// One sentence that says why, for people.
  public var sentence: StaticString {
    switch self {
    case .ratingOnlyWithoutSwitch:
      "5(105) A and 10(60) A are made only without supply control switch (hardware 2 to 9)"
    case .ratingOnlyWithSwitch:
      "10(65) A is made only with supply control switch (hardware B to G)"
    case .letterContradictsSwitch:
      "the hardware letter decides: 2 to 9 are without supply control switch, B to G are with it"
    case .letterContradictsRadio:
      "the hardware letter decides: only 4 to 7 and D to G have the integrated radio"
    case .aronNeedsThreeWireSupply:
      """
      an Aron meter has no neutral: its systems, made for 230 V each, measure between the \
      phases, so it exists for 3x230 V only
      """
    case .aronForcesVectorSum:
      "only the sum of the two systems of an Aron meter means something: summation is vector"
    case .quantityOutsideEnergyType:
      "the meter's energy type has no such register"
    case .quantityOutsideConnection:
      "the meter's connection has no such measuring system"
    case .batteryListWithoutBattery:
      "without a battery there is no battery-driven display"
    case .unknownEncoding:
      "the stored variant holds a value that is not defined"
    }
  }
}

/// Everything that decides when the supply is cut and given back.
///
/// The basis and the credit can be changed through a module port only, never through the optical
/// head.
public struct SupplyParameters: Equatable, Sendable {
  /// What may open the switch because of the load or the credit.
  public var basis = CutOffBasis.none
  public var supplySwitch = SwitchParameters()
  public var smartDisconnect = SmartDisconnectParameters()
  public var prepayment = PrepaymentParameters()
  public var neutralLoss = NeutralLossParameters()

  public init() {}

  /// True where everything can be used with a meter of that Imax and power.
  /// - Parameter maximumPower_W: of all systems at Imax.
  public func isValid(maximumCurrent_mA: UInt32, maximumPower_W: UInt32) -> Bool {
    switch basis {
    case .current where smartDisconnect.refusal(largest: maximumCurrent_mA) != nil: return false
    case .power where smartDisconnect.refusal(largest: maximumPower_W) != nil: return false
    case .none, .power, .current, .prepayment: break
    }
    return supplySwitch.isValid(maximumCurrent_mA: Int32(clamping: maximumCurrent_mA))
      && prepayment.isValid && neutralLoss.isValid
  }
}

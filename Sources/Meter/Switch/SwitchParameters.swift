/// Settings of the supply control switch.
public struct SwitchParameters: Equatable, Sendable {
  /// Current above which the switch refuses to open, mA; 0 stands for Imax, the rated breaking
  /// current (IEC 62055-31: Ic = Imax). Not the short-circuit level of 4500 A, which the closed
  /// contacts survive and never break.
  public var breakingLimit_mA: UInt32 = 0
  /// The button may open a closed switch.
  public var buttonOpens = true
  /// Utilisation category 1...4 (IEC 62055-31): for the label and for the wear.
  public var category: UInt8 = 2

  public init() {}

  /// Operations at rated current after which the contacts are used up.
  public static let ratedOperations: UInt32 = 10_000

  /// What one operation costs the contacts, in 1/1000 of one at rated current.
  ///
  /// A model: the energy of an arc grows with the square of the current; without load the
  /// mechanism wears, at a hundredth.
  /// - Parameters:
  ///   - current: of the most loaded phase, mA.
  ///   - rated: Imax, mA.
  public static func wear(current_mA current: Int32, rated_mA rated: Int32) -> UInt32 {
    let part = min(Int64(max(current, 0)) * 1000 / Int64(max(rated, 1)), 100_000)
    return UInt32(clamping: max(10, part * part / 1000))
  }

  /// True where the settings can be used with a meter of that Imax.
  public func isValid(maximumCurrent_mA: Int32) -> Bool {
    breakingLimit_mA <= UInt32(clamping: maximumCurrent_mA) && category >= 1 && category <= 4
  }
}

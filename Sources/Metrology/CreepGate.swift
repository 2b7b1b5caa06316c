/// The no-load threshold of one system, or of the total in vector sum and Aron connection.
///
/// The mean over one second decides: registration starts at the threshold and stops at 0.7 of it.
/// Energy metered while registration is off is held until the second is over, and then booked or
/// dropped as a whole (decision 004). Active and reactive energy are decided separately.
public struct CreepGate: Equatable, Sendable {
  /// Registration of active and of reactive energy.
  public private(set) var activeOn = false
  public private(set) var reactiveOn = false
  private var held = EnergyContribution()
  private var netActive: Int64 = 0
  private var netReactive: Int64 = 0
  private var samples: UInt32 = 0

  public init() {}

  /// Takes one window and returns what may be booked now.
  ///
  /// - Parameters:
  ///   - active: net active energy of the window, µWs.
  ///   - reactive: net reactive energy, µvars.
  ///   - split: the same energy by direction and quadrant.
  ///   - samples: sets in the window.
  ///   - rate: sets per second.
  ///   - threshold_mW: power at which registration starts, mW or mvar.
  public mutating func pass(
    active: Int64, reactive: Int64, split: EnergyContribution, samples count: UInt32,
    rate: SampleRate, threshold_mW: Int32
  ) -> EnergyContribution {
    netActive &+= active
    netReactive &+= reactive
    samples &+= count
    var booked = EnergyContribution()
    if activeOn { booked += split.part(active: true) } else { held += split.part(active: true) }
    if reactiveOn { booked += split.part(active: false) } else { held += split.part(active: false) }
    if UInt64(samples) * UInt64(rate.denominator) >= UInt64(rate.numerator) {
      booked += decide(rate: rate, threshold_mW: threshold_mW)
    }
    return booked
  }

  /// Decides now, at the end of the input, on what has been metered since the last decision.
  public mutating func decide(rate: SampleRate, threshold_mW: Int32) -> EnergyContribution {
    if samples == 0 { return EnergyContribution() }
    // µWs at the threshold over the time since the last decision: mW * 1000 * seconds.
    let span = Int64(samples) * Int64(rate.denominator) * 1000
    let on = Int64(threshold_mW) * span / Int64(rate.numerator)
    let off = on * 7 / 10
    var booked = EnergyContribution()
    let wasActive = activeOn
    activeOn = netActive.magnitude >= UInt64(activeOn ? off : max(on, 1))
    if activeOn && !wasActive { booked += held.part(active: true) }
    let wasReactive = reactiveOn
    reactiveOn = netReactive.magnitude >= UInt64(reactiveOn ? off : max(on, 1))
    if reactiveOn && !wasReactive { booked += held.part(active: false) }
    held = EnergyContribution()
    netActive = 0
    netReactive = 0
    samples = 0
    return booked
  }
  /// Takes a constant load over any time and returns what of its energy is booked.
  ///
  /// What is held from before is dropped: it lasted for less than a second.
  /// - Parameters:
  ///   - energy: of the time, by direction and quadrant.
  ///   - active_mW: active power, signed.
  ///   - reactive_mvar: reactive power, signed.
  ///   - threshold_mW: power at which registration starts, mW or mvar.
  public mutating func pass(
    constant energy: EnergyContribution, active_mW: Int64, reactive_mvar: Int64,
    threshold_mW: Int32
  ) -> EnergyContribution {
    let on = UInt64(max(threshold_mW, 1))
    let off = UInt64(threshold_mW) * 7 / 10
    activeOn = active_mW.magnitude >= (activeOn ? off : on)
    reactiveOn = reactive_mvar.magnitude >= (reactiveOn ? off : on)
    held = EnergyContribution()
    netActive = 0
    netReactive = 0
    samples = 0
    var booked = EnergyContribution()
    if activeOn { booked += energy.part(active: true) }
    if reactiveOn { booked += energy.part(active: false) }
    return booked
  }
}

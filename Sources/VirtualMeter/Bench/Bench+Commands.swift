import Quantities

extension Bench {
  /// Wires the meter as a catalogue entry says.
  mutating func wire(_ id: WiringError.ID) {
    wiring = Wiring(id)
    wiringID = id
    // Lost and found again by the same name.
    if id == .correct { neutral = true }
  }

  /// Cuts the neutral, or connects it whatever had cut it.
  mutating func setNeutral(_ connected: Bool) {
    neutral = connected
    guard connected, wiring.losesNeutral else { return }
    wire(.correct)
  }

  /// Changes the load of one phase.
  mutating func change(_ phase: Phase, _ change: BenchLoadChange) {
    let k = phase.index
    if let i = change.i_A { loads[k].i_A = i }
    if let phi = change.phi_deg { loads[k].phi_deg = phi }
    if let on = change.on { loads[k].on = on }
    if let u = change.u_V { voltages_V[k] = u }
    guard let thd = change.thd_percent else { return }
    loads[k].harmonics =
      loads[k].thd_percent > 0 && thd > 0
      ? loads[k].harmonics(thd_percent: thd) : BenchLoad.electronics(thd_percent: thd)
  }

  /// Sets the voltage of one phase of the network, or of all.
  mutating func setVoltage(_ volts: Double, of phase: Phase?) {
    for k in 0..<3 where phase == nil || phase?.index == k { voltages_V[k] = volts }
  }
}

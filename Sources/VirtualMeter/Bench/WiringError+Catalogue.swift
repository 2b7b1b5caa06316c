extension WiringError {
  /// Every entry, the right wiring first.
  public static let catalogue: [WiringError] = ID.allCases.map(make)

  /// The entry of a name.
  public static func named(_ id: ID) -> WiringError { make(id) }

  private static func make(_ id: ID) -> WiringError {
    let wiring = Wiring(id)
    let (title, explanation) = texts(id)
    return WiringError(
      id: id, title: title, explanation: explanation, wiring: wiring,
      expectations: sampleLoads(id).map { expectation($0.name, $0.bench, wiring) })
  }

  /// A resistive and an inductive load. Equal phases hide a lost neutral, so it gets unequal ones.
  private static func sampleLoads(_ id: ID) -> [(name: BilingualText, bench: Bench)] {
    let isBalanced = id != .lostNeutral
    let amperes = isBalanced ? [10.0, 10, 10] : [10.0, 5, 2]
    return [(0.0, "cos φ = 1"), (30.0, "cos φ = 0.87")].map { phi, factor in
      var bench = Bench()
      bench.loads = amperes.map { BenchLoad(i_A: $0, phi_deg: phi) }
      let list = isBalanced ? "3 x 10 A" : "10, 5, 2 A"
      let kind =
        phi == 0
        ? BilingualText("resistive", "ohmsk") : BilingualText("inductive", "induktiv")
      return (
        BilingualText(
          "\(list), \(kind.english), \(factor)", "\(list), \(kind.danish), \(factor)"), bench
      )
    }
  }

  private static func expectation(
    _ load: BilingualText, _ right: Bench, _ wiring: Wiring
  ) -> Expectation {
    let base = split(right.terminalPhasors)
    var bench = right
    bench.wiring = wiring
    let seen = bench.terminalPhasors
    let energies = split(seen)
    return Expectation(
      load: load, bench: bench, voltages: seen.voltages, currents: seen.currents,
      activeImport: energies.0 / base.0, activeExport: energies.1 / base.0,
      reactiveImport: energies.2 / base.0, reactiveExport: energies.3 / base.0,
      isSequenceRight: sequence(seen.voltages))
  }

  /// A+, A-, R+, R- in W and var: each phase is split for itself, then the phases are added.
  private static func split(
    _ seen: (voltages: [Phasor], currents: [Phasor])
  ) -> (Double, Double, Double, Double) {
    var energies = (0.0, 0.0, 0.0, 0.0)
    for (u, i) in zip(seen.voltages, seen.currents) {
      let s = u * i.conjugate
      // The loads are exact multiples of each other: what is left of a zero is rounding.
      let (p, q) = (s.re.magnitude < 1e-6 ? 0 : s.re, s.im.magnitude < 1e-6 ? 0 : s.im)
      energies.0 += max(0, p)
      energies.1 += max(0, -p)
      energies.2 += max(0, q)
      energies.3 += max(0, -q)
    }
    return energies
  }

  private static func sequence(_ voltages: [Phasor]) -> Bool? {
    guard voltages.allSatisfy({ $0.magnitude >= 20 }) else { return nil }
    let second = voltages[1] * voltages[0].conjugate
    let third = voltages[2] * voltages[0].conjugate
    return second.im < 0 && third.im > 0
  }
}

extension Wiring {
  /// The connections that a name stands for.
  public init(_ id: WiringError.ID) {
    self.init()
    switch id {
    case .correct: break
    case .swapU12: voltages = [1, 0, 2]
    case .swapU13: voltages = [2, 1, 0]
    case .swapU23: voltages = [0, 2, 1]
    case .rotateU: voltages = [1, 2, 0]
    case .rotateUBack: voltages = [2, 0, 1]
    case .swapI12: currents = [1, 0, 2]
    case .swapI13: currents = [2, 1, 0]
    case .swapI23: currents = [0, 2, 1]
    case .rotateI: currents = [1, 2, 0]
    case .rotateIBack: currents = [2, 0, 1]
    case .reverseI1: reversed = [true, false, false]
    case .reverseI2: reversed = [false, true, false]
    case .reverseI3: reversed = [false, false, true]
    case .reverseI12: reversed = [true, true, false]
    case .reverseI13: reversed = [true, false, true]
    case .reverseI23: reversed = [false, true, true]
    case .reverseI123: reversed = [true, true, true]
    case .swapUI12:
      voltages = [1, 0, 2]
      currents = [1, 0, 2]
    case .lostNeutral: losesNeutral = true
    case .missingL1: missing = 0
    case .missingL2: missing = 1
    case .missingL3: missing = 2
    }
  }
}

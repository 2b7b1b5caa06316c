import Waveforms

/// One order of the waves at the house and at the meter.
struct BenchOrder: Equatable {
  /// Multiple of the mains frequency.
  var order: Int
  /// Voltage between each phase and the star point of the loads, and current of each load.
  var houseVoltages: [Phasor]
  var houseCurrents: [Phasor]
  /// What the meter's systems see.
  var voltages: [Phasor]
  var currents: [Phasor]
}

extension Bench {
  /// Highest order that is played: below half of 4000 Hz at 65 Hz.
  static let highestOrder = 29
  /// Farthest that a floating star point is let go, volts. Beyond it things burn, which no
  /// linear circuit describes.
  static let farthestStarPoint_V = 400.0

  /// The neutral reaches the loads.
  public var hasNeutral: Bool { neutral && !wiring.losesNeutral }

  /// Waves by order, the fundamental first.
  func orders() -> [BenchOrder] {
    let admittances = (0..<3).map(admittance)
    let (voltages, currents) = solve(angles: 1, admittances) { Phasor(1, degrees: $0) }
    var result = [terminals(1, voltages, currents)]
    var orders = Set(voltageHarmonics.map(\.order))
    for load in loads where load.on { orders.formUnion(load.harmonics.map(\.order)) }
    for order in orders.sorted() where (2...Self.highestOrder).contains(order) {
      let (u, _) = solve(angles: order, admittances) { degrees in
        voltageHarmonics.filter { $0.order == order }.reduce(.zero) { sum, harmonic in
          sum + Phasor(harmonic.amplitude, degrees: degrees + harmonic.cosinePhase_deg)
        }
      }
      result.append(terminals(order, u, harmonicCurrents(order, currents)))
    }
    return result
  }

  /// The fundamental at the meter's terminals, RMS.
  public var terminalPhasors: (voltages: [Phasor], currents: [Phasor]) {
    let fundamental = orders()[0]
    return (fundamental.voltages, fundamental.currents)
  }

  /// The fundamental at the house: phase voltages and load currents, RMS.
  public var housePhasors: (voltages: [Phasor], currents: [Phasor]) {
    let fundamental = orders()[0]
    return (fundamental.houseVoltages, fundamental.houseCurrents)
  }

  /// What a load is to the fundamental, siemens. An inverter switches itself off where the
  /// neutral is lost.
  private func admittance(_ phase: Int) -> Phasor {
    let load = loads[phase]
    let isExporting = abs(load.phi_deg) > 90
    guard load.on, contacts[phase], voltages_V[phase] >= 1, wiring.missing != phase,
      hasNeutral || !isExporting
    else { return .zero }
    return Phasor(load.i_A / voltages_V[phase], degrees: -load.phi_deg)
  }

  /// Phase voltages against the star point of the loads, and the currents they drive.
  ///
  /// Without neutral the star point settles where the currents add up to nothing: at the mean of
  /// the network's voltages weighted by the admittances (Millman).
  ///
  /// - Parameters:
  ///   - order: multiple of the mains frequency, which turns the angles of the phases.
  ///   - wave: amplitude against the phase's voltage, at an angle in degrees.
  private func solve(
    angles order: Int, _ admittances: [Phasor], _ wave: (Double) -> Phasor
  ) -> (voltages: [Phasor], currents: [Phasor]) {
    let network = (0..<3).map { phase in
      wiring.missing == phase
        ? .zero : wave(-120 * Double(phase * order)) * voltages_V[phase]
    }
    var star = Phasor.zero
    if !hasNeutral {
      let sum = admittances.reduce(.zero, +)
      if sum.magnitude > 1e-9 {
        star = zip(admittances, network).reduce(.zero) { $0 + $1.0 * $1.1 } / sum
        if star.magnitude > Self.farthestStarPoint_V {
          star = star * (Self.farthestStarPoint_V / star.magnitude)
        }
      }
    }
    let voltages = (0..<3).map { wiring.missing == $0 ? .zero : network[$0] - star }
    return (voltages, zip(admittances, voltages).map { $0 * $1 })
  }

  /// Harmonics of the load currents; what could only flow in the neutral cannot without it.
  private func harmonicCurrents(_ order: Int, _ fundamental: [Phasor]) -> [Phasor] {
    var currents = (0..<3).map { phase -> Phasor in
      let (magnitude, angle) = (fundamental[phase].magnitude, fundamental[phase].degrees)
      guard magnitude > 0 else { return .zero }
      return loads[phase].harmonics.filter { $0.order == order }.reduce(.zero) { sum, harmonic in
        sum
          + Phasor(
            magnitude * harmonic.amplitude,
            degrees: Double(order) * angle + harmonic.cosinePhase_deg)
      }
    }
    let live = (0..<3).filter { fundamental[$0].magnitude > 0 }
    if !hasNeutral, !live.isEmpty {
      let mean = live.reduce(Phasor.zero) { $0 + currents[$1] } * (1 / Double(live.count))
      for phase in live { currents[phase] = currents[phase] - mean }
    }
    return currents
  }

  private func terminals(
    _ order: Int, _ voltages: [Phasor], _ currents: [Phasor]
  ) -> BenchOrder {
    BenchOrder(
      order: order, houseVoltages: voltages, houseCurrents: currents,
      voltages: wiring.voltages.map { voltages[$0] },
      currents: (0..<3).map { system in
        let current = currents[wiring.currents[system]]
        return wiring.reversed[system] ? -current : current
      })
  }
}

extension Wiring {
  /// The meter sees each phase with its own current: it measures what the loads take.
  var seesHouse: Bool {
    voltages == [0, 1, 2] && currents == [0, 1, 2] && !reversed.contains(true)
  }
}

extension Harmonic {
  /// Angle against a fundamental that is a cosine: sin(h(x + 90°) + p) = cos(hx + p + (h-1)·90°).
  fileprivate var cosinePhase_deg: Double { phase_deg + Double(order - 1) * 90 }
}

extension BenchLoad {
  /// Harmonics of a phase-fired dimmer at half power: orders 3, 5, ... to 29 (relative to a
  /// fundamental that lags by `dimmerLag_deg`).
  static let dimmerHarmonics: [Harmonic] = stride(from: 3, through: Bench.highestOrder, by: 2)
    .map { order in
      // Fired at 90°: c(n) = p/π · 2/(n ∓ 1) in turn, |A1| = p/π · √(1 + π²/4).
      let isLow = order % 4 == 3
      let amplitude = 2 / Double(isLow ? order - 1 : order - 1 + 2)
      return Harmonic(
        order, amplitude / (1 + Double.pi * Double.pi / 4).squareRoot(),
        phase_deg: Double(order) * dimmerLag_deg + 90 + (isLow ? 0 : 180))
    }

  /// Degrees by which the fundamental of a dimmer at half power lags: atan(2/π).
  static let dimmerLag_deg = 32.481_636_590_529_95

  /// Odd harmonics of ordinary electronics with a distortion in per cent.
  static func electronics(thd_percent: Double) -> [Harmonic] {
    guard thd_percent > 0 else { return [] }
    let usual = BenchLoad(i_A: 0, harmonics: Harmonic.householdCurrent)
    return usual.harmonics(thd_percent: thd_percent)
  }

  /// The same shape with another distortion.
  func harmonics(thd_percent: Double) -> [Harmonic] {
    let factor = thd_percent / self.thd_percent
    return harmonics.map { Harmonic($0.order, $0.amplitude * factor, phase_deg: $0.phase_deg) }
  }
}

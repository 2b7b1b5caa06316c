import Foundation

/// A periodic wave as cosines and sines of multiples of the base frequency f / `cyclesPerBase`.
struct FourierSeries {
  struct Partial {
    /// Multiple of the base frequency, 1 and above.
    var multiple: Int
    var cosine: Double
    var sine: Double
  }

  /// Mains cycles in one period of the base.
  var cyclesPerBase: Int
  var mean: Double
  var partials: [Partial]

  /// `√2 * rms * (sin x + harmonics)` with x turned by `shift` radians.
  static func wave(rms: Double, harmonics: [Harmonic], shift: Double) -> FourierSeries {
    var series = FourierSeries(cyclesPerBase: 1, mean: 0, partials: [])
    let peak = rms * 2.0.squareRoot()
    series.add(1, amplitude: peak, angle: 0)
    for harmonic in harmonics {
      series.add(
        harmonic.order, amplitude: peak * harmonic.amplitude,
        angle: harmonic.phase_deg * .pi / 180)
    }
    return series.shifted(by: shift)
  }

  /// The currents of the type tests, `rms` being that of the whole sine.
  ///
  /// - Parameter highest: highest order of the mains frequency that is kept.
  static func current(
    _ wave: CurrentWave, rms: Double, harmonics: [Harmonic], shift: Double, highest: Int
  ) -> FourierSeries {
    let series =
      switch wave {
      case .sine: FourierSeries.wave(rms: rms, harmonics: harmonics, shift: 0)
      case .phaseFired(let angle): phaseFired(angle * .pi / 180, rms, highest)
      case .halfWave: halfWave(rms, highest)
      case .lampPulse(let angle): lampPulse(angle * .pi / 180, rms, highest)
      case .burst(let on, let off): burst(on, off, rms, highest)
      }
    return series.shifted(by: shift)
  }

  private mutating func add(_ multiple: Int, amplitude: Double, angle: Double) {
    partials.append(
      Partial(multiple: multiple, cosine: amplitude * sin(angle), sine: amplitude * cos(angle)))
  }

  /// Conduction from `angle` to π in each half cycle; only odd orders.
  private static func phaseFired(
    _ angle: Double, _ rms: Double, _ highest: Int
  ) -> FourierSeries {
    let peak = rms * 2.0.squareRoot() / .pi
    var partials = [
      Partial(
        multiple: 1, cosine: -peak * sin(angle) * sin(angle),
        sine: peak * (.pi - angle + sin(2 * angle) / 2))
    ]
    for order in stride(from: 3, through: max(1, highest), by: 2) {
      let (below, above) = (Double(order - 1), Double(order + 1))
      partials.append(
        Partial(
          multiple: order,
          cosine: peak * ((1 - cos(below * angle)) / below - (1 - cos(above * angle)) / above),
          sine: peak * (sin(above * angle) / above - sin(below * angle) / below)))
    }
    return FourierSeries(cyclesPerBase: 1, mean: 0, partials: partials)
  }

  /// The positive half of a sine: a mean, half the fundamental and even orders.
  private static func halfWave(_ rms: Double, _ highest: Int) -> FourierSeries {
    let peak = rms * 2.0.squareRoot()
    var partials = [Partial(multiple: 1, cosine: 0, sine: peak / 2)]
    for order in stride(from: 2, through: max(1, highest), by: 2) {
      let n = Double(order)
      partials.append(
        Partial(multiple: order, cosine: -2 * peak / .pi / (n * n - 1), sine: 0))
    }
    return FourierSeries(cyclesPerBase: 1, mean: peak / .pi, partials: partials)
  }

  /// exp(−x/d) − exp(−x/r) from `angle` on in each half cycle, with alternating sign; x and the
  /// constants r (20 µs) and d (0.5 ms) are turned into angles at 50 Hz. Only odd orders.
  private static func lampPulse(
    _ angle: Double, _ rms: Double, _ highest: Int
  ) -> FourierSeries {
    let (rise, decay) = (2 * Double.pi * 50 * 20e-6, 2 * Double.pi * 50 * 500e-6)
    var series = FourierSeries(cyclesPerBase: 1, mean: 0, partials: [])
    for order in stride(from: 1, through: max(1, highest), by: 2) {
      // ∫ exp(−x/c) cos nx = c / (1 + (nc)²), with sine nc · that; the tail is below 1e-8.
      let n = Double(order)
      let (a, b) = (n * decay, n * rise)
      let cosine = decay / (1 + a * a) - rise / (1 + b * b)
      let sine = decay * a / (1 + a * a) - rise * b / (1 + b * b)
      series.partials.append(Partial(multiple: order, cosine: cosine, sine: sine))
    }
    let factor = rms / series.rms
    for index in series.partials.indices {
      series.partials[index].cosine *= factor
      series.partials[index].sine *= factor
    }
    return series.shifted(by: -angle)
  }

  /// `on` whole cycles of a sine in every `on + off`: sub- and interharmonics of f / (on + off).
  private static func burst(
    _ on: Int, _ off: Int, _ rms: Double, _ highest: Int
  ) -> FourierSeries {
    let cycles = on + off
    let peak = rms * 2.0.squareRoot()
    var partials: [Partial] = []
    for multiple in 1...max(1, highest) * cycles {
      if multiple == cycles {
        partials.append(
          Partial(multiple: multiple, cosine: 0, sine: peak * Double(on) / Double(cycles)))
        continue
      }
      let ratio = Double(multiple) / Double(cycles)
      let turn = ratio * 2 * .pi * Double(on)
      let weight = peak / (.pi * Double(cycles)) / (1 - ratio * ratio)
      let partial = Partial(
        multiple: multiple, cosine: weight * (1 - cos(turn)), sine: -weight * sin(turn))
      if abs(partial.cosine) + abs(partial.sine) > peak * 1e-15 { partials.append(partial) }
    }
    return FourierSeries(cyclesPerBase: cycles, mean: 0, partials: partials)
  }

  /// The wave at x + `angle`, x being the mains angle in radians.
  func shifted(by angle: Double) -> FourierSeries {
    var result = self
    for index in partials.indices {
      let turn = angle * Double(partials[index].multiple) / Double(cyclesPerBase)
      let (c, s) = (partials[index].cosine, partials[index].sine)
      result.partials[index].cosine = c * cos(turn) + s * sin(turn)
      result.partials[index].sine = s * cos(turn) - c * sin(turn)
    }
    return result
  }

  /// The same wave with a base of `cycles` mains cycles, a multiple of its own.
  func withBase(_ cycles: Int) -> FourierSeries {
    var result = self
    let factor = cycles / cyclesPerBase
    for index in partials.indices { result.partials[index].multiple *= factor }
    result.cyclesPerBase = cycles
    return result
  }

  /// No value is larger than this.
  var bound: Double {
    partials.reduce(abs(mean)) {
      $0 + ($1.cosine * $1.cosine + $1.sine * $1.sine).squareRoot()
    }
  }

  /// RMS of everything, the mean included.
  var rms: Double {
    partials.reduce(mean * mean) { $0 + ($1.cosine * $1.cosine + $1.sine * $1.sine) / 2 }
      .squareRoot()
  }

  /// Active power and fundamental reactive power with a current of the same base.
  func power(with current: FourierSeries) -> (active: Double, reactive: Double) {
    var (active, reactive) = (mean * current.mean, 0.0)
    for u in partials {
      for i in current.partials where i.multiple == u.multiple {
        active += (u.cosine * i.cosine + u.sine * i.sine) / 2
        if u.multiple == cyclesPerBase {
          reactive += (u.cosine * i.sine - u.sine * i.cosine) / 2
        }
      }
    }
    return (active, reactive)
  }
}

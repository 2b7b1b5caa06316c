import Bytes

/// One measuring system: window sums -> energies, RMS values and phasors.
struct MeasuringSystem {
  var scaling: SystemScaling
  /// Slow estimates of the converter offsets, counts Q16.
  private var voltageOffset: Int64 = 0
  private var currentOffset: Int64 = 0
  /// Whole windows in the estimates, up to 64.
  private var offsetWindows: Int32 = 0
  /// What scaling left behind the point.
  private var activeRemainder: UInt64 = 0
  private var reactiveRemainder: UInt64 = 0

  init(scaling: SystemScaling) { self.scaling = scaling }

  /// Evaluates one window.
  ///
  /// The mains carries no DC, so the mean of the voltage is the converter's offset. It is
  /// estimated slowly (decision 003): the product of this offset with the sum of the current
  /// comes off the active sum, which is right for half-wave loads and for windows that do not
  /// hold whole cycles, where the window's own mean is not.
  mutating func evaluate(
    _ sums: WindowSums, samples: UInt32, isWhole: Bool, image: WindowImage,
    temperature_dC: Int16, rate: SampleRate
  ) -> SystemWindow {
    var out = SystemWindow()
    if samples == 0 { return out }
    let n = Int64(samples)
    if isWhole { learnOffsets(sums, n) }
    let u0 = offsetWindows > 0 ? voltageOffset : (sums.u << 16) / n
    let i0 = offsetWindows > 0 ? currentOffset : (sums.i << 16) / n

    var p = sums.ui &- multipliedShifted(u0, sums.i, by: 16)
    // u = A cos(ref + a) gives sums of A cos(a) and -A sin(a), halved; counts Q26.
    let (uc, uq) = image.removed(from: sums.uc / n, sums.uq / n)
    let (ic, iq) = image.removed(from: sums.ic / n, sums.iq / n)
    let fundamental = Self.sum(
      multipliedShifted(uc, ic, by: 46), multipliedShifted(uq, iq, by: 46), n)
    var q = Self.sum(
      multipliedShifted(uc, iq, by: 46), 0 &- multipliedShifted(uq, ic, by: 46), n)
    let c = Int64(scaling.cosine), s = Int64(scaling.sine)
    if s != 0 {
      p = multipliedShifted(p, c, by: 30) &+ multipliedShifted(q, s, by: 30)
      q = multipliedShifted(q, c, by: 30) &- multipliedShifted(fundamental, s, by: 30)
    }
    let gain = scaling.calibration.temperatureGain(temperature_dC)
    if gain != 1 << 30 {
      p = multipliedShifted(p, Int64(gain), by: 30)
      q = multipliedShifted(q, Int64(gain), by: 30)
    }
    p &-= (scaling.activeOffset &* n) >> 16
    q &-= (scaling.reactiveOffset &* n) >> 16
    out.active_µWs = scaling.energy.apply(to: p, remainder: &activeRemainder)
    out.reactive_µvars = scaling.energy.apply(to: q, remainder: &reactiveRemainder)

    out.active_mW = Self.power(out.active_µWs, n, rate)
    out.reactive_mvar = Self.power(out.reactive_µvars, n, rate)
    out.voltage_mV = Self.rms(sums.uu, sums.u, u0, samples, scaling.voltage)
    out.current_µA = Self.rms(sums.ii, sums.i, i0, samples, scaling.current)
    out.apparent_mVA = Int32(
      clamping: Int64(out.voltage_mV) * Int64(out.current_µA) / 1_000_000)
    out.voltageAngle = CORDIC.angle(x: uc, y: 0 &- uq)
    out.currentAngle =
      CORDIC.angle(x: ic, y: 0 &- iq) &+ UInt32(bitPattern: scaling.calibration.phase)
    return out
  }

  /// 2 * (a + b) * n from Q6 to counts squared.
  private static func sum(_ a: Int64, _ b: Int64, _ n: Int64) -> Int64 {
    multipliedShifted(a &+ b, 2 * n, by: 6)
  }

  private mutating func learnOffsets(_ sums: WindowSums, _ n: Int64) {
    let u = (sums.u << 16) / n
    let i = (sums.i << 16) / n
    if offsetWindows < 64 {
      offsetWindows += 1
      voltageOffset += (u - voltageOffset) / Int64(offsetWindows)
      currentOffset += (i - currentOffset) / Int64(offsetWindows)
    } else {
      voltageOffset += (u - voltageOffset) >> 6
      // Minutes for the current: a DC load must show, a drifting converter must not.
      currentOffset += (i - currentOffset) >> 10
    }
  }

  /// Mean power in thousandths from energy in millionths.
  private static func power(_ energy: Int64, _ n: Int64, _ rate: SampleRate) -> Int32 {
    let scaled = energy.multipliedFullWidth(by: Int64(rate.numerator))
    let divisor = n * Int64(rate.denominator) * 1000
    // Fits 64 bits for every power below 2 MW and rates to 32 kHz.
    if scaled.high != 0 && scaled.high != -1 { return energy < 0 ? .min : .max }
    return Int32(clamping: Int64(bitPattern: scaled.low) / divisor)
  }

  /// Root of the mean square around `offset` (Q16), in the unit of `factor`.
  private static func rms(
    _ square: Int64, _ sum: Int64, _ offset: Int64, _ samples: UInt32, _ factor: ScaleFactor
  ) -> Int32 {
    // sum((x - o)^2) = sum(x^2) - o * (2 * sum(x) - n * o)
    let twice = (sum << 17) &- Int64(samples) &* offset
    let central = square &- multipliedShifted(offset, twice, by: 32)
    let r = rootMean(UInt64(max(central, 0)), count: samples)
    let scaled = factor.applied(to: Int64(r.root))
    return Int32(clamping: scaled >> Int64(r.fractionBits))
  }
}

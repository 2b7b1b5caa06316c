import Bytes

/// Factors of one system, made once from scale, rate and calibration.
struct SystemScaling {
  /// Counts squared summed over samples -> microwatt-seconds.
  let energy: SummingFactor
  /// Counts -> millivolts and microamperes.
  let voltage: ScaleFactor
  let current: ScaleFactor
  /// Cosine and sine of the phase correction, Q30.
  let cosine: Int32
  let sine: Int32
  /// Offsets per sample in counts squared, Q16.
  let activeOffset: Int64
  let reactiveOffset: Int64
  let calibration: SystemCalibration

  init(scale: ChannelScale, rate: SampleRate, calibration: SystemCalibration) {
    let one = ScaleFactor(1 << 30)
    let volts =
      ScaleFactor(scale.femtovoltsPerCount) * ScaleFactor(UInt64(calibration.voltageGain.magnitude))
      / one
    let amperes =
      ScaleFactor(scale.femtoamperesPerCount)
      * ScaleFactor(UInt64(calibration.currentGain.magnitude)) / one
    // fV * fA = 10^-30 W = 10^-24 µW; times seconds per sample.
    let power = volts * amperes * ScaleFactor.powerOfTen(-24)
    energy = SummingFactor(
      power * ScaleFactor(UInt64(rate.denominator)) / ScaleFactor(UInt64(rate.numerator)))
    voltage = volts * ScaleFactor.powerOfTen(-12)
    current = amperes * ScaleFactor.powerOfTen(-9)
    (cosine, sine) = CORDIC.cosineSine(UInt32(bitPattern: calibration.phase))
    let perMicrowatt = ScaleFactor(1 << 16) / power
    activeOffset = perMicrowatt.applied(to: Int64(calibration.activeOffset_µW))
    reactiveOffset = perMicrowatt.applied(to: Int64(calibration.reactiveOffset_µvar))
    self.calibration = calibration
  }
}

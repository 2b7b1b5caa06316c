import Meter
import MeterTime
import Metrology
import Quantities
import Waveforms

/// The harmonic analysers of a running meter: one window of ten or twelve cycles in three seconds
/// (the interval of IEC 61000-4-30), and only where the meter shows or logs distortion.
struct DistortionWatch {
  static let interval = Instant.Duration.seconds(3)

  fileprivate var analysers: [HarmonicAnalyser] = []
  /// Sets that the open window still takes.
  fileprivate var left = 0
  fileprivate var next = Instant(ticks: .min)
}

extension MeterRun {
  /// Shows samples to the analysers before the meter takes them.
  mutating func analyseDistortion(_ buffer: SampleBuffer) {
    if distortion.left == 0 {
      guard now >= distortion.next else { return }
      distortion.next = now + DistortionWatch.interval
      guard meter.wantsDistortion else { return }
      distortion.left = samples(cycles: Int(settings.cyclesPerWindow))
      distortion.analysers = Phase.allCases.map { _ in
        HarmonicAnalyser(increment: meter.legal.referenceIncrement)
      }
    }
    let count = min(distortion.left, buffer.count)
    for phase in Phase.allCases {
      let u = buffer.channel(2 * phase.index)
      let i = buffer.channel(2 * phase.index + 1)
      let isClosed = contacts.closed[phase.index]
      for n in 0..<count {
        distortion.analysers[phase.index].add(u: u[n], i: isClosed ? i[n] : 0)
      }
    }
    distortion.left -= count
    guard distortion.left == 0 else { return }
    for phase in Phase.allCases where meter.legal.parameters.uses(phase) {
      let analyser = distortion.analysers[phase.index]
      meter.noteDistortion(
        phase, voltage: analyser.voltageDistortion, current: analyser.currentDistortion)
    }
  }
}

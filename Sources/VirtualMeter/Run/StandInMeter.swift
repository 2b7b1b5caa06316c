import Foundation
import MeterTime
import Metrology
import Quantities
import Waveforms

/// Stands where the composing `Meter` will be: binary64, windows of 200 ms, no memory, no glass.
struct StandInMeter: ~Copyable {
  private let rate: SampleRate
  private let scales: [ChannelScale]
  private var joules = [Double](repeating: 0, count: 6)
  private var window = [Double](repeating: 0, count: 3)
  private var squares = [Double](repeating: 0, count: 6)
  private var means = [Double](repeating: 0, count: 6)
  private var sets = 0
  private var power = [Double](repeating: 0, count: 3)
  private var rms = [Double](repeating: 0, count: 6)
  private var pulsed: Int64 = 0

  init(rate: SampleRate, scales: [ChannelScale]) {
    self.rate = rate
    self.scales = scales
  }

  private var setsPerWindow: Int { max(1, Int(rate.numerator) / Int(rate.denominator) / 5) }

  mutating func process(_ block: borrowing SampleBuffer, from: Int) -> Int {
    let count = min(block.count - from, setsPerWindow - sets)
    for phase in 0..<3 {
      let u = block.channel(2 * phase)
      let i = block.channel(2 * phase + 1)
      for n in from..<from + count {
        let (a, b) = (Double(u[n]), Double(i[n]))
        window[phase] += a * b
        squares[2 * phase] += a * a
        squares[2 * phase + 1] += b * b
        means[2 * phase] += a
        means[2 * phase + 1] += b
      }
    }
    sets += count
    if sets == setsPerWindow { closeWindow() }
    return count
  }

  private mutating func closeWindow() {
    guard sets > 0 else { return }
    let n = Double(sets)
    let seconds = n * Double(rate.denominator) / Double(rate.numerator)
    for phase in 0..<3 {
      let (u, i) = (2 * phase, 2 * phase + 1)
      let product = window[phase] - means[u] * means[i] / n
      power[phase] = product / n * scales[phase].volts * scales[phase].amperes
      joules[power[phase] >= 0 ? phase : phase + 3] += abs(power[phase]) * seconds
      rms[u] = max(0, squares[u] / n - means[u] * means[u] / n / n).squareRoot()
      rms[i] = max(0, squares[i] / n - means[i] * means[i] / n / n).squareRoot()
      rms[u] *= scales[phase].volts
      rms[i] *= scales[phase].amperes
      window[phase] = 0
    }
    for n in 0..<6 {
      squares[n] = 0
      means[n] = 0
    }
    sets = 0
  }

  mutating func endOfInput() { closeWindow() }

  /// True once for every full watt-hour imported since the last call that said true.
  mutating func nextPulse() -> Bool {
    let due = Int64((joules[0] + joules[1] + joules[2]) / 3600)
    guard due > pulsed else { return false }
    pulsed += 1
    return true
  }

  /// Energy in 10^-10 kWh.
  func energy(_ q: QuantityID) -> Int128? {
    switch q {
    case .activeImport, .activeImportT1: tenths(joules[0] + joules[1] + joules[2])
    case .activeExport, .activeExportT1: tenths(joules[3] + joules[4] + joules[5])
    case .activeImportL1: tenths(joules[0])
    case .activeImportL2: tenths(joules[1])
    case .activeImportL3: tenths(joules[2])
    case .activeExportL1: tenths(joules[3])
    case .activeExportL2: tenths(joules[4])
    case .activeExportL3: tenths(joules[5])
    default: nil
    }
  }

  private func tenths(_ joules: Double) -> Int128 { Int128((joules / 3.6e6 * 1e10).rounded()) }

  func reading(_ q: QuantityID) -> Int64? {
    let total = power[0] + power[1] + power[2]
    switch q {
    case .powerActiveImport: return Int64(max(0, total) * 1000)
    case .powerActiveExport: return Int64(max(0, -total) * 1000)
    case .powerActiveL1: return Int64(power[0] * 1000)
    case .powerActiveL2: return Int64(power[1] * 1000)
    case .powerActiveL3: return Int64(power[2] * 1000)
    case .voltageL1: return Int64(rms[0] * 1000)
    case .voltageL2: return Int64(rms[2] * 1000)
    case .voltageL3: return Int64(rms[4] * 1000)
    case .currentL1: return Int64(rms[1] * 1e6)
    case .currentL2: return Int64(rms[3] * 1e6)
    case .currentL3: return Int64(rms[5] * 1e6)
    default: return nil
    }
  }
}

import MeterTime
import Metrology
import Quantities
import Waveforms

/// What a service keeps of a run beside the meter: newest samples, history, comparison with truth.
struct Instruments {
  /// Registers and truth at the same moment, in 10^-10 kWh and kWh.
  struct Mark {
    var activeImport: Int128 = 0
    var activeExport: Int128 = 0
    var trueImport_kWh = 0.0
    var trueExport_kWh = 0.0
    /// False where the source knows no truth.
    var hasTruth = false
  }

  /// Samples kept: ten cycles at 45 Hz fit.
  let capacity: Int
  private(set) var recent: [[Int32]]
  private var next = 0
  private var held = 0
  var history = SeriesHistory()
  /// When the meter last started.
  var base = Mark()
  /// The end of the newest window.
  var newest = Mark()
  /// The end of the newest window of the second before.
  var secondMark = Mark()
  var lastSecond: Int64
  /// The preset in force.
  var preset: BenchPreset.ID?
  /// Name of the source in snapshots.
  let sourceName: String

  init(rate: SampleRate, now: Instant, sourceName: String, preset: BenchPreset.ID?) {
    capacity = Int(rate.numerator) / Int(max(1, rate.denominator)) / 4
    recent = [[Int32]](repeating: [Int32](repeating: 0, count: capacity), count: 6)
    lastSecond = now.seconds
    self.sourceName = sourceName
    self.preset = preset
  }

  /// Keeps the newest samples.
  mutating func keep(_ buffer: borrowing SampleBuffer) {
    let count = min(buffer.count, capacity)
    let skipped = buffer.count - count
    for channel in 0..<6 {
      let samples = buffer.channel(channel)
      var place = next
      for n in 0..<count {
        recent[channel][place] = samples[skipped + n]
        place = place + 1 == capacity ? 0 : place + 1
      }
    }
    next = (next + count) % capacity
    held = min(capacity, held + count)
  }

  mutating func forgetSamples() {
    held = 0
    next = 0
  }

  /// The newest samples of a channel, oldest first; fewer where not so many are held.
  func newest(_ count: Int, channel: Int) -> [Int32] {
    let count = min(max(0, count), held)
    let first = (next - count + capacity) % capacity
    let tail = min(count, capacity - first)
    return Array(recent[channel][first..<first + tail]) + recent[channel][0..<count - tail]
  }
}

extension MeterRun {
  /// Begins to keep what a service shows.
  mutating func startInstruments(sourceName: String, preset: BenchPreset.ID?) {
    instruments = Instruments(
      rate: source.rate, now: now, sourceName: sourceName, preset: preset)
    markStart()
  }

  /// Registers and truth now.
  private func mark() -> Instruments.Mark {
    var mark = Instruments.Mark()
    mark.activeImport = energy(.activeImport) ?? 0
    mark.activeExport = energy(.activeExport) ?? 0
    if let truth = source.truth {
      let total = truth.total
      mark.trueImport_kWh = total.import_kWh
      mark.trueExport_kWh = total.export_kWh
      mark.hasTruth = true
    }
    return mark
  }

  /// The comparison with the truth begins anew: what a power cut took is not an error of measuring.
  mutating func markStart() {
    guard instruments != nil else { return }
    let mark = mark()
    instruments?.base = mark
    instruments?.newest = mark
    instruments?.secondMark = mark
  }

  /// Notes registers and truth at the end of a window; all samples delivered are in it.
  mutating func markWindow() {
    guard instruments != nil else { return }
    let mark = mark()
    instruments?.newest = mark
  }

  /// Adds to the history what has been since the second before.
  mutating func noteSecond() {
    guard let last = instruments?.lastSecond, now.seconds > last else { return }
    let second = now.seconds
    var row = SeriesHistory.Row()
    if isPlugged {
      let w = meter.legal.window
      for k in 0..<3 {
        row.values[k] = Float(w[k].active_mW) / 1000
        row.values[3 + k] = Float(w[k].voltage_mV) / 1000
        row.values[6 + k] = Float(w[k].current_µA) / 1e6
      }
      if w.frequency_mHz > 0 { row.values[10] = Float(w.frequency_mHz) / 1000 }
      if let instruments,
        let error = Self.error(of: instruments.newest, since: instruments.secondMark)
      {
        row.values[9] = Float(error)
      }
    }
    instruments?.history.append(row, second: second)
    instruments?.lastSecond = second
    let newest = instruments?.newest ?? Instruments.Mark()
    instruments?.secondMark = newest
  }

  /// Per cent by which A+ and A- together are off; nil where too little has been delivered.
  private static func error(of end: Instruments.Mark, since start: Instruments.Mark) -> Double? {
    let truth =
      end.trueImport_kWh + end.trueExport_kWh - start.trueImport_kWh - start.trueExport_kWh
    // 1 Ws: below it the resolution of the registers shows.
    guard end.hasTruth, truth > 1 / 3.6e6 else { return nil }
    let gained =
      end.activeImport + end.activeExport - start.activeImport - start.activeExport
    return (Double(gained) / 1e10 - truth) / truth * 100
  }
}

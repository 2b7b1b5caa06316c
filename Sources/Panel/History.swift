import Charts
import MeterTime
import VirtualMeter

/// One history with all its curves, in the units of its axis.
struct History: Sendable {
  /// One curve.
  struct Line: Sendable {
    var name: String
    var tone: Tone
    var pyramid: Source

    /// Where its numbers are.
    enum Source: Sendable {
      case series(Series)
      case pyramid(SeriesPyramid)

      var series: Series {
        switch self {
        case .series(let series): series
        case .pyramid(let pyramid): pyramid.series
        }
      }

      func reduce(onto map: ColumnMap) -> Decimation {
        switch self {
        case .series(let series): Decimator.reduce(series, onto: map)
        case .pyramid(let pyramid): pyramid.reduce(onto: map)
        }
      }
    }
  }

  var name: String
  var title: String
  var unit: Charts.Unit
  /// Of all that there is.
  var extent: ClosedRange<Double>
  var lines: [Line]

  /// From what the service keeps; where a quantity adds up over the phases the sum comes first.
  init(_ name: SeriesName, _ slice: SeriesSlice) {
    self.name = name.rawValue
    (title, unit) =
      switch name {
      case .power: ("Active power", .watts)
      case .voltage: ("Voltage", .volts)
      case .current: ("Current", .amperes)
      case .error: ("Error against the truth", .percent)
      case .frequency: ("Frequency", .hertz)
      }
    let start = Double(slice.start.seconds)
    let step = Double(max(1, slice.step_s))
    var columns = slice.columns.map { ($0.name, $0.values.map(Double.init)) }
    if name == .power, let first = columns.first?.1 {
      let sum = first.indices.map { n in columns.reduce(0) { $0 + $1.1[n] } }
      columns.insert(("p_W", sum), at: 0)
    }
    let phases: [Tone] = [.phase1, .phase2, .phase3]
    let tones = columns.count == 4 ? [.one] + phases : columns.count == 3 ? phases : [.one]
    lines = zip(columns, tones).compactMap { column, tone in
      (try? Series(start: start, step: step, values: column.1)).map {
        Line(name: column.0, tone: tone, pyramid: .series($0))
      }
    }
    extent = start...start + step * Double(columns.first?.1.count ?? 0)
  }

  /// The load profile of the meter itself.
  init(profile: [(name: String, pyramid: SeriesPyramid)], start: Double, minutes: Int) {
    name = "profile"
    title = "Load profile, mean power of \(minutes) minutes"
    unit = .watts
    extent = profile.first?.pyramid.series.extent ?? start...start
    let tones: [Tone] = [.one, .phase1, .phase2, .phase3]
    lines = zip(profile, tones).map { curve, tone in
      Line(name: curve.name, tone: tone, pyramid: .pyramid(curve.pyramid))
    }
  }

  /// The window that is asked for, or all of it; never empty.
  func window(_ from: Double?, _ to: Double?) -> ClosedRange<Double> {
    let low = from ?? extent.lowerBound
    let high = to ?? extent.upperBound
    return low...max(low + 1, high)
  }
}

extension History {
  /// Columns of one curve: second, lowest, highest, first, last; null where a gap is.
  func json(_ line: Line, _ window: ClosedRange<Double>, width: Int) -> JSONValue {
    let map = ColumnMap(window: window, columns: width)
    let series = line.pyramid.series
    var columns: [JSONValue] = []
    for column in line.pyramid.reduce(onto: map).columns {
      let run = column.run
      guard run.hasValues else {
        columns.append(.null)
        continue
      }
      if run.gapBefore { columns.append(.null) }
      let place = series.abscissa.x(at: Int(run.firstIndex))
      columns.append(
        .array([
          .plain(place, 1), .plain(run.lowest, 4), .plain(run.highest, 4), .plain(run.first, 4),
          .plain(run.last, 4),
        ]))
      if run.gapInside || run.gapAfter { columns.append(.null) }
    }
    return .object([
      ("name", .string(name)), ("unit", .string(unit.symbol)), ("curve", .string(line.name)),
      ("curves", .array(lines.map { .string($0.name) })),
      ("from_s", .plain(window.lowerBound, 1)), ("to_s", .plain(window.upperBound, 1)),
      ("first_s", .plain(extent.lowerBound, 1)), ("last_s", .plain(extent.upperBound, 1)),
      ("points", .integer(series.count)), ("columns", .array(columns)),
    ])
  }

  /// The picture, as a file of its own.
  func svg(_ window: ClosedRange<Double>, width: Int) -> String {
    let zone = ZoneRules(centralEuropeanFrom: 2020)
    let labels = CivilLabels.english { seconds in
      Int(zone.localTime(at: Instant(seconds: Int64(seconds))).offsetMinutes) * 60
    }
    var axis = Axis("")
    axis.kind = .value(unit)
    let plot = LinePlot(
      PlotFrame(title: title, width: width, height: 320),
      x: .time(range: window, labels: labels), y: axis,
      curves: lines.map { line in
        let label = lines.count > 1 ? line.name : ""
        return switch line.pyramid {
        case .series(let series): Curve(label, series, tone: line.tone, shape: .steps)
        case .pyramid(let pyramid): Curve(label, pyramid, tone: line.tone, shape: .steps)
        }
      })
    return plot.svg(.document(.adaptive))
  }

  /// Every value within the window, not decimated; an empty cell is a gap.
  func csv(_ window: ClosedRange<Double>) -> String {
    var text = "time," + lines.map(\.name).joined(separator: ",") + "\r\n"
    guard let series = lines.first?.pyramid.series else { return text }
    let all = lines.map(\.pyramid.series.values)
    for n in 0..<series.count {
      let second = series.abscissa.x(at: n)
      guard window.contains(second), second < window.upperBound else { continue }
      text += ISOTime.text(Instant(seconds: Int64(second)))
      for values in all { text += "," + (values[n].isFinite ? Self.number(values[n]) : "") }
      text += "\r\n"
    }
    return text
  }

  private static func number(_ value: Double) -> String {
    let tenThousandths = Int128((value * 10_000).rounded())
    var text = Decimals.text(tenThousandths, decimals: 4)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}

import Meter

/// What has to be measured for one of the five diagrams of the data sheet, and how it becomes one.
struct DiagramPlan: Sendable {
  /// A curve before it is measured.
  struct Line: Sendable {
    var name: String
    var places: [(x: Double, conditions: TestConditions)]
  }

  var id: Int
  var title: String
  var axis: String
  var ticks: [Double]
  var isLogarithmic = false
  /// The composite error of EN 50470-3 8.4 instead of the error.
  var isComposite = false
  var lines: [Line]

  private func point(_ conditions: TestConditions) -> TestPoint {
    TestPoint(
      id: "diagram.\(id)", title: title, procedure: isComposite ? .composite : .error,
      clause: "data sheet", conditions: conditions, criterion: .informative)
  }

  var jobs: [BenchJob] { lines.flatMap { $0.places.flatMap { point($0.conditions).jobs } } }

  /// The diagram; places that could not be measured are left out.
  func diagram(_ findings: [[BenchJob: Finding]]) -> Diagram {
    let curves = lines.map { line in
      Diagram.Curve(
        name: line.name,
        places: line.places.compactMap { place in
          let result = Evaluation(point: point(place.conditions), meters: findings).result
          return result.figures.map {
            Diagram.Place(x: place.x, error: $0, uncalibrated: result.uncalibrated)
          }
        })
    }
    return Diagram(
      id: id, title: title, axis: axis, ticks: ticks, isLogarithmic: isLogarithmic, curves: curves)
  }

  /// The five diagrams for a variant.
  static func all(_ variant: MeterVariant) -> [DiagramPlan] {
    [load(variant), voltage(variant), frequency(variant), temperature(variant), composite(variant)]
  }

  private static func load(_ variant: MeterVariant) -> DiagramPlan {
    let (ib, imax) = currents(variant)
    let ticks = [5.0, 20, 100, 200, 840, 1680].filter { $0 * ib / 100 <= imax }
    let places = [5.0, 10, 20, 50, 100, 200, 500, 840, 1680]
    let percents = places.filter { $0 * ib / 100 < imax } + [imax / ib * 100]
    let loads = [
      ("cos φ 1", 0.0), ("0.5 ind", 60), ("0.8 cap", LoadAngle.active(0.8, isInductive: false)),
    ]
    return DiagramPlan(
      id: 1, title: "Load curve", axis: "% of Ib", ticks: ticks, isLogarithmic: true,
      lines: loads.map { name, lag in
        Line(
          name: name,
          places: percents.map { ($0, TestConditions(current_A: $0 * ib / 100, lag_deg: lag)) })
      })
  }

  private static func voltage(_ variant: MeterVariant) -> DiagramPlan {
    let (ib, _) = currents(variant)
    return DiagramPlan(
      id: 2, title: "Influence of voltage variation", axis: "% of Un",
      ticks: [40, 80, 90, 110, 115],
      lines: [("cos φ 1", 0.0), ("0.5 ind", 60)].map { name, lag in
        Line(
          name: name,
          places: [45.0, 70, 80, 90, 100, 110, 115].map { percent in
            var conditions = TestConditions(current_A: ib, lag_deg: lag)
            conditions.voltageFactor = percent / 100
            return (percent, conditions)
          })
      })
  }

  private static func frequency(_ variant: MeterVariant) -> DiagramPlan {
    let (ib, imax) = currents(variant)
    let loads = [
      ("0.1 Ib, cos φ 1", 0.1 * ib, 0.0), ("0.5 Imax, cos φ 1", 0.5 * imax, 0),
      ("0.5 Imax, 0.5 ind", 0.5 * imax, 60),
    ]
    return DiagramPlan(
      id: 3, title: "Influence of frequency variation", axis: "% of fn", ticks: [98, 102],
      lines: loads.map { name, current, lag in
        Line(
          name: name,
          places: [98.0, 99, 100, 101, 102].map { percent in
            var conditions = TestConditions(current_A: current, lag_deg: lag)
            conditions.frequencyFactor = percent / 100
            return (percent, conditions)
          })
      })
  }

  private static let temperatures = [-40.0, -25, -10, 5, 23, 40, 55, 70]

  private static func temperature(_ variant: MeterVariant) -> DiagramPlan {
    let (ib, imax) = currents(variant)
    return DiagramPlan(
      id: 4, title: "Influence of temperature variation", axis: "°C",
      ticks: [-40, -25, -10, 5, 40, 55, 70],
      lines: [("0.1 Ib", 0.1 * ib), ("Ib", ib), ("Imax", imax)].map { name, current in
        Line(
          name: name + ", cos φ 1",
          places: temperatures.map { (degrees: Double) in
            var conditions = TestConditions(current_A: current)
            conditions.temperature_C = degrees
            return (degrees, conditions)
          })
      })
  }

  private static func composite(_ variant: MeterVariant) -> DiagramPlan {
    let (ib, imax) = currents(variant)
    return DiagramPlan(
      id: 5, title: "Composite error: load, voltage, frequency, temperature", axis: "°C",
      ticks: [-40, -25, -10, 5, 30, 40, 55, 70], isComposite: true,
      lines: [("Itr", 0.1 * ib), ("10 Itr", ib), ("Imax", imax)].map { name, current in
        Line(
          name: name + ", cos φ 1",
          places: temperatures.map { (degrees: Double) in
            var conditions = TestConditions(current_A: current)
            conditions.temperature_C = degrees
            return (degrees, conditions)
          })
      })
  }

  private static func currents(_ variant: MeterVariant) -> (ib: Double, imax: Double) {
    (Double(variant.referenceCurrent_mA) / 1000, Double(variant.maximumCurrent_mA) / 1000)
  }
}

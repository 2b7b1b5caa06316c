import Meter

@testable import TypeTest

/// Reports made by hand: figures that a batch might have had, for tests of what reports look like.
enum ReportSamples {
  /// Numbers from −1 to 1, the same on every run.
  struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int64(bitPattern: state) >> 20) / 8_796_093_022_208
    }
  }

  static func spread(_ meters: Int, _ size: Double, _ noise: inout Noise) -> FigureSpread {
    FigureSpread(repeats: (0..<meters).map { _ in [noise.next() * size, noise.next() * size] })
  }

  /// A class C run of the demo's meter.
  ///
  /// - Parameter failing: identifier of a point that is beyond its limit.
  static func report(
    meters: Int = 12, standard: Standard = .en50470, failing: String? = nil
  ) -> TypeTestReport {
    var noise = Noise(7)
    let meterClass = standard.usualClass
    let points = standard.points(class: meterClass, variant: .standard)
    let results = points.map { point -> TestPointResult in
      if case .notTested(let reason) = point.criterion {
        return TestPointResult(point: point, verdict: .notTested(reason: reason))
      }
      var (unit, size): (FigureUnit, Double) = (.percent, 0.03)
      switch point.procedure {
      case .temperatureCoefficient: (unit, size) = (.percentPerKelvin, 0.001)
      case .starting, .startUp: (unit, size) = (.seconds, 2)
      case .noLoad: (unit, size) = (.pulses, 0)
      case .meterConstant, .dial: (unit, size) = (.wattHours, 0.01)
      case .dips: (unit, size) = (.kilowattHours, 1e-6)
      case .pulseTiming: (unit, size) = (.milliseconds, 30)
      case .overrange: (unit, size) = (.samples, 0)
      case .registerCapacity: (unit, size) = (.hours, 5000)
      default: break
      }
      let isFailing = point.id == failing
      return TestPointResult(
        point: point, verdict: isFailing ? .failed : .passed, unit: unit,
        figures: spread(meters, isFailing ? size * 100 : size, &noise),
        uncalibrated: PointGroup(point) == .intrinsic ? spread(meters, 2, &noise) : nil,
        simulated_s: 20)
    }
    return TypeTestReport(
      subject: TestSubject(
        variant: "\(TypeString(.standard))", standard: standard.rawValue,
        accuracyClass: meterClass.rawValue, seed: 18_446_744_073_709_551_615, meters: meters,
        device: "simulated"),
      results: results, diagrams: diagrams(meters, &noise), simulated_s: 7200, elapsed_s: 48)
  }

  private static func diagrams(_ meters: Int, _ noise: inout Noise) -> [Diagram] {
    let shapes: [(String, String, [Double], [Double], [String])] = [
      (
        "Load curve", "% of Ib", [5, 20, 100, 200, 840, 1680],
        [5, 10, 20, 50, 100, 200, 500, 840, 1680, 1700], ["cos φ 1", "0.5 ind", "0.8 cap"]
      ),
      (
        "Influence of voltage variation", "% of Un", [40, 80, 90, 110, 115],
        [45, 70, 80, 90, 100, 110, 115], ["cos φ 1", "0.5 ind"]
      ),
      (
        "Influence of frequency variation", "% of fn", [98, 102], [98, 99, 100, 101, 102],
        ["0.1 Ib, cos φ 1", "0.5 Imax, cos φ 1", "0.5 Imax, 0.5 ind"]
      ),
      (
        "Influence of temperature variation", "°C", [-40, -25, -10, 5, 40, 55, 70],
        [-40, -25, -10, 5, 23, 40, 55, 70], ["0.1 Ib", "Ib", "Imax"]
      ),
      (
        "Composite error", "°C", [-40, -25, -10, 5, 30, 40, 55, 70],
        [-40, -25, -10, 5, 23, 40, 55, 70], ["Itr", "10 Itr", "Imax"]
      ),
    ]
    var found: [Diagram] = []
    for (index, (title, axis, ticks, places, names)) in shapes.enumerated() {
      let curves = names.map { name in
        Diagram.Curve(
          name: name,
          places: places.map { x in
            Diagram.Place(
              x: x, error: spread(meters, 0.04, &noise),
              uncalibrated: index == 0 ? spread(meters, 2, &noise) : nil)
          })
      }
      found.append(
        Diagram(
          id: index + 1, title: title, axis: axis, ticks: ticks, isLogarithmic: index == 0,
          curves: curves))
    }
    return found
  }
}

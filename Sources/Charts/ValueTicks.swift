/// Round numbers along an axis of numbers.
enum ValueTicks {
  /// A step of 1, 2 or 5 times a power of ten; marks are its whole multiples, so their labels
  /// are exact.
  struct Step: Equatable {
    var mantissa: Int64
    var exponent: Int
    var value: Double { multiple(1) }

    func multiple(_ count: Int64) -> Double {
      let digits = Double(count &* mantissa)
      return exponent < 0
        ? digits / PortableMath.power10(-exponent) : digits * PortableMath.power10(exponent)
    }
  }

  /// The smallest step that has at most so many intervals in a length.
  static func step(_ length: Double, intervals: Int) -> Step {
    let raw = length / Double(max(1, intervals))
    let exponent = Int(PortableMath.log10(raw).rounded(.down))
    for (mantissa, carry) in [(1, 0), (2, 0), (5, 0), (1, 1), (2, 1)] as [(Int64, Int)] {
      let step = Step(mantissa: mantissa, exponent: exponent + carry)
      if step.value >= raw * (1 - 1e-9) { return step }
    }
    return Step(mantissa: 5, exponent: exponent + 1)
  }

  /// A window that begins and ends at marks around a range.
  static func rounded(_ range: ClosedRange<Double>, intervals: Int) -> ClosedRange<Double> {
    let range = ColumnMap.drawable(range, scale: .linear)
    let step = step(range.upperBound - range.lowerBound, intervals: intervals)
    // A bound within a thousandth of a mark is at the mark.
    let low = (range.lowerBound / step.value + 1e-3).rounded(.down)
    let high = (range.upperBound / step.value - 1e-3).rounded(.up)
    guard abs(low) < 1e15, abs(high) < 1e15, low < high else { return range }
    return step.multiple(Int64(low))...step.multiple(Int64(high))
  }

  static func linear(
    _ window: ClosedRange<Double>, atMost count: Int, prefix: Int
  ) -> Axis.Marking {
    let step = step(window.upperBound - window.lowerBound, intervals: count)
    let first = (window.lowerBound / step.value - 1e-6).rounded(.up)
    let last = (window.upperBound / step.value + 1e-6).rounded(.down)
    guard abs(first) < 1e15, abs(last) < 1e15, first <= last else { return Axis.Marking() }
    var marking = Axis.Marking()
    for multiple in Int64(first)...Int64(last) {
      let label = NumberText.decimal(
        multiple * step.mantissa, exponent: step.exponent - prefix)
      marking.ticks.append(Tick(step.multiple(multiple), label))
    }
    return marking
  }

  /// Decades; where they are few also 2 and 5, where they are many only every second, third …
  static func logarithmic(
    _ window: ClosedRange<Double>, atMost count: Int, prefix: Int
  ) -> Axis.Marking {
    let low = PortableMath.log10(window.lowerBound)
    let high = PortableMath.log10(window.upperBound)
    let decades = high - low
    var marking = Axis.Marking()
    let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
    let labelled: Set<Int64> = decades * 3 <= Double(count) ? [1, 2, 5] : [1]
    if decades < 0.7 { return linear(window, atMost: count, prefix: prefix) }
    let slack = 1e-9
    for decade in Int((low - 1).rounded(.down))...Int(high.rounded(.up)) {
      for mantissa in 1...9 as ClosedRange<Int64> {
        let value = Step(mantissa: mantissa, exponent: decade).value
        guard
          value >= window.lowerBound * (1 - slack), value <= window.upperBound * (1 + slack)
        else { continue }
        if labelled.contains(mantissa), decade % stride == 0 {
          let label = NumberText.decimal(mantissa, exponent: decade - prefix)
          marking.ticks.append(Tick(value, label))
        } else if stride == 1, decades <= 6 {
          marking.minor.append(value)
        }
      }
    }
    return marking
  }
}

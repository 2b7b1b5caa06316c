import Meter
import Quantities

/// What the bench adds to every standard: things that no standard asks and this meter promises.
public enum BenchPoints {
  /// Points for a variant, limits of the bench's own.
  public static func points(_ variant: MeterVariant) -> [TestPoint] {
    var points: [TestPoint] = []
    let basic = Double(variant.referenceCurrent_mA) / 1000
    for register in [EnergyRegister.activeImport, .activeExport]
    where variant.hasSystem(.l2) && variant.energyType.registers(register.kind) {
      var conditions = TestConditions(current_A: 2 * basic, register: register)
      conditions.reversed = .l2
      let point = TestPoint(
        id: "bench.mixed.\(register.rawValue)", title: "L2 feeds back while the others draw",
        procedure: .error, clause: "bench, summation as declared", conditions: conditions,
        criterion: .errorLimit(percent: 0.5))
      // In vector sum there is nothing on the other side.
      let power = ReferencePower(TerminalSignal(conditions, variant: variant))
      if power.power(of: register) > 0 { points.append(point) }
    }
    for factor in [0.8, 1.15] {
      var conditions = TestConditions(current_A: 0)
      conditions.voltageFactor = factor
      points.append(
        TestPoint(
          id: "bench.idle.\(factor)Un", title: "no register moves without load, \(factor) Un",
          procedure: .noLoad, clause: "MID annex V, no registration without current",
          conditions: conditions, criterion: .registerChange(kilowattHours: 0)))
    }
    return points
  }
}

import MeterTime
import Metrology

/// What a span of time adds to the registers, after the gates.
struct BookedEnergy {
  /// By phase.
  var phases = InlineArray<3, EnergyContribution>(repeating: EnergyContribution())
  /// As it goes to the totals.
  var total = EnergyContribution()

  init() {}

  /// Takes the part of a time from the front, as if the energy were spread evenly.
  /// - Parameters:
  ///   - part: 0...whole.
  ///   - whole: the time over which this energy was metered, > 0.
  mutating func take(_ part: Instant.Duration, of whole: Instant.Duration) -> BookedEnergy {
    var out = BookedEnergy()
    for k in 0..<3 { out.phases[k] = phases[k].take(part.ticks, of: whole.ticks) }
    out.total = total.take(part.ticks, of: whole.ticks)
    return out
  }
}

extension EnergyContribution {
  fileprivate mutating func take(_ part: Int64, of whole: Int64) -> EnergyContribution {
    var out = EnergyContribution()
    out.activeImport = Self.take(&activeImport, part, whole)
    out.activeExport = Self.take(&activeExport, part, whole)
    out.q1 = Self.take(&q1, part, whole)
    out.q2 = Self.take(&q2, part, whole)
    out.q3 = Self.take(&q3, part, whole)
    out.q4 = Self.take(&q4, part, whole)
    return out
  }

  /// What stays behind is the difference, so that nothing is lost.
  private static func take(_ energy: inout Int64, _ part: Int64, _ whole: Int64) -> Int64 {
    if energy <= 0 || part <= 0 { return 0 }
    if part >= whole {
      defer { energy = 0 }
      return energy
    }
    let product = UInt64(energy).multipliedFullWidth(by: UInt64(part))
    let taken = Int64(UInt64(whole).dividingFullWidth(product).quotient)
    energy -= taken
    return taken
  }
}

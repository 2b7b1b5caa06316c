import MeterTime
import Metrology
import Quantities

/// Rule for meters that register A+ only: energy that runs backwards never counts, neither
/// against A+ nor anywhere else; after five seconds the display shows it and the log records it.
struct Backstop: Sendable {
  /// Time that a phase must run backwards, or no longer, before the state changes.
  static let delay = Instant.Duration.seconds(5)

  private(set) var isReverse = false
  /// Since when the present direction differs from the state.
  private var since: Instant?

  init() {}

  /// Takes the phases that run backwards (bits) at a time; true when the state has changed.
  mutating func watch(reversed phases: UInt8, now: Instant) -> Bool {
    if (phases != 0) == isReverse {
      since = nil
      return false
    }
    guard let start = since else {
      since = now
      return false
    }
    if now - start < Self.delay { return false }
    isReverse.toggle()
    since = nil
    return true
  }
}

extension LegalMeter {
  mutating func watchBackstop(now: Instant) {
    guard parameters.energies == .activeImport else { return }
    var phases: UInt8 = 0
    if parameters.effectiveSummation == .vector {
      let sum = Int64(window[0].active_mW) + Int64(window[1].active_mW) + Int64(window[2].active_mW)
      if sum < -Int64(parameters.creepThreshold_mW) { phases = 7 }
    } else {
      for phase in Phase.allCases where parameters.uses(phase) {
        if window[phase.index].active_mW < -parameters.creepThreshold_mW {
          phases |= 1 << phase.rawValue
        }
      }
    }
    guard backstop.watch(reversed: phases, now: now) else { return }
    log(
      backstop.isReverse ? .reverseEnergyBegan : .reverseEnergyEnded, now: now, UInt64(phases))
  }
}

import LegalMeter

/// Signs that nobody else watches: each has to last for its time before it raises its alarm.
///
/// What is raised, since when, and who has acknowledged it is kept by the alarm register of
/// `LegalMeter`.
public struct TamperWatch: Sendable {
  /// Signs that last, as bits of `TamperKind`.
  public private(set) var active: UInt16 = 0
  private var held = InlineArray<16, UInt8>(repeating: 0)
  /// Covers and modules as last told.
  public internal(set) var isMeterCoverOpen = false
  public internal(set) var missingModules: UInt8 = 0

  public init() {}

  /// Looks at one second.
  ///
  /// - Parameter seen: signs, as bits.
  /// - Returns: signs that have lasted, and lasting ones that ended, as bits.
  mutating func step(_ seen: UInt16) -> (began: UInt16, ended: UInt16) {
    var began: UInt16 = 0
    let ended = active & ~seen
    active &= seen
    for kind in TamperKind.allCases {
      let k = Int(kind.rawValue)
      if seen & kind.bit == 0 {
        held[k] = 0
        continue
      }
      if held[k] < .max { held[k] += 1 }
      if held[k] >= kind.delay && active & kind.bit == 0 { began |= kind.bit }
    }
    active |= began
    return (began, ended)
  }

  /// A sign is seen that has not yet lasted long enough for its alarm.
  var isSuspected: Bool {
    for kind in TamperKind.allCases
    where held[Int(kind.rawValue)] > 0 && active & kind.bit == 0 { return true }
    return false
  }
}

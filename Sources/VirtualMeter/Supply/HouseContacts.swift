import Meter
import Quantities

/// The relays between meter and house, with the faults that real ones have.
///
/// The model obeys the coils and never thinks: whether a contact may close is the meter's business.
/// It is never a safety function.
public struct HouseContacts: Equatable, Sendable {
  /// What somebody does to a contact.
  public enum Act: String, CaseIterable, Sendable {
    /// It no longer moves.
    case weld
    /// It moves again.
    case free
    /// It goes to the other side by itself, as under a magnet or a blow.
    case flip
  }

  /// Contacts that conduct, L1 to L3.
  public private(set) var closed = [true, true, true]
  /// Contacts that no longer move.
  public private(set) var welded = [false, false, false]
  /// Something in the house feeds its wires, whatever the switch does.
  public var isFedFromBehind = false

  public init() {}

  /// One pulse on all coils.
  public mutating func drive(_ action: CoilAction) {
    for k in 0..<3 where !welded[k] { closed[k] = action == .close }
  }

  /// Does something to a contact.
  public mutating func act(_ act: Act, on phase: Phase) {
    switch act {
    case .weld: welded[phase.index] = true
    case .free: welded[phase.index] = false
    case .flip: if !welded[phase.index] { closed[phase.index].toggle() }
    }
  }

  /// Phases with voltage behind the switch, bit 0 for L1.
  /// - Parameter line: phases with voltage before it.
  public func loadVoltage(line: UInt8) -> UInt8 {
    if isFedFromBehind { return 7 }
    var phases: UInt8 = 0
    for k in 0..<3 where closed[k] { phases |= line & 1 << UInt8(k) }
    return phases
  }

  /// True where every contact conducts.
  public var isClosed: Bool { closed == [true, true, true] }
}

/// What the server asks of the meter behind it.
///
/// The owner answers at once or later, and the request stands until it is answered: lines with
/// `write` and `finish`, a write with `acknowledge`, everything with `refuse`.
public enum ServerRequest: Equatable, Sendable {
  /// The lines of the readout from the one with this number on; `finish` ends it.
  case readout(line: UInt16)
  /// A command; its argument is `argument`.
  case command(ProgrammingCommand, isPartial: Bool)
  /// More of the answer that the last command began; `isRepeat` asks for the last block again.
  case next(isRepeat: Bool)
}

/// What has gone by on a port; numbers stay at their highest.
public struct PortCounters: Equatable, Sendable {
  /// Requests that were understood and called this meter.
  public var opened: UInt16 = 0
  /// Messages whose check or form was wrong.
  public var damaged: UInt16 = 0
  /// Commands that were refused.
  public var refused: UInt16 = 0
  /// Passwords that were wrong, or came while the port waited.
  public var passwords: UInt16 = 0
  /// Sessions that ended by silence.
  public var timeouts: UInt16 = 0

  public init() {}

  static func bump(_ number: inout UInt16) { if number < .max { number += 1 } }
}

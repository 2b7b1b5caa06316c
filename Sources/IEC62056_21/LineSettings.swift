import MeterTime

/// The speeds of IEC 62056-21; the raw value is the number that modes C and E write for it.
public enum LineSpeed: UInt8, CaseIterable, Comparable, Sendable {
  case baud300, baud600, baud1200, baud2400, baud4800, baud9600, baud19200

  /// Bits per second.
  public var baud: Int { 300 << Int(rawValue) }

  /// The speed of so many bits per second; nil where the standard has none.
  public init?(baud: Int) {
    for speed in Self.allCases where speed.baud == baud {
      self = speed
      return
    }
    return nil
  }

  /// Slower.
  public static func < (a: LineSpeed, b: LineSpeed) -> Bool { a.rawValue < b.rawValue }
}

/// How the line is set: speed, and the shape of a character.
public struct LineSettings: Equatable, Sendable {
  public var speed: LineSpeed
  /// True for 7 bits with even parity, false for 8 bits without. Both take ten bit times.
  public var isSevenBit: Bool

  public init(_ speed: LineSpeed, isSevenBit: Bool = true) {
    self.speed = speed
    self.isSevenBit = isSevenBit
  }

  /// How long so many characters take on the line.
  public func duration(characters: Int) -> Instant.Duration {
    Instant.Duration(
      ticks: Int64(characters) * 10 * Instant.ticksPerSecond / Int64(speed.baud))
  }
}

/// The protocol modes of IEC 62056-21, clause 6.4.
public enum ProtocolMode: UInt8, CaseIterable, Sendable {
  /// Request, identification and data at one speed.
  case a
  /// As A, but the meter changes the speed by itself after the identification.
  case b
  /// The reader chooses speed and what is done; with programming.
  case c
  /// The meter sends by itself at one speed.
  case d
  /// As C, and the reader may hand the line over to HDLC.
  case e

  /// True where the reader answers the identification.
  public var isNegotiated: Bool { self == .c || self == .e }

  /// The character for a speed in the identification of this mode; nil where there is none.
  ///
  /// Mode A has no character of its own: the family sends a space.
  public func character(for speed: LineSpeed) -> UInt8? {
    switch self {
    case .a: UInt8(ascii: " ")
    case .b: speed == .baud300 ? nil : UInt8(ascii: "A") + speed.rawValue - 1
    case .c, .e: UInt8(ascii: "0") + speed.rawValue
    // Mode D is read at 2400 baud; the character says nothing new.
    case .d: UInt8(ascii: "3")
    }
  }

  /// What the character of an identification says: mode B or C with its speed, A for all others.
  public static func meaning(of character: UInt8) -> (mode: ProtocolMode, speed: LineSpeed?) {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "6"):
      (.c, LineSpeed(rawValue: character - UInt8(ascii: "0")))
    case UInt8(ascii: "A")...UInt8(ascii: "F"):
      (.b, LineSpeed(rawValue: character - UInt8(ascii: "A") + 1))
    default: (.a, nil)
    }
  }
}

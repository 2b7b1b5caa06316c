/// The C field of a frame (EN 13757-2, clause 5.7.2; of radio also EN 13757-4, table 23).
public struct ControlField: Equatable, Sendable {
  public var byte: UInt8
  public init(_ byte: UInt8) { self.byte = byte }

  /// Begins anew: the frame count bits are forgotten.
  public static let reset = ControlField(0x40)
  /// Data for the slave; frame count bit clear.
  public static let sendData = ControlField(0x53)
  /// Asks for alarms.
  public static let requestClass1 = ControlField(0x5A)
  /// Asks for data.
  public static let requestClass2 = ControlField(0x5B)
  /// Asks for the state of the link.
  public static let requestStatus = ControlField(0x49)
  /// The slave's data.
  public static let respondData = ControlField(0x08)
  /// The slave's state of the link: ready.
  public static let respondStatus = ControlField(0x0B)

  /// From the master.
  public var isPrimary: Bool { byte & 0x40 != 0 }
  /// The frame count bit, of the master.
  public var frameCountBit: Bool { byte & 0x20 != 0 }
  /// Whether the frame count bit counts.
  public var frameCountValid: Bool { byte & 0x10 != 0 }
  /// The function, without direction and counting.
  public var function: UInt8 { byte & 0x0F }

  /// The same with a frame count bit.
  public func counted(_ bit: Bool) -> ControlField {
    ControlField(bit ? byte | 0x20 : byte & ~0x20)
  }

  /// The slave says that an alarm waits to be fetched by `requestClass1`.
  public static let accessDemand: UInt8 = 0x20
}

/// A speed of the wired bus (EN 13757-2, clause 5.3; codes of EN 13757-3, table 2).
public enum BaudRate: UInt8, CaseIterable, Sendable {
  case b300 = 0xB8
  case b600, b1200, b2400, b4800, b9600, b19200, b38400

  /// Bits per second.
  public var bitsPerSecond: Int64 { 300 &<< Int64(rawValue - 0xB8) }

  /// Ticks of `Instant` that a number of bits takes, rounded up.
  public func ticks(bits: Int64) -> Int64 {
    (bits * 65_536 + bitsPerSecond - 1) / bitsPerSecond
  }
}

import Bytes

/// Three letters of a manufacturer in 15 bits (EN 13757-3, clause 5.6; letters given by FLAG).
public struct Manufacturer: Equatable, Hashable, Sendable {
  public let code: UInt16

  /// - Parameter code: as it is sent, least significant byte first.
  public init(code: UInt16) { self.code = code }

  /// Nil where a letter is not in A...Z.
  public init?(_ a: UInt8, _ b: UInt8, _ c: UInt8) {
    let letters = 0x41...0x5A as ClosedRange<UInt8>
    guard letters.contains(a), letters.contains(b), letters.contains(c) else { return nil }
    code = UInt16(a - 64) << 10 | UInt16(b - 64) << 5 | UInt16(c - 64)
  }

  /// The three letters; a part out of range gives a character out of A...Z.
  public var letters: (UInt8, UInt8, UInt8) {
    (
      UInt8(code >> 10 & 31) + 64, UInt8(code >> 5 & 31) + 64, UInt8(code & 31) + 64
    )
  }

  /// The family's letters.
  public static let kamstrup = Manufacturer(code: 0x2C2D)
  /// The neutral letters of this meter.
  public static let kvadrant = Manufacturer(code: 0x2EC4)
}

/// What a device measures (EN 13757-3, table 13 of the 2013 edition).
public struct Medium: Equatable, Hashable, Sendable {
  public let code: UInt8
  public init(code: UInt8) { self.code = code }

  public static let other = Medium(code: 0x00)
  public static let electricity = Medium(code: 0x02)
  public static let gas = Medium(code: 0x03)
  public static let heat = Medium(code: 0x04)
  public static let warmWater = Medium(code: 0x06)
  public static let water = Medium(code: 0x07)
}

/// The secondary address: identification number, manufacturer, version and medium.
///
/// In a selection a digit F of the number, and FF or FFFF in the other parts, stand for anything.
public struct DeviceAddress: Equatable, Hashable, Sendable {
  /// Eight digits, one a nibble, the first digit in the highest.
  public var identification: UInt32
  public var manufacturer: Manufacturer
  public var version: UInt8
  public var medium: Medium

  /// - Parameter identification: eight digits, one a nibble.
  public init(
    identification: UInt32, manufacturer: Manufacturer, version: UInt8, medium: Medium
  ) {
    self.identification = identification
    self.manufacturer = manufacturer
    self.version = version
    self.medium = medium
  }

  /// Matches any device.
  public static let any = DeviceAddress(
    identification: 0xFFFF_FFFF, manufacturer: Manufacturer(code: 0xFFFF), version: 0xFF,
    medium: Medium(code: 0xFF))

  /// Bytes on the wire.
  public static let bytes = 8

  /// Reads the eight bytes of a long header or a selection.
  @_lifetime(reader: copy reader)
  public init(_ reader: inout ByteReader) throws(BytesError) {
    var copy = ByteReader(try reader.take(Self.bytes))
    identification = try copy.littleEndian()
    manufacturer = Manufacturer(code: try copy.littleEndian())
    version = try copy.littleEndian()
    medium = Medium(code: try copy.littleEndian())
  }

  /// Writes the eight bytes.
  @_lifetime(writer: copy writer)
  public func write(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(identification)
    try writer.littleEndian(manufacturer.code)
    try writer.littleEndian(version)
    try writer.littleEndian(medium.code)
  }

  /// Whether a device of this address is meant by a selection with wildcards.
  public func matches(_ selection: DeviceAddress) -> Bool {
    Self.matches(identification, selection.identification)
      && (selection.manufacturer.code == 0xFFFF || selection.manufacturer == manufacturer)
      && (selection.version == 0xFF || selection.version == version)
      && (selection.medium.code == 0xFF || selection.medium == medium)
  }

  /// Whether eight digits are meant by eight digits of which F stands for any.
  public static func matches(_ digits: UInt32, _ selection: UInt32) -> Bool {
    for shift in stride(from: UInt32(0), to: 32, by: 4) {
      let wanted = selection >> shift & 15
      if wanted != 15, wanted != digits >> shift & 15 { return false }
    }
    return true
  }

  /// A number of up to eight digits as one digit a nibble.
  public static func digits(_ number: UInt32) -> UInt32 {
    var (rest, digits) = (number, UInt32(0))
    for shift in stride(from: UInt32(0), to: 32, by: 4) {
      digits |= (rest % 10) << shift
      rest /= 10
    }
    return digits
  }
}

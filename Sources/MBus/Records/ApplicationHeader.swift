import Bytes

/// The head of application data behind a CI field (EN 13757-3, clause 5; EN 13757-7).
public struct ApplicationHeader: Equatable, Sendable {
  public enum Form: Sendable {
    /// CI 78: records follow at once.
    case none
    /// CI 7A: access number, status, configuration.
    case short
    /// CI 72: the same after the device's address.
    case long
  }

  public var form: Form
  /// Of a long header: the device's address.
  public var address: DeviceAddress?
  /// Counts the telegrams of a device.
  public var accessNumber: UInt8 = 0
  public var status: StatusByte = []
  /// Configuration field; 0 means that nothing is enciphered.
  public var configuration: UInt16 = 0
  /// Bytes of the head.
  public var headBytes: Int {
    switch form {
    case .none: 0
    case .short: 4
    case .long: 12
    }
  }

  public init(form: Form, address: DeviceAddress? = nil) {
    self.form = form
    self.address = address
  }

  /// The security mode in the configuration field (EN 13757-7, 7.5.6), 0...31.
  public var securityMode: UInt8 { UInt8(configuration >> 8 & 31) }

  /// Reads the head that a CI field announces; nil where the CI field announces another thing.
  public init?(information: UInt8, _ data: Span<UInt8>) {
    var reader = ByteReader(data)
    switch information {
    case 0x78:
      self.init(form: .none)
      return
    case 0x7A:
      self.init(form: .short)
    case 0x72:
      guard let address = try? DeviceAddress(&reader) else { return nil }
      self.init(form: .long, address: address)
    default: return nil
    }
    guard let access: UInt8 = try? reader.littleEndian(),
      let status: UInt8 = try? reader.littleEndian(),
      let configuration: UInt16 = try? reader.littleEndian()
    else { return nil }
    accessNumber = access
    self.status = StatusByte(rawValue: status)
    self.configuration = configuration
  }

  /// Writes the head.
  @_lifetime(writer: copy writer)
  public func write(into writer: inout ByteWriter) throws(BytesError) {
    if form == .none { return }
    if form == .long { try (address ?? .any).write(into: &writer) }
    try writer.littleEndian(accessNumber)
    try writer.littleEndian(status.rawValue)
    try writer.littleEndian(configuration)
  }
}

/// The status byte of a head (EN 13757-3, clause 5.9).
public struct StatusByte: OptionSet, Equatable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let busy = StatusByte(rawValue: 1)
  public static let applicationError = StatusByte(rawValue: 2)
  /// Both of the two lowest bits: an abnormal condition or an alarm.
  public static let alarm = StatusByte(rawValue: 3)
  public static let powerLow = StatusByte(rawValue: 4)
  public static let permanentError = StatusByte(rawValue: 8)
  public static let temporaryError = StatusByte(rawValue: 16)
}

/// What a slave says instead of data when it could not do as asked (CI 70, EN 13757-3, 10.2).
public enum ApplicationError: UInt8, CaseIterable, Sendable {
  case unspecified = 0, unknownInformation, bufferTooLong, tooManyRecords, prematureEnd
  case tooManyDIFEs, tooManyVIFEs, reserved, busy, tooManyReadouts
}

/// The fixed structure of old meters (CI 73; only read, EN 1434-3 of 1997).
public struct FixedData: Equatable, Sendable {
  /// Eight digits, one a nibble.
  public let identification: UInt32
  public let accessNumber: UInt8
  public let status: UInt8
  /// Medium in four bits, two of each of the unit bytes.
  public let medium: UInt8
  /// Unit codes of both counters, six bits each (annex of EN 1434-3).
  public let units: (UInt8, UInt8)
  /// Both counters as they came: digits where `isBinary` is false.
  public let counters: (UInt32, UInt32)

  /// Counters are binary numbers, not digits.
  public var isBinary: Bool { status & 0x01 != 0 }
  /// Counters are of a stored date, not of now.
  public var isStored: Bool { status & 0x02 != 0 }

  public static let bytes = 16

  /// Nil where the length is not 16 bytes.
  public init?(_ data: Span<UInt8>) {
    guard data.count == Self.bytes else { return nil }
    func word(_ i: Int) -> UInt32 {
      UInt32(data[i]) | UInt32(data[i + 1]) << 8 | UInt32(data[i + 2]) << 16
        | UInt32(data[i + 3]) << 24
    }
    identification = word(0)
    accessNumber = data[4]
    status = data[5]
    medium = data[6] >> 6 | (data[7] >> 6) << 2
    units = (data[6] & 0x3F, data[7] & 0x3F)
    counters = (word(8), word(12))
  }

  public static func == (a: FixedData, b: FixedData) -> Bool {
    a.identification == b.identification && a.accessNumber == b.accessNumber
      && a.status == b.status && a.medium == b.medium && a.units == b.units
      && a.counters == b.counters
  }
}

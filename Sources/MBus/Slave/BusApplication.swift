import Bytes

/// What a master asked to read: the application reset with its sub-code chooses the set (EN
/// 13757-3, clause 7.1), 0 stands for all.
public struct ReadoutSet: Equatable, Sendable {
  public let subCode: UInt8
  public init(subCode: UInt8) { self.subCode = subCode }
  /// Everything the device has by default.
  public static let all = ReadoutSet(subCode: 0x00)
  public static let user = ReadoutSet(subCode: 0x10)
  public static let simpleBilling = ReadoutSet(subCode: 0x20)
  public static let enhancedBilling = ReadoutSet(subCode: 0x30)
  public static let multiTariff = ReadoutSet(subCode: 0x40)
  public static let instantaneous = ReadoutSet(subCode: 0x50)
  public static let loadManagement = ReadoutSet(subCode: 0x60)
  public static let installation = ReadoutSet(subCode: 0x80)
  public static let test = ReadoutSet(subCode: 0x90)
}

/// The device behind a slave: who it is, what it tells, what may be set.
public protocol BusApplication {
  /// The secondary address.
  var address: DeviceAddress { get }
  /// Eight digits, one a nibble, for the enhanced selection.
  var fabricationNumber: UInt32 { get }
  /// Status bits of the device itself.
  var status: StatusByte { get }
  /// The alarm byte of CI 71; 0 where there is nothing to tell.
  var alarms: UInt8 { get }
  /// Whether a master may set addresses and whatever else the device takes.
  var mayBeSet: Bool { get }
  /// Whether the device can change its speed to this one.
  func accepts(_ rate: BaudRate) -> Bool

  /// Begins a read-out: all telegrams that follow are of this moment.
  mutating func prepare(_ set: ReadoutSet)

  /// Writes one telegram of the read-out.
  ///
  /// - Parameters:
  ///   - index: 0 for the first one.
  ///   - writer: room for the records; what does not fit is left out by the application.
  /// - Returns: whether another telegram follows.
  func write(telegram index: Int, into writer: inout RecordWriter) -> Bool

  /// Takes a record that a master sends; addresses are handled before.
  ///
  /// - Returns: why not, or nil where the record was taken.
  mutating func take(_ record: DataRecord, in bytes: Span<UInt8>) -> ApplicationError?

  /// Takes an application reset.
  mutating func reset(_ set: ReadoutSet)
}

extension BusApplication {
  /// A device is open to its masters where it does not say otherwise.
  public var mayBeSet: Bool { true }
}

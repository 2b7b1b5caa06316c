import LegalMeter

/// The eight flags of the family's status register, from facts that hold now: a flag goes out by
/// itself when its cause is gone. Alarms keep what has been.
public struct MeterStatus: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The permanent memory fails, or holds nothing intact.
  public static let memory = MeterStatus(rawValue: 0x02)
  /// A magnet is held to the meter.
  public static let magnet = MeterStatus(rawValue: 0x04)
  /// The legal code is not what it was at the last start.
  public static let code = MeterStatus(rawValue: 0x10)
  /// The alarm input of a module.
  public static let external = MeterStatus(rawValue: 0x20)
  /// A cover is open.
  public static let cover = MeterStatus(rawValue: 0x40)
  /// The meter lives on its auxiliary supply.
  public static let auxiliary = MeterStatus(rawValue: 0x80)

  /// Those that light the error triangle.
  public static var internalErrors: MeterStatus { MeterStatus(rawValue: 0x12) }

  /// Eight digits of 0 and 1, the first flag to the right.
  var digits: Int64 { Int64(rawValue) }
}

extension Meter {
  /// The flags now. There is no test of RAM, so its flag is never set.
  public var status: MeterStatus {
    var flags: UInt8 = 0
    if legal.isMemoryFaulty { flags |= MeterStatus.memory.rawValue }
    if legal.isMagnetPresent { flags |= MeterStatus.magnet.rawValue }
    if legal.isLegalCodeChanged { flags |= MeterStatus.code.rawValue }
    if legal.isExternalAlarm { flags |= MeterStatus.external.rawValue }
    if legal.isBroken(.terminalCover) { flags |= MeterStatus.cover.rawValue }
    if !isPowered { flags |= MeterStatus.auxiliary.rawValue }
    return MeterStatus(rawValue: flags)
  }
}

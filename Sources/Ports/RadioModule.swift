import Ciphers
import MBus
import MBusRecords
import Meter
import MeterTime

/// The wireless M-Bus module 68 50 064: sends the meter's registers by radio, one way.
///
/// It is a value without clock and chance: the owner asks it when `due` has come, gives it the
/// message counter of mode 7 and puts what it writes on air. When it sends depends on nothing but
/// its interval and its access number, and how long a telegram is on nothing that is measured.
public struct RadioModule: Sendable {
  /// What the module is given.
  public struct Settings: Sendable {
    public var security = WirelessSecurity.mode7
    /// Nil only where nothing is enciphered.
    public var key: WirelessKey? = .TEST
    public var mode = RadioMode.c1
    /// Of mode C1; S1 and T1 always have A.
    public var format = WirelessFormat.b
    /// The nominal time between two telegrams, 4 s or more.
    public var interval = Instant.Duration.seconds(16)
    /// Compact telegrams between two full ones; the family sends seven. Only where the security is
    /// that of the link layer, or none.
    public var compactCount: UInt8 = 0
    /// The family's letters in the address.
    public var isFamily = false

    public init() {}

    /// The format that the mode carries.
    public var onAir: WirelessFormat { mode == .c1 ? format : .a }
    /// Compact telegrams and the link layer's cipher belong together.
    public var isOMS: Bool { security == .mode5 || security == .mode7 }
  }

  public let settings: Settings
  private var sender: WirelessSender
  private let records: RadioRecords
  /// When the next telegram goes out.
  public private(set) var due: Instant
  private var sinceFull: UInt8 = .max
  /// Telegrams sent.
  public private(set) var count: UInt32 = 0

  /// - Parameters:
  ///   - number: of the meter.
  ///   - accessNumber: random after each start.
  /// - Returns: nil without a key where one is needed, and for an interval below 4 s.
  public init?(_ settings: Settings, number: UInt32, accessNumber: UInt8, now: Instant) {
    guard settings.interval >= .seconds(4),
      let sender = WirelessSender(
        RadioRecords.address(number: number, isFamily: settings.isFamily), settings.security,
        key: settings.key, format: settings.onAir, accessNumber: accessNumber)
    else { return nil }
    self.settings = settings
    self.sender = sender
    records = RadioRecords(hasTime: settings.isOMS)
    // Within the minute in which it starts a module may have sent before: its sessions would come
    // again.
    due = Instant(seconds: (now.seconds / 60 + 1) * 60)
  }

  /// Who sends.
  public var address: DeviceAddress { sender.address }
  /// Mode 7 needs a counter that no telegram had before.
  public var needsCounter: Bool { settings.security == .mode7 }

  /// Writes the telegram that is due and sets the time of the next.
  ///
  /// - Parameters:
  ///   - counter: of this message, from 1, in mode 7; without one nothing is sent.
  ///   - output: room for `WirelessFormat.bytesMax` bytes.
  /// - Returns: bytes of the frame; 0 where nothing is sent this time.
  @inline(never)
  public mutating func telegram<Suite: CipherSuite>(
    _ meter: borrowing Meter, counter: UInt32?, _ suite: Suite.Type,
    into output: inout MutableSpan<UInt8>
  ) -> Int {
    defer { due = due + sender.interval(nominal: settings.interval) }
    if needsCounter {
      guard let counter, counter > 0 else { return 0 }
      sender.use(counter: counter - 1)
    }
    var room = InlineArray<64, UInt8>(repeating: 0)
    var span = room.mutableSpan
    let bytes = records.write(meter, into: &span)
    let isCompact = !settings.isOMS && sinceFull < settings.compactCount
    let written = sender.telegram(
      room.span.extracting(0..<bytes), isCompact: isCompact, at: due, suite, into: &output)
    if written > 0 {
      sinceFull = isCompact ? sinceFull + 1 : 0
      count &+= 1
    }
    return written
  }
}

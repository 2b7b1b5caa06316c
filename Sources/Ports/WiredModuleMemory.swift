import MBus
import PermanentMemory

/// What masters have set in the wired M-Bus module, kept in two copies of one page.
///
/// | bytes | content |
/// |---|---|
/// | 0 | bit 0: a primary address was set, bit 1: an identification number, bit 2: a speed |
/// | 1 | primary address, 0...250 |
/// | 2 | speed, B8...BF |
/// | 3 | 0 |
/// | 4..<8 | identification number, one digit a nibble, least significant byte first |
public struct WiredModuleMemory: Sendable {
  /// The content of the record.
  public struct Stored: Equatable, Sendable {
    public var primaryAddress: UInt8?
    public var identification: UInt32?
    public var rate: BaudRate?

    public init() {}

    /// Nil for bytes that are no such record.
    init?(_ bytes: InlineArray<8, UInt8>) {
      guard bytes[0] < 8, bytes[1] <= 250, bytes[3] == 0 else { return nil }
      if bytes[0] & 1 != 0 { primaryAddress = bytes[1] }
      if bytes[0] & 2 != 0 {
        var digits: UInt32 = 0
        for i in 0..<4 { digits |= UInt32(bytes[4 + i]) << UInt32(8 * i) }
        identification = digits
      }
      if bytes[0] & 4 != 0 {
        guard let code = BaudRate(rawValue: bytes[2]) else { return nil }
        rate = code
      }
    }

    var bytes: InlineArray<8, UInt8> {
      var bytes = InlineArray<8, UInt8>(repeating: 0)
      if let primaryAddress {
        bytes[0] |= 1
        bytes[1] = primaryAddress
      }
      if let identification {
        bytes[0] |= 2
        for i in 0..<4 { bytes[4 + i] = UInt8(truncatingIfNeeded: identification >> UInt32(8 * i)) }
      }
      if let rate {
        bytes[0] |= 4
        bytes[2] = rate.rawValue
      }
      return bytes
    }
  }

  public private(set) var stored = Stored()
  private var begun = InlineArray<8, UInt8>(repeating: 0)
  private var record = AtomicRecord(region: MemoryMap.wiredModule, kind: 0x4D)

  public var primaryAddress: UInt8? { stored.primaryAddress }
  public var identification: UInt32? { stored.identification }
  public var rate: BaudRate? { stored.rate }

  public init() {}

  /// Reads what was kept; damage reads as nothing.
  mutating func recover(from pages: borrowing some PageMemory & ~Copyable) {
    var bytes = InlineArray<8, UInt8>(repeating: 0)
    var room = bytes.mutableSpan
    var length = 0
    _ = record.recover(from: pages, into: &room, length: &length)
    if length == 8, let found = Stored(bytes) { stored = found }
  }

  /// Something that was set is not in the memory yet.
  public private(set) var needsProgram = false

  /// Keeps a change, with the next calls of `pump`.
  mutating func keep(_ wanted: Stored) {
    guard wanted != stored else { return }
    stored = wanted
    needsProgram = true
  }

  /// Programs what is to be kept as far as the memory is ready; what it refuses is given up.
  mutating func pump(_ pages: inout some PageMemory & ~Copyable) {
    // A page, its verification, and what a torn copy before it needs; twice where a change came
    // while another was on its way.
    for _ in 0..<16 where needsProgram {
      if record.isIdle {
        begun = stored.bytes
        guard record.begin(begun.span) else { return }
      }
      switch record.pump(begun.span, to: &pages) {
      case .committed: needsProgram = Stored(begun) != stored
      case .failed, .idle: needsProgram = false
      case .busy: pages.maintain()
      }
    }
  }
}

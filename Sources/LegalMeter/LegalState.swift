import Quantities

/// The slow legal state, kept in a small A/B record of the permanent memory.
struct LegalState: Equatable, Sendable {
  static let recordBytes = 16

  /// Bit per seal: 1 is broken.
  var brokenSeals: UInt8 = 0
  var tariff: Tariff = .t1
  /// Times the meter has been started.
  var starts: UInt32 = 0
  /// Checksum of the legal code when it was last changed.
  var legalChecksum: UInt32 = 0

  init() {}

  func encode(into bytes: inout InlineArray<16, UInt8>) {
    bytes[0] = 1
    bytes[1] = brokenSeals
    bytes[2] = tariff.rawValue
    for k in 0..<4 {
      bytes[4 + k] = UInt8(truncatingIfNeeded: starts >> UInt32(8 * k))
      bytes[8 + k] = UInt8(truncatingIfNeeded: legalChecksum >> UInt32(8 * k))
    }
  }

  /// Nil for a layout that this version does not know.
  init?(_ bytes: InlineArray<16, UInt8>) {
    guard bytes[0] == 1, let tariff = Tariff(rawValue: bytes[2]) else { return nil }
    brokenSeals = bytes[1]
    self.tariff = tariff
    for k in 0..<4 {
      starts |= UInt32(bytes[4 + k]) << UInt32(8 * k)
      legalChecksum |= UInt32(bytes[8 + k]) << UInt32(8 * k)
    }
  }
}

/// What a start found.
public struct StartReport: Sendable {
  /// Registers came from the journal; false for a new memory.
  public var isRestored = false
  /// The memory holds something, but nothing intact: registers are unknown, nothing is written.
  public var isLost = false
  /// Damaged records that were passed over.
  public var damaged: UInt16 = 0
  /// Bytes read from the memory before measuring could start.
  public var bytesRead: UInt32 = 0
  /// Times the meter has been started, this one included.
  public var starts: UInt32 = 1
}

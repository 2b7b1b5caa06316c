/// A run of whole pages of 256 bytes.
public struct PageRegion: Equatable, Sendable {
  /// The first page, 0...65535.
  public var first: UInt16
  /// Number of pages.
  public var count: UInt16

  public init(first: UInt16, count: UInt16) {
    self.first = first
    self.count = count
  }

  /// The page numbers.
  public var pages: Range<Int> { Int(first)..<(Int(first) + Int(count)) }
  /// Size in bytes.
  public var byteCount: Int { Int(count) * 256 }
}

/// Where everything lies in the 512 KiB (2048 pages) of the meter.
///
/// The borders of the six large regions are part of the format and never move; the split inside
/// a region belongs to the format version of what is stored there.
public enum MemoryMap {
  /// Pages in all.
  public static var pageCount: Int { 2048 }
  /// Bytes in all: 524,288.
  public static var byteCount: Int { pageCount * 256 }

  /// Load profile, 224 KiB.
  public static var loadProfile: PageRegion { PageRegion(first: 0, count: 896) }
  /// Analysis logger, 64 KiB.
  public static var analysisLogger: PageRegion { PageRegion(first: 896, count: 256) }
  /// Register journal, 128 KiB: 512 records of one page.
  public static var registerJournal: PageRegion { PageRegion(first: 1152, count: 512) }
  /// Checkpoints, billing, event logs and counters, 48 KiB.
  public static var records: PageRegion { PageRegion(first: 1664, count: 192) }
  /// Configuration, keys and the region the meter keeps for its ports, 32 KiB.
  public static var settings: PageRegion { PageRegion(first: 1856, count: 128) }
  /// Spare pages, 16 KiB, for pages that have reached the end of their life.
  public static var spare: PageRegion { PageRegion(first: 1984, count: 64) }

  // Inside `records`.

  /// Small A/B records (state, checkpoints, counters reserved ahead): 16 pairs of pages.
  public static var states: PageRegion { PageRegion(first: 1664, count: 32) }
  /// Billing snapshots, one page each.
  public static var billing: PageRegion { PageRegion(first: 1696, count: 40) }
  /// Second logger: daily, weekly or monthly registers, two records to a page.
  public static var secondLogger: PageRegion { PageRegion(first: 1736, count: 24) }
  /// Event logs, 768 records of 32 bytes; which log has which pages, its owner says.
  public static var eventLogs: PageRegion { PageRegion(first: 1760, count: 96) }

  /// The two pages of the small A/B record `number`.
  /// - Parameter number: 0..<16.
  public static func state(_ number: Int) -> PageRegion {
    precondition(number >= 0 && number < 16)
    return PageRegion(first: states.first + UInt16(2 * number), count: 2)
  }

  /// Checkpoint of the registration periods: states 2 and 3, four copies of one page.
  public static var profileCheckpoint: PageRegion {
    PageRegion(first: state(2).first, count: 4)
  }

  // Inside `spare`.

  /// The table of replaced pages, four copies of one page.
  public static var replacementTable: PageRegion { PageRegion(first: 1984, count: 4) }
  /// The pages that replace others.
  public static var replacements: PageRegion { PageRegion(first: 1988, count: 60) }

  // Inside `settings`.

  /// Configuration, two copies of 18 pages (4592 bytes of payload).
  public static var configuration: PageRegion { PageRegion(first: 1856, count: 36) }
  /// Keys, two copies of 4 pages (1008 bytes of payload).
  public static var keys: PageRegion { PageRegion(first: 1892, count: 8) }
  /// What only the ports understand.
  public static var ports: PageRegion { PageRegion(first: 1900, count: 76) }
  /// Addresses and speed of the wired M-Bus module, two copies of one page, the last of `ports`
  /// but two.
  public static var wiredModule: PageRegion { PageRegion(first: 1972, count: 2) }
  /// Tariff plans, two places of two copies of two pages.
  public static var tariffPlans: PageRegion { PageRegion(first: 1976, count: 8) }
}

import Bytes
import MeterTime
import PermanentMemory

/// How far a change of the configuration has come.
public enum ConfigurationProgress: UInt8, Sendable {
  /// Nothing differs from what is stored.
  case unchanged
  /// On its way: call again with the same bytes.
  case busy
  /// In the memory, and in force.
  case committed
}

/// The configuration's side of the permanent memory: one record, replaced as a whole.
///
/// What is written is put together anew for each page, from the copy in force, the sections that
/// change and what is kept here, so that no second configuration is held in RAM.
struct ConfigurationStore: Sendable {
  enum Task: UInt8, Sendable {
    case none
    /// The meter's own: first record, older layout, calibration.
    case own
    /// By a door; its bytes belong to the caller.
    case change
  }

  var record = AtomicRecord(region: MemoryMap.configuration, kind: 2)
  var task = Task.none
  var needsCommit = false
  /// Calibration as it is being written; the running one may change meanwhile.
  var calibration = InlineArray<84, UInt8>(repeating: 0)
  /// Which change is on its way, when it began and when it was last pushed on.
  var changeCheck: UInt32 = 0
  var changeBegan = Instant(ticks: 0)
  var changeSeen = Instant(ticks: 0)
  /// Checksum of what can be changed: all sections but calibration and history.
  var checksum: UInt32 = 0
  /// Changes by doors over the life of the meter.
  var changes: UInt32 = 0

  /// A change that nobody pushes on is given up after this.
  static let patience = Instant.Duration.seconds(10)

  init() {}

  /// Takes number of changes and checksum from a configuration.
  mutating func note(_ image: borrowing ConfigurationImage) {
    changes = 0
    if let history = image.find(ConfigurationSection.history.rawValue), history.range.count >= 4 {
      changes = CalibrationPart.word(image.content, history.range.lowerBound)
    }
    var crc = CRC32()
    var cursor = SectionCursor(at: ConfigurationImage.headBytes)
    while let section = cursor.next(in: image.content) {
      switch ConfigurationSection(rawValue: section.number) {
      case .calibration, .history: continue
      default:
        crc.update(section.number)
        crc.update(section.layout)
        crc.update(image.content.extracting(section.range))
      }
    }
    checksum = crc.value
  }
}

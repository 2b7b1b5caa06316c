import Bytes
import Foundation
import MeterFaults
import PermanentMemory

/// A memory file that is only looked at, also while a meter runs on it.
///
/// Records are checked here from docs/memory-format.md and not by the stores, so that the page, the
/// stores and this agree or somebody notices.
public struct MemoryImage: Sendable {
  /// What the slots of one store hold.
  struct Store: Sendable {
    var name: String
    var region: PageRegion
    /// Slots that are as delivered.
    var blank = 0
    var intact = 0
    var damaged = 0
    /// Highest sequence number of an intact slot, 0 for none.
    var newest: UInt64 = 0
    /// Programs of the average page so far, from the sequence number.
    var programsPerPage: Double = 0
  }

  /// The file.
  public let path: String
  /// Content with replaced pages in place.
  let bytes: [UInt8]
  /// Pages that stand for others, and pages left.
  let condition: MemoryCondition
  let stores: [Store]

  /// Reads a file, or the one of a state directory.
  ///
  /// - Throws: `fileMissing`, or `badData` for what is no memory.
  public init(path: String) throws(Failure) {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder.boolValue ? path + "/memory.bin" : path
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .fileMissing, file: file, what: "cannot be read", expected: "a memory file",
        next: "name a state directory in which a meter has run")
    }
    guard data.count == MemoryMap.byteCount else {
      throw Failure(FileMemoryError(path: file, reason: .wrongSize(Int64(data.count))))
    }
    self.init(path: file, [UInt8](data))
  }

  init(path: String, _ image: [UInt8]) {
    var memory = SparedMemory(TestMemory(image: image))
    memory.recover()
    var bytes = image
    for page in 0..<Int(MemoryMap.spare.first) {
      var content = InlineArray<256, UInt8>(repeating: 0)
      var span = content.mutableSpan
      memory.read(page: page, offset: 0, into: &span)
      for i in 0..<256 { bytes[page * 256 + i] = content[i] }
    }
    self.path = path
    self.bytes = bytes
    condition = memory.condition
    stores = Self.inspect(bytes)
  }

  private static func inspect(_ bytes: [UInt8]) -> [Store] {
    var stores = [
      pages("registerJournal", MemoryMap.registerJournal, kind: RegisterJournal.registers, bytes),
      pages("billing", MemoryMap.billing, kind: RegisterJournal.billing, bytes),
      copies("configuration", MemoryMap.configuration, pagesPerCopy: 18, bytes),
      copies("keys", MemoryMap.keys, pagesPerCopy: 4, bytes),
      copies("replacementTable", MemoryMap.replacementTable, pagesPerCopy: 1, bytes),
    ]
    for n in 0..<16 where n != 3 {
      // Two and three are one region of two copies with two pages each.
      let region =
        n == 2 ? PageRegion(first: MemoryMap.state(2).first, count: 4) : MemoryMap.state(n)
      stores.append(copies("state\(n)", region, pagesPerCopy: n == 2 ? 2 : 1, bytes))
    }
    stores.append(records("eventLogs", MemoryMap.eventLogs, bytes))
    return stores
  }

  // MARK: formats

  /// Rings of pages, section 4 of the format.
  private static func pages(
    _ name: String, _ region: PageRegion, kind: UInt8, _ bytes: [UInt8]
  ) -> Store {
    var store = Store(name: name, region: region)
    for page in region.pages {
      let slot = bytes[(page * 256)..<(page * 256 + 256)]
      let sequence = number(slot.dropFirst(2).prefix(6))
      let isIntact =
        slot.first == kind && sequence != 0
        && number(slot.suffix(8)) == check(page, slot.prefix(248))
      store.count(slot, isIntact: isIntact, sequence: sequence)
    }
    let slots = UInt64(region.count)
    if store.newest >= slots {
      store.programsPerPage = Double(store.newest - slots + 1) / Double(slots)
    }
    return store
  }

  /// Atomic records, section 5.
  private static func copies(
    _ name: String, _ region: PageRegion, pagesPerCopy: Int, _ bytes: [UInt8]
  ) -> Store {
    var store = Store(name: name, region: region)
    let size = pagesPerCopy * 256
    for copy in 0..<(Int(region.count) / pagesPerCopy) {
      let page = Int(region.first) + copy * pagesPerCopy
      let slot = bytes[(page * 256)..<(page * 256 + size)]
      let length = Int(number(slot.dropFirst(2).prefix(2)))
      let sequence = number(slot.dropFirst(4).prefix(4))
      var isIntact = false
      if length <= size - 16 {
        isIntact =
          number(slot.dropFirst(8).prefix(8))
          == check(page, slot.prefix(8) + slot.dropFirst(16).prefix(length))
      }
      store.count(slot.prefix(16), isIntact: isIntact, sequence: sequence)
    }
    let copies = Double(Int(region.count) / pagesPerCopy)
    store.programsPerPage = Double(store.newest) / copies
    return store
  }

  /// Event logs, section 6.
  private static func records(_ name: String, _ region: PageRegion, _ bytes: [UInt8]) -> Store {
    var store = Store(name: name, region: region)
    for slot in 0..<(Int(region.count) * 8) {
      let place = Int(region.first) * 8 + slot
      let record = bytes[(place * 32)..<(place * 32 + 32)]
      let isIntact = number(record.suffix(8)) == check(place, record.prefix(24))
      store.count(record, isIntact: isIntact, sequence: number(record.prefix(4)))
    }
    store.programsPerPage = Double(store.intact) / Double(region.count)
    return store
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func check(_ place: Int, _ bytes: ArraySlice<UInt8>) -> UInt64 {
    var crc = CRC64()
    crc.update(UInt8(truncatingIfNeeded: place))
    crc.update(UInt8(truncatingIfNeeded: place >> 8))
    for byte in bytes { crc.update(byte) }
    return crc.value
  }

  // MARK: registers

  func store(_ name: String) -> Store? { stores.first { $0.name == name } }

  /// Payload of the newest intact journal record, nil for none.
  var registers: ArraySlice<UInt8>? {
    guard let journal = store("registerJournal"), journal.newest > 0 else { return nil }
    let slot = Int(journal.newest % UInt64(journal.region.count))
    let page = Int(journal.region.first) + slot
    return bytes[(page * 256 + 8)..<(page * 256 + 248)]
  }
}

extension MemoryImage.Store {
  mutating func count(_ slot: ArraySlice<UInt8>, isIntact: Bool, sequence: UInt64) {
    if isIntact {
      intact += 1
      newest = max(newest, sequence)
    } else if slot.allSatisfy({ $0 == 0xFF }) {
      blank += 1
    } else {
      damaged += 1
    }
  }
}

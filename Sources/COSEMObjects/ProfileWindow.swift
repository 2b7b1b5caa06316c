import COSEM
import DLMS
import LegalMeter
import Meter
import MeterTime
import Quantities

/// Why a selection cannot be followed.
enum SelectionError: UInt8, Error {
  /// Its parameters are of other types than its selector wants.
  case type
  /// What it asks for cannot be chosen.
  case scope
}

/// Rows and columns of a profile that a request chooses (IEC 62056-6-2, 4.3.6: selective access by
/// range and by entry).
struct ProfileWindow {
  /// Rows from the oldest, 1...; `last` may lie beyond the newest.
  var first: UInt32 = 1
  var last = UInt32.max
  /// Times of rows, both included; nil where all times are wanted.
  var times: (from: Instant, to: Instant)?
  /// Columns as bits.
  var columns = UInt32.max

  /// - Throws: `type` for parameters that are none, `scope` for another object than the clock to
  ///   go by, a column that the profile has not, entry 0, or a time with open parts.
  init(
    _ selection: borrowing Selection, _ profile: Profile, _ meter: borrowing Meter
  ) throws(SelectionError) {
    if selection.selector == 0 { return }
    var reader = COSEMReader(selection.parameters)
    do throws(COSEMError) {
      switch selection.selector {
      case 1: try readRange(&reader, profile, meter)
      case 2: try readEntries(&reader, profile, meter)
      default: throw .outOfRange
      }
    } catch {
      throw error == .outOfRange ? .scope : .type
    }
  }

  private mutating func readRange(
    _ reader: inout COSEMReader, _ profile: Profile, _ meter: borrowing Meter
  ) throws(COSEMError) {
    try reader.structure(4)
    guard try Self.captureObject(&reader) == Profile.clock else { throw .outOfRange }
    let zone = meter.legal.zone
    times = (
      try Self.border(&reader, zone, open: Instant(seconds: 0)),
      try Self.border(&reader, zone, open: Instant(seconds: 1 << 40))
    )
    guard case .array(let count) = try reader.next() else { throw .otherType }
    if count == 0 { return }
    columns = 0
    for _ in 0..<count {
      let object = try Self.captureObject(&reader)
      var place: Int?
      for k in 0..<profile.columnCount(meter) where profile.column(k, meter) == object {
        place = k
      }
      guard let place else { throw .outOfRange }
      columns |= 1 << UInt32(place)
    }
  }

  private mutating func readEntries(
    _ reader: inout COSEMReader, _ profile: Profile, _ meter: borrowing Meter
  ) throws(COSEMError) {
    try reader.structure(4)
    let numbers = 0...Int64(UInt32.max)
    first = UInt32(try reader.integer(in: numbers))
    let end = UInt32(try reader.integer(in: numbers))
    last = end == 0 ? .max : end
    let from = try reader.integer(in: 0...0xFFFF)
    let to = try reader.integer(in: 0...0xFFFF)
    guard first >= 1, from >= 1, from <= Int64(profile.columnCount(meter)) else {
      throw .outOfRange
    }
    let columnEnd = to == 0 ? 32 : min(to, 32)
    columns = 0
    var k = from
    while k <= columnEnd {
      columns |= 1 << UInt32(k - 1)
      k += 1
    }
  }

  private static func captureObject(
    _ reader: inout COSEMReader
  ) throws(COSEMError) -> AttributeDescriptor {
    try reader.structure(4)
    let classID = UInt16(try reader.integer(in: 0...0xFFFF))
    let name = try reader.logicalName()
    let attribute = UInt8(try reader.integer(in: 0...127))
    // Only whole attributes are captured.
    guard try reader.integer(in: 0...0xFFFF) == 0 else { throw .outOfRange }
    return AttributeDescriptor(classID, name, attribute)
  }

  /// A border that leaves its year open has none.
  private static func border(
    _ reader: inout COSEMReader, _ zone: ZoneRules, open: Instant
  ) throws(COSEMError) -> Instant {
    let time = try reader.dateTime()
    if time.year == 0xFFFF { return open }
    // Before the meter's time begins.
    if time.year < 2000 { return Instant(seconds: -1) }
    guard let instant = time.instant(in: zone) else { throw .outOfRange }
    return instant
  }

  func has(_ column: Int) -> Bool { columns >> UInt32(column) & 1 != 0 }

  /// Goes by the time as a row shows it: in whole seconds.
  func has(_ time: Instant) -> Bool {
    guard let times else { return true }
    let shown = Instant(seconds: time.seconds)
    return shown >= times.from && shown <= times.to
  }
}

import COSEM
import DLMS
import LegalMeter
import Meter
import MeterTime
import PermanentMemory
import Quantities

/// Class 40: what the meter sends by itself, and its schedule (class 22).
extension MeterObjects {
  /// The client that messages are for: the pre-established one.
  public static let pushClient: UInt8 = 102

  static func writePushSetup(
    _ cause: PushCause, _ attribute: UInt8, _ writer: inout COSEMWriter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    let setup = PushSetup.load(cause, memory)
    switch attribute {
    case 2:
      writer.array(setup.objectCount)
      for k in 0..<setup.objectCount { writer.captureObject(setup.object(k)) }
    case 3:
      writer.structure(3)
      writer.enumeration(setup.transport)
      let text = InlineArray<64, UInt8> {
        $0 < setup.destinationCount ? setup.destination($0) : 0
      }
      writer.octets(text.span.extracting(0..<setup.destinationCount))
      // Data in A-XDR.
      writer.enumeration(0)
    case 4:
      writer.array(setup.windowCount)
      for k in 0..<setup.windowCount {
        let window = setup.window(k)
        writer.structure(2)
        writer.octets(window?.begin ?? .unspecified)
        writer.octets(window?.end ?? .unspecified)
      }
    case 5: writer.longUnsigned(setup.randomisation_s)
    case 6: writer.unsigned(setup.retries)
    default: writer.longUnsigned(setup.delay_s)
    }
  }

  @inline(never)
  static func setPushSetup(
    _ cause: PushCause, _ attribute: UInt8, _ value: Span<UInt8>, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    var setup = PushSetup.load(cause, memory)
    let before = setup.check
    switch attribute {
    case 2: try takeObjects(&reader, &setup, meter)
    case 3: try takeDestination(&reader, &setup)
    case 4: try takeWindows(&reader, &setup)
    case 5: setup.randomisation_s = UInt16(try reader.integer(in: 0...0xFFFF))
    case 6: setup.retries = UInt8(try reader.integer(in: 0...255))
    default: setup.delay_s = UInt16(try reader.integer(in: 0...0xFFFF))
    }
    return keep(setup, cause, before, &meter, &memory, now: now)
  }

  /// Where to and what is sent is logged as a change of the configuration, as section 64 or 65.
  private static func keep(
    _ setup: PushSetup, _ cause: PushCause, _ before: UInt32, _ meter: inout Meter,
    _ memory: inout some PageMemory & ~Copyable, now: Instant
  ) -> DataAccessResult {
    let after = setup.check
    if after == before { return .success }
    let result = setup.store(cause, &memory)
    if result == .success {
      meter.legal.noteConfiguration(
        section: 64 + cause.rawValue, old: before, new: after, now: now)
    }
    return result
  }

  private static func takeObjects(
    _ reader: inout COSEMReader, _ setup: inout PushSetup, _ meter: borrowing Meter
  ) throws(COSEMError) {
    let count = try reader.array(upTo: PushSetup.objectsMax)
    for k in 0..<count {
      try reader.structure(4)
      let classID = UInt16(try reader.integer(in: 0...0xFFFF))
      let name = try reader.logicalName()
      let attribute = UInt8(try reader.integer(in: 1...127))
      // Whole attributes, and none so long that it would need blocks.
      guard try reader.integer(in: 0...0) == 0,
        let object = ObjectTable.find(name, of: meter), object.interface.rawValue == classID,
        attribute <= object.attributeCount, Rights.reads(attribute, of: object, pushCaller),
        object.interface != .association,
        object.interface != .profileGeneric || attribute != 2
      else { throw .outOfRange }
      setup.set(object: k, AttributeDescriptor(classID, name, attribute))
    }
    setup.objectCount = count
  }

  private static func takeDestination(
    _ reader: inout COSEMReader, _ setup: inout PushSetup
  ) throws(COSEMError) {
    try reader.structure(3)
    setup.transport = UInt8(try reader.integer(in: 0...1))
    let range = try reader.octets()
    guard range.count <= PushSetup.destinationMax, try reader.integer(in: 0...0) == 0 else {
      throw .outOfRange
    }
    let text = reader.part(range)
    // Printing characters, so that nothing else gets into a name.
    for i in text.indices where text[i] < 0x21 || text[i] > 0x7E { throw .outOfRange }
    setup.setDestination(text)
  }

  private static func takeWindows(
    _ reader: inout COSEMReader, _ setup: inout PushSetup
  ) throws(COSEMError) {
    let count = try reader.array(upTo: PushSetup.windowsMax)
    for k in 0..<count {
      try reader.structure(2)
      let begin = try reader.dateTime()
      setup.set(window: k, begin, try reader.dateTime())
    }
    setup.windowCount = count
  }

  // MARK: schedule

  static func writePushSchedule(
    _ attribute: UInt8, _ writer: inout COSEMWriter,
    _ memory: borrowing some PageMemory & ~Copyable
  ) {
    let setup = PushSetup.load(.schedule, memory)
    switch attribute {
    case 2:
      writer.structure(2)
      writer.logicalName(ScriptTable.push.name)
      writer.longUnsigned(1)
    // 5: several, whose times differ and whose dates may be open.
    case 3: writer.enumeration(setup.entryCount > 1 ? 5 : 1)
    default:
      writer.array(setup.entryCount)
      for k in 0..<setup.entryCount {
        let entry = setup.entry(k)
        writer.structure(2)
        writer.octets(entry.span.extracting(0..<4))
        writer.octets(entry.span.extracting(4..<9))
      }
    }
  }

  @inline(never)
  static func setPushSchedule(
    _ value: Span<UInt8>, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable,
    now: Instant
  ) throws(COSEMError) -> DataAccessResult {
    var reader = COSEMReader(value)
    var setup = PushSetup.load(.schedule, memory)
    let before = setup.check
    let count = try reader.array(upTo: PushSetup.entriesMax)
    for k in 0..<count {
      try reader.structure(2)
      let time = try reader.octets()
      guard time.count == 4 else { throw .otherType }
      let t = reader.part(time)
      // Hour and minute may be open, for each; seconds are not told apart.
      guard t[0] < 24 || t[0] == 0xFF, t[1] < 60 || t[1] == 0xFF, t[2] == 0 || t[2] == 0xFF else {
        throw .outOfRange
      }
      let date = try reader.date().bytes
      setup.set(entry: k, InlineArray { $0 < 4 ? t[$0] : date[$0 - 4] })
    }
    setup.entryCount = count
    return keep(setup, .schedule, before, &meter, &memory, now: now)
  }

  // MARK: message

  private static var pushCaller: Caller {
    Caller(
      client: pushClient, mechanism: .none, isCiphered: false, conformance: [], pduMax: (0, 0),
      logicalDevice: 1)
  }

  /// Writes the body of a message: a structure of what the setup names.
  /// - Returns: false where it does not fit.
  @inline(never)
  public static func writePush(
    _ setup: PushSetup, into writer: inout COSEMWriter, _ meter: borrowing Meter,
    _ memory: borrowing some PageMemory & ~Copyable, now: Instant
  ) -> Bool {
    let none = InlineArray<1, UInt8>(repeating: 0)
    writer.structure(setup.objectCount)
    for k in 0..<setup.objectCount {
      var place = StreamPlace()
      let selection = Selection(0, none.span.extracting(0..<0))
      guard
        prepare(
          setup.object(k), selection, for: pushCaller, place: &place, meter, memory, now: now)
          == .success,
        write(
          setup.object(k), selection, for: pushCaller, place: &place, into: &writer, meter, memory,
          now: now)
      else {
        // What the meter has no more is told as nothing.
        writer.null()
        continue
      }
    }
    return !writer.isFull
  }

  /// The cause whose message a method asks for, once it has been allowed.
  public static func push(askedBy method: MethodDescriptor) -> PushCause? {
    for cause in PushCause.allCases
    where method == MethodDescriptor(InterfaceClass.pushSetup.rawValue, cause.name, 1) {
      return cause
    }
    let script = MethodDescriptor(InterfaceClass.scriptTable.rawValue, ScriptTable.push.name, 1)
    return method == script ? .schedule : nil
  }
}

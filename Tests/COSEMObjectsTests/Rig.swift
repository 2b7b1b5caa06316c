import COSEM
import Ciphers
@testable import DLMS
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities

@testable import COSEMObjects
@testable import Meter

func octets(_ hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] * 16 + digits[$0 + 1])
  }
}

/// A meter as a logical device.
struct Device: ServerObjects, ~Copyable {
  var meter: Meter
  var memory = TestMemory()
  var now: Instant

  mutating func prepare(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace
  ) -> DataAccessResult {
    MeterObjects.prepare(
      attribute, selection, for: caller, place: &place, meter, memory, now: now)
  }

  mutating func write(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
    place: inout StreamPlace, into writer: inout COSEMWriter
  ) -> Bool {
    MeterObjects.write(
      attribute, selection, for: caller, place: &place, into: &writer, meter, memory, now: now)
  }

  mutating func set(
    _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
    for caller: Caller
  ) -> DataAccessResult {
    MeterObjects.set(attribute, to: value, for: caller, &meter, &memory, now: now)
  }

  mutating func invoke(
    _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
    into writer: inout COSEMWriter
  ) -> ActionResult {
    MeterObjects.invoke(method, parameters, for: caller, &meter, &memory, now: now)
  }

  mutating func nextInvocationCounter() -> UInt32? { 1 }
}

/// A meter that has lived, and clients that ask it.
struct Rig: ~Copyable {
  /// Noon of Wednesday, 4 March 2026, UTC.
  static let start = Instant(seconds: 825_940_800)

  var device: Device
  var caller: Caller
  /// Bytes that an answer may have.
  var room = 65_536

  init(_ configuration: MeterConfiguration = .bench, client: UInt8 = 2) throws {
    device = Device(meter: Meter(configuration, .bench), now: Self.start)
    _ = try device.meter.start(now: Self.start, chip: .hasRun, memory: &device.memory)
    caller = Self.caller(client)
  }

  static func caller(_ client: UInt8) -> Caller {
    Caller(
      client: client, mechanism: client == 1 ? .highGMAC : client == 2 ? .low : .none,
      isCiphered: client == 1, conformance: .served, pduMax: (1024, 1024), logicalDevice: 1)
  }

  /// Lets a load flow.
  mutating func run(_ seconds: Int64, watts: Int32 = 1000) {
    var load = ConstantLoad(active_mW: InlineArray(repeating: watts * 1000))
    for k in 0..<3 { load.voltage_mV[k] = 230_000 }
    device.now += .seconds(seconds)
    device.meter.advance(to: device.now, with: load, memory: &device.memory)
    // The coils have moved the contacts meanwhile.
    while device.meter.takeCoilAction() != nil {}
  }

  /// Reads an attribute whole, in pieces of `room` bytes; nil with the result where it is refused.
  mutating func read(
    _ attribute: AttributeDescriptor, selector: UInt8 = 0, _ parameters: [UInt8] = []
  ) -> (result: DataAccessResult, bytes: [UInt8]) {
    var place = StreamPlace()
    let selection = Selection(selector, parameters.span)
    let result = device.prepare(attribute, selection, for: caller, place: &place)
    guard result == .success else { return (result, []) }
    var joined: [UInt8] = []
    for _ in 0..<1_000_000 {
      var bytes = [UInt8](repeating: 0, count: room)
      var writer = COSEMWriter(bytes.mutableSpan)
      writer.begin(item: place.row, skip: place.byte)
      guard device.write(attribute, selection, for: caller, place: &place, into: &writer) else {
        return (.longGetAborted, joined)
      }
      place.row = writer.row
      place.byte = writer.rowBytes
      let (count, isFull) = (writer.count, writer.isFull)
      joined += bytes.prefix(count)
      if !isFull { break }
    }
    return (.success, joined)
  }

  /// Reads an attribute as elements, in order.
  mutating func elements(
    _ interface: InterfaceClass, _ name: OBISCode, _ attribute: UInt8, selector: UInt8 = 0,
    _ parameters: [UInt8] = []
  ) throws -> [COSEMElement] {
    let (_, bytes) = read(
      AttributeDescriptor(interface, name, attribute), selector: selector, parameters)
    var reader = COSEMReader(bytes.span)
    var all: [COSEMElement] = []
    while reader.remaining > 0 { all.append(try reader.next()) }
    return all
  }
}

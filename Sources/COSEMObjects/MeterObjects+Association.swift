import COSEM
import DLMS
import Meter
import Quantities

/// Classes 15, 17 and 64: associations, logical devices, security.
extension MeterObjects {
  /// Objects that a client sees.
  static func visibleCount(_ caller: Caller, _ meter: borrowing Meter) -> UInt32 {
    var count: UInt32 = 0
    for place in 0..<ObjectTable.count {
      if let object = ObjectTable.object(place, of: meter), Rights.sees(object, caller) {
        count += 1
      }
    }
    return count
  }

  static func writeAssociation(
    _ client: UInt8?, _ attribute: UInt8, _ caller: Caller, _ place: inout StreamPlace,
    _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    let isOwn = client == nil || client == caller.client
    let client = client ?? caller.client
    let mechanism = isOwn ? caller.mechanism : usual(client)
    let isCiphered = isOwn ? caller.isCiphered : client == 1
    switch attribute {
    case 2: writeList(caller, &place, &writer, meter)
    case 3:
      writer.structure(2)
      writer.integer(Int8(truncatingIfNeeded: client))
      writer.longUnsigned(caller.logicalDevice)
    // 2.16.756.5.8.1.x and 2.16.756.5.8.2.x
    case 4: writeName(1, isCiphered ? 3 : 1, &writer)
    case 5:
      writer.structure(6)
      writer.bits((isOwn ? caller.conformance : .served).rawValue, bitCount: 24)
      writer.longUnsigned(caller.pduMax.receive)
      writer.longUnsigned(isOwn ? caller.pduMax.send : 0)
      writer.unsigned(6)
      writer.integer(0)
      writer.octets("")
    case 6: writeName(2, mechanism.rawValue, &writer)
    // 2 associated, 0 not.
    case 8: writer.enumeration(isOwn ? 2 : 0)
    case 9: writer.logicalName(.abstract(43, 0))
    default: writer.null()
    }
  }

  private static func usual(_ client: UInt8) -> Mechanism {
    switch client {
    case 1: .highGMAC
    case 2: .low
    default: .none
    }
  }

  private static func writeName(_ arc: UInt8, _ last: UInt8, _ writer: inout COSEMWriter) {
    let name: InlineArray<7, UInt8> = [0x60, 0x85, 0x74, 0x05, 0x08, arc, last]
    writer.octets(name.span)
  }

  // MARK: object list

  /// The object list, one row for each object that the client sees.
  private static func writeList(
    _ caller: Caller, _ place: inout StreamPlace, _ writer: inout COSEMWriter,
    _ meter: borrowing Meter
  ) {
    if place.row == 0 {
      writer.begin(row: 0)
      writer.array(Int(place.rows))
      if writer.isFull { return }
    }
    var row = max(place.row, 1)
    var at = Int(truncatingIfNeeded: place.words.0)
    while at < ObjectTable.count {
      guard let object = ObjectTable.object(at, of: meter), Rights.sees(object, caller) else {
        at += 1
        continue
      }
      place.words.0 = UInt64(at)
      writer.begin(row: row)
      writeElement(object, caller, &writer)
      if writer.isFull { return }
      row += 1
      at += 1
    }
  }

  /// Class, version, name and rights of an object.
  private static func writeElement(
    _ object: MeterObject, _ caller: Caller, _ writer: inout COSEMWriter
  ) {
    writer.structure(4)
    writer.longUnsigned(object.interface.rawValue)
    writer.unsigned(object.version)
    writer.logicalName(object.name)
    writer.structure(2)
    writer.array(Int(object.attributeCount))
    for attribute in 1...object.attributeCount {
      let reads = Rights.reads(attribute, of: object, caller)
      let sets = Rights.sets(attribute, of: object, caller)
      writer.structure(3)
      writer.integer(Int8(attribute))
      writer.enumeration((reads ? 1 : 0) | (sets ? 2 : 0))
      if object.interface == .profileGeneric && attribute == 2 {
        writer.array(2)
        writer.integer(1)
        writer.integer(2)
      } else {
        writer.null()
      }
    }
    writer.array(Int(object.methodCount))
    var method: UInt8 = 1
    while method <= object.methodCount {
      writer.structure(2)
      writer.integer(Int8(method))
      writer.enumeration(Rights.invokes(method, of: object, caller) ? 1 : 0)
      method += 1
    }
  }

  // MARK: logical devices and security

  /// The one logical device, 1.
  static func writeSAPs(_ writer: inout COSEMWriter, _ meter: borrowing Meter) {
    writer.array(1)
    writer.structure(2)
    writer.longUnsigned(1)
    writer.octets(Identity(meter).deviceName.span)
  }

  static func writeSecuritySetup(
    _ attribute: UInt8, _ writer: inout COSEMWriter, _ meter: borrowing Meter
  ) {
    switch attribute {
    // All messages of the management client are authenticated and enciphered.
    case 2: writer.enumeration(3)
    case 3: writer.enumeration(0)
    case 5: writer.octets(Identity(meter).systemTitle.span)
    // The title of the client is not kept.
    default: writer.octets("")
    }
  }
}

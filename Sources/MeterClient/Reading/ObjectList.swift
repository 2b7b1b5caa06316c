import COSEM
import Quantities

/// An object as the association's list tells it.
public struct ObjectInfo: Equatable, Sendable {
  public var classID: UInt16
  public var version: UInt8
  public var name: OBISCode
  /// Access mode by attribute: bit 0 read, bit 1 write in version 0 to 2 as 1, 2, 3.
  public var attributes: [Int: Int]
  public var methods: [Int: Int]

  /// An attribute may be read, as far as the list says.
  public func isReadable(_ attribute: Int) -> Bool { (attributes[attribute] ?? 0) & 1 != 0 }
  public func isWritable(_ attribute: Int) -> Bool { (attributes[attribute] ?? 0) & 2 != 0 }

  /// An attribute of it.
  public func attribute(_ number: UInt8) -> AttributeDescriptor {
    AttributeDescriptor(classID, name, number)
  }

  /// Nil for an element of another form.
  init?(_ value: COSEMValue) {
    guard let parts = value.elements, parts.count == 4, let number = parts[0].integer,
      let version = parts[1].integer, let name = parts[2].logicalName,
      let rights = parts[3].elements, rights.count == 2
    else { return nil }
    classID = UInt16(truncatingIfNeeded: number)
    self.version = UInt8(truncatingIfNeeded: version)
    self.name = name
    attributes = Self.rights(rights[0])
    methods = Self.rights(rights[1])
  }

  private static func rights(_ list: COSEMValue) -> [Int: Int] {
    var found: [Int: Int] = [:]
    for item in list.elements ?? [] {
      guard let parts = item.elements, parts.count >= 2, let number = parts[0].integer,
        let mode = parts[1].integer
      else { continue }
      found[Int(number)] = Int(mode)
    }
    return found
  }
}

/// Who a meter is.
public struct MeterIdentity: Equatable, Sendable {
  public var deviceName: String?
  public var serialNumber: String?
  public var clock: COSEMDateTime?
  /// Services by name.
  public var services: [String] = []
  public var pduMax: Int = 0
  public var systemTitle: [UInt8]?
  public var objects: [ObjectInfo] = []
  /// Associations of the list: client and name.
  public var associations: [OBISCode] = []
}

extension DLMSMeter {
  /// The objects that this association sees.
  public func objects() async throws(MeterError) -> [ObjectInfo] {
    let list = try await get(AttributeDescriptor(.association, .abstract(40, 0), 2))
    guard let elements = list.elements else {
      throw MeterError(
        .data, .badData, what: "the object list is none", expected: "an array",
        got: list.typeName, next: "metertool get 15/0-0:40.0.0/2",
        lastGoodStep: lastGoodStep)
    }
    return elements.compactMap(ObjectInfo.init)
  }

  /// What the association and a few objects tell; what is not offered stays open.
  public func identify() async throws(MeterError) -> MeterIdentity {
    var identity = MeterIdentity()
    identity.deviceName = try await text(.abstract(42, 0))
    identity.serialNumber = try await text(.abstract(96, 1))
    if case .some(let time) = try await optional(AttributeDescriptor(.clock, .abstract(1, 0), 2)) {
      identity.clock = time.dateTime
    }
    if let list = try await optional(AttributeDescriptor(.association, .abstract(40, 0), 2)) {
      identity.objects = (list.elements ?? []).compactMap(ObjectInfo.init)
    }
    identity.associations = identity.objects.filter { $0.classID == 15 }.map(\.name)
    let agreed = agreed
    identity.pduMax = Int(agreed.pduMax)
    identity.systemTitle = agreed.title
    identity.services = Self.serviceNames.filter {
      agreed.conformance.rawValue & (0x80_0000 >> $0.bit) != 0
    }.map(\.name)
    return identity
  }

  private static let serviceNames: [(bit: UInt32, name: String)] = [
    (1, "general-protection"), (2, "general-block-transfer"), (3, "read"), (4, "write"),
    (8, "attribute0-set"), (10, "attribute0-get"), (11, "block-transfer-with-get"),
    (12, "block-transfer-with-set"), (13, "block-transfer-with-action"),
    (14, "multiple-references"), (16, "data-notification"), (17, "access"), (19, "get"),
    (20, "set"), (21, "selective-access"), (22, "event-notification"), (23, "action"),
  ]

  private func text(_ name: OBISCode) async throws(MeterError) -> String? {
    guard let value = try await optional(AttributeDescriptor(.data, name, 2)) else { return nil }
    guard let bytes = value.bytes else { return value.description }
    let isText = bytes.allSatisfy { (0x20..<0x7F).contains($0) }
    return isText ? String(decoding: bytes, as: UTF8.self) : Hexadecimal.text(bytes)
  }

  /// The value of an attribute; nil where the meter has or gives none.
  public func optional(_ attribute: AttributeDescriptor) async throws(MeterError) -> COSEMValue? {
    do { return try await get(attribute) } catch {
      guard error.layer == .service, error.kind == .refused else { throw error }
      return nil
    }
  }
}

import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("Objects") struct ObjectTests {
  @Test("names are there once, and every attribute of every object is data")
  func everything() throws {
    var rig = try Rig()
    rig.run(7200)
    var names: Set<OBISCode> = []
    var count = 0
    for place in 0..<ObjectTable.count {
      guard let object = ObjectTable.object(place, of: rig.device.meter) else { continue }
      count += 1
      #expect(names.insert(object.name).inserted, "\(object.name) twice")
      let found = ObjectTable.find(object.name, of: rig.device.meter)
      #expect(found == object)
      for attribute in 1...object.attributeCount {
        let (result, bytes) = rig.read(
          AttributeDescriptor(object.interface, object.name, attribute))
        if object.interface == .association && attribute == 7 {
          #expect(result == .readWriteDenied)
          continue
        }
        #expect(result == .success, "\(object.name) \(attribute)")
        var reader = COSEMReader(bytes.span)
        try reader.skip()
        let isWhole = reader.remaining == 0
        #expect(isWhole, "\(object.name) \(attribute)")
        if attribute == 1 { #expect(bytes == [9, 6] + (0..<6).map { object.name[$0] }) }
      }
      let beyond = rig.read(
        AttributeDescriptor(object.interface, object.name, object.attributeCount + 1))
      #expect(beyond.result == .objectUndefined)
    }
    #expect(count > 150)
  }

  @Test("registers are what the meter shows, with scaler and unit")
  func registers() throws {
    var rig = try Rig()
    rig.run(3600, watts: 1000)
    let wattHours = rig.device.meter.legal.registers.committed(.total(.activeImport)) / 1000
    #expect(wattHours >= 2999 && wattHours <= 3000)
    #expect(
      try rig.elements(.register, .electricity(1, 8), 2) == [
        .unsigned(.long64Unsigned, wattHours)
      ])
    #expect(
      try rig.elements(.register, .electricity(1, 8), 3) == [
        .structure(2), .signed(.integer, 0), .unsigned(.enumeration, 30),
      ])
    #expect(
      try rig.elements(.register, .electricity(32, 7), 3) == [
        .structure(2), .signed(.integer, -3), .unsigned(.enumeration, 35),
      ])
    #expect(
      try rig.elements(.data, .abstract(42, 0), 2) == [.string(.octetString, 2..<18)])
    let name = rig.read(AttributeDescriptor(.data, .abstract(42, 0), 2)).bytes
    #expect(Array(name.dropFirst(2)) == Array("KVD0000010000001".utf8))
  }

  @Test("maxima are extended registers with the end of their period in standard time")
  func maxima() throws {
    var rig = try Rig()
    rig.run(3600, watts: 1000)
    let (_, stamp) = rig.read(AttributeDescriptor(.extendedRegister, .electricity(1, 6), 5))
    let time = try COSEMDateTime(parsing: stamp.span.extracting(2..<14))
    let end = try #require(rig.device.meter.legal.demandMaxima.activeImport.end)
    #expect(time.instant(in: rig.device.meter.legal.zone) == end)
    #expect(time.deviation == -60)
  }

  @Test("wrong class, unknown name, wrong attribute")
  func wrong() throws {
    var rig = try Rig()
    #expect(
      rig.read(AttributeDescriptor(.data, .electricity(1, 8), 2)).result
        == .objectClassInconsistent)
    #expect(
      rig.read(AttributeDescriptor(.register, .electricity(1, 8, 9), 2)).result == .objectUndefined)
    #expect(
      rig.read(AttributeDescriptor(.register, .electricity(1, 8), 0)).result == .objectUndefined)
    #expect(
      rig.read(AttributeDescriptor(.register, .electricity(1, 8), 255)).result == .objectUndefined)
    #expect(
      rig.read(AttributeDescriptor(.register, .electricity(1, 8), 2), selector: 1, [0]).result
        == .scopeOfAccessViolated)
  }

  @Test("a type without A- has no object for it")
  func variant() throws {
    var configuration = MeterConfiguration.bench
    configuration.variant = try MeterVariant(
      {
        var request = VariantRequest()
        request.energyType = .activeImport
        return request
      }())
    let rig = try Rig(configuration)
    #expect(ObjectTable.find(.electricity(2, 8), of: rig.device.meter) == nil)
    #expect(ObjectTable.find(.electricity(1, 8), of: rig.device.meter) != nil)
    let columns = Profile.load.columnCount(rig.device.meter)
    #expect(columns == 2 + rig.device.meter.legal.profileLayout.channelCount)
  }

  @Test(
    "the object list is the same in blocks of any size, and holds what the client sees",
    arguments: [16, 2, 1] as [UInt8])
  func list(client: UInt8) throws {
    var rig = try Rig(client: client)
    let list = AttributeDescriptor(.association, .abstract(40, 0), 2)
    let whole = rig.read(list).bytes
    for room in [16, 17, 100, 500] {
      rig.room = room
      #expect(rig.read(list).bytes == whole)
    }
    var reader = COSEMReader(whole.span)
    guard case .array(let count) = try reader.next() else {
      Issue.record("no array")
      return
    }
    var seen = 0
    while reader.remaining > 0 {
      try reader.structure(4)
      let classID = try reader.integer(in: 1...127)
      _ = try reader.integer(in: 0...3)
      let name = try reader.logicalName()
      try reader.skip()
      seen += 1
      let (result, _) = rig.read(AttributeDescriptor(UInt16(classID), name, 1))
      #expect(result == .success)
    }
    #expect(seen == count)
    #expect(client == 16 ? count == 6 : count > 150)
  }
}

@Suite("Rights") struct RightsTests {
  @Test("A1: the public client reads the public list and nothing else")
  func publicClient() throws {
    var rig = try Rig(client: 16)
    #expect(rig.read(AttributeDescriptor(.clock, .abstract(1, 0), 2)).result == .success)
    for (interface, name) in [
      (InterfaceClass.profileGeneric, OBISCode.electricity(99, 1)),
      (.register, .electricity(1, 8)), (.disconnectControl, .abstract(96, 3, 10)),
    ] {
      #expect(
        rig.read(AttributeDescriptor(interface, name, 2)).result == .readWriteDenied)
      // What he may not see has no class for him either.
      #expect(rig.read(AttributeDescriptor(.data, name, 2)).result == .readWriteDenied)
    }
  }

  @Test(
    "A21: nobody sets anything legal, and only one client sets anything at all",
    arguments: [16, 2, 1] as [UInt8])
  func setting(client: UInt8) throws {
    var rig = try Rig(client: client)
    rig.run(1200)
    let before = Legal(rig.device.meter)
    var settable = 0
    for hex in ["150000000000000001", "0600000384", "0100", "0F01", "0900", "0302", "1601"] {
      let value = octets(hex)
      for place in 0..<ObjectTable.count {
        guard let object = ObjectTable.object(place, of: rig.device.meter) else { continue }
        for attribute in 1...object.attributeCount {
          let nothing: [UInt8] = []
          let result = rig.device.set(
            AttributeDescriptor(object.interface, object.name, attribute),
            Selection(0, nothing.span), to: value.span, for: rig.caller)
          if result == .readWriteDenied { continue }
          settable += 1
          #expect(Rights.sets(attribute, of: object, rig.caller))
          if case .quantity(let quantity) = object.subject {
            #expect(quantity == .thresholdLimit || quantity == .alarmRegister)
          }
        }
      }
    }
    #expect(client == 1 ? settable > 100 : settable == 0)
    #expect(Legal(rig.device.meter) == before)
  }

  /// What no port may change.
  private struct Legal: Equatable {
    var registers: [UInt64]
    var number: UInt32
    var word: UInt32
    var gains: [Int32]

    init(_ meter: borrowing Meter) {
      registers = []
      gains = []
      for kind in EnergyKind.allCases {
        registers.append(meter.legal.registers.committed(.total(kind)))
      }
      for k in 0..<3 { gains.append(meter.legal.calibrations[k].voltageGain) }
      number = meter.configuration.meterNumber
      word = meter.configuration.variant.word
    }
  }

  @Test("A19: nobody lowers the security policy", arguments: [16, 2, 1] as [UInt8])
  func policy(client: UInt8) throws {
    var rig = try Rig(client: client)
    let name = OBISCode.abstract(43, 0)
    for policy in 0...3 {
      #expect(rig.set(.securitySetup, name, 2, "160\(policy)") == .readWriteDenied)
      #expect(rig.invoke(.securitySetup, name, 1, "160\(policy)") == .readWriteDenied)
    }
    rig.caller = Rig.caller(1)
    #expect(try rig.number(.securitySetup, name, 2) == 3)
  }

  @Test("A22: only the management client operates the switch, and ciphered")
  func switching() throws {
    let open = MethodDescriptor(70, .abstract(96, 3, 10), 1)
    for client in [16, 2, 77] as [UInt8] {
      var rig = try Rig(client: client)
      #expect(rig.invoke(open, [0x0F, 0]) == .readWriteDenied)
      #expect(rig.device.meter.supplyState == .connected)
    }
    var rig = try Rig(client: 1)
    rig.caller.isCiphered = false
    #expect(rig.invoke(open, [0x0F, 0]) == .readWriteDenied)
  }
}

extension Rig {
  mutating func invoke(_ method: MethodDescriptor, _ parameters: [UInt8]) -> ActionResult {
    var bytes = [UInt8](repeating: 0, count: 64)
    var writer = COSEMWriter(bytes.mutableSpan)
    let result = device.invoke(method, parameters.span, for: caller, into: &writer)
    return result
  }
}

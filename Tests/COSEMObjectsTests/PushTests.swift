import COSEM
import DLMS
import LegalMeter
import MeterTime
import Quantities
import Testing

@testable import COSEMObjects
@testable import Meter

@Suite("What the meter sends by itself") struct PushTests {
  private static let setup = OBISCode(0, 0, 25, 9, 0)

  @Test("a setup is kept in the memory and tells what was set")
  func settings() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let list =
      "01 02 02 04 120003 \(hex(.electricity(1, 8))) 0F02 120000"
      + "02 04 120008 \(hex(.abstract(1, 0))) 0F02 120000"
    let destination = "02 03 1600 0909 3132372E313A3939 39 1600"
    let windows = """
      01 01 02 02 090C FFFFFFFFFF 16 00 00 00 800000 090C FFFFFFFFFF 06 00 00 00 800000
      """
    for (attribute, value) in [
      (2, list), (3, destination), (4, windows), (5, "120010"), (6, "1105"), (7, "120020"),
    ] as [(UInt8, String)] {
      #expect(rig.set(.pushSetup, Self.setup, attribute, value) == .success)
      let told = rig.read(AttributeDescriptor(.pushSetup, Self.setup, attribute)).bytes
      // A deviation that is left open is told so.
      #expect(attribute == 4 || told == octets(value), "\(attribute)")
    }
    let kept = PushSetup.load(.schedule, rig.device.memory)
    #expect((kept.objectCount, kept.destinationCount, kept.retries) == (2, 9, 5))
    let other = PushSetup.load(.alarm, rig.device.memory)
    #expect(other.destinationCount == 0, "each has its own")
    var bytes = [UInt8](repeating: 0, count: 200)
    var writer = COSEMWriter(bytes.mutableSpan)
    let isWritten = MeterObjects.writePush(
      kept, into: &writer, rig.device.meter, rig.device.memory, now: rig.device.now)
    let count = writer.count
    #expect(isWritten)
    let energy = rig.read(AttributeDescriptor(.register, .electricity(1, 8), 2)).bytes
    let clock = rig.read(AttributeDescriptor(.clock, .abstract(1, 0), 2)).bytes
    #expect(Array(bytes.prefix(count)) == [2, 2] + energy + clock)
  }

  @Test("A38: a destination is set by the management client alone, and that is logged")
  func destination() throws {
    let value = "02 03 1600 0909 3132372E313A393939 1600"
    for client in [16, 2] as [UInt8] {
      var rig = try Rig(client: client)
      #expect(rig.set(.pushSetup, Self.setup, 3, value) == .readWriteDenied)
      #expect(rig.invoke(.pushSetup, Self.setup, 1, "0F00") == .readWriteDenied)
    }
    var rig = try Rig(client: 1)
    rig.run(60)
    #expect(rig.set(.pushSetup, Self.setup, 3, value) == .success)
    rig.run(10)
    var codes: [UInt16] = []
    for log in EventLogID.allCases {
      if let event = rig.device.meter.legal.event(log, 0, memory: rig.device.memory) {
        codes.append(event.code)
      }
    }
    #expect(codes.contains(LegalEvent.configurationChanged.rawValue))
    for bad in [
      "02 03 1602 0901 31 1600", "02 03 1600 0903 310A32 1600", "02 03 1600 0901 31 1601",
    ] {
      #expect(rig.set(.pushSetup, Self.setup, 3, bad) == .otherReason)
    }
    // Neither a profile nor an association, nor what is not there.
    for object in [
      "120007 \(hex(.electricity(99, 1))) 0F02", "12000F \(hex(.abstract(40, 0))) 0F02",
      "120003 \(hex(.electricity(1, 8, 9))) 0F02", "120001 \(hex(.electricity(1, 8))) 0F02",
    ] {
      #expect(
        rig.set(.pushSetup, Self.setup, 2, "01 01 02 04 \(object) 120000") == .otherReason)
    }
  }

  @Test("a schedule and windows with open parts")
  func times() throws {
    var rig = try Rig(client: 1)
    rig.run(60)
    let schedule = OBISCode.abstract(15, 0, 4)
    // Each quarter past on Mondays, and noon of the last of the month.
    #expect(
      rig.set(
        .singleActionSchedule, schedule, 4,
        """
        01 02 02 02 0904 FF0F0000 0905 FFFFFFFF01 02 02 0904 0C000000 0905 FFFFFFFEFF
        """) == .success)
    #expect(try rig.number(.singleActionSchedule, schedule, 3) == 5)
    let setup = PushSetup.load(.schedule, rig.device.memory)
    func due(_ day: UInt8, _ hour: UInt8, _ minute: UInt8) throws -> Bool {
      let at = CivilDateTime(year: 2026, month: 3, day: day, hour: hour, minute: minute, second: 0)
      return setup.isDue(at: try #require(at))
    }
    #expect(try due(2, 3, 15) && due(2, 23, 15) && due(31, 12, 0))
    #expect(try !due(3, 3, 15) && !due(2, 3, 16) && !due(30, 12, 0))
    #expect(setup.isOpen(at: CivilDateTime(clampingSeconds: 0)), "without a window at any time")
    #expect(
      rig.set(
        .pushSetup, Self.setup, 4,
        """
        01 01 02 02 090C FFFFFFFFFF 16 00 00 00 800000 090C FFFFFFFFFF 06 00 00 00 800000
        """) == .success)
    let night = PushSetup.load(.schedule, rig.device.memory)
    func open(_ hour: UInt8) throws -> Bool {
      let at = CivilDateTime(year: 2026, month: 3, day: 2, hour: hour, minute: 0, second: 0)
      return night.isOpen(at: try #require(at))
    }
    #expect(try open(22) && open(23) && open(3) && !open(6) && !open(12))
    for bad in [
      "01 01 02 02 0904 18000000 0905 FFFFFFFFFF", "01 01 02 02 0904 0C000500 0905 FFFFFFFFFF",
    ] {
      #expect(rig.set(.singleActionSchedule, schedule, 4, bad) == .otherReason)
    }
  }

  @Test("keys are kept, and given up where the meter is started with others")
  func keys() throws {
    var rig = try Rig(client: 1)
    let before = KeyStore.load(rig.device.memory, startedWith: .TEST) == nil
    #expect(before)
    let password = Array("another-one".utf8)
    let other = SecurityKeys(
      encryption: InlineArray(repeating: 1), authentication: InlineArray(repeating: 2),
      master: InlineArray(repeating: 3), password: password.span)
    let isKept = KeyStore.store(other, startedWith: .TEST, &rig.device.memory)
    #expect(isKept)
    let kept = KeyStore.load(rig.device.memory, startedWith: .TEST)
    let found = try #require(kept)
    #expect(found.encryption[0] == 1 && found.master?[15] == 3 && found.passwordCount == 11)
    let isGivenUp = KeyStore.load(rig.device.memory, startedWith: other) == nil
    #expect(isGivenUp)
  }
}

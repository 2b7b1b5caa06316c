import Bytes
import LegalMeter
import MBus
import Meter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import MBusRecords

@Suite struct MeterRecordsTests {
  /// A meter on the energy model, with its slave.
  struct Rig: ~Copyable {
    var meter: Meter
    var memory = TestMemory()
    var now = Instant(seconds: 825_940_800)
    var slave: BusSlave
    var records: MeterRecords

    init(_ profile: RecordProfile, number: UInt32 = 14_839_120) throws {
      guard let variant = try? MeterVariant(VariantRequest()) else {
        preconditionFailure("the variant that is asked for by default exists")
      }
      let configuration = MeterConfiguration(
        variant: variant, meterNumber: number,
        lists: .factory(
          DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery)),
        options: DisplayOptions(), zone: ZoneRules(centralEuropeanFrom: 2026),
        softwareRevision: 0x0001_0000)
      meter = Meter(
        configuration,
        MeasuringSettings(
          rate: SampleRate(4000),
          scale: ChannelScale(
            femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910)))
      slave = BusSlave(primaryAddress: MeterRecords.primaryAddress(of: number))
      records = MeterRecords(number: number, isFamily: profile == .family, profile: profile)
      _ = try meter.start(now: now, chip: .hasRun, memory: &memory)
    }

    mutating func run(_ seconds: Int64, watts: Int32) {
      let load = ConstantLoad(active_mW: InlineArray(repeating: watts * 1000))
      now += .seconds(seconds)
      meter.advance(to: now, with: load, memory: &memory)
    }

    mutating func ask(_ frame: [UInt8]) -> [UInt8] {
      records.capture(meter)
      var output = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
      var answer: [UInt8] = []
      for byte in frame {
        now += Instant.Duration(ticks: slave.rate.ticks(bits: 11))
        var span = output.mutableSpan
        let count = slave.receive(byte, at: now, application: &records, into: &span)
        if count > 0 { answer = Array(output.prefix(count)) }
      }
      return answer
    }

    mutating func short(_ control: UInt8, _ address: UInt8 = 120) -> [UInt8] {
      ask([0x10, control, address, control &+ address, 0x16])
    }
  }

  static func json(_ frame: [UInt8]) throws -> String {
    var json = TelegramJSON()
    try json.write(frame: frame.span)
    return json.text
  }

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  /// The capture of a real module: meter 14839120 at address 120 after nine hours without load,
  /// the fourth answer.
  @Test func familyTelegramByteForByte() throws {
    var rig = try Rig(.family)
    rig.run(9 * 3600, watts: 0)
    #expect(rig.slave.link.primaryAddress == 120)
    var answer: [UInt8] = []
    for _ in 0..<4 {
      #expect(rig.short(0x40) == [0xE5])
      answer = rig.short(0x5B)
    }
    #expect(
      Self.hex(answer) == """
        68464668087872209183142D2C010204000000040600000000042209000000042B00000000142B00000000\
        84500600000000846006000000000F000000000000000000000000000000102416
        """)
  }

  @Test func familyTelegramTellsWhatTheMeterTells() throws {
    var rig = try Rig(.family)
    rig.run(10 * 3600, watts: 1000)
    let text = try Self.json(rig.short(0x5B))
    #expect(text.contains(#"{"head":"0406","quantity":"energy","value":30000,"unit":"Wh"}"#))
    #expect(text.contains(#"{"head":"042B","quantity":"power","value":3000,"unit":"W"}"#))
    #expect(
      text.contains(
        #"{"head":"142B","quantity":"power","function":"maximum","value":3000,"unit":"W"}"#))
  }

  /// Reads all telegrams of the full profile.
  static func readAll(_ rig: inout Rig) throws -> [String] {
    _ = rig.short(0x40)
    var texts: [String] = []
    var bit = true
    repeat {
      texts.append(try json(rig.short(bit ? 0x7B : 0x5B)))
      bit.toggle()
    } while texts.last!.contains("moreFollow") && texts.count < 20
    return texts
  }

  @Test func fullProfile() throws {
    var rig = try Rig(.full)
    rig.run(10 * 3600, watts: 1000)
    let texts = try Self.readAll(&rig)
    #expect(texts.count == 3)
    let all = texts.joined()
    for record in [
      #"{"head":"0C78","quantity":"fabricationNumber","value":14839120}"#,
      #"{"head":"046D","quantity":"dateTime","time":"2026-03-04T23:00"}"#,
      #"{"head":"0603","quantity":"energy","value":30000,"unit":"Wh"}"#,
      #"{"head":"06833C","quantity":"energy","value":0,"unit":"Wh","traits":["backwardOnly"]}"#,
      #"{"head":"02FDC8FC01","quantity":"voltage","value":230.0,"unit":"V","place":"L1"}"#,
      #"{"head":"04ABFC02","quantity":"power","value":1000,"unit":"W","place":"L2"}"#,
      #"{"head":"146D","quantity":"dateTime","function":"maximum","time":"2026-03-04T13:15"}"#,
    ] {
      #expect(all.contains(record), "\(record)")
    }
    for text in texts { #expect(!text.contains("reason") && !text.contains("reserved")) }
    #expect(texts.allSatisfy { $0.contains(#""manufacturer":"KVD","version":1,"medium":2"#) })
  }

  /// An application reset chooses a part; another one gives everything again.
  @Test(arguments: [(0x20, 3), (0x40, 14), (0x50, 18), (0x00, 60)] as [(UInt8, Int)])
  func sets(subCode: UInt8, recordsMax: Int) throws {
    var rig = try Rig(.full)
    rig.run(3600, watts: 1000)
    let body: [UInt8] = [0x53, 120, 0x50, subCode]
    #expect(rig.ask([0x68, 4, 4, 0x68] + body + [body.reduce(0, &+), 0x16]) == [0xE5])
    let texts = try Self.readAll(&rig)
    let heads = texts.joined().split(separator: #"{"head":""#).count - 1
    let count = heads - (texts.count - 1)
    #expect(count <= recordsMax + 4 && count >= min(recordsMax, 40) - 4, "\(count) records")
  }

  @Test func clockWaitsForItsOwner() throws {
    var rig = try Rig(.full)
    let body: [UInt8] = [0x53, 120, 0x51, 0x04, 0x6D, 0x25, 0x2E, 0x59, 0x3B]
    #expect(rig.ask([0x68, 9, 9, 0x68] + body + [body.reduce(0, &+), 0x16]) == [0xE5])
    #expect(
      rig.records.clockToSet?.civil
        == CivilDateTime(year: 2026, month: 11, day: 25, hour: 14, minute: 37))
    let energy: [UInt8] = [0x73, 120, 0x51, 0x04, 0x03, 0x01, 0x00, 0x00, 0x00]
    #expect(rig.ask([0x68, 9, 9, 0x68] + energy + [energy.reduce(0, &+), 0x16]) == [0xE5])
    #expect(Self.hex(rig.short(0x7B)) == "6804046808787000F016", "legal data cannot be written")
  }

  @Test func addressOfANumber() {
    #expect(MeterRecords.primaryAddress(of: 14_839_120) == 120)
    #expect(MeterRecords.primaryAddress(of: 14_839_250) == 250)
    #expect(MeterRecords.primaryAddress(of: 14_839_251) == 51)
    #expect(MeterRecords.primaryAddress(of: 14_839_000) == 0)
  }
}

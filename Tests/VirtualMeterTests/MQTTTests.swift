import Foundation
import Meter
import Testing

@testable import VirtualMeter

@Suite("MQTT") struct MQTTTests {
  /// The example of the standard's chapter 3.1, with the fields that a publisher sets.
  @Test func connect() {
    let packet = MQTTPacket.connect(
      client: "c", keepAlive: 60, will: ("t", "offline"), user: "u", password: "p")
    #expect(packet.prefix(2) == [0x10, UInt8(packet.count - 2)])
    #expect(packet[2..<12] == [0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 0xE6, 0, 60])
    let names: [UInt8] = [0, 1, 0x63, 0, 1, 0x74, 0, 7]
    let user: [UInt8] = [0, 1, 0x75, 0, 1, 0x70]
    let body = names + Array("offline".utf8) + user
    #expect(Array(packet[12...]) == body)
    #expect(
      MQTTPacket.connect(client: "c", keepAlive: 1, will: ("t", ""), user: nil, password: "p")[9]
        == 0x26)
  }

  /// Lengths of one, two and three bytes.
  @Test(arguments: [(100, 1), (200, 2), (20_000, 3)]) func lengths(count: Int, bytes: Int) {
    let packet = MQTTPacket.publish("t", String(repeating: "x", count: count), isKept: true)
    #expect(packet[0] == 0x31 && packet.count == 1 + bytes + 3 + count)
    for n in 1..<bytes { #expect(packet[n] & 0x80 != 0) }
    #expect(packet[bytes] & 0x80 == 0)
  }

  @Test func answers() throws {
    #expect(try MQTTPacket.answer([0x20, 2, 0, 5])?.answer == .connected(code: 5))
    #expect(try MQTTPacket.answer([0xD0, 0])?.answer == .ping)
    #expect(try MQTTPacket.answer([0x30, 1, 0])?.answer == .other)
    for whole in [[0x20, 2, 0, 0], [0x30, 0x81, 0x01] + [UInt8](repeating: 0, count: 129)] {
      for length in 0..<whole.count {
        #expect(try MQTTPacket.answer(Array(whole.prefix(length)).map { UInt8($0) }) == nil)
      }
    }
    for wrong: [UInt8] in [[0x20, 1, 0], [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x30, 0xFF, 0x7F]] {
      #expect(throws: Failure.self) { _ = try MQTTPacket.answer(wrong) }
    }
  }

  @Test(arguments: ["mqtt://", "http://a", "mqtt://a:b", "mqtt://a:0", "mqtt://a:1:2"])
  func noAddress(text: String) {
    #expect(throws: Failure.self) { _ = try MQTTSetup(parsing: text) }
  }

  @Test func address() throws {
    let setup = try MQTTSetup(parsing: "mqtt://broker")
    #expect(setup.host == "broker" && setup.port == 1883)
  }

  @Test func discovery() throws {
    let home = HomeEntities(number: "10000001", model: "382LxG", isFamily: false)
    #expect(Set(HomeEntities.entities.map(\.key)).count == HomeEntities.entities.count)
    for entity in HomeEntities.entities {
      let (topic, payload) = home.discovery(entity)
      #expect(topic == "homeassistant/sensor/kvadrant_10000001/\(entity.key)/config")
      let object = try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any]
      #expect(object?["state_topic"] as? String == "kvadrant/10000001/state")
      #expect((object?["device"] as? [String: Any])?["model"] as? String == "382LxG, virtual")
    }
    #expect(HomeEntities.entities[0].told(1_234_567_890).text == "1234.567")
    let power = try #require(HomeEntities.entities.first { $0.key == "power_import" })
    #expect(power.told(1500).text == "2" && power.told(1499).text == "1")
  }
}

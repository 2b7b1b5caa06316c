import MeterFaults
import MeterTime
import Testing

@testable import MBus

/// A32 of the list of attacks: what a hostile or broken master may send to the wired bus.
@Suite struct BusAttackTests {
  /// The speed changes behind the answer, and comes back where nobody uses it within two minutes.
  @Test func a32SpeedChangeFallsBack() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0xBD, "") == "E5")
    #expect(s.slave.rate == .b9600)
    s.now += .seconds(119)
    s.slave.poll(at: s.now)
    #expect(s.slave.rate == .b9600)
    s.now += .seconds(2)
    s.slave.poll(at: s.now)
    #expect(s.slave.rate == .b2400)
    #expect(s.long(0xBD, "", control: 0x73) == "E5")
    #expect(s.short(0x7B, 1) != "", "used at the new speed")
    s.now += .minutes(10)
    s.slave.poll(at: s.now)
    #expect(s.slave.rate == .b9600, "it stays")
  }

  @Test(arguments: [0xB9, 0xBA, 0xBE, 0xBF] as [UInt8])
  func a32UnsupportedSpeedIsAcknowledgedAndNotTaken(code: UInt8) {
    var s = TestSlave(14_839_120)
    #expect(s.long(code, "") == "E5")
    #expect(s.slave.rate == .b2400)
    #expect(s.slave.deadline == nil)
  }

  /// The longest frame is taken, one that claims to be longer than it is only waits for its pause.
  @Test func a32LongestFrame() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0x99, String(repeating: "00", count: 252)) == "E5")
    #expect(s.ask("68FFFF6853015100") == "")
    #expect(s.short(0x40, 1) == "E5")
  }

  @Test func a32ResetStorm() {
    var s = TestSlave(14_839_120)
    for round in 0..<5_000 {
      let bit: UInt8 = round % 2 == 0 ? 0x73 : 0x53
      #expect(s.long(0x50, "", control: bit) == "E5")
    }
    #expect(TestSlave.telegram(s.short(0x7B, 1)) == 0)
  }

  /// Enumerating by wildcards is what the standard offers: it finds the address and nothing else.
  @Test func a32EnumerationTellsTheAddressOnly() {
    var s = TestSlave(14_839_120)
    for digit in 0..<10 {
      let answer = s.long(0x52, "FFFFFF\(digit)FFFFFFFFF", to: 253)
      #expect((answer == "E5") == (digit == 1))
    }
  }

  /// Two slaves at once give no value: the sum, or the parity of a byte, does not fit.
  @Test func a32CollisionGivesNoValue() {
    for other in 14_839_121..<14_839_321 as Range<UInt32> {
      var (a, b) = (TestSlave(14_839_120), TestSlave(other))
      let (x, y) = (hex(a.short(0x7B, 254)), hex(b.short(0x7B, 254)))
      let (merged, damaged) = SharedLine.merge([x, y])
      #expect(damaged.contains(true) || CorpusTests.isRefused(merged))
    }
  }

  /// Random bytes, random frames with right sums: never a trap, and a good frame is heard again.
  @Test func a32RandomBytes() {
    var s = TestSlave(14_839_120)
    var random = SplitMix64(seed: 32)
    for round in 0..<3_000 {
      if round % 2 == 0 {
        let bytes = (0..<Int(random.next() % 40)).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        _ = s.ask(bytes)
      } else {
        let data = text(
          (0..<Int(random.next() % 30)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        let control = [0x40, 0x53, 0x73, 0x5B, 0x7B, 0x5A, 0x49][Int(random.next() % 7)]
        _ = s.long(
          UInt8(truncatingIfNeeded: random.next()), data,
          to: [1, 253, 254, 255][Int(random.next() % 4)],
          control: UInt8(control))
      }
    }
    s.now += .minutes(3)
    let address = s.slave.link.primaryAddress
    #expect(s.short(0x40, address) == "E5")
    #expect(TestSlave.telegram(s.short(0x7B, address)) != nil || s.short(0x5B, address) != "")
  }
}

import Bytes
import MeterTime
import Testing

@testable import MBus

@Suite struct BusSlaveTests {
  static let ack = "E5"

  @Test func resetIsAcknowledgedAndOthersAreSilent() {
    var s = TestSlave(14_839_120)
    #expect(s.short(0x40, 1) == Self.ack)
    #expect(s.short(0x40, 254) == Self.ack)
    #expect(s.short(0x40, 2) == "")
    #expect(s.short(0x40, 255) == "")
    #expect(s.short(0x40, 253) == "")
    #expect(s.short(0x08, 1) == "", "a slave's frame is not for a slave")
    #expect(s.short(0x49, 1) == "100B010C16")
  }

  /// Masters that send 5B only, 7B only, or change the bit.
  @Test func frameCountBits() {
    var s = TestSlave(14_839_120)
    for control in [0x5B, 0x7B] as [UInt8] {
      _ = s.short(0x40, 1)
      #expect(TestSlave.telegram(s.short(control, 1)) == 0)
      #expect(TestSlave.telegram(s.short(control, 1)) == 0, "the same bit repeats")
    }
    _ = s.short(0x40, 1)
    let order = [0x7B, 0x5B, 0x5B, 0x7B, 0x5B].map { TestSlave.telegram(s.short($0, 1)) }
    #expect(order == [0, 1, 1, 2, 0])
  }

  /// A repetition is the same bytes, from the same moment, with the same access number.
  @Test func repetitionIsTheSameAnswer() {
    var s = TestSlave(14_839_120)
    s.device.energy_Wh = 100
    _ = s.short(0x40, 1)
    let first = s.short(0x7B, 1)
    s.device.energy_Wh = 200
    #expect(s.short(0x7B, 1) == first)
    let later = s.ask("107B017C16", after: .seconds(11))
    #expect(later != first, "after a while the same bit asks for the present")
    #expect(TestSlave.telegram(later) == 0)
    #expect(s.device.preparations == 2)
  }

  /// All telegrams of one read-out are of one moment.
  @Test func oneMoment() throws {
    var s = TestSlave(14_839_120)
    s.device.energy_Wh = 5_000
    _ = s.short(0x40, 1)
    var values: [Int64] = []
    for control in [0x7B, 0x5B, 0x7B] as [UInt8] {
      s.device.energy_Wh += 1_000
      let frame = hex(s.short(control, 1))
      values.append(Int64(frame[frame.count - (values.count < 2 ? 7 : 6)]))
    }
    #expect(s.device.preparations == 1)
  }

  @Test func selection() {
    var s = TestSlave(14_839_120, primary: 7)
    #expect(s.long(0x52, "20918314C42E0102", to: 253) == Self.ack)
    #expect(TestSlave.telegram(s.short(0x7B, 253)) == 0)
    #expect(s.slave.link.isSelected)
    #expect(s.long(0x52, "21918314FFFFFFFF", to: 253) == "")
    #expect(!s.slave.link.isSelected)
    #expect(s.short(0x7B, 253) == "", "deselected by another's selection")
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF", to: 253) == Self.ack)
    #expect(s.short(0x40, 253) == Self.ack)
    #expect(s.short(0x7B, 253) == "", "deselected by a reset")
    #expect(s.long(0x56, "148391202EC40102", to: 253) == Self.ack, "the old order")
    #expect(s.short(0x40, 255) == "")
    #expect(!s.slave.link.isSelected)
    #expect(s.long(0x52, "20918315FFFFFFFF", to: 253) == "", "another first digit")
    #expect(s.long(0x52, "209183", to: 253) == "")
  }

  @Test func enhancedSelection() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF0C7805203800", to: 253) == Self.ack)
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF0C78FFFF3800", to: 253) == Self.ack)
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF0C7806203800", to: 253) == "")
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF0C780520", to: 253) == "", "cut")
    #expect(s.long(0x52, "FFFFFFFFFFFFFFFF0413FFFFFFFF", to: 253) == "", "another record")
  }

  /// A selection forgets the frame count bit of 253 and begins at the first telegram.
  @Test func selectionBeginsAnew() {
    var s = TestSlave(14_839_120)
    for _ in 0..<2 {
      _ = s.long(0x52, "FFFFFFFFFFFFFFFF", to: 253)
      #expect(TestSlave.telegram(s.short(0x7B, 253)) == 0)
      #expect(TestSlave.telegram(s.short(0x5B, 253)) == 1)
    }
  }

  @Test func addressAndClockAreSet() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0x51, "017A05", to: 254) == Self.ack)
    #expect(s.short(0x40, 1) == "")
    #expect(s.short(0x40, 5) == Self.ack)
    #expect(s.long(0x51, "046D252E593B", to: 5) == Self.ack)
    #expect(
      s.device.clock?.civil == CivilDateTime(year: 2026, month: 11, day: 25, hour: 14, minute: 37))
    #expect(s.long(0x51, "017AFB", to: 5, control: 0x73) == Self.ack)
    #expect(s.short(0x7B, 5) == "68040468080570007D16", "251 is no address")
    #expect(s.short(0x40, 5) == Self.ack)
  }

  /// A command that was acknowledged and comes again with the same bit is not obeyed twice.
  @Test func repeatedCommandIsObeyedOnce() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0x50, "10", control: 0x73) == Self.ack)
    #expect(s.long(0x50, "10", control: 0x73) == Self.ack)
    #expect(s.device.resets == [0x10])
    #expect(s.long(0x50, "", control: 0x53) == Self.ack)
    #expect(s.device.resets == [0x10, 0x00])
  }

  /// An unknown CI field is acknowledged by the link and refused by the application.
  @Test func unknownInformation() {
    var s = TestSlave(14_839_120)
    #expect(s.long(0x99, "0102") == Self.ack)
    #expect(s.short(0x7B, 1) == "68040468080170017A16")
    #expect(TestSlave.telegram(s.short(0x5B, 1)) == 0)
    #expect(s.long(0x51, "84808080808080808080800006", control: 0x73) == Self.ack)
    #expect(s.short(0x7B, 1) == "68040468080170057E16", "more than ten DIFEs")
  }

  @Test func alarms() {
    var s = TestSlave(14_839_120)
    #expect(s.short(0x7A, 1) == Self.ack)
    s.device.alarms = 0x84
    #expect(s.short(0x5A, 1) == "6804046808017184FE16")
    #expect(s.short(0x7B, 1).prefix(12) == "681616682801", "the access demand bit")
  }
}

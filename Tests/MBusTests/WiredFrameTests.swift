import MeterFaults
import MeterTime
import Testing

@testable import MBus

@Suite struct WiredFrameTests {
  @Test(arguments: [
    ("E5", "acknowledgement"), ("1040014116", "short"), ("68030368 53FE BD 0E16", "control"),
    ("68080868 5301 51 017A05 00 00 00", "long"),
  ])
  func lengthsAreToldByTheFirstBytes(frame: String, name: String) throws {
    let bytes = hex(frame)
    for count in 1...bytes.count {
      let total = Self.byteCount(Array(bytes.prefix(count)))
      #expect(total == nil || total == bytes.count || bytes[0] == 0x68 && total == 14, "\(name)")
    }
  }

  static func byteCount(_ bytes: [UInt8]) -> Int? { try? WiredFrame.byteCount(bytes.span) }

  /// The speed command of the M-Bus documentation.
  @Test func publishedControlFrame() {
    var output = [UInt8](repeating: 0, count: 16)
    var span = output.mutableSpan
    let none: [UInt8] = []
    let count = WiredFrame.writeLong(
      control: 0x53, address: 0xFE, information: 0xBD, data: none.span, into: &span)
    #expect(text(output.prefix(count)) == "6803036853FEBD0E16")
  }

  @Test(arguments: [
    ("6802026853FE5116", FrameError.length), ("6803046853FEBD0E16", .length),
    ("6803036953FEBD0E16", .format), ("6803036853FEBD0F16", .check),
    ("6803036853FEBD0E17", .format), ("1040014216", .check), ("1040014117", .format),
    ("00", .format), ("E5E5", .length), ("", .truncated),
  ])
  func wrongFramesAreRefused(frame: String, error: FrameError) {
    #expect(json(hex(frame)) == "\(error)")
  }

  static func data(_ bytes: [UInt8]) -> [UInt8]? {
    guard let frame = try? WiredFrame(bytes.span) else { return nil }
    var data: [UInt8] = []
    for i in frame.data.indices { data.append(frame.data[i]) }
    return data
  }

  /// Every length of data goes out and comes back.
  @Test func everyLength() throws {
    for count in 0...WiredFrame.dataBytesMax {
      let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      var output = [UInt8](repeating: 0, count: WiredFrame.bytesMax)
      var span = output.mutableSpan
      let total = WiredFrame.writeLong(
        control: 8, address: 9, information: 0x72, data: data.span, into: &span)
      let bytes = Array(output.prefix(total))
      #expect(Self.data(bytes) == data)
    }
  }

  /// Frames are found between noise, byte by byte; a pause ends what was begun.
  @Test func framesAreFoundBehindNoise() {
    var receiver = FrameReceiver(gap: .milliseconds(14))
    var random = SplitMix64(seed: 3)
    var found = 0
    var now = Instant(seconds: 0)
    for round in 0..<2_000 {
      for _ in 0..<Int(random.next() % 9) {
        now += .milliseconds(1)
        _ = receiver.take(UInt8(truncatingIfNeeded: random.next()), at: now)
      }
      now += .milliseconds(20)
      for byte in hex("10 7B 01 7C 16") {
        now += .milliseconds(1)
        if receiver.take(byte, at: now) { found += 1 }
      }
      #expect(found >= round + 1)
    }
    #expect(receiver.bytesDropped > 0)
  }

  @Test func aPauseEndsAFrame() {
    var receiver = FrameReceiver(gap: .milliseconds(14))
    let frame = hex("10 7B 01 7C 16")
    var now = Instant(seconds: 0)
    var isComplete = false
    for (index, byte) in frame.enumerated() {
      now += .milliseconds(index == 3 ? 15 : 4)
      isComplete = receiver.take(byte, at: now)
    }
    #expect(!isComplete)
    for byte in frame { isComplete = receiver.take(byte, at: now + .seconds(1)) }
    #expect(isComplete)
  }

  @Test func wildcards() {
    let device = DeviceAddress(
      identification: 0x1483_9120, manufacturer: .kamstrup, version: 1, medium: .electricity)
    #expect(device.matches(.any))
    #expect(device.matches(device))
    var wanted = device
    wanted.identification = 0x1FFF_FFFF
    #expect(device.matches(wanted))
    wanted.identification = 0x1483_912F
    #expect(device.matches(wanted))
    wanted.identification = 0x1483_9121
    #expect(!device.matches(wanted))
    wanted = .any
    wanted.medium = .gas
    #expect(!device.matches(wanted))
    wanted = .any
    wanted.version = 2
    #expect(!device.matches(wanted))
    wanted = .any
    wanted.manufacturer = .kvadrant
    #expect(!device.matches(wanted))
    #expect(DeviceAddress.digits(14_839_120) == 0x1483_9120)
    #expect(Manufacturer(0x4B, 0x41, 0x4D) == .kamstrup)
    #expect(Manufacturer(0x4B, 0x56, 0x44) == .kvadrant)
    #expect("\(Manufacturer.kamstrup)" == "KAM")
    #expect("\(device)" == "148391202D2C0102")
  }
}

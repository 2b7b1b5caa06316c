import Foundation
import Testing

/// Every input that `run` takes besides WAV and power files, through the whole program.
@Suite("inputs of kvadrant run")
struct InputTests {
  static func sine(_ n: Int, _ rms: Double, _ lag: Double = 0) -> Double {
    rms * 2.0.squareRoot() * sin(2 * .pi * Double(n) / 80 - lag)
  }

  /// An ASCII COMTRADE recording of 2013 with one voltage and two currents at 4 kHz.
  static func comtrade(seconds: Int) throws -> String {
    let count = seconds * 4000
    var text = """
      --- file type: CFG ---
      station,device,2013
      3,3A,0D
      1,UL1,A,,V,0.02,0,0,-32767,32767,1,1,S
      2,IL1,A,,A,0.001,0,0,-32767,32767,1,1,S
      3,IX,,,A,0.001,0,0,-32767,32767,1,1,S
      50
      1
      4000,\(count)
      01/02/2020,00:00:00.000000
      01/02/2020,00:00:00.000000
      ASCII
      1
      0,0
      0,0
      --- file type: INF ---
      --- file type: HDR ---
      --- file type: DAT ASCII ---

      """
    for n in 0..<count {
      let u = Int((sine(n, 230) / 0.02).rounded())
      let i = Int((sine(n, 5) / 0.001).rounded())
      text += "\(n + 1),\(n * 250),\(u),\(i),\(2 * i)\n"
    }
    return try TemporaryFolder.file("recording.cff", text)
  }

  @Test("a COMTRADE recording, and its channels by name or number")
  func comtrade() throws {
    let file = try Self.comtrade(seconds: 3)
    let own = try KvadrantProcess.run("run", "--comtrade", file, "--speed", "max", "--json")
    #expect(own.status == 0, "\(own.error)")
    let energy = 230 * 5 * 3 / 3.6e6
    let found = try #require(RunTests.register(own.json, "1-0:1.8.0"))
    #expect(abs(found / energy - 1) < 0.0005)
    #expect(abs(try #require(RunTests.error(own.json, "1-0:1.8.0"))) < 0.05)
    for channels in ["UL1,IX", "1,3"] {
      let other = try KvadrantProcess.run(
        "run", "--comtrade", file, "--channels", channels, "--speed", "max", "--json")
      let doubled = try #require(RunTests.register(other.json, "1-0:1.8.0"))
      #expect(abs(doubled / energy - 2) < 0.001)
    }
  }

  @Test(
    "channels, sides and sections that do not exist are refused",
    arguments: [
      ["--channels", "UL1,NOPE"], ["--channels", "1,2,3,4,5,6,7"], ["--side", "left"],
      ["--section", "0"], ["--section", "7"],
    ])
  func refused(more: [String]) throws {
    let file = try Self.comtrade(seconds: 1)
    let outcome = try KvadrantProcess(
      ["run", "--comtrade", file, "--speed", "max"] + more
    ).wait()
    #expect([64, 65].contains(outcome.status), "\(outcome.status)")
    #expect(outcome.error.contains("expected"))
  }

  @Test("frames of the sample feed on standard input; damage is refused with its offset")
  func frames() throws {
    var feed = Data()
    for n in 0..<12_000 {
      let u = Int32((Self.sine(n, 230) / 500 * 8_388_608).rounded())
      let i = Int32((Self.sine(n, 5) / 200 * 8_388_608).rounded())
      feed.append(contentsOf: Self.frame(UInt32(n), [u, i, 0, 0, 0, 0]))
    }
    let whole = try KvadrantProcess.run(
      "run", "--stdin", "--frames", "--speed", "max", "--json", input: feed)
    #expect(whole.status == 0, "\(whole.error)")
    let energy = 230 * 5 * 3 / 3.6e6
    let found = try #require(RunTests.register(whole.json, "1-0:1.8.0"))
    #expect(abs(found / energy - 1) < 0.0005)
    feed[34 * 600 + 9] ^= 0x40
    let damaged = try KvadrantProcess.run(
      "run", "--stdin", "--frames", "--speed", "max", "--json", input: feed)
    #expect(damaged.status == 65)
    #expect(damaged.error.contains("offset 20434"))
  }

  /// `KV`, number, six samples, CRC-32 of IEEE 802.3 over number and samples, little-endian.
  static func frame(_ number: UInt32, _ samples: [Int32]) -> [UInt8] {
    var body: [UInt8] = []
    for word in [number] + samples.map({ UInt32(bitPattern: $0) }) {
      for shift: UInt32 in [0, 8, 16, 24] { body.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 != 0 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    crc = ~crc
    let check = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: crc >> UInt32($0)) }
    return [0x4B, 0x56] + body + check
  }
}

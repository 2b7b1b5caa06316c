import Foundation
import Testing

@Suite("metertool reads the virtual meter") struct ReaderTests {
  static let framings = [("tcp://127.0.0.1:0", "dlms"), ("tcp+hdlc://127.0.0.1:0", "dlms+hdlc")]

  @Test("by DLMS, each framing and client", arguments: framings)
  func dlms(place: String, scheme: String) throws {
    let reader = try Reader("--dlms", place, name: "dlms", scheme: scheme)
    defer { reader.end() }
    let identity = try reader.run("identify", "", "--json")
    #expect(identity.status == 0, "\(identity.error)")
    let found = identity.json as? [String: Any]
    #expect((found?["objects"] as? [Any])?.count == 6 && found?["pduMax"] as? Int == 1024)
    for client in ["?client=2", "?client=1", "?client=1&general=true"] {
      let read = try reader.run("read", client, "32.7.0", "3/1-0:1.8.0", "--test-keys", "--json")
      #expect(read.status == 0, "\(read.error)")
      let lines = read.json as? [[String: Any]]
      #expect(lines?.count == 2 && lines?[0]["unit"] as? String == "V")
      #expect(abs((lines?[0]["value"] as? Double ?? 0) - 230) < 1)
    }
    let public16 = try reader.run("get", "", "3/1-0:1.8.0/2")
    #expect(public16.status == 77 && public16.error.contains("read-write denied"))
    let all = try reader.run("read", "?client=2", "--test-keys", "--all", "--csv")
    #expect(all.status == 0 && all.output.split(separator: "\n").count > 100)
  }

  @Test("clock and switch; what asks for a yes")
  func acts() throws {
    let reader = try Reader("--dlms", "tcp://127.0.0.1:0", name: "dlms", scheme: "dlms")
    defer { reader.end() }
    let set = try reader.run("time", "?client=1", "--test-keys", "--set", "now", "--json")
    #expect(set.status == 0, "\(set.error)")
    let difference = (set.json as? [String: Any])?["difference"] as? Double
    #expect(abs(difference ?? 99) < 5)
    let asked = try reader.run("do", "?client=1", "70/0-0:96.3.10/1", "--test-keys")
    #expect(asked.status == 64)
    let done = try reader.run("do", "?client=1", "70/0-0:96.3.10/1", "--test-keys", "--yes")
    #expect(done.status == 0, "\(done.error)")
    let denied = try reader.run("do", "?client=2", "70/0-0:96.3.10/1", "--test-keys", "--yes")
    #expect(denied.status == 77)
    let doctor = try reader.run("doctor", "?client=1", "--test-keys")
    #expect(doctor.status == 0 && doctor.output.contains("ok    clock"))
  }

  @Test("keys by file and descriptor, never by argument")
  func keys() throws {
    let reader = try Reader("--dlms", "tcp://127.0.0.1:0", name: "dlms", scheme: "dlms")
    defer { reader.end() }
    let keys = """
      password: TEST-LLS
      encryption: 000102030405060708090A0B0C0D0E0F
      authentication: D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
      """
    let read = try reader.run("get", "?client=1", "8/0-0:1.0.0/2", "--keys-fd", "0", input: keys)
    #expect(read.status == 0, "\(read.error)")
    let wrong = try reader.run("get", "?client=2&password=TEST-LLS", "8/0-0:1.0.0/2")
    #expect(wrong.status == 64 && !wrong.error.contains("TEST-LLS"))
    let other = try reader.run(
      "get", "?client=2", "8/0-0:1.0.0/2", "--keys-fd", "0", input: "password: WRONG-ON\n")
    #expect(other.status == 77 && other.error.contains("authentication failure"))
    #expect(try Program("metertool", ["get", "x", "y", "--keys", "/none"]).wait().status == 64)
  }

  @Test("by the optical port: readout and KMP")
  func optical() throws {
    let reader = try Reader(
      "--optical", "tcp://127.0.0.1:0", name: "optical", scheme: "optical")
    defer { reader.end() }
    let read = try reader.run("read", "?baud=9600", "--json")
    #expect(read.status == 0, "\(read.error)")
    let lines = read.json as? [[String: Any]]
    #expect(lines?.contains { $0["name"] as? String == "1.8.0" } == true)
    let kmp = try Program(
      "metertool", ["read", reader.url.replacingOccurrences(of: "optical", with: "kmp"), "--json"]
    ).wait()
    #expect(kmp.status == 0, "\(kmp.error)")
    let registers = kmp.json as? [[String: Any]]
    let voltage = registers?.first { $0["name"] as? String == "041E" }
    #expect(voltage?["unit"] as? String == "V" && voltage?["value"] as? Double == 230)
  }

  @Test("nobody there, and wrong command lines")
  func wrong() throws {
    let none = try Program("metertool", ["read", "dlms://127.0.0.1:1"]).wait()
    #expect(none.status == 69 && none.error.contains("transport"))
    #expect(try Program("metertool", ["read", "http://x"]).wait().status == 64)
    #expect(
      try Program("metertool", ["profile", "dlms://x", "--last", "1", "--from", "1d"])
        .wait().status == 64)
  }
}

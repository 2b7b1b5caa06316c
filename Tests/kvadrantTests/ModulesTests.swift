import Foundation
import Testing

@Suite("Modules of a running meter", .serialized)
struct ModulesTests {
  @Test("the catalogue lists all articles, for people and as JSON")
  func catalogue() throws {
    let lines = try KvadrantProcess.run("modules")
    #expect(lines.status == 0)
    #expect(lines.output.contains("68 50 005  "))
    #expect(lines.output.contains("59 60 139  "))
    let json = try KvadrantProcess.run("modules", "--json")
    let list = try JSONSerialization.jsonObject(with: Data(json.lastLine.utf8)) as? [[String: Any]]
    #expect(list?.count == 33)
    let states = Set((list ?? []).compactMap { $0["state"] as? String })
    #expect(states == ["works", "partly", "not yet", "physical"])
    #expect(list?.first?["article"] as? String == "6850001")
  }

  @Test("hands go into the area of a running meter, and its customer port falls silent")
  func hands() throws {
    let state = try TemporaryFolder.make().path
    let meter = try KvadrantProcess([
      "run", "--generate", "--current", "5", "--until", "1h", "--json", "--p1", "pty", "--state",
      state,
    ])
    #expect(eventually { meter.output.contains("\n") })
    #expect(meter.output.contains(#""p1":{"port":null,"listening":true,"address":"/dev/pts/"#))
    let list = try KvadrantProcess.run("modules", "--state", state)
    #expect(list.lastLine.contains(#"{"slot":"secondary","module":"customer-port""#))
    #expect(list.lastLine.contains(#""radio":"on""#))
    let fit = try KvadrantProcess.run(
      "fault", "fit", "68 50 040", "--slot", "2", "--state", state)
    #expect(fit.status == 0)
    #expect(fit.lastLine.contains(#""radio":"off""#))
    let carrier = try KvadrantProcess.run("fault", "remove", "--slot", "1", "--state", state)
    #expect(carrier.status == 77)
    #expect(carrier.error.contains("a secondary module sits in it"))
    let secondary = try KvadrantProcess.run(
      "fault", "remove", "--slot", "secondary", "--state", state)
    #expect(secondary.status == 0)
    meter.signal(SIGTERM)
    #expect(meter.wait().status == 0)
  }

  @Test(
    "what cannot be together is refused",
    arguments: [
      (["--p1", "pty", "--han", "pty"], 64, "one module in the secondary slot"),
      (["--p1", "pty", "--modules", "6850005"], 77, "customer-port"),
      (["--modules", "6850005,6850021,6850040"], 77, "occupied"),
      (["--modules", "1234"], 64, "no article"), (["--p1", "pty", "--p1-lines", "x"], 64, "dsmr5"),
      (["--han", "pty", "--han-list", "x"], 64, "kaifa-sweden"),
      (["--pulses", "tcp://0.0.0.0:0"], 77, "this machine"),
      (["--mqtt", "http://x"], 64, "mqtt://"),
    ] as [([String], Int32, String)])
  func refused(_ arguments: [String], status: Int32, text: String) throws {
    let outcome = try KvadrantProcess(["run", "--generate", "--until", "1s"] + arguments).wait()
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(outcome.error.contains(text), "\(outcome.error)")
  }
}

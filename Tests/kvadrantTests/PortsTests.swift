import Foundation
import Testing

@Suite("Ports of a running meter", .serialized)
struct PortsTests {
  /// Members of the web port in a table of ports.
  private static func web(_ json: Any?) -> [String: Any]? {
    (json as? [String: Any])?["web"] as? [String: Any]
  }

  private static func object(_ text: some StringProtocol) -> [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
  }

  @Test("the demo's first line of JSON names the ports, as does ports.json, and the panel answers")
  func firstLine() throws {
    let state = try TemporaryFolder.make().path
    let demo = try KvadrantProcess(["demo", "--json", "--web", "0", "--state", state])
    #expect(eventually { demo.output.contains("\n") })
    let first = try #require(demo.output.split(separator: "\n").first)
    let web = try #require(Self.web(Self.object(first)?["ports"]))
    let address = try #require(web["address"] as? String)
    #expect(web["listening"] as? Bool == true)
    let file = try String(contentsOfFile: state + "/ports.json", encoding: .utf8)
    #expect(Self.web(Self.object(file))?["address"] as? String == address)
    #expect(PanelPage.get(address + "healthz") == "{\"ok\":true}\n")
    #expect(PanelPage.get(address)?.contains("<title>Kvadrant</title>") == true)
    let state1 = Self.object(PanelPage.get(address + "api/v1/state") ?? "")
    #expect((state1?["bench"] as? [String: Any])?["source"] as? String == "bench")
    demo.signal(SIGTERM)
    let outcome = demo.wait()
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(outcome.json?["ended"] as? String == "power cut")
    #expect(!FileManager.default.fileExists(atPath: state + "/ports.json"))
  }

  @Test("lines name the panel and three things to try")
  func lines() throws {
    let demo = try KvadrantProcess(["demo", "--web", "0"])
    #expect(eventually { demo.output.contains("  glass ") })
    for text in ["http://127.0.0.1:", "Three things to try", "no type approval"] {
      #expect(demo.output.contains(text), "\(text)")
    }
    demo.signal(SIGTERM)
    #expect(demo.wait().status == 0)
  }

  @Test("run opens all ports from a number on")
  func run() throws {
    let run = try KvadrantProcess([
      "run", "--generate", "--current", "5", "--until", "1h", "--json", "--ports-from", "0",
    ])
    #expect(eventually { run.output.contains("\n") })
    let ports = Self.object(run.output.split(separator: "\n").first ?? "")?["ports"]
    let address = try #require(Self.web(ports)?["address"] as? String)
    let dlms = (ports as? [String: Any])?["dlms"] as? [String: Any]
    #expect(dlms?["listening"] as? Bool == true)
    #expect((dlms?["address"] as? String)?.hasPrefix("tcp://127.0.0.1:") == true)
    for name in ["kmp", "mbus", "optical"] {
      let port = (ports as? [String: Any])?[name] as? [String: Any]
      #expect(port?["listening"] as? Bool == true, "\(name)")
    }
    let state = Self.object(PanelPage.get(address + "api/v1/state") ?? "")
    #expect((state?["bench"] as? [String: Any])?["source"] as? String == "generator")
    run.signal(SIGTERM)
    #expect(run.wait().status == 0)
  }

  @Test("a taken port ends the program with 69, before the meter has run")
  func taken() throws {
    let first = try KvadrantProcess(["demo", "--json", "--web", "0"])
    #expect(eventually { first.output.contains("\n") })
    let ports = Self.object(first.output.split(separator: "\n").first ?? "")?["ports"]
    let port = try #require(Self.web(ports)?["port"] as? Int)
    for arguments in [["--web", "\(port)"], ["--ports-from", "\(port)"]] {
      let second = try KvadrantProcess(["demo", "--json"] + arguments).wait()
      #expect(second.status == 69)
      // Of several ports another one may be taken as well, and be named first.
      #expect(second.error.contains(arguments[0] == "--web" ? "port \(port) is taken" : "taken"))
      #expect(second.error.contains("next step"))
      #expect(second.output == "")
    }
    first.signal(SIGTERM)
    #expect(first.wait().status == 0)
  }

  @Test(
    "ports that cannot be are a matter of usage",
    arguments: [
      ["--web", "x"], ["--web", "70000"], ["--ports-from", "65535"], ["--ports-from", "-1"],
      ["--web", "0", "--log", "loud"], ["--no-web", "--web", "1"],
    ])
  func usage(_ arguments: [String]) throws {
    let outcome = try KvadrantProcess(["demo", "--json"] + arguments).wait()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  @Test(
    "a DLMS port that cannot be, or that strangers could reach by TEST keys, is a matter of usage",
    arguments: [
      "4059", "tcp://127.0.0.1", "sctp://127.0.0.1:0", "tcp://0.0.0.0:0", "udp://0.0.0.0:0",
      "tcp://127.0.0.1:70000",
    ])
  func dlmsUsage(_ address: String) throws {
    let outcome = try KvadrantProcess([
      "run", "--generate", "--until", "1s", "--speed", "max", "--dlms", address,
    ]).wait()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  @Test("a weak token is refused; off loopback one is made where none is given")
  func token() throws {
    let weak = try KvadrantProcess(
      ["demo", "--json", "--web", "0.0.0.0:0"], environment: ["KVADRANT_TOKEN": "1234"])
    #expect(weak.wait().status == 64)
    let demo = try KvadrantProcess(["demo", "--web", "0.0.0.0:0"])
    #expect(eventually { demo.output.contains("?token=") })
    let address = try #require(
      demo.output.split(separator: "\n").first { $0.contains("?token=") }?
        .split(separator: " ").last)
    #expect(PanelPage.get(String(address))?.contains("<title>Kvadrant</title>") == true)
    #expect(PanelPage.get(String(address.prefix { $0 != "?" }) + "api/v1/state") == nil)
    demo.signal(SIGTERM)
    #expect(demo.wait().status == 0)
  }
}

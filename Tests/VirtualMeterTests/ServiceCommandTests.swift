import Foundation
import LegalMeter
import MeterTime
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("Bench commands")
struct ServiceCommandTests {
  private static let plan: TariffPlanText = {
    var plan = TariffPlanText(number: 12)
    plan.working = "06:00=2 22:00=1"
    plan.other = "00:00=3"
    plan.exceptions = "2026-12-24 12-25"
    return plan
  }()

  static let all: [ControlCommand] =
    [
      .plug, .stop, .mains(true), .mains(false), .button(.short), .button(.extraLong), .hold(true),
      .hold(false), .speed(0), .speed(60), .speed(.infinity), .status, .glass, .scenario,
      .seal(.verification, broken: true), .seal(.moduleArea, broken: false), .magnet(true),
      .load(.l2, BenchLoadChange(i_A: 5.25, phi_deg: -30, thd_percent: 12, on: true, u_V: 231)),
      .load(.l1, BenchLoadChange(on: false)), .voltage(nil, volts: 200),
      .voltage(.l3, volts: 0), .frequency(49.95), .neutral(false), .tariff(.t3),
      .verify(.reactiveExport), .verify(nil), .identify, .displayTest,
      .clearResettable(export: true), .clearResettable(export: false),
      .tariffPlan(plan),
    ] + WiringError.ID.allCases.map { .wiring($0) } + BenchPreset.ID.allCases.map { .preset($0) }

  @Test("every command survives its line", arguments: all)
  func roundTrip(_ command: ControlCommand) throws {
    #expect(try ControlCommand(line: command.line) == command)
  }

  @Test(
    "what the panel sends is understood",
    arguments: [
      (#"{"command":"button","action":"extraLong"}"#, ControlCommand.button(.extraLong)),
      (#"{"command":"button","action":"press"}"#, .hold(true)),
      (#"{"command":"button","press":"extra-long"}"#, .button(.extraLong)),
      (#"{"command":"plug","in":false}"#, .mains(false)), (#"{"command":"plug"}"#, .plug),
      (#"{"command":"speed","factor":"max"}"#, .speed(.infinity)),
      (#"{"command":"speed","factor":0}"#, .speed(0)),
      (#"{"command":"speed","speed":4}"#, .speed(4)),
      (
        #"{"command":"load","phase":1,"i_A":5,"phi_deg":30}"#,
        .load(.l1, BenchLoadChange(i_A: 5, phi_deg: 30))
      ),
      (#"{"command":"verify","register":null}"#, .verify(nil)), (#"{"command":"verify"}"#, .stop),
      (#"{"command":"verify","register":"1-0:4.8.0"}"#, .verify(.reactiveExport)),
      (#"{"command":"tariff","tariff":4}"#, .tariff(.t4)),
    ])
  func understood(_ pair: (line: String, command: ControlCommand)) throws {
    guard pair.line != #"{"command":"verify"}"# else {
      #expect(throws: Failure.self) { try ControlCommand(line: pair.line) }
      return
    }
    #expect(try ControlCommand(line: pair.line) == pair.command)
  }

  @Test(
    "what is out of range or of the wrong type is refused as a breach of protocol",
    arguments: [
      #"{"command":"tariffPlan","number":1,"working":"24:00=1"}"#,
      #"{"command":"tariffPlan","number":1,"other":"08:00=1 07:00=2"}"#,
      #"{"command":"tariffPlan","number":1,"exceptions":"2026-02-30"}"#,
      #"{"command":"load"}"#, #"{"command":"load","phase":1}"#,
      #"{"command":"load","phase":0,"i_A":1}"#,
      #"{"command":"load","phase":4,"i_A":1}"#, #"{"command":"load","phase":1.5,"i_A":1}"#,
      #"{"command":"load","phase":1,"i_A":-1}"#, #"{"command":"load","phase":1,"i_A":100.1}"#,
      #"{"command":"load","phase":1,"i_A":"5"}"#, #"{"command":"load","phase":1,"i_A":1e400}"#,
      #"{"command":"load","phase":1,"i_A":null}"#, #"{"command":"load","phase":1,"phi_deg":181}"#,
      #"{"command":"load","phase":1,"thd_percent":101}"#, #"{"command":"load","phase":1,"on":1}"#,
      #"{"command":"voltage","u_V":301}"#, #"{"command":"voltage","phase":1}"#,
      #"{"command":"frequency","f_Hz":44.9}"#, #"{"command":"frequency"}"#,
      #"{"command":"neutral"}"#, #"{"command":"neutral","connected":"no"}"#,
      #"{"command":"wiring","id":"swapU99"}"#, #"{"command":"preset","id":""}"#,
      #"{"command":"tariff","tariff":5}"#, #"{"command":"tariff","tariff":-9e18}"#,
      #"{"command":"seal","seal":"terminalCover"}"#,
      #"{"command":"seal","seal":"lid","broken":true}"#,
      #"{"command":"magnet","on":[]}"#, #"{"command":"plug","in":"yes"}"#,
      #"{"command":"button","action":"gentle"}"#, #"{"command":"button","action":7}"#,
      #"{"command":"speed","factor":"fast"}"#, #"{"command":"speed","factor":-1}"#,
      #"{"command":"speed","factor":1e9}"#, #"{"command":"verify","register":"1-0:9.9.9"}"#,
      #"{"command":"clearResettable","register":"1-0:3.8.0"}"#, #"{"command":"clearResettable"}"#,
    ])
  func refused(_ line: String) {
    #expect {
      try ControlCommand(line: line)
    } throws: { ($0 as? Failure)?.status == .protocolError }
  }

  @Test("mutated commands are decoded to something valid or refused; a running meter survives them")
  func fuzz() throws {
    var noise = SeededNoise(seed: 7)
    func pick(_ n: Int) -> Int { Int(noise.uniform() * Double(n)) }
    let lines = Self.all.map { Array($0.line.utf8) }
    var accepted: [ControlCommand] = []
    for _ in 0..<10_000 {
      var bytes = lines[pick(lines.count)]
      for _ in 0..<1 {
        switch pick(4) {
        case 0: bytes[pick(bytes.count)] = UInt8(pick(256))
        case 1: bytes.insert(UInt8(ascii: "0") + UInt8(pick(10)), at: pick(bytes.count))
        case 2: if bytes.count > 1 { bytes.remove(at: pick(bytes.count)) }
        default: bytes += lines[pick(lines.count)].prefix(pick(20))
        }
      }
      if let command = try? ControlCommand(json: bytes) { accepted.append(command) }
    }
    #expect(accepted.count > 200)
    let playable = accepted.filter {
      switch $0 {
      case .plug, .stop, .speed: false
      default: true
      }
    }
    var place = 0
    var shown: Int64 = 0
    let outcome = try BenchRig.run(Bench(), seconds: 20) { run in
      for _ in 0..<16 where place < playable.count {
        _ = run.answer(playable[place])
        place += 1
      }
      let now = run.reading(.activeImport) ?? 0
      #expect(now >= shown)
      shown = now
    }
    #expect(place > 200)
    #expect(outcome.ending == .until)
  }

  @Test("the same seed and commands at the same samples give the same registers, bit for bit")
  func deterministic() throws {
    func play(_ seed: UInt64) throws -> BenchRig.Outcome {
      var noise = SeededNoise(seed: seed)
      var next: UInt64 = 3000
      let playable = Self.all.filter {
        switch $0 {
        case .plug, .stop, .speed: false
        default: true
        }
      }
      return try BenchRig.run(
        BenchPreset.named(.car).bench, seconds: 25, seed: seed, isLively: true
      ) { run in
        guard run.samples >= next || !run.isPlugged else { return }
        next = run.samples + 1000 + UInt64(noise.uniform() * 8000)
        _ = run.answer(playable[Int(noise.uniform() * Double(playable.count))])
      }
    }
    let (a, b, c) = (try play(3), try play(3), try play(4))
    #expect(a.exact == b.exact)
    #expect(a.snapshot == b.snapshot)
    #expect(a.exact != c.exact)
  }

  @Test("commands show in the snapshot, and a change by hand leaves the preset")
  func shown() throws {
    var seen: [MeterSnapshot.Bench] = []
    _ = try BenchRig.run(Bench(), seconds: 4) { run in
      guard seen.isEmpty else { return }
      run.obey(.preset(.car))
      seen.append(run.snapshot(sequence: 1).bench)
      run.obey(.load(.l1, BenchLoadChange(i_A: 3, thd_percent: 10)))
      run.obey(.wiring(.lostNeutral))
      run.obey(.frequency(51))
      run.obey(.magnet(true))
      seen.append(run.snapshot(sequence: 2).bench)
      run.obey(.neutral(true))
      seen.append(run.snapshot(sequence: 3).bench)
    }
    #expect(seen.map(\.preset) == ["car", nil, nil])
    #expect(seen.map(\.neutral) == [true, false, true])
    #expect(seen.map(\.wiring) == ["correct", "lostNeutral", "correct"])
    #expect(seen[1].loads[0].i_A == 3 && abs(seen[1].loads[0].thd_percent - 10) < 1e-9)
    #expect(seen[1].frequency_Hz == 51 && seen[1].magnet)
    #expect(seen[0].loads[0].i_A == 16)
  }
}

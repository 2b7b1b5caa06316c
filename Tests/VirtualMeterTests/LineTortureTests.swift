import Testing

@testable import VirtualMeter

/// Noise from 1 in 100 to 1 in 100,000, and cuts, on every language of the ports.
@Suite("Bad lines")
struct LineTortureTests {
  @Test("no wrong value is ever given, and ports recover", arguments: LineTorture.Language.allCases)
  func sample(_ language: LineTorture.Language) {
    var complete: [Int] = []
    for rate in LineTorture.rates {
      var torture = LineTorture(language, seed: 9)
      #expect(torture.expected >= 3)
      let report = torture.run(sessions: 8, errorRate: rate)
      #expect(report.wrong == 0 && report.stuck == 0, "\(report)")
      complete.append(report.complete)
    }
    // Six of eight sessions are not cut; with little noise they come to their end.
    #expect(complete[3] >= 6, "\(complete)")
  }

  @Test("what the campaign looks for would be seen: a reader that trusts a wrong check")
  func damage() {
    var line = DamagedLine(seed: 3, parity: .ninthBit, errorRate: 0.01, cut: nil)
    let passed = (0..<100_000).map { _ in line.pass(0x55) }
    let wrong = passed.filter { $0 != nil && $0 != 0x55 }.count
    // Two of nine bits, less those whose second one is the parity: 36 × 10^-4 and some more.
    #expect(wrong > 200 && wrong < 500)
    #expect(passed.filter { $0 == nil }.count > 7000)
    var cut = DamagedLine(seed: 3, parity: .none, errorRate: 0, cut: 5)
    #expect((0..<9).map { cut.pass(UInt8($0)) } == [0, 1, 2, 3, 4, nil, nil, nil, nil])
  }

  @Test("the same seed gives the same")
  func repeatable() {
    var first = LineTorture(.kmp, seed: 4)
    var second = LineTorture(.kmp, seed: 4)
    #expect(first.run(sessions: 8, errorRate: 1e-2) == second.run(sessions: 8, errorRate: 1e-2))
  }
}

import MeterFaults
import PermanentMemory
import Testing

/// The torture of all stores in small; `kvadrant memory torture` does the same a million times.
@Suite struct TortureTests {
  private static func check(_ report: TortureReport, atLeast cuts: Int) {
    for violation in report.violations { Issue.record("\(violation)") }
    #expect(report.violationCount == 0)
    #expect(report.cuts >= cuts)
    #expect(Set(report.shapes.keys) == Set(TearShape.allCases))
  }

  @Test func registers() {
    Self.check(Torture.run(RegisterScript.self, cuts: 4000, seed: 1), atLeast: 4000)
  }
  @Test func checkpoints() {
    Self.check(Torture.run(CheckpointScript.self, cuts: 3000, seed: 1), atLeast: 3000)
  }
  @Test func events() {
    Self.check(Torture.run(EventScript.self, cuts: 4000, seed: 1), atLeast: 4000)
  }
  @Test func configuration() {
    Self.check(Torture.run(ConfigurationScript.self, cuts: 2000, seed: 1), atLeast: 2000)
  }
  @Test func supplySwitch() {
    Self.check(Torture.run(SwitchScript.self, cuts: 3000, seed: 1), atLeast: 3000)
  }
  @Test func credit() {
    Self.check(Torture.run(CreditScript.self, cuts: 3000, seed: 1), atLeast: 3000)
  }
  @Test func counters() {
    Self.check(Torture.run(CounterScript.self, cuts: 3000, seed: 1), atLeast: 3000)
  }
  @Test func whole() {
    Self.check(Torture.run(WholeScript.self, cuts: 2000, seed: 1), atLeast: 2000)
  }
}

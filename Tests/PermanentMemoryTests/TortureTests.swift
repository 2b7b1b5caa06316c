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

  @Test func registers() { Self.check(RegisterScript.self, 4000) }
  @Test func checkpoints() { Self.check(CheckpointScript.self, 3000) }
  @Test func events() { Self.check(EventScript.self, 4000) }
  @Test func profiles() { Self.check(ProfileScript.self, 3000) }
  @Test func analysis() { Self.check(AnalysisScript.self, 3000) }
  @Test func snapshots() { Self.check(SnapshotScript.self, 2000) }
  @Test func configuration() { Self.check(ConfigurationScript.self, 2000) }
  @Test func supplySwitch() { Self.check(SwitchScript.self, 3000) }
  @Test func credit() { Self.check(CreditScript.self, 3000) }
  @Test func counters() { Self.check(CounterScript.self, 3000) }
  @Test func whole() { Self.check(WholeScript.self, 2000) }

  private static func check(_ script: (some TortureScript).Type, _ cuts: Int) {
    check(Torture.run(script, cuts: cuts, seed: 1), atLeast: cuts)
  }

  /// A sample of what `kvadrant memory torture --kind exhaustive` does whole.
  @Test func everyByteOfAScript() {
    let scope = ExhaustiveTorture.Scope(programs: 40, stride: 5)
    let bytes = ExhaustiveTorture.everyByte(WholeScript.self, scope, seed: 2)
    #expect(bytes.violationCount == 0, "\(bytes.violations)")
    #expect(bytes.cuts > 1000)
    let recovery = ExhaustiveTorture.everyByteOfRecovery(WholeScript.self, scope, seed: 2)
    #expect(recovery.violationCount == 0, "\(recovery.violations)")
    #expect(recovery.cutsDuringRecovery > 1000)
  }

  @Test func everyPairOfPrograms() {
    let scope = ExhaustiveTorture.Scope(programs: 20, allShapes: true, stride: 4)
    let report = ExhaustiveTorture.everyPair(WholeScript.self, scope, seed: 2)
    #expect(report.violationCount == 0, "\(report.violations)")
    #expect(Set(report.shapes.keys) == Set(TearShape.allCases))
  }

  @Test func flippedBits() {
    let registers = ExhaustiveTorture.everyFlip(
      RegisterScript.self, works: 700, stride: 499, seed: 2)
    #expect(registers.violationCount == 0, "\(registers.violations)")
    let events = ExhaustiveTorture.everyFlip(EventScript.self, works: 900, stride: 499, seed: 2)
    #expect(events.violationCount == 0, "\(events.violations)")
    let snapshots = ExhaustiveTorture.everyFlip(
      SnapshotScript.self, works: 200, stride: 97, seed: 2)
    #expect(snapshots.violationCount == 0, "\(snapshots.violations)")
    let counters = ExhaustiveTorture.everyFlip(CounterScript.self, works: 10, stride: 3, seed: 2)
    #expect(counters.violationCount == 0, "\(counters.violations)")
  }
}

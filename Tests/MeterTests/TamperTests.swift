import LegalMeter
import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter

@Suite struct TamperTests {
  @Test("an alarm has to last, keeps its time, and stays until somebody acknowledges it")
  func latch() {
    var watch = TamperWatch()
    var time = Instant(seconds: 5000)
    func step(_ watch: inout TamperWatch, _ signs: UInt16, _ seconds: Int) -> UInt16 {
      var began: UInt16 = 0
      for _ in 0..<seconds {
        time += .seconds(1)
        began |= watch.step(signs: signs, time: time).began
      }
      return began
    }
    let missing = TamperKind.phaseMissing.bit
    var began = step(&watch, missing, 9)
    #expect(began == 0)
    began = step(&watch, 0, 1)
    began |= step(&watch, missing, 9)
    #expect(began == 0, "a break starts anew")
    began = step(&watch, missing, 1)
    #expect(began == missing && watch.latched == missing)
    #expect(watch.raised(.phaseMissing) == time)
    #expect(watch.raised(.magnet) == nil)
    var isDone = watch.acknowledge()
    #expect(!isDone, "its sign still lasts")
    _ = step(&watch, 0, 1)
    #expect(watch.active == 0 && watch.latched == missing)
    isDone = watch.acknowledge()
    #expect(isDone && watch.latched == 0)
    let pushes = watch.takePushes()
    #expect(pushes == missing)
    let again = watch.takePushes()
    #expect(again == 0)
  }

  /// Brings a meter to a sign and says which alarms that raised.
  private static func alarms(
    _ variant: (inout VariantRequest) -> Void = { _ in },
    _ act: (inout SupplyRig) throws -> Void
  ) throws -> UInt16 {
    var rig = try SupplyRig(Bench.configuration(variant))
    rig.run(5, seconds: 3)
    #expect(rig.meter.alarms.latched == 0)
    try act(&rig)
    rig.run(5, seconds: 2)
    let latched = rig.meter.alarms.latched
    // In the permanent memory, with its time.
    try rig.restart()
    #expect(rig.meter.alarms.latched == latched)
    for kind in TamperKind.allCases where latched & kind.bit != 0 {
      #expect(rig.meter.alarms.raised(kind) != nil)
    }
    return latched
  }

  @Test("magnet, covers, module and seals")
  func hands() throws {
    #expect(
      try Self.alarms { $0.meter.legal.noteMagnet(true, now: $0.now) } == TamperKind.magnet.bit)
    #expect(
      try Self.alarms { $0.meter.noteMeterCover(isOpen: true) } == TamperKind.meterCover.bit)
    #expect(
      try Self.alarms { $0.meter.legal.breakSeal(.terminalCover, now: $0.now) }
        == TamperKind.terminalCover.bit)
    #expect(
      try Self.alarms { $0.meter.legal.breakSeal(.moduleArea, now: $0.now) }
        == TamperKind.sealBroken.bit)
    #expect(
      try Self.alarms { $0.meter.noteModule(slot: 1, isMissing: true) }
        == TamperKind.moduleRemoved.bit)
  }

  @Test("a missing phase, and current in a phase without voltage")
  func voltages() throws {
    let missing = try Self.alarms { $0.run(0, volts: [230, 0, 230], seconds: 12) }
    #expect(missing == TamperKind.phaseMissing.bit)
    let bypassed = try Self.alarms { $0.run(5, volts: [230, 0, 230], seconds: 12) }
    #expect(bypassed & TamperKind.currentWithoutVoltage.bit != 0)
  }

  @Test("energy that runs backwards in a meter without A-")
  func reversed() throws {
    let reversed = try Self.alarms({ $0.energyType = .activeImport }) {
      $0.run(-5, seconds: 62)
    }
    #expect(reversed == TamperKind.currentReversed.bit)
    let exporting = try Self.alarms { $0.run(-5, seconds: 62) }
    #expect(exporting == 0, "a meter that registers A- sees a solar roof")
  }

  @Test("a changed configuration raises an alarm")
  func configuration() throws {
    let changed = try Self.alarms { rig in
      var supply = rig.meter.configuration.supply
      supply.supplySwitch.buttonOpens = false
      _ = try rig.meter.configureSupply(
        supply, through: .module, now: rig.now, memory: &rig.memory)
    }
    #expect(changed == TamperKind.configurationChanged.bit)
  }

  @Test("a magnet never changes the measurement: the same samples give the same registers")
  func magnet() throws {
    func energies(_ isHeld: Bool) throws -> [UInt64] {
      var rig = try SupplyRig()
      rig.meter.legal.noteMagnet(isHeld, now: rig.now)
      rig.run(7, seconds: 5)
      return EnergyKind.allCases.map { rig.meter.legal.registers[.total($0)] }
    }
    #expect(try energies(true) == energies(false))
  }

  @Test("acknowledging is logged, and the symbol goes")
  func acknowledge() throws {
    var rig = try SupplyRig()
    rig.meter.noteMeterCover(isOpen: true)
    rig.run(5, seconds: 3)
    #expect(rig.meter.indicators.cover == .steady)
    rig.meter.noteMeterCover(isOpen: false)
    rig.run(5, seconds: 2)
    #expect(rig.meter.indicators.cover == .blink)
    rig.meter.acknowledgeAlarms(now: rig.now)
    rig.run(5, seconds: 1)
    #expect(rig.meter.indicators.cover == .off)
    #expect(rig.events(.status, 3) == [132, 131, 130])
  }
}

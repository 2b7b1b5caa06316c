import LegalMeter
import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter

@Suite struct TamperTests {
  @Test("a sign has to last without a break, and tells once that it began and ended")
  func last() {
    var watch = TamperWatch()
    func step(_ watch: inout TamperWatch, _ signs: UInt16, _ seconds: Int) -> (UInt16, UInt16) {
      var found: (UInt16, UInt16) = (0, 0)
      for _ in 0..<seconds {
        let (began, ended) = watch.step(signs)
        found = (found.0 | began, found.1 | ended)
      }
      return found
    }
    let swapped = TamperKind.phaseSequence.bit
    var found = step(&watch, swapped, 9)
    #expect(found == (0, 0))
    found = step(&watch, 0, 1)
    #expect(found == (0, 0), "what never lasted does not end")
    found = step(&watch, swapped, 9)
    #expect(found == (0, 0), "a break starts anew")
    found = step(&watch, swapped, 1)
    #expect(found == (swapped, 0) && watch.active == swapped)
    found = step(&watch, swapped, 500)
    #expect(found == (0, 0))
    found = step(&watch, 0, 1)
    #expect(found == (0, swapped) && watch.active == 0)
    #expect(MemoryLayout<TamperWatch>.size <= 24)
  }

  /// Brings a meter to a sign and says which alarms of manipulation that raised.
  private static func alarms(
    _ variant: (inout VariantRequest) -> Void = { _ in },
    _ act: (inout SupplyRig) throws -> Void
  ) throws -> AlarmSet {
    var rig = try SupplyRig(Bench.configuration(variant))
    rig.run(5, seconds: 3)
    #expect(rig.meter.legal.alarms.isEmpty)
    try act(&rig)
    rig.run(5, seconds: 2)
    let raised = rig.meter.legal.alarms
    // In the permanent memory, with its time.
    try rig.restart()
    #expect(rig.meter.legal.alarms == raised)
    for alarm in Alarm.allCases {
      #expect((rig.meter.legal.raised(alarm) != nil) == raised.has(alarm), "\(alarm)")
    }
    return raised.intersection(.manipulation)
  }

  @Test("magnet, covers, module and seals")
  func hands() throws {
    #expect(
      try Self.alarms { $0.meter.legal.noteMagnet(true, now: $0.now) } == AlarmSet(.magnet))
    #expect(
      try Self.alarms { $0.meter.noteMeterCover(isOpen: true) } == AlarmSet(.meterCover))
    #expect(
      try Self.alarms { $0.meter.legal.breakSeal(.terminalCover, now: $0.now) }
        == AlarmSet(.terminalCover))
    #expect(
      try Self.alarms { $0.meter.legal.breakSeal(.verification, now: $0.now) }
        == AlarmSet(.meterCover))
    #expect(
      try Self.alarms { $0.meter.legal.breakSeal(.moduleArea, now: $0.now) }
        == AlarmSet(.moduleArea))
    #expect(
      try Self.alarms { $0.meter.noteModule(slot: 1, isMissing: true) }
        == AlarmSet(.moduleRemoved))
  }

  @Test("a missing phase, current in a phase without voltage, phases swapped")
  func voltages() throws {
    let missing = try Self.alarms { $0.run(0, volts: [230, 0, 230], seconds: 12) }
    #expect(missing == AlarmSet(.missingPhase))
    let bypassed = try Self.alarms { $0.run(5, volts: [230, 0, 230], seconds: 12) }
    #expect(bypassed.has(.currentWithoutVoltage))
    let swapped = try Self.alarms { $0.run(5, seconds: 12, isSwapped: true) }
    #expect(swapped.has(.phaseSequence))
  }

  @Test("energy that runs backwards in a meter without A-")
  func reversed() throws {
    let reversed = try Self.alarms({ $0.energyType = .activeImport }) {
      $0.run(-5, seconds: 62)
    }
    #expect(reversed == AlarmSet(.reverseEnergy))
    let exporting = try Self.alarms { $0.run(-5, seconds: 62) }
    #expect(exporting.isEmpty, "a meter that registers A- sees a solar roof")
  }

  @Test("a changed configuration, and the alarm input of a module")
  func configuration() throws {
    let changed = try Self.alarms { rig in
      var supply = rig.meter.configuration.supply
      supply.supplySwitch.buttonOpens = false
      _ = try rig.meter.configureSupply(
        supply, through: .module, now: rig.now, memory: &rig.memory)
    }
    #expect(changed == AlarmSet(.configuration))
    var configuration = try Bench.configuration()
    configuration.loads.input1.function = .alarm
    var rig = try SupplyRig(configuration)
    rig.run(5, seconds: 2)
    rig.meter.notePulseInput(0, isOn: true, at: rig.now)
    rig.run(5, seconds: 2)
    #expect(rig.meter.legal.alarms == AlarmSet(.external))
  }

  @Test("an alarm whose sign lasts cannot be acknowledged; what is raised waits to be sent")
  func lasting() throws {
    var rig = try SupplyRig()
    rig.run(5, seconds: 1)
    rig.meter.legal.noteMagnet(true, now: rig.now)
    rig.meter.noteModule(slot: 0, isMissing: true)
    rig.run(5, seconds: 3)
    let both = AlarmSet(.magnet).union(AlarmSet(.moduleRemoved))
    #expect(rig.meter.legal.unsentAlarms == both)
    rig.meter.noteModule(slot: 0, isMissing: false)
    rig.run(5, seconds: 2)
    #expect(rig.meter.lastingAlarms == AlarmSet(.magnet) && rig.meter.legal.alarms == both)
    rig.meter.acknowledgeAlarms(now: rig.now)
    rig.run(5, seconds: 1)
    #expect(rig.meter.legal.alarms == AlarmSet(.magnet))
    rig.meter.legal.noteSent(AlarmSet(.magnet))
    rig.run(5, seconds: 1)
    #expect(rig.meter.legal.unsentAlarms.isEmpty && rig.meter.legal.alarms == AlarmSet(.magnet))
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
    #expect(rig.events(.status, 3) == [51, 131, 130])
  }
}

import Foundation
import LegalMeter
import MeterFaults
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Testing

@testable import Meter

/// A meter with switch on a house that obeys its contacts, with a memory that can be cut.
struct SupplyRig: ~Copyable {
  var meter: Meter
  var memory = FaultyMemory(seed: 7)
  let configuration: MeterConfiguration
  var contacts: UInt8 = 7
  /// Relays that no longer move.
  var welded: UInt8 = 0
  var coils: [CoilAction] = []
  var n = 0

  init(_ supply: SupplyParameters = SupplyParameters()) throws {
    var configuration = try Bench.configuration()
    configuration.supply = supply
    try self.init(configuration)
  }

  init(_ configuration: MeterConfiguration) throws {
    self.configuration = configuration
    meter = Meter(configuration, Self.settings)
    _ = try meter.start(now: Instant(seconds: 0), memory: &memory)
    _ = serve()
  }

  static let settings = MeasuringSettings(
    rate: SampleRate(2000),
    scale: ChannelScale(
      femtovoltsPerCount: 59_604_644_775, femtoamperesPerCount: 23_841_857_910))

  var now: Instant { Instant(ticks: Int64(n) * 65_536 / 2000) }

  /// Supplies voltages and what the house would draw for a time.
  mutating func run(
    _ amperes: Double, volts: [Double] = [230, 230, 230], seconds: Double, isSwapped: Bool = false
  ) {
    func count(_ amplitude: Double, _ turn: Double, _ full: Double) -> Int32 {
      Int32((amplitude * 2.0.squareRoot() * sin(turn) / full * 8_388_608).rounded())
    }
    let cycle = (0..<40).map { k -> SampleSet in
      let order = isSwapped ? [0, 2, 1] : [0, 1, 2]
      let t = order.map { 2 * Double.pi * (Double(k) / 40 - Double($0) / 3) }
      return SampleSet(
        u1: count(volts[0], t[0], 500), i1: count(amperes, t[0], 200),
        u2: count(volts[1], t[1], 500), i2: count(amperes, t[1], 200),
        u3: count(volts[2], t[2], 500), i3: count(amperes, t[2], 200))
    }
    for _ in 0..<Int(seconds * 2000) {
      var set = cycle[n % 40]
      if contacts & 1 == 0 { set.i1 = 0 }
      if contacts & 2 == 0 { set.i2 = 0 }
      if contacts & 4 == 0 { set.i3 = 0 }
      let complete = meter.add(set)
      n += 1
      if complete {
        meter.noteLoadVoltage(contacts)
        meter.closeWindow(now: now)
        while meter.nextPulse() != nil {}
        _ = serve()
      }
    }
  }

  /// Brings everything into the memory and moves the contacts; false where the supply went away.
  mutating func serve() -> Bool {
    for _ in 0..<64 {
      let isDone = meter.service(now: now, memory: &memory)
      if !memory.isPowered { return false }
      if isDone { break }
    }
    if let action = meter.takeCoilAction() {
      coils.append(action)
      contacts = (action == .close ? 7 : 0) & ~welded | contacts & welded
    }
    return true
  }

  /// The supply comes back after a cut.
  mutating func restart() throws {
    memory.restorePower()
    meter = Meter(configuration, Self.settings)
    _ = try meter.start(now: now, memory: &memory)
    _ = serve()
  }

  mutating func command(_ command: SwitchCommand) throws(SwitchRefusal) {
    try meter.command(command, now: now)
    _ = serve()
  }

  /// A press of six seconds.
  mutating func holdButton(_ amperes: Double = 0) {
    meter.pressButton(now: now)
    run(amperes, seconds: 6.6)
    meter.releaseButton(now: now)
    _ = serve()
  }

  /// Codes of the newest events of a log, newest first.
  func events(_ log: EventLogID, _ count: Int) -> [UInt16] {
    var codes: [UInt16] = []
    for k in 0..<count {
      if let event = meter.legal.event(log, k, memory: memory) { codes.append(event.code) }
    }
    return codes
  }
}

@Suite struct SupplyTests {
  @Test("what switch, smart disconnect, prepayment and neutral watch add to a meter")
  func size() {
    #expect(MemoryLayout<SupplyControl>.size <= 512, "\(MemoryLayout<SupplyControl>.size)")
    #expect(MemoryLayout<SupplyParameters>.size <= 96, "\(MemoryLayout<SupplyParameters>.size)")
  }

  @Test("release and close are two steps; each action is logged")
  func command() throws {
    var rig = try SupplyRig()
    rig.run(5, seconds: 2)
    #expect(rig.meter.supplyState == .connected && rig.contacts == 7)
    try rig.command(.open)
    #expect(rig.meter.supplyState == .disconnectedByCommand && rig.contacts == 0)
    rig.run(5, seconds: 2)
    #expect(rig.meter.legal.window[0].current_µA < 1000)
    // Neither the button nor a single command closes.
    rig.holdButton()
    #expect(rig.contacts == 0)
    #expect(throws: SwitchRefusal.notFromThisState) { try rig.command(.close) }
    try rig.command(.release)
    #expect(rig.meter.supplyState == .released && rig.contacts == 0)
    try rig.command(.close)
    #expect(rig.meter.supplyState == .connected && rig.contacts == 7)
    #expect(rig.events(.supplySwitch, 3) == [101, 102, 100])
    #expect(rig.meter.switchOperations == 2)
    #expect(rig.meter.supplyFeedback & 0b1_1000 == 0b1_1000)
  }

  @Test("the button closes after a release, and opens only from the manual list")
  func button() throws {
    var rig = try SupplyRig()
    rig.run(1, seconds: 10)
    rig.holdButton(1)
    #expect(rig.contacts == 7, "a long hold alone does not open")
    rig.meter.pressButton(now: rig.now)
    rig.run(1, seconds: 0.4)
    rig.meter.releaseButton(now: rig.now)
    rig.holdButton(1)
    #expect(rig.meter.supplyState == .disconnectedByButton && rig.contacts == 0)
    rig.holdButton()
    #expect(rig.meter.supplyState == .connected && rig.contacts == 7)
  }

  @Test("above its own current limit the switch refuses to open")
  func currentLimit() throws {
    var supply = SupplyParameters()
    supply.supplySwitch.breakingLimit_mA = 40_000
    var rig = try SupplyRig(supply)
    rig.run(41, seconds: 2)
    #expect(throws: SwitchRefusal.currentTooHigh) { try rig.command(.open) }
    #expect(rig.contacts == 7)
    rig.run(39, seconds: 2)
    try rig.command(.open)
    #expect(rig.contacts == 0)
  }

  @Test("smart disconnect: warning, cut, wait, then the button; or by itself where configured")
  func smartDisconnect() throws {
    for isAutomatic in [false, true] {
      var supply = SupplyParameters()
      supply.basis = .current
      supply.smartDisconnect = SmartDisconnectParameters(
        limit: 20_000, k: (150, 120, 100), t: (2, 2, 2), reconnectWait: 5,
        isAutomatic: isAutomatic)
      var rig = try SupplyRig(supply)
      rig.run(10, seconds: 10)
      #expect(rig.meter.supplyState == .connected)
      rig.run(31, seconds: 1.8)
      #expect(rig.meter.supplyState == .warning && rig.contacts == 7)
      #expect(rig.events(.supplySwitch, 2) == [107])
      rig.run(31, seconds: 1.4)
      #expect(rig.meter.supplyState == .smartDisconnected && rig.contacts == 0)
      #expect(rig.meter.supplyControlState == 0)
      rig.run(31, seconds: 3)
      #expect(rig.contacts == 0)
      rig.run(5, seconds: 4)
      if isAutomatic {
        #expect(rig.meter.supplyState == .connected && rig.contacts == 7)
      } else {
        #expect(rig.meter.supplyControlState == 2)
        rig.holdButton()
        #expect(rig.contacts == 7)
      }
    }
  }

  @Test("neutral loss cuts, latches over a power cut, and is released by command")
  func neutralLoss() throws {
    var supply = SupplyParameters()
    supply.neutralLoss.time_s = 3
    var rig = try SupplyRig(supply)
    rig.run(1, seconds: 2)
    rig.run(1, volts: [262, 261, 165], seconds: 6)
    #expect(rig.meter.supplyState == .neutralLoss && rig.contacts == 0)
    #expect(rig.meter.supplyState.familyCode == 1)
    try rig.restart()
    rig.run(1, seconds: 8)
    #expect(rig.meter.supplyState == .neutralLoss && rig.contacts == 0)
    rig.holdButton()
    #expect(rig.contacts == 0)
    try rig.command(.release)
    rig.holdButton()
    #expect(rig.contacts == 7)
    #expect(rig.events(.neutral, 3).contains(120))
  }

  @Test("prepayment: zero cuts, credit releases, the register is what the account says")
  func prepayment() throws {
    var supply = SupplyParameters()
    supply.basis = .prepayment
    // The first of January 2000 was a Saturday.
    supply.prepayment.workingDays = 0x7F
    var rig = try SupplyRig(supply)
    rig.run(0.1, seconds: 4)
    // Nothing has been paid: the cut comes at once.
    #expect(rig.meter.supplyState == .prepaymentExhausted && rig.contacts == 0)
    rig.holdButton()
    #expect(rig.contacts == 0)
    #expect(throws: CreditRefusal.notThisWay) {
      try rig.meter.topUp(number: 1, amount_Wh: 20, from: .optical, now: rig.now)
    }
    try rig.meter.topUp(number: 1, amount_Wh: 20, from: .module, now: rig.now)
    _ = rig.serve()
    rig.run(20, seconds: 2)
    #expect(rig.meter.supplyState == .released)
    rig.holdButton()
    #expect(rig.contacts == 7)
    // What was used before the first cut counts, too.
    let before = rig.meter.creditAccount.base_mWh
    // 20 Wh at 13.8 kW are 5.2 s.
    rig.run(20, seconds: 8)
    #expect(rig.meter.supplyState == .prepaymentExhausted && rig.contacts == 0)
    let used = rig.meter.legal.registers.committed(.total(.activeImport)) - before
    #expect(rig.meter.credit_mWh == 20_000 - Int64(used))
    #expect(used >= 20_000 && used < 26_000)
  }

  @Test("on an exception day of the tariff plan nothing is cut, whatever day of the week it is")
  func exceptionDay() throws {
    var supply = SupplyParameters()
    supply.basis = .prepayment
    supply.prepayment.workingDays = 0x7F
    for isException in [false, true] {
      var rig = try SupplyRig(supply)
      var plan = TariffPlan(number: 7)
      let date = CivilDate(year: 2000, month: 1, day: isException ? 1 : 2)
      try plan.add(ExceptionDay(try #require(date)))
      for _ in 0..<99 {
        let progress = rig.meter.legal.store(
          plan, from: Instant(seconds: 0), now: rig.now, memory: &rig.memory)
        if progress == .committed { break }
      }
      rig.run(1, seconds: 5)
      #expect(rig.meter.creditStage == (isException ? .friendly : .exhausted))
      #expect(rig.meter.supplyState == (isException ? .connected : .prepaymentExhausted))
    }
  }

  @Test("a contact that is found open is never closed by itself; a hand closes it")
  func contactOpen() throws {
    var rig = try SupplyRig()
    rig.run(5, seconds: 5)
    rig.contacts = 6
    rig.run(5, seconds: 5)
    #expect(rig.meter.supplyState == .released && rig.contacts == 0)
    rig.run(5, seconds: 30)
    #expect(rig.contacts == 0 && rig.coils == [.open])
    rig.holdButton()
    #expect(rig.contacts == 7)
  }

  @Test("a welded contact is driven three times and then told, not driven for ever")
  func welded() throws {
    var rig = try SupplyRig()
    rig.run(5, seconds: 3)
    rig.welded = 2
    try rig.command(.open)
    rig.run(5, seconds: 60)
    #expect(rig.contacts == 2)
    #expect(rig.meter.contactFault == .contactWelded)
    #expect(rig.coils == [.open, .open, .open, .open])
    #expect(rig.meter.supplyFeedback & 1 << 4 == 0)
  }

  /// Opens or closes with the cut after every so many bytes: the contacts end where the memory
  /// says, and are closed only if the log and the memory hold the permission.
  @Test("a power cut after each byte of opening and of closing", arguments: TearShape.allCases)
  func cuts(shape: TearShape) throws {
    for opens in [true, false] {
      var offset = 0
      var isWhole = false
      while !isWhole {
        var rig = try SupplyRig()
        if !opens {
          try rig.command(.open)
          try rig.command(.release)
        }
        let before = rig.meter.supplyState
        rig.coils = []
        try rig.meter.command(opens ? .open : .close, now: rig.now)
        rig.memory.cut(afterBytes: offset, shape: shape)
        isWhole = rig.serve()
        let contacts = rig.contacts
        if !isWhole { #expect(rig.coils.isEmpty) }
        try rig.restart()
        let after: SupplyState = opens ? .disconnectedByCommand : .connected
        #expect(rig.meter.supplyState == before || rig.meter.supplyState == after)
        #expect((rig.contacts == 7) == rig.meter.supplyState.isClosed)
        if isWhole { #expect(contacts == rig.contacts && rig.meter.supplyState == after) }
        offset += 29
      }
      #expect(offset > 29 * 10)
    }
  }

  @Test("a destroyed record leaves the switch open and says so")
  func destroyed() throws {
    var rig = try SupplyRig()
    try rig.command(.open)
    try rig.command(.release)
    try rig.command(.close)
    for page in MemoryMap.state(6).pages {
      for k in 0..<32 { rig.memory.poke(page * 256 + k, xor: 0x5A) }
    }
    try rig.restart()
    #expect(rig.meter.supplyState == .disconnectedByCommand && rig.contacts == 0)
    #expect(rig.events(.supplySwitch, 3).contains(100))
  }

  @Test("a meter without switch refuses everything")
  func noSwitch() throws {
    var meter = Meter(
      try Bench.configuration { $0.hasSwitch = false }, SupplyRig.settings)
    for command in SwitchCommand.allCases {
      do throws(SwitchRefusal) {
        try meter.command(command, now: Instant(seconds: 1))
        Issue.record("accepted")
      } catch {
        #expect(error == .noSwitch)
      }
    }
    #expect(meter.supplyFeedback == 0 && meter.supplyState == .absent)
  }

  @Test("the parameters are a section of the configuration that only a module may change")
  func configuration() throws {
    var supply = SupplyParameters()
    supply.basis = .power
    supply.smartDisconnect = SmartDisconnectParameters(
      limit: 9000, k: (200, 150, 90), t: (1, 2, 3), reconnectWait: 4, isAutomatic: true)
    supply.supplySwitch.breakingLimit_mA = 50_000
    supply.supplySwitch.buttonOpens = false
    supply.prepayment.warning_Wh = 5
    supply.prepayment.emergency_Wh = 6
    supply.prepayment.limitedPower_W = 7
    supply.prepayment.limitedTime_s = 8
    supply.prepayment.friendlyFrom_min = 9
    supply.prepayment.friendlyTo_min = 10
    supply.prepayment.workingDays = 11
    supply.prepayment.isAutomatic = true
    supply.neutralLoss.isEnabled = false
    supply.neutralLoss.neutral_V = 41
    supply.neutralLoss.high_V = 254
    supply.neutralLoss.time_s = 61
    supply.neutralLoss.zeroSequence_V = 31
    var rig = try SupplyRig()
    #expect(throws: ConfigurationRefusal.wrongDoor(.supply)) {
      _ = try rig.meter.configureSupply(
        supply, through: .optical, now: rig.now, memory: &rig.memory)
    }
    var wrong = supply
    wrong.smartDisconnect.k2 = 300
    #expect(throws: ConfigurationRefusal.invalid(.supply, at: 0)) {
      _ = try rig.meter.configureSupply(
        wrong, through: .module, now: rig.now, memory: &rig.memory)
    }
    let progress = try rig.meter.configureSupply(
      supply, through: .module, now: rig.now, memory: &rig.memory)
    #expect(progress == .committed)
    try rig.restart()
    #expect(rig.meter.configuration.supply == supply)
  }
}

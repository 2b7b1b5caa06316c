import LegalMeter
import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter

@Suite struct LoadControlTests {
  @Test("a random delay when switching on, none when switching off, another each time")
  func delay() {
    var delays: Set<Int64> = []
    for meter in 0..<200 as Range<UInt64> {
      var output = LoadOutput()
      let start = Instant(seconds: 1000)
      _ = output.step(wanted: true, longest_s: 600, seed: meter, now: start)
      let due = output.due.map { ($0 - start).wholeSeconds } ?? 0
      #expect((0...600).contains(due))
      delays.insert(due)
      let early = output.step(
        wanted: true, longest_s: 600, seed: meter, now: start + .seconds(due) - .milliseconds(1))
      #expect(!early && (due == 0 || !output.isOn))
      _ = output.step(wanted: true, longest_s: 600, seed: meter, now: start + .seconds(due))
      #expect(output.isOn)
      let isOff = output.step(
        wanted: false, longest_s: 600, seed: meter, now: start + .seconds(due))
      #expect(isOff && !output.isOn, "off at once")
    }
    #expect(delays.count > 120, "\(delays.count)")
    #expect((delays.min() ?? 99) < 30 && (delays.max() ?? 0) > 570)
  }

  @Test("a wish that goes away before its delay has run switches nothing")
  func withdrawn() {
    var output = LoadOutput()
    var seed: UInt64 = 1
    _ = output.step(wanted: true, longest_s: 10_800, seed: seed, now: Instant(seconds: 0))
    while (output.due?.seconds ?? 0) == 0 {
      seed += 1
      output = LoadOutput()
      _ = output.step(wanted: true, longest_s: 10_800, seed: seed, now: Instant(seconds: 0))
    }
    _ = output.step(wanted: false, longest_s: 10_800, seed: seed, now: Instant(seconds: 0))
    #expect(output.due == nil && !output.isOn)
  }

  @Test("a plan of working and other days")
  func plan() {
    var plan = LoadPlan()
    plan.set(0, isWorking: true, minute: 360, isOn: true)
    plan.set(1, isWorking: true, minute: 480, isOn: false)
    plan.set(2, isWorking: true, minute: 1320, isOn: true)
    plan.set(0, isWorking: false, minute: 0, isOn: true)
    #expect(plan.isValid)
    let moments: [(Bool, UInt16, Bool)] = [
      (true, 0, false), (true, 359, false), (true, 360, true), (true, 479, true),
      (true, 480, false), (true, 1320, true), (false, 0, true), (false, 1439, true),
    ]
    for (isWorking, minute, isOn) in moments {
      #expect(plan.wants(isWorking: isWorking, minute: minute) == isOn, "\(minute)")
    }
    var disorder = plan
    disorder.set(3, isWorking: true, minute: 100, isOn: false)
    #expect(!disorder.isValid)
  }

  @Test("outputs by tariff and by command, remembered over a cut; inputs choose the tariff")
  func inTheMeter() throws {
    var configuration = try Bench.configuration()
    configuration.loads.output1.mode = .tariff
    configuration.loads.output1.tariffs = 0b0010
    configuration.loads.output2.mode = .command
    configuration.loads.input1.function = .tariff
    configuration.loads.input2.function = .counter
    configuration.loads.input2.divider_thousandths = 2500
    var rig = try SupplyRig(configuration)
    rig.run(1, seconds: 2)
    let isOnAtFirst = rig.meter.isLoadOn(0)
    #expect(!isOnAtFirst)
    let isRefused = !rig.meter.commandLoad(0, isOn: true, now: rig.now)
    #expect(isRefused, "follows the tariff")
    rig.meter.notePulseInput(0, isOn: true, at: rig.now)
    rig.run(1, seconds: 3)
    #expect(rig.meter.legal.tariff == .t2 && rig.meter.isLoadOn(0))
    let isDone = rig.meter.commandLoad(1, isOn: true, now: rig.now)
    #expect(isDone && rig.meter.isLoadOn(1))
    for k in 0..<10 {
      rig.meter.notePulseInput(1, isOn: k % 2 == 0, at: rig.now)
      rig.run(1, seconds: 0.05)
    }
    rig.run(1, seconds: 10)
    #expect(rig.meter.pulseInputCount(1) == 2)
    rig.run(1, seconds: 2)
    try rig.meter.legal.resetBilling(now: rig.now)
    _ = rig.serve()
    let record = rig.meter.legal.billingRecord(0, memory: rig.memory)
    let period = try #require(record)
    #expect(period.pulseInputs[0] == 0 && period.pulseInputs[1] == 2)
    try rig.restart()
    rig.run(1, seconds: 2)
    #expect(rig.meter.isLoadOn(1) && rig.meter.pulseInputCount(1) == 2)
  }

  /// Every field unlike its default.
  private static var unusual: LoadParameters {
    var loads = LoadParameters()
    loads.output1.mode = .plan
    loads.output1.plan.set(0, isWorking: true, minute: 5, isOn: true)
    loads.output2.mode = .tariff
    loads.output2.tariffs = 9
    loads.delay_s = 10_800
    loads.input1.function = .alarm
    loads.input2.function = .counter
    loads.input2.unit = .litre
    loads.input2.divider_thousandths = 1_000_000
    loads.pulse1.isOn = true
    loads.pulse1.decade = 4
    loads.pulse2.isLong = true
    loads.pulse2.register = .reactiveExport
    return loads
  }

  @Test("a module changes all of it; it is there after a restart; the optical head does not")
  func configure() throws {
    var rig = try SupplyRig()
    #expect(throws: ConfigurationRefusal.sealed(.loads, .moduleArea)) {
      _ = try rig.meter.configureLoads(
        Self.unusual, through: .optical, now: rig.now, memory: &rig.memory)
    }
    let progress = try rig.meter.configureLoads(
      Self.unusual, through: .module, now: rig.now, memory: &rig.memory)
    #expect(progress == .committed)
    #expect(rig.meter.configuration.loads == Self.unusual)
    try rig.restart()
    #expect(rig.meter.configuration.loads == Self.unusual)
  }

  @Test("the section of the configuration is what it was")
  func encoding() throws {
    let loads = Self.unusual
    var configuration = try Bench.configuration()
    configuration.loads = loads
    var bytes = InlineArray<160, UInt8>(repeating: 0)
    let count = configuration.encode(.loads, into: &bytes)
    #expect(count == LoadParameters.encodedBytes)
    let decoded = LoadParameters(decoding: bytes.span.extracting(0..<LoadParameters.encodedBytes))
    #expect(decoded == loads)
    for k in 0..<LoadParameters.encodedBytes {
      let short = LoadParameters(decoding: bytes.span.extracting(0..<k))
      #expect(short == nil)
      for bit in 0..<8 as Range<UInt8> {
        var flipped = bytes
        flipped[k] ^= 1 << bit
        let other = LoadParameters(
          decoding: flipped.span.extracting(0..<LoadParameters.encodedBytes))
        if let other { #expect(other.isValid) }
      }
    }
  }
}

@Suite struct PulseTests {
  /// Greatest current at which the output keeps up for four minutes, in 1/1000 A.
  private static func greatest(decade: UInt8, isLong: Bool) -> Int {
    var parameters = ModulePulseParameters()
    parameters.isOn = true
    parameters.decade = decade
    parameters.isLong = isLong
    func keepsUp(_ milliamperes: Int) -> Bool {
      var output = ModulePulseOutput()
      // Three phases at 230 V, windows of 200 ms.
      let energy = Int64(milliamperes) * 3 * 230 * 200
      var last: Instant?
      for n in 0..<1200 {
        let start = Instant(ticks: Int64(n) * 65_536 / 5)
        output.take(energy, from: start, to: Instant(ticks: Int64(n + 1) * 65_536 / 5), parameters)
        while let edge = output.next(parameters) {
          if let last, edge - last < parameters.width * 2 { return false }
          last = edge
        }
      }
      // What still waits may be one pulse that is due at the border: 1 of 4000 at 86 A.
      return output.waiting <= 1 && output.lost == 0
    }
    // The rated maximum is the end of what has to be told.
    if keepsUp(105_000) { return 105_000 }
    var (low, high) = (0, 105_000)
    while high - low > 10 {
      let middle = (low + high) / 2
      if keepsUp(middle) { low = middle } else { high = middle }
    }
    return low
  }

  /// The maximum load table of the data sheet (Maksimal belastning), in printed digits.
  @Test(
    "the data sheet's maximum load, out of the simulated outputs",
    arguments: [
      (0, false, "105"), (0, true, "105"), (1, false, "105"), (1, true, "105"), (2, false, "105"),
      (2, true, "105"), (3, false, "86"), (3, true, "32"), (4, false, "8.6"), (4, true, "3.2"),
    ] as [(UInt8, Bool, String)])
  func maximumLoad(decade: UInt8, isLong: Bool, printed: String) {
    let milliamperes = Self.greatest(decade: decade, isLong: isLong)
    let text =
      printed.contains(".")
      ? "\(milliamperes / 1000).\(milliamperes % 1000 / 100)" : "\(milliamperes / 1000)"
    #expect(text == printed, "\(milliamperes) mA")
  }

  @Test("the queue is bounded; what does not fit is counted and raises an alarm")
  func overflow() throws {
    var parameters = ModulePulseParameters()
    parameters.decade = 4
    var output = ModulePulseOutput()
    var sent = 0
    let second = Instant(seconds: 1)
    output.take(3_600_000_000_000, from: Instant(seconds: 0), to: second, parameters)
    while output.next(parameters) != nil { sent += 1 }
    #expect(sent == 17 && output.waiting == ModulePulseOutput.capacity)
    #expect(Int(output.lost) == 10_000 - sent - Int(output.waiting))
    var configuration = try Bench.configuration()
    configuration.loads.pulse1.isOn = true
    configuration.loads.pulse1.decade = 4
    var rig = try SupplyRig(configuration)
    // 15.3 of at most 16.7 pulses in a second.
    rig.run(8, seconds: 8)
    while rig.meter.nextModulePulse(0) != nil {}
    rig.run(8, seconds: 2)
    #expect(rig.meter.lostModulePulses(0) == 0)
    for _ in 0..<20 {
      rig.run(50, seconds: 0.4)
      while rig.meter.nextModulePulse(0) != nil {}
    }
    #expect(rig.meter.lostModulePulses(0) > 0)
    rig.run(50, seconds: 2)
    #expect(rig.meter.legal.alarms.has(.pulseOverflow))
  }

  @Test("a module's pulses are the energy, whatever register they follow")
  func energy() throws {
    var configuration = try Bench.configuration()
    configuration.loads.pulse1.isOn = true
    configuration.loads.pulse2.isOn = true
    configuration.loads.pulse2.decade = 2
    var rig = try SupplyRig(configuration)
    var counts = [0, 0]
    for _ in 0..<150 {
      rig.run(20, seconds: 0.2)
      for output in 0..<2 {
        while rig.meter.nextModulePulse(output) != nil { counts[output] += 1 }
      }
    }
    let energy_mWh = rig.meter.legal.registers[.total(.activeImport)]
    #expect(abs(counts[0] - Int(energy_mWh / 1000)) <= 1, "\(counts[0])")
    #expect(abs(counts[1] - Int(energy_mWh / 10_000)) <= 1, "\(counts[1])")
  }

  /// Counts pulses given by their edges in milliseconds.
  private static func count(
    _ edges: [Int64], divider: UInt32 = 1000, function: PulseInputParameters.Function = .counter
  ) -> UInt32 {
    var parameters = PulseInputParameters()
    parameters.function = function
    parameters.divider_thousandths = divider
    var input = PulseInput()
    for (n, edge) in edges.enumerated() {
      input.take(n % 2 == 0, at: Instant(ticks: 65_536 * edge / 1000), parameters)
    }
    input.settle(Instant(seconds: 1000), parameters)
    return input.count
  }

  @Test("25 Hz is counted to the last pulse, bouncing is not")
  func debounce() {
    #expect(Self.count((0..<200).map { Int64($0) * 20 + 100 }) == 100)
    // A contact that bounces for 5 ms at each edge.
    let bouncing = (0..<20).flatMap { n -> [Int64] in
      let t = Int64(n) * 100 + 50
      return [t, t + 2, t + 3, t + 40, t + 41, t + 42]
    }
    #expect(Self.count(bouncing) == 20)
    #expect(Self.count([100, 105, 200, 205]) == 0, "pulses of 5 ms are none")
    #expect(Self.count([100, 150], function: .off) == 0)
  }

  @Test(
    "dividers from 0.100 to 1000",
    arguments: [
      (100, 30, 300), (1000, 30, 30), (2500, 30, 12), (400_000, 800, 2), (1_000_000, 999, 0),
      (1_000_000, 1000, 1),
    ] as [(UInt32, Int, UInt32)])
  func dividers(divider: UInt32, pulses: Int, units: UInt32) {
    let edges = (0..<(2 * pulses)).map { Int64($0) * 20 + 100 }
    #expect(Self.count(edges, divider: divider) == units)
  }
}

import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// The legal processor: sums the three measuring systems into registers that nothing can set.
///
/// It imports no language; what crosses its border are typed questions and the few commands
/// below. Time and memory are passed to the calls that need them.
///
/// The way of a window: `add` takes samples until it answers true; `closeWindow` corrects, splits
/// and books; `service` brings what moved into the permanent memory.
public struct LegalMeter {
  public internal(set) var parameters: LegalParameters
  var settings: MeasuringSettings
  var unit: MeasuringUnit
  var gates = InlineArray<3, CreepGate>(repeating: CreepGate())
  var totalGate = CreepGate()
  /// Energy registers.
  public internal(set) var registers = RegisterBank()
  var pulses: PulseOutput
  var backstop = Backstop()
  /// The window closed last.
  public internal(set) var window: MeasuredWindow
  /// Sets metered since the start.
  public internal(set) var samples: Int64 = 0
  /// Seconds in operation, over the whole life.
  public internal(set) var operatingSeconds: UInt32 = 0
  var operatingSamples: UInt32 = 0
  var state = LegalState()
  var verification: Verification?
  /// Quadrants in which energy is being registered, bit 0 for QI.
  public internal(set) var activeQuadrants: UInt8 = 0
  // The permanent memory's side.
  var journal = RegisterJournal()
  var stateRecord = AtomicRecord(region: MemoryMap.state(0), kind: 1)
  var stateNeedsCommit = false
  var stateBeingStored = InlineArray<16, UInt8>(repeating: 0)
  var logs = EventLogs()
  var pending = PendingEvents()
  var alarmState = AlarmState()
  var committedAlarms = AlarmSet(rawValue: 0)
  var alarmRecord = AtomicRecord(region: MemoryMap.state(8), kind: 9)
  var alarmsNeedCommit = false
  /// Low 16 bits of the seconds of the newest journal record before the start; nil without one.
  public internal(set) var lastAlive: UInt16?
  /// Seconds, on the owner's time line, of the last record of the journal.
  var lastBeat: Int64 = 0
  var calibrationChanged = false
  // The clock.
  /// Zone and daylight saving; records stay in standard time.
  public internal(set) var zone: ZoneRules
  /// Where the meter's time lies on the owner's time line.
  public internal(set) var clock: LegalClock
  /// How far and how often the clock may be moved.
  public internal(set) var clockLimits: ClockLimits
  var clockRecord = AtomicRecord(region: MemoryMap.state(1), kind: 3)
  var clockNeedsCommit = false
  /// Counts the steps of the clock that mark records; for loggers that compare.
  public internal(set) var clockSteps: UInt8 = 0
  var clockBeingStored = InlineArray<128, UInt8>(repeating: 0)
  // What goes by the calendar.
  var tariffs = TariffControl()
  var billing = BillingControl()
  /// Pulses counted at the inputs of the module area, as a billing reset saves them.
  public var pulseInputs = InlineArray<2, UInt64>(repeating: 0)
  // Registration periods.
  var periods = PeriodEngine()
  var profile: LoadProfile
  /// Up to where energy has been booked, on the owner's time line.
  public internal(set) var bookedUntil: Instant?
  /// True while a magnet is held to the meter. Shunts do not mind it; it is shown and logged.
  public internal(set) var isMagnetPresent = false
  /// What the memory has learnt of its wear.
  public internal(set) var memoryCondition = MemoryCondition()
  /// True while the alarm input of a module is active.
  public internal(set) var isExternalAlarm = false
  /// Set when the legal code has been found changed since the last start.
  public internal(set) var isLegalCodeChanged = false
  /// Set when the memory holds nothing intact: nothing is written over what might be saved.
  public internal(set) var isMemoryLost = false

  /// - Precondition: `settings.refusal` is nil.
  @inline(never)
  public init(
    parameters: LegalParameters, settings: MeasuringSettings, clock: ClockSettings = ClockSettings()
  ) {
    self.parameters = parameters
    profile = LoadProfile(layout: parameters.energies.profileLayout(.minutes15))
    zone = clock.zone
    self.clock = LegalClock(clock.reserve)
    clockLimits = clock.limits
    self.settings = settings
    self.settings.nominalVoltage_mV = parameters.nominalVoltage_mV
    unit = MeasuringUnit(self.settings)
    pulses = PulseOutput(
      impulsesPerKilowattHour: parameters.impulsesPerKilowattHour, rate: settings.rate)
    window = .empty
  }

  /// Sets per second.
  public var rate: SampleRate { settings.rate }
  /// Nominal mains frequency, 50 or 60 Hz.
  public var nominalHertz: UInt8 { settings.nominalHertz }
  /// Sets in the open window.
  public var openSamples: UInt32 { unit.count }
  /// Length of the open window so far.
  public var openLength: Instant.Duration {
    let rate = settings.rate
    return Instant.Duration(
      ticks: Int64(unit.count) * Int64(rate.denominator) * Instant.ticksPerSecond
        / Int64(rate.numerator))
  }
  /// Sets that the open window still takes.
  public var remainingSamples: UInt32 { unit.remaining }
  /// Reference step per sample, 2^-32 turns, for analysers that share the time base.
  public var referenceIncrement: UInt32 { unit.referenceIncrement }

  // MARK: the way of a watt-hour

  /// Adds one set; true when the window is complete and must be closed.
  @inline(never)
  public mutating func add(_ set: SampleSet) -> Bool { unit.add(set) }

  /// Adds sets of a block from `start` on until block or window end.
  public mutating func add(_ block: borrowing SampleBlock, from start: Int) -> (
    next: Int, complete: Bool
  ) {
    unit.add(block, from: start)
  }

  /// Closes the open window and books it.
  ///
  /// - Parameters:
  ///   - now: the end of the window.
  ///   - temperature_dC: of the measuring systems, tenths of a degree Celsius.
  @inline(never)
  public mutating func closeWindow(now: Instant, temperature_dC: Int16 = 230) {
    window = unit.closeWindow(temperature_dC: temperature_dC)
    samples &+= Int64(window.samples)
    countOperation()
    followClock(now: now)
    followTariffs(now: now)
    let booked = gate(isLast: false)
    book(booked, to: now)
    pulse(booked.total, now: now)
    watchBackstop(now: now)
    // A record at least every ten seconds, so that an outage without warning can be timed.
    if now.seconds &- lastBeat >= 10 { registers.requestCommit() }
    if let v = verification, now >= v.until { endVerification(now: now) }
  }

  /// Closes the open window without booking it: the meter has no supply.
  /// - Parameter now: the end of the window.
  @inline(never)
  public mutating func dropWindow(now: Instant, temperature_dC: Int16 = 230) {
    clock.reserve.advance(to: now, isSupplied: false)
    window = unit.closeWindow(temperature_dC: temperature_dC)
    unit.forgetDisturbances()
    samples &+= Int64(window.samples)
    activeQuadrants = 0
  }

  /// Closes and books what stands open when the input ends.
  @inline(never)
  public mutating func endOfInput(now: Instant, temperature_dC: Int16 = 230) {
    window = unit.closeWindow(temperature_dC: temperature_dC)
    samples &+= Int64(window.samples)
    countOperation()
    let booked = gate(isLast: true)
    book(booked, to: now)
    pulse(booked.total, now: now)
    // An orderly end keeps what is below the last watt-hour, too.
    registers.requestCommit()
  }

  /// Splits and gates the window; returns what is to be booked.
  private mutating func gate(isLast: Bool) -> BookedEnergy {
    let rate = settings.rate
    let threshold = parameters.creepThreshold_mW
    var out = BookedEnergy()
    var active: Int64 = 0
    var reactive: Int64 = 0
    var quadrants: UInt8 = 0
    for phase in Phase.allCases where parameters.uses(phase) {
      let w = window[phase.index]
      active &+= w.active_µWs
      reactive &+= w.reactive_µvars
      let booked = Self.pass(
        &gates[phase.index], active: w.active_µWs, reactive: w.reactive_µvars,
        samples: window.samples, rate: rate, threshold_mW: threshold, isLast: isLast)
      out.phases[phase.index] = booked
      out.total += booked
      quadrants |= Self.quadrant(gates[phase.index], w.active_µWs, w.reactive_µvars)
    }
    if parameters.effectiveSummation == .vector {
      out.total = Self.pass(
        &totalGate, active: active, reactive: reactive, samples: window.samples, rate: rate,
        threshold_mW: threshold, isLast: isLast)
      quadrants = Self.quadrant(totalGate, active, reactive)
    }
    activeQuadrants = quadrants
    return out
  }

  private static func pass(
    _ gate: inout CreepGate, active: Int64, reactive: Int64, samples: UInt32, rate: SampleRate,
    threshold_mW: Int32, isLast: Bool
  ) -> EnergyContribution {
    var booked = gate.pass(
      active: active, reactive: reactive,
      split: EnergyContribution(active: active, reactive: reactive), samples: samples, rate: rate,
      threshold_mW: threshold_mW)
    if isLast { booked += gate.decide(rate: rate, threshold_mW: threshold_mW) }
    return booked
  }

  /// The quadrant that is lit, as a bit; none while nothing is registered.
  static func quadrant(_ gate: CreepGate, _ active: Int64, _ reactive: Int64) -> UInt8 {
    if !gate.activeOn && !gate.reactiveOn { return 0 }
    // Below its threshold reactive energy has no sign worth showing.
    switch (active >= 0 || !gate.activeOn, reactive >= 0 || !gate.reactiveOn) {
    case (true, true): return 1
    case (false, true): return 2
    case (false, false): return 4
    case (true, false): return 8
    }
  }

  mutating func countOperation() {
    operatingSamples &+= window.samples
    let whole =
      UInt64(operatingSamples) * UInt64(settings.rate.denominator) / UInt64(settings.rate.numerator)
    if whole > 0 {
      operatingSeconds &+= UInt32(truncatingIfNeeded: whole)
      let used = whole * UInt64(settings.rate.numerator) / UInt64(settings.rate.denominator)
      operatingSamples &-= UInt32(truncatingIfNeeded: used)
    }
  }

  private mutating func pulse(_ booked: EnergyContribution, now: Instant) {
    pulses.take(
      booked[verification?.register ?? .activeImport], end: samples, samples: window.samples)
  }

  /// The next edge of S0 and LED that is known by now, nil if there is none.
  @inline(never)
  public mutating func nextPulse() -> PulseEdge? { pulses.next() }
  /// Pulses since the start.
  public var pulseCount: UInt32 { pulses.count }
  /// True while pulses follow each other faster than DIN 43864 allows.
  public var isPulseRateAboveStandard: Bool { pulses.isAboveStandard }

  /// A dip or swell that was over in the window closed last, nil when there is no further one.
  @inline(never)
  public mutating func nextDisturbance() -> VoltageDisturbance? {
    unit.nextDisturbance(window: window.samples)
  }
  /// Phases in which a dip or swell is under way, as bits.
  public var openDisturbances: UInt8 { unit.openDisturbances }

  // MARK: questions

  /// The tariff in force.
  public var tariff: Tariff { state.tariff }
  /// The register that LED and S0 follow in verification mode, nil in normal mode.
  public var verifiedRegister: EnergyKind? { verification?.register }
  /// True while a meter without A- sees energy running backwards.
  public var isReverse: Bool { backstop.isReverse }
  /// True if the seal has been broken.
  public func isBroken(_ seal: Seal) -> Bool { state.brokenSeals >> seal.rawValue & 1 != 0 }
  /// Times the meter has been started.
  public var starts: UInt32 { state.starts }
  /// Calibration of one system.
  public func calibration(_ phase: Phase) -> SystemCalibration {
    settings.calibrations[phase.index]
  }
  /// True when registration of active energy is on in this phase.
  public func isRegistering(_ phase: Phase) -> Bool { gates[phase.index].activeOn }

  /// True when the voltages follow each other as L1, L2, L3; nil without three voltages.
  @inline(__always)
  public var isPhaseSequenceRight: Bool? {
    guard parameters.connection == .fourWire else { return nil }
    for k in 0..<3 where window[k].voltage_mV < settings.presentVoltage_mV { return nil }
    let second = Int32(bitPattern: window[1].voltageAngle &- window[0].voltageAngle)
    let third = Int32(bitPattern: window[2].voltageAngle &- window[0].voltageAngle)
    return second < 0 && third > 0
  }
}

import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// The device: the legal processor with its display, button, supply watch and configuration.
///
/// One value is one meter. It owns no clock, no memory, no thread: samples, time, bytes and the
/// pressed button come in as arguments, the glass and the pulses go out as values.
///
/// ```swift
/// var meter = Meter(configuration, settings)
/// let report = try meter.start(now: now, memory: &memory)
/// while … {
///   let step = meter.add(block, from: at)
///   if step.complete { meter.closeWindow(now: end) }
///   _ = meter.service(now: end, memory: &memory)
/// }
/// ```
public struct Meter {
  /// The legal processor; its commands keep their own rules.
  public var legal: LegalMeter
  public internal(set) var configuration: MeterConfiguration
  var display: DisplayController
  /// Latest time that the owner told.
  public internal(set) var now = Instant(ticks: 0)
  /// Temperature of the measuring systems, tenths of a degree Celsius.
  public var temperature_dC: Int16 = 230
  /// False while all voltages are too low for the meter to run.
  public internal(set) var isPowered = true
  /// How long the supply has been on the other side of its limit.
  var supplySince: Instant?
  var store = ConfigurationStore()
  var analysis: AnalysisLogger
  /// Open while records are read on the glass.
  var reader: RecordReader?
  var voltageQuality = VoltageQuality()
  var supply: SupplyControl
  var tamper = TamperWatch()
  /// Total harmonic distortion of U1, U2, U3, I1, I2, I3 as the owner's analyser found it last,
  /// 1/100 per cent; 65535 where nobody has analysed.
  var distortions = InlineArray<6, UInt16>(repeating: .max)
  var loads = LoadControl()

  /// - Precondition: `settings.refusal` is nil.
  public init(_ configuration: MeterConfiguration, _ settings: MeasuringSettings) {
    self.configuration = configuration
    legal = LegalMeter(
      parameters: configuration.legalParameters, settings: settings,
      clock: configuration.clockSettings)
    display = DisplayController(lists: configuration.lists, options: configuration.options)
    analysis = AnalysisLogger(
      .factory(configuration.variant.energyType, configuration.variant.connection))
    supply = SupplyControl(hasSwitch: configuration.variant.hasSwitch)
  }

  // MARK: start

  /// Restores the meter from its memory; to be called once, before the first sample.
  ///
  /// A blank memory is a new meter and takes the configuration; any other must have been written
  /// by the same one.
  /// - Parameter chip: what the owner knows of the clock's chip.
  /// - Throws: `StartRefusal`; the memory is not changed then.
  public mutating func start(
    now: Instant, chip: ClockChip = .unknown, memory: inout some PageMemory & ~Copyable
  ) throws(StartRefusal) -> StartReport {
    self.now = now
    let isConfigured = try startConfiguration(from: memory)
    applyRecords()
    var report = legal.start(now: now, chip: chip, memory: &memory)
    applyRecords()
    report.bytesRead += startAnalysis(now: now, memory: memory)
    if report.isRestored && !isConfigured { throw .damagedConfiguration }
    voltageQuality.startedAt = now
    if !legal.isMemoryLost { startSupply(&report, memory: memory) }
    display.start(at: now)
    return report
  }

  /// Lets a meter that has been restored run on its battery: nothing is measured, and the glass is
  /// dark until somebody presses the button.
  public mutating func runWithoutSupply(now: Instant) {
    self.now = now
    isPowered = false
    display.stop(at: now, hasBattery: configuration.variant.backup.hasBattery)
  }

  // MARK: samples

  /// Adds one set; true when the window is complete and must be closed.
  @inline(__always)
  public mutating func add(_ set: SampleSet) -> Bool { legal.add(set) }

  /// Adds sets of a block from `start` on until block or window end.
  public mutating func add(_ block: borrowing SampleBlock, from start: Int) -> (
    next: Int, complete: Bool
  ) {
    legal.add(block, from: start)
  }

  /// Closes the open window: books it, and watches the supply.
  /// - Parameter now: the end of the window.
  public mutating func closeWindow(now: Instant) {
    self.now = now
    let length = legal.openLength
    if isPowered {
      legal.closeWindow(now: now, temperature_dC: temperature_dC)
      watchVoltages(now: now)
      superviseSupply()
    } else {
      legal.dropWindow(now: now, temperature_dC: temperature_dC)
    }
    watchSupply(now: now)
    followAnalysis(length: length, now: now)
    handle(display.advance(to: now))
  }

  /// Closes and books what stands open when the input ends.
  public mutating func endOfInput(now: Instant) {
    self.now = now
    if isPowered { legal.endOfInput(now: now, temperature_dC: temperature_dC) }
    handle(display.advance(to: now))
  }

  /// The meter runs while any voltage is above 40 % of the nominal one. It stops after a second
  /// below, and starts with the first window above.
  private mutating func watchSupply(now: Instant) {
    let limit = legal.parameters.nominalVoltage_mV / 5 * 2
    var isPresent = false
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      if legal.window[phase.index].voltage_mV >= limit { isPresent = true }
    }
    if isPresent == isPowered {
      supplySince = nil
      return
    }
    let since = supplySince ?? now
    supplySince = since
    if isPowered {
      guard now - since >= .seconds(1) else { return }
      isPowered = false
      legal.notePowerDown(now: now)
      noteSupplyLost(since: since)
      display.stop(at: now, hasBattery: configuration.variant.backup.hasBattery)
    } else {
      isPowered = true
      legal.notePowerUp(now: now)
      noteSupplyReturned(now: now)
      display.start(at: now)
    }
    supplySince = nil
  }

  // MARK: memory

  /// Brings what moved into the memory; to be called after each window and while it is busy.
  /// - Returns: true when nothing is left to do.
  public mutating func service(now: Instant, memory: inout some PageMemory & ~Copyable) -> Bool {
    self.now = max(self.now, now)
    // A memory that holds registers holds a configuration, or it is damaged: so that comes first.
    // Where it cannot be stored the registers must not wait for it.
    let isFirst = store.record.newest == 0 && store.record.failures < 4
    if isFirst && !legal.isMemoryLost {
      memory.maintain()
      if !serviceConfiguration(now: now, memory: &memory) { return false }
    }
    if reader != nil { serviceReader(now: self.now, memory: memory) }
    guard legal.service(now: now, memory: &memory) else { return false }
    if legal.isMemoryLost { return true }
    if usesDays { supply.day.look(legal, configuration.zone, now: self.now, memory: memory) }
    guard supply.service(memory: &memory), loads.service(memory: &memory) else { return false }
    guard serviceAnalysis(memory: &memory) else { return false }
    guard serviceConfiguration(now: now, memory: &memory) else { return false }
    return serviceVoltageQuality(now: now, memory: &memory)
  }

  // MARK: button and display

  /// The button goes down.
  public mutating func pressButton(now: Instant) {
    self.now = max(self.now, now)
    handle(display.press(at: now))
  }

  /// The button comes up.
  public mutating func releaseButton(now: Instant) {
    self.now = max(self.now, now)
    handle(display.release(at: now))
  }

  /// Lets time pass for display and button, between windows.
  public mutating func advance(to now: Instant) {
    self.now = max(self.now, now)
    handle(display.advance(to: now))
  }

  mutating func handle(_ event: DisplayEvent?) {
    if let event, pressReader(event, at: now) { return }
    switch event {
    case .doorOpened(let door): openReader(door, at: now)
    case .resetRequested(let quantity):
      legal.clearResettable(export: quantity == .activeExportResettable, now: now)
    case .extraLongPress:
      if legal.verifiedRegister != nil { endVerification() } else { pressSwitch() }
    case .shortPress: stepVerification()
    case .longPress, nil: break
    }
  }

  /// Starts verification mode: the high-resolution register on the glass, LED and S0 following.
  public mutating func verify(_ kind: EnergyKind) throws(LegalRefusal) {
    try legal.verify(kind, now: now)
    display.pin(Self.fine(kind), at: now)
  }

  /// Ends verification mode; it also ends after 16 hours and by a press of 6 seconds.
  public mutating func endVerification() {
    legal.endVerification(now: now)
    display.pin(nil, at: now)
  }

  /// In verification mode a short press goes on to the next register that the meter has.
  private mutating func stepVerification() {
    guard let kind = legal.verifiedRegister else { return }
    for step in 1...4 {
      guard let next = EnergyKind(rawValue: (kind.rawValue + UInt8(step)) & 3) else { return }
      if (try? verify(next)) != nil { return }
    }
  }

  private static func fine(_ kind: EnergyKind) -> QuantityID {
    switch kind {
    case .activeImport: .activeImportFine
    case .activeExport: .activeExportFine
    case .reactiveImport: .reactiveImportFine
    case .reactiveExport: .reactiveExportFine
    }
  }

  /// Lights all segments for a time.
  public mutating func testDisplay(for length: Instant.Duration) {
    display.testDisplay(at: now, for: length)
  }

  /// Shows «YES» to tell this meter from its neighbours.
  public mutating func identify(for length: Instant.Duration) {
    display.identify(at: now, for: length)
  }

  /// The picture on the glass at a time.
  public mutating func glass(now: Instant) -> Glass {
    advance(to: now)
    if display.mode == .pinned && legal.verifiedRegister == nil { display.pin(nil, at: now) }
    return picture(at: now)
  }

  /// In one borrow of the whole meter: each would be a copy of it on the stack.
  private func picture(at now: Instant) -> Glass {
    if display.mode == .reader, let reader { return draw(reader, at: now) }
    return display.glass(at: now, readings: self, indicators: indicators)
  }

  // MARK: pulses

  /// The next edge of S0 and LED that is known by now, nil if there is none.
  public mutating func nextPulse() -> PulseEdge? { legal.nextPulse() }
}

/// Why a meter does not start from a memory.
public enum StartRefusal: UInt8, Error, Sendable {
  /// The memory was written by a meter of another variant.
  case otherVariant
  /// The memory belongs to another meter number.
  case otherMeter
  /// The stored configuration has a layout that this version does not know.
  case unknownLayout
  /// The stored configuration is damaged.
  case damagedConfiguration
}

import Dispatch
import Foundation
import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory
import Ports
import Quantities
import Waveforms

/// One meter being run by its owner thread, from the first sample to the end.
///
/// Simulated time is the start plus samples over rate. Slices are at most 200 ms of it; between
/// two slices the mailbox is emptied and, unless the speed is unlimited, the thread sleeps until
/// real time has caught up.
public struct MeterRun: ~Copyable {
  /// Why a run ended.
  public enum Ending: String, Sendable {
    /// The source had no more samples; the open window was booked.
    case endOfInput = "end of input"
    /// The time that was asked for was reached; the open window was booked.
    case until
    /// Somebody asked for the end; the open window was booked.
    case stopped
    /// Power cut without flush.
    case powerCut = "power cut"
  }

  /// What a run is given.
  public struct Setup: Sendable {
    /// The meter.
    public var meter: MeterSetup
    /// The front end that the source is seen through; nil for an ideal one.
    public var frontEnd: FrontEndParameters?
    /// The source delivers when it likes: the owner waits for standard input and answers its
    /// mail meanwhile.
    public var isLive = false
    /// Instant of the first sample.
    public var start: Instant
    /// No sample at or after this instant is delivered.
    public var until: Instant?
    /// Simulated seconds per real second; infinite for no sleeping.
    public var speed: Double

    public init(
      meter: MeterSetup = MeterSetup(), start: Instant, until: Instant? = nil, speed: Double = 1
    ) {
      self.meter = meter
      self.start = start
      self.until = until
      self.speed = speed
    }
  }

  let setup: Setup
  /// Where the samples come from.
  public private(set) var source: any SampleSource
  var meter: Meter
  var memory: SparedMemory<CountingMemory>
  /// Where the memory lies, for messages.
  let memoryPath: String?
  let settings: MeasuringSettings
  /// The bench inside `source`, where the samples come from one.
  let bench: BenchSource?
  private let mailbox: Mailbox
  private var pace: Pace
  private var buffer: SampleBuffer
  private let setsPerSlice: Int
  /// The executable legal code, identified at the start and once an hour; nil if the program has
  /// been stripped of its symbols.
  let legalCode: LegalCode?
  private var legalCodeChecked: Instant
  /// Sample sets delivered to the meter.
  public private(set) var samples: UInt64 = 0
  /// Slices measured so far.
  private(set) var turns: UInt64 = 0
  /// Pulses of the LED and S0 output so far.
  public internal(set) var pulses: UInt64 = 0
  /// The relays between meter and house.
  public internal(set) var contacts = HouseContacts()
  /// Half pulses that the pulse inputs still get.
  var pulsesLeft = [0, 0]
  private var silence: [Int32] = []
  private var buttonRelease: Instant?
  private var asked: Ending?
  /// False while the plug is out: time goes on without samples, and the meter is on its battery.
  var isPlugged = true
  /// A magnet is held to the meter, whether it is on or off.
  var isMagnetHeld = false
  /// Time that went by with the plug out.
  var unpluggedTime = Instant.Duration.zero
  /// What was done to the bench, for a scenario.
  var record: ScenarioRecord
  /// What a service shows beside the registers; nil where nobody asks.
  var instruments: Instruments?
  /// Numbers of the messages that are ciphered.
  var dlms = DLMSState()
  /// The radio module in its slot.
  var radio: RadioSlot?
  var distortion = DistortionWatch()
  /// Pulses, relays and inputs for those who listen to the terminals; nil where nobody does.
  var pulseWatch: PulseWatch?
  var pulseTrain = PulseTrain()
  /// Instant of the first sample since the meter started.
  var pulseStart: Instant
  /// What sits in the module area, and what of it the meter knows.
  var modules: ModuleArea
  var notedModules: ModuleArea
  /// The last read filled its limit, so the source may hold more than standard input shows.
  private var mayHaveMore = false
  /// Registers before the first sample, for comparison with the truth.
  let registersAtStart: [QuantityID: Int128]

  /// Powers the meter up.
  ///
  /// - Parameters:
  ///   - folder: keeps the memory; nil runs a new meter that is forgotten at the end.
  ///   - bench: what `source` is, if it is a bench.
  /// - Throws: `badData` for a source that cannot be measured or a memory that is none.
  public init(
    setup: Setup, source: any SampleSource, mailbox: Mailbox, folder: StateDirectory?,
    bench: BenchSource? = nil
  ) throws(Failure) {
    let source = try FrontEndChoice.wrap(source, setup.frontEnd)
    let legalCode = LegalCode()
    let settings = try setup.meter.measuring(source, frontEnd: setup.frontEnd)
    var memory = SparedMemory(CountingMemory(try MeterMemory(folder)))
    let meter = try Self.powerUp(
      setup.meter, settings, legalCode, at: setup.start, &memory, folder?.memoryPath)
    var before: [QuantityID: Int128] = [:]
    for row in ResultTable.registers { before[row.quantity] = Self.energy(row.quantity, of: meter) }
    let area = setup.meter.modules ?? ModuleArea(hasRadio: setup.meter.variant.hasRadio)
    (modules, notedModules) = (area, area)
    pulseStart = setup.start
    legalCodeChecked = setup.start
    self.legalCode = legalCode
    self.settings = settings
    self.setup = setup
    self.source = source
    self.bench = bench
    record = ScenarioRecord(start: setup.start, bench: bench?.bench ?? Bench())
    self.mailbox = mailbox
    self.memory = memory
    self.meter = meter
    memoryPath = folder?.memoryPath
    registersAtStart = before
    let rate = source.rate
    setsPerSlice = max(1, Int(rate.numerator) / Int(rate.denominator) / 5)
    buffer = SampleBuffer(capacity: setsPerSlice)
    pace = Pace(speed: setup.speed, now: setup.start)
  }

  /// The simulated time: the instant of the next sample.
  public var now: Instant { instant(ofSample: samples) }

  /// Simulated seconds per real second.
  public var speed: Double { pace.speed }

  /// Seconds of real time by which the meter is late.
  var lag_s: Double { pace.lag_s(now) }

  /// A present value in its raw unit; nil when this meter does not have it.
  func reading(_ quantity: QuantityID) -> Int64? { meter.reading(quantity) }

  /// A register in 10^-10 kWh or kvarh; nil when this meter does not have it.
  func energy(_ quantity: QuantityID) -> Int128? { Self.energy(quantity, of: meter) }

  /// The register's mWh and the remainder that it carries.
  static func energy(_ quantity: QuantityID, of meter: borrowing Meter) -> Int128? {
    guard let register = Register(quantity),
      quantity.isMeasured(by: meter.legal.parameters.energies)
    else { return nil }
    var energy = Int128(meter.legal.registers[register]) * 10_000
    energy += Int128(meter.legal.registers.remainder(register)) * 10_000 / 3_600_000
    return energy
  }

  /// What the glass shows now.
  var picture: GlassPicture {
    mutating get { GlassPicture(shownGlass(), blinkPhase: Glass.blinkPhase(at: now)) }
  }

  private func instant(ofSample n: UInt64) -> Instant {
    let rate = source.rate
    let ticks =
      Int128(n) * Int128(rate.denominator) * Int128(Instant.ticksPerSecond)
      / Int128(rate.numerator)
    return setup.start + unpluggedTime + Instant.Duration(ticks: Int64(truncatingIfNeeded: ticks))
  }

  /// Runs slices until the end.
  ///
  /// - Parameter watch: called between slices, on the owner's thread.
  /// - Throws: `Failure` when the source breaks; what was measured before stays measured.
  public mutating func run(
    watch: (inout MeterRun) -> Void = { _ in }
  ) throws(Failure) -> Ending {
    while true {
      answerMail()
      if let asked {
        if asked != .powerCut { endOfInput() }
        return asked
      }
      if pace.isPaused {
        watch(&self)
        mailbox.sleep(until: .now() + .milliseconds(200))
        continue
      }
      let limit = setsAllowed()
      if limit == 0 {
        endOfInput()
        return .until
      }
      if !isPlugged {
        passWithoutSupply()
        watch(&self)
        waitForRealTime(watch)
        continue
      }
      guard isInputReady() else { continue }
      let got = try read(limit)
      if got == 0 {
        endOfInput()
        return .endOfInput
      }
      try measure()
      turns += 1
      watch(&self)
      waitForRealTime(watch)
    }
  }

  private mutating func read(_ limit: Int) throws(Failure) -> Int {
    do throws(SourceError) {
      let got = try source.read(into: &buffer, limit: limit)
      mayHaveMore = got == limit
      return got
    } catch {
      endOfInput()
      throw Failure(error)
    }
  }

  /// Whether a read would return at once; waits a little where the source is live.
  private func isInputReady() -> Bool {
    guard setup.isLive, !mayHaveMore else { return true }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 50) != 0
  }

  /// Sample sets that the next slice may have: up to 200 ms, and never beyond `until`.
  private func setsAllowed() -> Int {
    // Slices of a service end where windows end, so that registers and truth can be compared.
    let most =
      instruments == nil ? setsPerSlice : min(setsPerSlice, Int(meter.legal.remainingSamples))
    guard let until = setup.until else { return max(1, most) }
    let rate = source.rate
    let ticks = Int128((until - setup.start - unpluggedTime).ticks)
    // Samples strictly before `until`, rounded up.
    let unit = Int128(rate.denominator) * Int128(Instant.ticksPerSecond)
    let total = (ticks * Int128(rate.numerator) + unit - 1) / unit
    return Int(max(0, min(Int128(max(1, most)), total - Int128(samples))))
  }

  /// Hashes the legal code again when an hour has passed; a change is logged by the meter.
  private mutating func identifyLegalCode() {
    guard let legalCode, now - legalCodeChecked >= .hours(1) else { return }
    legalCodeChecked = now
    _ = meter.legal.confirmLegalCode(checksum: legalCode.checksum(), now: now)
  }

  private mutating func measure() throws(Failure) {
    var done = 0
    // A second reference to the same storage, gone before the source writes to it again.
    let buffer = buffer
    instruments?.keep(buffer)
    analyseDistortion(buffer)
    while done < buffer.count {
      let (next, complete) = add(buffer, from: done)
      samples += UInt64(next - done)
      done = next
      if complete {
        noteLoadVoltage()
        meter.closeWindow(now: now)
        identifyLegalCode()
        afterWindow()
        if done == buffer.count { markWindow() }
      }
    }
    meter.advance(to: now)
    releaseButton()
    playPulses()
    noteSecond()
    sendRadio()
    if let failure = memory.base.failure { throw failure }
  }

  /// Adds samples; through an open contact no current flows, whatever the source says.
  private mutating func add(_ buffer: SampleBuffer, from done: Int) -> (Int, Bool) {
    let closed = contacts.closed
    if contacts.isClosed {
      let block = SampleBlock(
        u1: buffer.u1, i1: buffer.i1, u2: buffer.u2, i2: buffer.i2, u3: buffer.u3, i3: buffer.i3)
      return meter.add(block, from: done)
    }
    if silence.count != buffer.count { silence = [Int32](repeating: 0, count: buffer.count) }
    let quiet = silence
    let none = quiet.span
    let block = SampleBlock(
      u1: buffer.u1, i1: closed[0] ? buffer.i1 : none, u2: buffer.u2,
      i2: closed[1] ? buffer.i2 : none, u3: buffer.u3, i3: closed[2] ? buffer.i3 : none)
    return meter.add(block, from: done)
  }

  /// Brings what a window moved to where it belongs.
  mutating func afterWindow() {
    // RAM and file are ready at once; the bound is for a memory that has failed.
    for _ in 0..<8 where !meter.service(now: now, memory: &memory) {}
    moveContacts()
    takePulses()
  }

  private mutating func endOfInput() {
    guard isPlugged else { return }
    meter.endOfInput(now: now)
    afterWindow()
  }

  mutating func pressButton(_ press: ControlCommand.ButtonPress) {
    holdButton(true)
    buttonRelease = now + .milliseconds(press.milliseconds)
  }

  /// The button goes down until further notice, or comes up.
  mutating func holdButton(_ isDown: Bool) {
    if buttonRelease != nil { meter.releaseButton(now: now) }
    buttonRelease = nil
    if isDown { meter.pressButton(now: now) } else { meter.releaseButton(now: now) }
  }

  mutating func releaseButton() {
    guard let release = buttonRelease, release <= now else { return }
    meter.releaseButton(now: now)
    buttonRelease = nil
  }

  private mutating func waitForRealTime(_ watch: (inout MeterRun) -> Void) {
    while let deadline = pace.deadline(now) {
      mailbox.sleep(until: deadline)
      answerMail()
      if asked != nil { return }
      // What somebody has just set shows at once, not with the next slice.
      if pace.deadline(now) != nil { watch(&self) }
    }
  }

  /// Asks for the end; a power cut goes before an orderly one.
  mutating func end(_ ending: Ending) {
    if ending == .powerCut || asked == nil { asked = ending }
  }

  /// Changes the speed from now on.
  mutating func change(speed: Double) { pace.change(speed: speed, now: now) }

  private mutating func answerMail() {
    for letter in mailbox.take() {
      switch answer(letter.command) {
      case .success(let json): letter.answer(json)
      case .failure(let failure): letter.answer(failure.answer)
      }
    }
    for question in mailbox.takeQuestions() { question.ask(&self) }
  }
}

extension Failure {
  /// A source's error with the same exit code, in the words of the programs.
  public init(_ error: SourceError) {
    let line: Int? = if case .line(let n) = error.place { n } else { nil }
    let offset = if case .offset(let n) = error.place { " at offset \(n)" } else { "" }
    self.init(
      ExitStatus(rawValue: error.exitCode) ?? .badData, file: error.file, line: line,
      what: "found \(error.found)\(offset)", expected: error.expected, next: error.nextStep)
  }
}

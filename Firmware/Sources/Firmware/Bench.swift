import Board
import Bytes
import FeedProtocol
import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory

/// The image's main loop: the meter with its memory, fed by the sample feed or the built-in load,
/// and the hand on the bench that sends commands. Firmware/README.md lists them.
struct Bench: ~Copyable {
  var memory = SparedMemory(EEPROMMemory(bus: .shield))
  let chip = ClockChip(bus: .shield)
  var feed = FeedReceiver()
  var run: ReportedMeter
  var sink = SerialSink()
  /// False where the memory belongs to another meter: nothing is measured then.
  var isRunning = false
  var bytes = InlineArray<256, UInt8>(repeating: 0)
  var allocationsAtStart: UInt32 = 0
  /// Where sets go that are only counted, for tests of the feed itself; nil while metering.
  var audit: CRC32?
  private var commands = CommandReader()
  private var load: Player?
  private var identity = LegalIdentity()
  /// Waits after each window until its lines have left, so that whoever cuts the supply knows
  /// what was metered, and programs in small pieces, so that the cut tears pages.
  private var isTorn = false

  init() {
    // Without a clock the meter begins at the epoch; the line `clock` says so.
    let start: Instant
    do throws(ClockChipError) {
      start = try chip.read()
    } catch {
      start = Instant(ticks: 0)
    }
    run = ReportedMeter(.bench, .bench, start: start)
  }

  /// Starts the meter out of its memory.
  mutating func start() {
    memory.base.advance(to: run.clock.start)
    memory.recover()
    do throws(StartRefusal) {
      try run.begin(legalChecksum: LegalIdentity.checksum(), memory: &memory, to: &sink)
      isRunning = true
    } catch {
      var line = ReportLine("refused")
      line.add("reason", Int64(error.rawValue))
      line.send()
    }
    allocationsAtStart = Machine.heapAllocations
    ReportLine("ready").send()
  }

  /// One round: everything received is worked off, then the core sleeps. False after `Q`.
  mutating func step() -> Bool {
    var span = bytes.mutableSpan
    takeFeed(SerialPort.feed.receive(into: &span))
    play()
    var letter = InlineArray<1, UInt8>(repeating: 0)
    var room = letter.mutableSpan
    while SerialPort.report.receive(into: &room) > 0 {
      if let command = commands.receive(room[0]), !obey(command) { return false }
    }
    if load?.isPaced ?? true { Machine.waitForInput() }
    return true
  }

  // MARK: sets

  mutating func take(_ set: SampleSet) {
    if audit != nil {
      let frame = FeedFrame(sequence: 0, samples: set).encoded()
      audit?.update(frame.span.extracting(6..<30))
      return
    }
    guard isRunning else { return }
    if run.take(set.limited) { closeWindow() }
    // A program takes 20 sets: looking at every fourth is soon enough.
    if run.isServing && run.clock.count & 3 == 0 { serve() }
  }

  private mutating func closeWindow() {
    run.closeWindow(to: &sink)
    if isTorn { sink.flush() }
    guard let checksum = identity.step() else { return }
    _ = run.confirmLegalCode(checksum, to: &sink)
  }

  private mutating func serve() {
    memory.base.advance(to: run.clock.now)
    _ = run.service(&memory, to: &sink)
  }

  /// Ends the input: the open window is booked, and the memory gets the time it needs.
  mutating func end() {
    guard isRunning else { return }
    run.end(to: &sink)
    var time = run.clock.now
    memory.base.advance(to: time)
    while !run.service(&memory, to: &sink) {
      time += EEPROMMemory.programTime
      memory.base.advance(to: time)
    }
    run.reportGlass(to: &sink)
    report()
  }

  // MARK: sources

  /// Works off the first bytes of the buffer.
  mutating func takeFeed(_ count: Int) {
    for n in 0..<count {
      switch feed.receive(bytes[n]) {
      case .samples(let set, missing: _)?, .restart(let set)?: take(set)
      case .repeated?, .damaged?, nil: break
      }
    }
  }

  /// The built-in load being played.
  private struct Player {
    var factor: Int32
    var index = 0
    /// Core cycles at which the first set was due; nil to play as fast as the core can.
    var begin: UInt64?
    var played: UInt64 = 0
    var isPaced: Bool { begin != nil }

    /// Sets that may be played now.
    func due(rate: UInt64) -> Int {
      guard let begin else { return BuiltInLoad.setCount }
      let wanted = (Machine.cycles &- begin) * rate / UInt64(Machine.cyclesPerSecond)
      return Int(min(wanted - played, UInt64(BuiltInLoad.setCount)))
    }
  }

  private mutating func play() {
    guard var player = load else { return }
    let rate = run.clock.rate
    for _ in 0..<player.due(rate: UInt64(rate.numerator)) {
      take(BuiltInLoad.set(player.index, factor: player.factor))
      player.index = player.index == BuiltInLoad.setCount - 1 ? 0 : player.index + 1
      player.played &+= 1
    }
    load = player
  }

  // MARK: commands

  private mutating func obey(_ command: CommandReader.Command) -> Bool {
    if let act = BenchCommand(
      letter: command.letter, argument: UInt8(truncatingIfNeeded: command.number))
    {
      guard let set = command.set else {
        run.obey(act)
        return true
      }
      if !run.schedule(act, at: set) { ReportLine("late").send() }
      return true
    }
    switch command.letter {
    case 0x51: return false  // Q
    case 0x42: play(command.number, from: Machine.cycles)  // B
    case 0x48: play(command.number, from: nil)  // H
    case 0x4E: load = nil  // N
    case 0x44: run.isDetailed = true  // D
    case 0x54:  // T
      memory.base.transferBytes = 16
      isTorn = true
    case 0x41:  // A
      audit = CRC32()
      ReportLine("audit").send()
    case 0x45: end()  // E
    case 0x46:  // F, here and not in `diagnose`: its frame would lie below everything that meters
      takeFeedFile()
      reportStatus()
    case 0x52: report()  // R
    default: return diagnose(command.letter)
    }
    return true
  }

  private mutating func play(_ number: Int64, from begin: UInt64?) {
    let factor = Int32(truncatingIfNeeded: max(number, 1))
    load = Player(factor: min(factor, BuiltInLoad.largestFactor), begin: begin)
  }

  private mutating func report() {
    run.reportRegisters(all: true, to: &sink)
    run.reportCommitted(all: true, to: &sink)
    run.reportEvents(24, memory: memory, to: &sink)
  }
}

extension SampleSet {
  /// As a converter of 24 bits would have given it: what is beyond its range stays at the end.
  var limited: SampleSet {
    func limit(_ count: Int32) -> Int32 { min(max(count, -0x80_0000), 0x7F_FFFF) }
    return SampleSet(
      u1: limit(u1), i1: limit(i1), u2: limit(u2), i2: limit(i2), u3: limit(u3), i3: limit(i3))
  }
}

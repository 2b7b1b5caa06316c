import Board
import Bytes
import FeedProtocol
import MeterTime
import Metrology
import PermanentMemory

/// The image's main loop: takes bytes from the ports, passes them on and answers commands.
///
/// Commands on the report port, one letter each: `S` status, `C` clock, `M` round trip of a spare
/// memory page, `L` check value of the legal code, `F` read the feed from the host's file, `K`
/// price the sample path, `X` a deliberate trap, `Q` quit.
struct Bench: ~Copyable {
  private var memory = EEPROMMemory(bus: .shield)
  private let chip = ClockChip(bus: .shield)
  private var clock: BoardClock
  private var feed = FeedReceiver()
  /// CRC-32 over all sample sets taken, as they came on the wire.
  private var tally = CRC32()
  private var bytes = InlineArray<256, UInt8>(repeating: 0)
  private var allocationsAtStart: UInt32 = 0

  /// A page of the spare region, which nothing else uses.
  private static let sparePage = 2047

  init() {
    do throws(ClockChipError) {
      clock = BoardClock(start: try chip.read())
    } catch {
      clock = BoardClock(start: Instant(ticks: 0))
    }
  }

  /// Says who this is and what it found.
  mutating func announce() {
    var line = ReportLine("boot")
    line.add("name", "kvadrant")
    line.add("board", "mps2-an386")
    line.add("devices", Int64(memory.devicesPresent()))
    line.add("cycles", Int64(bitPattern: Machine.cycles))
    line.send()
    reportLegalCode()
    reportClock()
    allocationsAtStart = Machine.heapAllocations
    ReportLine("ready").send()
  }

  /// One round: everything received is worked off, then the core sleeps. False after `Q`.
  mutating func step() -> Bool {
    memory.advance(to: clock.now())
    takeFeed()
    var command = InlineArray<1, UInt8>(repeating: 0)
    var span = command.mutableSpan
    if SerialPort.report.receive(into: &span) > 0 {
      guard obey(command[0]) else { return false }
    }
    Machine.waitForInput()
    return true
  }

  private mutating func takeFeed() {
    var span = bytes.mutableSpan
    takeFeed(SerialPort.feed.receive(into: &span))
  }

  /// Works off the first bytes of the buffer.
  private mutating func takeFeed(_ count: Int) {
    for n in 0..<count {
      switch feed.receive(bytes[n]) {
      case .samples(let set, missing: _)?, .restart(let set)?: take(set)
      case .repeated?, .damaged?, nil: break
      }
    }
  }

  /// The same frames out of a file of the host, in blocks: a serial port of the emulator takes
  /// its bytes one by one, which is far slower than this processor.
  private mutating func takeFeedFile() {
    var line = ReportLine("file")
    guard let file = HostFile(name: "feed.bin") else {
      line.add("result", "missing")
      line.send()
      return
    }
    line.add("result", "open")
    line.send()
    while true {
      var span = bytes.mutableSpan
      let count = file.read(into: &span)
      if count == 0 { return }
      takeFeed(count)
    }
  }

  private mutating func take(_ set: SampleSet) {
    let frame = FeedFrame(sequence: 0, samples: set).encoded()
    tally.update(frame.span.extracting(6..<30))
  }

  private mutating func obey(_ command: UInt8) -> Bool {
    switch command {
    case 0x51: return false  // Q
    case 0x53: reportStatus()  // S
    case 0x43: reportClock()  // C
    case 0x4D: roundTrip()  // M
    case 0x4C: reportLegalCode()  // L
    case 0x46:  // F
      takeFeedFile()
      reportStatus()
    case 0x4B: KernelBench.run()  // K
    case 0x58: preconditionFailure()  // X
    default: break
    }
    return true
  }

  private func reportStatus() {
    let counts = feed.counts
    var line = ReportLine("feed")
    line.add("samples", Int64(counts.samples))
    line.add("crc", hex: tally.value)
    line.add("damaged", Int64(counts.damaged))
    line.add("gaps", Int64(counts.gaps))
    line.add("missing", Int64(counts.missing))
    line.add("repeated", Int64(counts.repeated))
    line.add("skipped", Int64(counts.skippedBytes))
    line.add("stalls", Int64(SerialPort.feed.stalls))
    line.send()
    line = ReportLine("machine")
    line.add("allocations", Int64(Machine.heapAllocations &- allocationsAtStart))
    line.add("stack", Int64(Machine.stackBytes))
    line.add("cycles", Int64(bitPattern: Machine.cycles))
    line.add("i2c_faults", Int64(memory.faults))
    line.send()
  }

  private func reportClock() {
    var line = ReportLine("clock")
    do throws(ClockChipError) {
      line.add("instant", try chip.read().seconds)
    } catch {
      line.add("error", error == .invalid ? "invalid" : "absent")
    }
    line.send()
  }

  private func reportLegalCode() {
    var check = CRC32()
    for offset in 0..<LegalCode.byteCount { check.update(LegalCode.byte(offset)) }
    var line = ReportLine("legal")
    line.add("bytes", Int64(LegalCode.byteCount))
    line.add("crc", hex: check.value)
    line.send()
  }

  /// Programs a pattern into the spare page and reads it back.
  private mutating func roundTrip() {
    while !memory.isReady { memory.advance(to: clock.now()) }
    for n in bytes.indices { bytes[n] = UInt8(truncatingIfNeeded: n &* 7 &+ 3) }
    let begin = Machine.cycles
    memory.program(page: Self.sparePage, offset: 0, bytes.span)
    let programmed = Machine.cycles
    let wasBusy = !memory.isReady
    for n in bytes.indices { bytes[n] = 0 }
    var span = bytes.mutableSpan
    memory.read(page: Self.sparePage, offset: 0, into: &span)
    let end = Machine.cycles
    var isEqual = true
    for n in bytes.indices where bytes[n] != UInt8(truncatingIfNeeded: n &* 7 &+ 3) {
      isEqual = false
    }
    var line = ReportLine("memory")
    line.add("page", Int64(Self.sparePage))
    line.add("result", isEqual ? "equal" : "different")
    line.add("busy", wasBusy ? 1 : 0)
    line.add("program_cycles", Int64(bitPattern: programmed &- begin))
    line.add("read_cycles", Int64(bitPattern: end &- programmed))
    line.send()
  }
}

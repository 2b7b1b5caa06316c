import Board
import Bytes
import FeedProtocol
import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// The board itself: what is there, what it costs, and the deliberate faults.
extension Bench {
  /// A page of the spare region, which nothing else uses.
  private static var sparePage: Int { 2047 }

  /// Says who this is and what it found.
  ///
  /// Mutating, as all that is asked of the whole bench: else a copy of it is made on the stack.
  mutating func announce() {
    var line = ReportLine("boot")
    line.add("name", "kvadrant")
    line.add("board", "mps2-an386")
    line.add("devices", Int64(memory.base.devicesPresent()))
    line.add("meter_bytes", Int64(MemoryLayout<Meter>.size))
    line.add("cycles", Int64(bitPattern: Machine.cycles))
    line.send()
    reportLegalCode()
    reportClock()
  }

  /// The commands that concern the board; false after none of them.
  mutating func diagnose(_ letter: UInt8) -> Bool {
    switch letter {
    case 0x53: reportStatus()  // S
    case 0x43: reportClock()  // C
    case 0x4D: roundTrip()  // M
    case 0x4C: reportLegalCode()  // L
    case 0x4B: KernelBench.run()  // K
    case 0x58: preconditionFailure()  // X
    case 0x5A: LegalCode.alter()  // Z
    default: break
    }
    return true
  }

  /// The frames of the feed out of a file of the host, in blocks: a serial port of the emulator
  /// takes its bytes one by one, which is far slower than this processor.
  @inline(never)
  mutating func takeFeedFile() {
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

  @inline(never)
  mutating func reportStatus() {
    let counts = feed.counts
    var line = ReportLine("feed")
    line.add("samples", Int64(counts.samples))
    line.add("crc", hex: (audit ?? CRC32()).value)
    line.add("damaged", Int64(counts.damaged))
    line.add("gaps", Int64(counts.gaps))
    line.add("missing", Int64(counts.missing))
    line.add("repeated", Int64(counts.repeated))
    line.add("skipped", Int64(counts.skippedBytes))
    line.add("stalls", Int64(SerialPort.feed.stalls))
    line.send()
    line = ReportLine("meter")
    line.add("samples", run.clock.count)
    line.add("windows", Int64(run.windows))
    line.add("pulses", Int64(run.meter.legal.pulseCount))
    line.add("programs", Int64(memory.base.programs))
    line.add("failures", Int64(run.meter.legal.memoryFailures))
    line.send()
    line = ReportLine("machine")
    line.add("allocations", Int64(Machine.heapAllocations &- allocationsAtStart))
    line.add("stack", Int64(Machine.stackBytes))
    line.add("cycles", Int64(bitPattern: Machine.cycles))
    line.add("i2c_faults", Int64(memory.base.faults))
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
    let begin = Machine.cycles
    let checksum = LegalIdentity.checksum()
    var line = ReportLine("legal")
    line.add("bytes", Int64(LegalCode.byteCount))
    line.add("checksum", hex: checksum)
    line.add("cycles", Int64(bitPattern: Machine.cycles &- begin))
    line.send()
  }

  /// Programs a pattern into the spare page and reads it back.
  private mutating func roundTrip() {
    var time = run.clock.now
    while !memory.isReady {
      time += EEPROMMemory.programTime
      memory.base.advance(to: time)
      memory.maintain()
    }
    for n in bytes.indices { bytes[n] = UInt8(truncatingIfNeeded: n &* 7 &+ 3) }
    let begin = Machine.cycles
    memory.base.program(page: Self.sparePage, offset: 0, bytes.span)
    let programmed = Machine.cycles
    let wasBusy = !memory.base.isReady
    for n in bytes.indices { bytes[n] = 0 }
    var span = bytes.mutableSpan
    memory.base.read(page: Self.sparePage, offset: 0, into: &span)
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

import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// A meter on the bench: fed with sample sets, driven by their number, reporting in lines.
///
/// It fixes what an owner of a `Meter` may choose, so that every target that is given the same
/// sets, the same start and the same commands writes the same lines and the same memory, byte for
/// byte: time is the start plus sets over rate; what a window moved is brought into the memory
/// from its end on, and what happens between windows waits for the next end; the glass is looked
/// at when a window ends, before it is closed, when even a memory that takes 5 ms for each page
/// has long committed the window before.
///
/// Lines, fields separated by one blank, numbers decimal:
///
/// | line | when | fields |
/// |---|---|---|
/// | `B` | start | starts; 0 new, 1 restored, 2 lost; damaged records; bytes read |
/// | `L` | start, change | legal checksum, hexadecimal |
/// | `W` | window closed (detailed) | window number; sets since start; end, 1/65536 s since 2000 |
/// | `P` | pulse edge | pulse number; rising edge, 1/65536 set since start |
/// | `R` | register has moved (detailed), on request | index; mWh or mvarh; rest below it, µWs |
/// | `V` | committed value has moved (detailed), on request | index; mWh or mvarh |
/// | `G` | glass has changed | steady plane, then blinking plane, hexadecimal |
/// | `K` | coils of the switch driven | 1 open, 2 close; state; operations so far |
/// | `E` | event log, on request | number; code; instant; parameter, hexadecimal |
public struct ReportedMeter: ~Copyable {
  public var meter: Meter
  /// The time, and the sets taken.
  public private(set) var clock: SampleClock
  /// Windows closed since the start.
  public private(set) var windows: UInt32 = 0
  /// True from the end of a window until the memory holds everything.
  public private(set) var isServing = false
  /// Whether registers and committed values are reported after each window.
  public var isDetailed = false
  private var schedule = CommandSchedule()
  /// The contacts of the bench; open ones let no current through.
  private var isSupplied = true
  private var glass = Glass()
  private var reported = InlineArray<39, UInt64>(repeating: 0)
  private var shown = InlineArray<39, UInt64>(repeating: 0)

  /// - Precondition: `settings.refusal` is nil.
  public init(_ configuration: MeterConfiguration, _ settings: MeasuringSettings, start: Instant) {
    meter = Meter(configuration, settings)
    clock = SampleClock(start: start, rate: settings.rate)
  }

  // MARK: the way of a set

  /// Restores the meter from its memory; to be called once, before the first set.
  /// - Parameter checksum: of the legal code that runs here.
  public mutating func begin(
    legalChecksum checksum: UInt32, memory: inout some PageMemory & ~Copyable,
    to sink: inout some ReportSink & ~Copyable
  ) throws(StartRefusal) {
    let report = try meter.start(now: clock.start, memory: &memory)
    var line = ReportText(0x42)
    line.add(UInt64(report.starts))
    line.add(UInt64(report.isLost ? 2 : report.isRestored ? 1 : 0))
    line.add(UInt64(report.damaged))
    line.add(UInt64(report.bytesRead))
    line.send(to: &sink)
    confirmLegalCode(checksum, to: &sink)
    for k in reported.indices {
      guard let register = Register(index: k) else { continue }
      reported[k] = meter.legal.registers[register]
      shown[k] = meter.legal.registers.committed(register)
    }
  }

  /// Adds one set, after the commands that are due at it.
  /// - Returns: true when the window is complete and must be closed before the next set.
  @inline(__always)
  public mutating func take(_ set: SampleSet) -> Bool {
    if schedule.isDue(clock.count) { obeySchedule() }
    clock.take()
    if isSupplied { return meter.add(set) }
    var dead = set
    (dead.i1, dead.i2, dead.i3) = (0, 0, 0)
    return meter.add(dead)
  }

  /// Closes the open window and reports what it brought.
  public mutating func closeWindow(to sink: inout some ReportSink & ~Copyable) {
    reportGlass(to: &sink)
    moveContacts(to: &sink)
    meter.closeWindow(now: clock.now)
    reportWindow(to: &sink)
  }

  /// Closes and books what stands open when the input ends.
  public mutating func end(to sink: inout some ReportSink & ~Copyable) {
    reportGlass(to: &sink)
    meter.endOfInput(now: clock.now)
    reportWindow(to: &sink)
  }

  /// Brings what moved into the memory; to be called from the end of a window on until it
  /// answers true.
  public mutating func service(
    _ memory: inout some PageMemory & ~Copyable, to sink: inout some ReportSink & ~Copyable
  ) -> Bool {
    guard isServing else { return true }
    guard meter.service(now: clock.now, memory: &memory) else { return false }
    isServing = false
    if isDetailed { reportCommitted(all: false, to: &sink) }
    return true
  }

  // MARK: commands

  /// Lets a command happen before the next set.
  public mutating func obey(_ command: BenchCommand) {
    command.carryOut(on: &meter, now: clock.now)
  }

  /// Lets a command happen before a set to come.
  /// - Returns: false when the set has passed or the schedule is full.
  public mutating func schedule(_ command: BenchCommand, at set: Int64) -> Bool {
    set >= clock.count && schedule.add(command, at: set)
  }

  @inline(never)
  private mutating func obeySchedule() {
    while let command = schedule.take(at: clock.count) { obey(command) }
  }

  /// Compares the checksum of the legal code that runs here with the one of the memory.
  /// - Returns: false when it has changed since; the event log says so.
  @discardableResult
  public mutating func confirmLegalCode(
    _ checksum: UInt32, to sink: inout some ReportSink & ~Copyable
  ) -> Bool {
    let isSame = meter.legal.confirmLegalCode(checksum: checksum, now: clock.now)
    if clock.count > 0 && isSame { return true }
    let bytes: InlineArray<4, UInt8> = [
      UInt8(truncatingIfNeeded: checksum &>> 24), UInt8(truncatingIfNeeded: checksum &>> 16),
      UInt8(truncatingIfNeeded: checksum &>> 8), UInt8(truncatingIfNeeded: checksum),
    ]
    var line = ReportText(0x4C)
    line.add(hex: bytes.span)
    line.send(to: &sink)
    return isSame
  }
}

// MARK: - Lines

extension ReportedMeter {
  /// Drives the relays of the bench: at the end of a window, as everything that must not depend on
  /// how long a memory takes.
  private mutating func moveContacts(to sink: inout some ReportSink & ~Copyable) {
    guard let action = meter.takeCoilAction() else { return }
    isSupplied = action == .close
    var line = ReportText(0x4B)
    line.add(UInt64(action.rawValue))
    line.add(UInt64(meter.supplyState.rawValue))
    line.add(UInt64(meter.switchOperations))
    line.send(to: &sink)
  }

  private mutating func reportWindow(to sink: inout some ReportSink & ~Copyable) {
    windows &+= 1
    isServing = true
    if isDetailed {
      var line = ReportText(0x57)
      line.add(UInt64(windows))
      line.add(clock.count)
      line.add(clock.now.ticks)
      line.send(to: &sink)
    }
    while let edge = meter.nextPulse() {
      var line = ReportText(0x50)
      line.add(UInt64(edge.number))
      line.add(edge.time)
      line.send(to: &sink)
    }
    if isDetailed { reportRegisters(all: false, to: &sink) }
  }

  /// Reports the glass where it is not what was reported last.
  public mutating func reportGlass(to sink: inout some ReportSink & ~Copyable) {
    let picture = meter.glass(now: clock.now)
    if picture == glass { return }
    glass = picture
    var bytes = InlineArray<80, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    picture.encode(into: &span)
    var line = ReportText(0x47)
    line.add(hex: bytes.span)
    line.send(to: &sink)
  }

  /// Reports the running registers.
  /// - Parameter all: false leaves out those that have not moved since the last report.
  public mutating func reportRegisters(all: Bool, to sink: inout some ReportSink & ~Copyable) {
    for k in reported.indices {
      guard let register = Register(index: k) else { continue }
      let value = meter.legal.registers[register]
      if !all && value == reported[k] { continue }
      reported[k] = value
      var line = ReportText(0x52)
      line.add(UInt64(k))
      line.add(value)
      line.add(UInt64(meter.legal.registers.remainder(register)))
      line.send(to: &sink)
    }
  }

  /// Reports the committed registers: what displays and ports may show.
  /// - Parameter all: false leaves out those that have not moved since the last report.
  public mutating func reportCommitted(all: Bool, to sink: inout some ReportSink & ~Copyable) {
    for k in shown.indices {
      guard let register = Register(index: k) else { continue }
      let value = meter.legal.registers.committed(register)
      if !all && value == shown[k] { continue }
      shown[k] = value
      var line = ReportText(0x56)
      line.add(UInt64(k))
      line.add(value)
      line.send(to: &sink)
    }
  }

  /// Reports the newest records of all event logs, newest first.
  public func reportEvents(
    _ count: Int, memory: borrowing some PageMemory & ~Copyable,
    to sink: inout some ReportSink & ~Copyable
  ) {
    var cursor = EventCursor()
    for _ in 0..<count {
      guard let event = cursor.next(meter.legal, memory: memory)?.record else { return }
      var line = ReportText(0x45)
      line.add(UInt64(event.sequence))
      line.add(UInt64(event.code))
      line.add(event.instant.ticks)
      line.add(hex: event.parameter.span)
      line.send(to: &sink)
    }
  }
}

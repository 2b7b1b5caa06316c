import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory

extension MeterRun {
  /// A meter started from a memory.
  ///
  /// - Throws: `badData` or `configuration` for a memory that is not this meter's; nothing has
  ///   been written to it then.
  static func powerUp(
    _ setup: MeterSetup, _ settings: MeasuringSettings, _ legalCode: LegalCode?, at now: Instant,
    _ memory: inout SparedMemory<CountingMemory>, _ path: String?
  ) throws(Failure) -> Meter {
    var meter = Meter(try setup.configuration(at: now), settings)
    memory.recover()
    let isLost: Bool
    do throws(StartRefusal) {
      isLost = try meter.start(now: now, memory: &memory).isLost
    } catch {
      throw Failure(error, file: path)
    }
    if isLost {
      throw Failure(
        .badData, file: path,
        what: "the memory is damaged: it holds no intact registers; nothing was written to it",
        expected: "at least one intact register record",
        next: "put back a copy, or move it away to start with a new meter")
    }
    if let legalCode {
      _ = meter.legal.confirmLegalCode(checksum: legalCode.checksum(), now: now)
    }
    return meter
  }

  /// Pulls the plug: a power cut without flush. What the memory holds stays, the meter is gone.
  ///
  /// What is on the glass then is a meter read back from that memory which runs on its battery.
  mutating func cutPower() throws(Failure) {
    guard isPlugged else { return }
    var meter = try Self.powerUp(
      setup.meter, settings, nil, at: now, &memory, memoryPath)
    meter.runWithoutSupply(now: now)
    holdButton(false)
    self.meter = meter
    isPlugged = false
    distortion = DistortionWatch()
    instruments?.forgetSamples()
  }

  /// Puts the plug in again: the meter starts from its memory.
  mutating func restorePower() throws(Failure) {
    guard !isPlugged else { return }
    meter = try Self.powerUp(setup.meter, settings, legalCode, at: now, &memory, memoryPath)
    holdButton(false)
    isPlugged = true
    pulseStart = now
    meter.legal.noteMagnet(isMagnetHeld, now: now)
    noteModules()
    markStart()
  }

  /// Lets 200 ms go by with the plug out.
  mutating func passWithoutSupply() {
    var step = Instant.Duration.milliseconds(200)
    if let until = setup.until { step = min(step, until - now) }
    unpluggedTime = unpluggedTime + step
    meter.advance(to: now)
    releaseButton()
    noteSecond()
  }
}

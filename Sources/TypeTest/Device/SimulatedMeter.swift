import LegalMeter
import MeterFaults
import MeterTime
import Meter
import Metrology
import PermanentMemory
import Quantities
import Waveforms

/// The real meter in this process, with a memory of its own.
public final class SimulatedMeter: DeviceUnderTest {
  private var meter: Meter
  private var memory: TestMemory
  private var clock: SampleClock
  private var pulses: [DevicePulse] = []
  private var readings: [DeviceReading] = []
  /// What the registers held at the start: readings count from there.
  private var initial: [Int64] = [0, 0, 0, 0]
  /// Windows of the three systems since the last call, kept while `keepsWindows`.
  private(set) var windows: [[SystemReading]] = []
  var keepsWindows = false
  /// False for a run so fast that its pulses are not worth keeping.
  var keepsPulses = true

  /// What the meter's own sensor tells, °C.
  public var temperature_C = 23.0 {
    didSet { meter.temperature_dC = Int16((temperature_C * 10).rounded()) }
  }

  /// The time at which every test begins; nothing depends on it.
  static let start = Instant(seconds: 820_454_400)

  /// - Parameters:
  ///   - variant: what it is.
  ///   - memory: of a meter of the same variant and number; nil for a new one.
  ///   - settings: of its measuring systems; scale and rate must fit what is fed.
  public init(
    _ variant: MeterVariant, number: UInt32 = 10_000_001, memory: [UInt8]? = nil,
    settings: MeasuringSettings
  ) throws {
    var configuration = MeterConfiguration.bench
    configuration.variant = variant
    configuration.meterNumber = number
    configuration.lists = .factory(
      DisplayRules(energyType: variant.energyType, hasBattery: variant.backup.hasBattery))
    meter = Meter(configuration, settings)
    self.memory = memory.map { TestMemory(image: $0) } ?? TestMemory()
    clock = SampleClock(start: Self.start, rate: settings.rate)
    do throws(StartRefusal) {
      _ = try meter.start(now: Self.start, memory: &self.memory)
    } catch {
      throw DeviceError.refused("the meter does not start: \(error)")
    }
    initial = registers
  }

  /// Settings of a variant for the bench's front end, without calibration.
  public static func settings(
    _ variant: MeterVariant, rate: SampleRate = SampleRate(4000)
  ) -> MeasuringSettings {
    MeasuringSettings(
      rate: rate, nominalHertz: UInt8(variant.frequency.hertz), scale: .meter)
  }

  public func feed(_ samples: borrowing SampleBuffer) throws {
    let block = SampleBlock(
      u1: samples.u1, i1: samples.i1, u2: samples.u2, i2: samples.i2, u3: samples.u3,
      i3: samples.i3)
    var at = 0
    while at < block.count {
      let step = meter.add(block, from: at)
      clock.take(step.next - at)
      at = step.next
      if step.complete {
        meter.closeWindow(now: clock.now)
        note()
      }
    }
  }

  /// A+, A−, R+, R− with their remainders, µWs and µvars.
  private var registers: [Int64] {
    EnergyKind.allCases.map { kind in
      Int64(clamping: meter.legal.registers[.total(kind)]) * 3_600_000
        + Int64(meter.legal.registers.remainder(.total(kind)))
    }
  }

  private func note() {
    if keepsPulses {
      while let edge = meter.nextPulse() {
        pulses.append(DevicePulse(time: edge.time, number: edge.number))
      }
    }
    let energies = zip(registers, initial).map { $0 - $1 }
    readings.append(DeviceReading(sets: clock.count, energies_µWs: energies))
    if keepsWindows {
      windows.append(
        (0..<3).map { index in
          let window = meter.legal.window[index]
          return SystemReading(
            sets: Int64(meter.legal.window.samples), active_µWs: window.active_µWs,
            reactive_µvars: window.reactive_µvars, voltage_mV: window.voltage_mV)
        })
    }
    serve()
  }

  /// The memory is ready at once, so a few calls bring everything down.
  private func serve() {
    for _ in 0..<16 where meter.service(now: clock.now, memory: &memory) { return }
  }

  public func takePulses() -> [DevicePulse] {
    defer { pulses.removeAll(keepingCapacity: true) }
    return pulses
  }

  public func takeReadings() -> [DeviceReading] {
    defer { readings.removeAll(keepingCapacity: true) }
    return readings
  }

  func takeWindows() -> [[SystemReading]] {
    defer { windows.removeAll(keepingCapacity: true) }
    return windows
  }

  public func follow(_ register: EnergyRegister) throws {
    guard register != .activeImport else {
      if meter.legal.verifiedRegister != nil { meter.endVerification() }
      return
    }
    do throws(LegalRefusal) {
      try meter.verify(register.kind)
    } catch {
      throw DeviceError.noSuchRegister(register)
    }
  }

  public func finish() throws {
    meter.endOfInput(now: clock.now)
    note()
  }

  // MARK: calibration

  /// Calibration of one system.
  func calibration(_ phase: Phase) -> SystemCalibration { meter.legal.calibration(phase) }

  /// Breaks the verification seal, writes the calibration, seals again, and keeps it all in the
  /// memory.
  func calibrate(_ calibrations: [SystemCalibration]) throws {
    meter.legal.breakSeal(.verification, now: clock.now)
    for phase in Phase.allCases {
      do throws(LegalRefusal) {
        try meter.legal.calibrate(phase, calibrations[phase.index], now: clock.now)
      } catch {
        throw DeviceError.refused("calibration of L\(phase.index + 1) refused: \(error)")
      }
    }
    meter.legal.restoreSeal(.verification, now: clock.now)
    serve()
  }

  /// The content of its memory.
  var memoryImage: [UInt8] { memory.image }
}

import MeterTime
import Metrology
import Quantities

/// Verification mode: LED and S0 follow a chosen register until a given time.
struct Verification: Sendable {
  var register: EnergyKind
  var until: Instant
  /// Ends by itself after 16 hours.
  static let length = Instant.Duration.seconds(16 * 3600)
}

extension LegalMeter {
  /// Lets LED and S0 follow a register for verification, for at most 16 hours.
  @inline(never)
  public mutating func verify(_ register: EnergyKind, now: Instant) throws(LegalRefusal) {
    guard Register.total(register).legalStatus(parameters.energies) != .notLegal else {
      throw .noSuchRegister
    }
    verification = Verification(register: register, until: now + Verification.length)
    pulses.restart()
    log(.verificationBegan, now: now, UInt64(register.rawValue))
  }

  /// Back to normal mode: LED and S0 follow A+.
  @inline(never)
  public mutating func endVerification(now: Instant) {
    guard verification != nil else { return }
    verification = nil
    pulses.restart()
    log(.verificationEnded, now: now)
  }

  /// Clears a counter of the consumer. No other register can be reset.
  @inline(never)
  public mutating func clearResettable(export: Bool, now: Instant) {
    registers.reset(export ? .resettableExport : .resettableImport)
    log(.resettableCleared, now: now, export ? 1 : 0)
  }

  /// Reports that a magnet has come near, or has gone; only changes are logged.
  public mutating func noteMagnet(_ isPresent: Bool, now: Instant) {
    guard isPresent != isMagnetPresent else { return }
    isMagnetPresent = isPresent
    log(isPresent ? .magnetBegan : .magnetEnded, now: now)
  }

  /// Reports a broken seal; only once, until it is restored.
  @inline(never)
  public mutating func breakSeal(_ seal: Seal, now: Instant) {
    guard !isBroken(seal) else { return }
    state.brokenSeals |= 1 << seal.rawValue
    stateNeedsCommit = true
    log(.sealBroken, now: now, UInt64(seal.rawValue))
  }

  /// Closes a seal again; the log keeps that it was broken.
  @inline(never)
  public mutating func restoreSeal(_ seal: Seal, now: Instant) {
    guard isBroken(seal) else { return }
    state.brokenSeals &= ~(1 << seal.rawValue)
    stateNeedsCommit = true
    log(.sealRestored, now: now, UInt64(seal.rawValue))
  }

  /// Changes the calibration of one system; refused while the verification seal is intact.
  @inline(never)
  public mutating func calibrate(
    _ phase: Phase, _ calibration: SystemCalibration, now: Instant
  ) throws(LegalRefusal) {
    guard isBroken(.verification) else { throw .sealed }
    guard calibration.isPlausible else { throw .implausible }
    settings.calibrations[phase.index] = calibration
    unit.calibrate(
      phase.index, scale: settings.scales[phase.index], calibration: calibration)
    calibrationChanged = true
    log(.calibrationChanged, now: now, UInt64(phase.rawValue))
  }

  /// Takes a calibration out of the sealed record of the memory, at the start.
  @inline(never)
  public mutating func restoreCalibration(_ phase: Phase, _ calibration: SystemCalibration) {
    guard calibration.isPlausible else { return }
    settings.calibrations[phase.index] = calibration
    unit.calibrate(
      phase.index, scale: settings.scales[phase.index], calibration: calibration)
  }

  /// True once after each change of the calibration, for whoever stores it.
  @inline(never)
  public mutating func takeCalibrationChange() -> Bool {
    defer { calibrationChanged = false }
    return calibrationChanged
  }

  /// Calibration of all systems.
  public var calibrations: InlineArray<3, SystemCalibration> { settings.calibrations }

  /// Compares the checksum of the executable legal code with the one of the last start.
  /// - Returns: false when it has changed, which is logged.
  @inline(never)
  public mutating func confirmLegalCode(checksum: UInt32, now: Instant) -> Bool {
    if state.legalChecksum == checksum { return true }
    let isFirst = state.legalChecksum == 0
    state.legalChecksum = checksum
    stateNeedsCommit = true
    if !isFirst { log(.legalCodeChanged, now: now, UInt64(checksum)) }
    return isFirst
  }

  /// First four bytes of the digest of the legal code, as last confirmed; shown on request.
  public var legalChecksum: UInt32 { state.legalChecksum }

  /// Notes that a section of the configuration has changed, with its CRC-32 before and now.
  public mutating func noteConfiguration(section: UInt8, old: UInt32, new: UInt32, now: Instant) {
    let parameter = UInt64(section) | UInt64(old & 0xFF_FFFF) << 8 | UInt64(new) << 32
    log(.configurationChanged, now: now, parameter)
  }
}

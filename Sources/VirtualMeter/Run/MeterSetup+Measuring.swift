import Meter
import MeterTime
import Metrology
import Waveforms

/// The version of the program.
public enum ProgramVersion {
  /// major, minor, patch.
  static let parts: (UInt32, UInt32, UInt32) = (0, 1, 0)
  /// As the display shows it: major * 65536 + minor * 256 + patch.
  static var word: UInt32 { parts.0 << 16 | parts.1 << 8 | parts.2 }
  /// `major.minor.patch`.
  public static var text: String { "\(parts.0).\(parts.1).\(parts.2)" }
}

extension MeterSetup {
  /// The device that this setup makes.
  ///
  /// - Parameter now: the meter's time at the start.
  /// - Throws: `configuration` for display lists that the variant cannot have.
  func configuration(at now: Instant) throws(Failure) -> MeterConfiguration {
    do throws(DisplayListError) {
      return try meterConfiguration(at: now, softwareRevision: ProgramVersion.word)
    } catch {
      throw Failure(
        .configuration, what: "a display list is refused: \(error)",
        expected: "views that this meter has", next: "correct display in the configuration")
    }
  }

  /// The measuring systems for a source, or why it cannot be measured.
  ///
  /// - Parameter frontEnd: what the systems are calibrated for; nil for an ideal one.
  func measuring(
    _ source: any SampleSource, frontEnd: FrontEndParameters?
  ) throws(Failure) -> MeasuringSettings {
    let (rate, scales) = (source.rate, source.scales)
    let mains = variant.frequency.hertz
    var settings = MeasuringSettings(
      rate: rate, nominalHertz: UInt8(mains), scale: scales[0])
    for phase in 0..<3 {
      settings.scales[phase] = scales[phase]
      guard let frontEnd, rate.denominator > 0 else { continue }
      settings.calibrations[phase] = frontEnd.designCalibration(
        phase: phase, hertz: rate.hertz, mains: Double(mains))
    }
    switch settings.refusal {
    case nil: return settings
    case .rate:
      throw Failure(
        .badData, file: source.description,
        what: "\(rate.numerator)/\(rate.denominator) samples per second",
        expected: "2000 to 32000", next: "resample the recording")
    case .scale:
      throw Failure(
        .usage, file: source.description,
        what: "a scale of nothing or more than 1000 V or A per count",
        expected: "volts and amperes per count", next: "correct --scale")
    case .nominalFrequency, .calibration:
      throw Failure(
        .configuration, file: source.description, what: "the meter's own settings are refused",
        expected: "50 or 60 Hz and a plausible calibration", next: "kvadrant check")
    }
  }
}

extension Failure {
  /// Why a meter does not start from the memory of a state directory.
  init(_ refusal: StartRefusal, file: String?) {
    let next = "give the configuration of that meter, or another --state DIR"
    switch refusal {
    case .otherVariant:
      self.init(
        .configuration, file: file, what: "the memory was written by a meter of another type",
        expected: "the same meter.type as when the memory was new", next: next)
    case .otherMeter:
      self.init(
        .configuration, file: file, what: "the memory belongs to another meter number",
        expected: "the same meter.number as when the memory was new", next: next)
    case .unknownLayout:
      self.init(
        .badData, file: file, what: "the memory was written by another version of the program",
        expected: "a layout that this version knows", next: "use that version")
    case .damagedConfiguration:
      self.init(
        .badData, file: file, what: "the memory is damaged: its configuration is not intact",
        expected: "one of two intact copies; nothing was written to it",
        next: "put back a copy, or move it away to start with a new meter")
    }
  }
}

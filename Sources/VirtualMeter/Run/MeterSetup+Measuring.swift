import Meter
import MeterTime
import Metrology
import Quantities

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
  /// - Throws: `configuration` for display lists that the variant cannot have.
  func configuration() throws(Failure) -> MeterConfiguration {
    let rules = DisplayRules(
      energyType: variant.energyType, hasBattery: variant.backup.hasBattery)
    var lists = DisplayLists.factory(rules)
    try Self.replace(&lists, .automatic, display.automatic, rules)
    try Self.replace(&lists, .manual, try manualViews(rules), rules)
    try Self.replace(&lists, .battery, display.battery, rules)
    let options = DisplayOptions(
      energyDigits: display.energyFormat == .whole ? .sevenZero : .sixOne,
      leadingZeros: display.leadingZeros)
    return MeterConfiguration(
      variant: variant, meterNumber: meterNumber, lists: lists, options: options, zone: zone,
      softwareRevision: ProgramVersion.word)
  }

  /// The manual list as asked, with the legal views that it lacks behind.
  private func manualViews(_ rules: DisplayRules) throws(Failure) -> [QuantityID]? {
    guard let asked = display.manual else { return nil }
    return asked + QuantityID.allCases.filter { rules.isMandatory($0) && !asked.contains($0) }
  }

  private static func replace(
    _ lists: inout DisplayLists, _ kind: DisplayListKind, _ views: [QuantityID]?,
    _ rules: DisplayRules
  ) throws(Failure) {
    guard let views else { return }
    let numbers = views.map(\.rawValue)
    do throws(DisplayListError) {
      try lists.replace(kind, with: numbers.span, rules: rules)
    } catch {
      throw Failure(
        .configuration, what: "the \(kind) display list is refused: \(error)",
        expected: "at most \(kind.capacity) views that this meter has",
        next: "correct display.\(kind) in the configuration")
    }
  }

  private var zone: ZoneRules {
    let year = CivilDateTime(clamping: clock.start ?? Instant(seconds: 660_000_000)).year
    let saving = clock.daylightSaving ? DaylightSavingTable(europeanUnionFrom: year) : .off
    return ZoneRules(zoneMinutes: clock.zoneMinutes, daylightSaving: saving) ?? .utc
  }

  /// The measuring systems for a source, or why it cannot be measured.
  func measuring(
    rate: SampleRate, scales: [ChannelScale], source: String
  ) throws(Failure) -> MeasuringSettings {
    var settings = MeasuringSettings(
      rate: rate, nominalHertz: UInt8(variant.frequency.hertz), scale: scales[0])
    for phase in 0..<3 { settings.scales[phase] = scales[phase] }
    switch settings.refusal {
    case nil: return settings
    case .rate:
      throw Failure(
        .badData, file: source, what: "\(rate.numerator)/\(rate.denominator) samples per second",
        expected: "2000 to 32000", next: "resample the recording")
    case .scale:
      throw Failure(
        .usage, file: source, what: "a scale of nothing or more than 1000 V or A per count",
        expected: "volts and amperes per count", next: "correct --scale")
    case .nominalFrequency, .calibration:
      throw Failure(
        .configuration, file: source, what: "the meter's own settings are refused",
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

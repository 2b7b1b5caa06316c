import LegalMeter
import Meter
import MeterTime
import Quantities

extension MeterSetup {
  /// The designation in the meter's identity: `382LxG` or `KVD-LxG`.
  public var designation: String {
    switch identity {
    case .kvd: "KVD-Lx\(variant.hardware.code)"
    case .family382L: "382Lx\(variant.hardware.code)"
    }
  }

  /// What the meter will be, as lines of name and value.
  public var report: [(name: String, value: String)] {
    [
      ("identity", identity == .kvd ? "KVD (neutral)" : "382L (recognised by existing readers)"),
      ("meter number", meterNumberText),
      ("type", TypeString(variant).description),
      ("designation", designation),
      ("supply", "\(variant.supplyText), \(variant.frequency.hertz) Hz"),
      ("rating", "\(variant.rating.code) A"),
      ("currents", currentsText),
      ("class", variant.classText),
      ("energies", variant.energyText + (variant.summation == .vector ? ", vector sum" : "")),
      ("switch", variant.hasSwitch ? "yes" : "no"),
      ("radio", variant.hasRadio ? "yes" : "no"),
      ("backup", variant.backupText),
      ("type word", "0x" + String(variant.typeWord, radix: 16)),
      ("display", displayText),
      ("clock", clockText),
      ("front end", frontEnd.text),
      ("generator", generator.text(nominal: variant.frequency)),
      ("note", notes.isEmpty ? "none" : notes.joined(separator: "; ")),
    ]
  }

  /// What is allowed but worth knowing.
  public var notes: [String] {
    var notes: [String] = []
    if variant.exceedsPulseOutput {
      notes.append("above 86 A the pause between pulses is shorter than DIN 43864 wants")
    }
    if !variant.backup.hasBattery { notes.append("no display without supply") }
    if variant.backup == .none { notes.append("the clock stops in an outage") }
    return notes
  }

  private var currentsText: String {
    let figures = [
      ("Ist", variant.startingCurrent_mA), ("Imin", variant.minimumCurrent_mA),
      ("Itr", variant.transitionalCurrent_mA), ("Iref", variant.referenceCurrent_mA),
      ("Imax", variant.maximumCurrent_mA),
    ]
    return figures.map { "\($0) \(Self.amperes($1)) A" }.joined(separator: ", ")
  }

  private static func amperes(_ milliamperes: UInt32) -> String {
    var text = Decimals.text(Int128(milliamperes), decimals: 3)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private var displayText: String {
    func text(_ name: String, _ list: [QuantityID]?) -> String {
      guard let list else { return "\(name) standard" }
      let names = list.map { QuantityNames.obis($0) }
      return "\(name) " + (list.isEmpty ? "none" : names.joined(separator: " "))
    }
    return [
      "energy \(display.energyFormat.rawValue)",
      display.leadingZeros ? "leading zeros" : "no leading zeros",
      text("automatic", display.automatic), text("manual", display.manual),
      variant.backup.hasBattery ? text("battery", display.battery) : "battery none",
    ].joined(separator: ", ")
  }

  private var clockText: String {
    let sign = clock.zoneMinutes < 0 ? "-" : "+"
    let start = clock.start.map { ISOTime.text($0) }
    return "UTC\(sign)\(abs(Int(clock.zoneMinutes))) min, "
      + (clock.daylightSaving ? "European daylight saving" : "no daylight saving")
      + ", starts \(start ?? "now")"
  }
}

extension MeterVariant {
  /// `3x230/400 V` with the wiring.
  var supplyText: String {
    "\(voltage.code) V" + (wiring == .aron ? " Aron" : "")
  }

  /// `B (MID), 1 (IEC)`.
  var classText: String { accuracy == .a ? "A (MID), 2 (IEC)" : "B (MID), 1 (IEC)" }

  /// The energies as the data sheet writes them.
  var energyText: String { EnergyType.words.first { $0.1 == energyType }?.0 ?? "" }

  /// The backup as a configuration writes it.
  var backupText: String { ClockBackup.words.first { $0.1 == backup }?.0 ?? "" }
}

extension FrontEndSetup {
  /// Model and what differs from it.
  var text: String {
    var parts = [model?.rawValue ?? "as the program says"]
    func add(_ name: String, _ values: [Double]?, _ unit: String) {
      guard let values else { return }
      parts.append("\(name) \(values.map { "\($0)" }.joined(separator: " ")) \(unit)")
    }
    add("gain error", gainError_percent, "%")
    add("phase error", phaseError_degrees, "°")
    add("offset", offset_counts, "counts")
    add("voltage noise", voltageNoise_mV.map { [$0] }, "mV")
    add("current noise", currentNoise_mA.map { [$0] }, "mA")
    add("crosstalk", crosstalk_ppm.map { [$0] }, "ppm")
    add("drift", drift_ppmPerKelvin.map { [$0] }, "ppm/K")
    add("temperature", temperature_C.map { [$0] }, "°C")
    return parts.joined(separator: ", ")
  }
}

extension GeneratorSetup {
  /// The signal in one line.
  func text(nominal: NominalFrequency) -> String {
    func values(_ numbers: [Double]) -> String {
      numbers.map { "\($0)" }.joined(separator: " ")
    }
    func harmonics(_ name: String, _ list: [Harmonic]) -> [String] {
      list.isEmpty
        ? []
        : [
          "\(name) "
            + list.map { "\($0.order)=\($0.percent)%@\($0.angle_degrees)" }
            .joined(separator: " ")
        ]
    }
    return
      ([
        "\(values(voltage_V)) V", "\(values(current_A)) A", "\(values(angle_degrees))°",
        "\(frequency_Hz ?? Double(nominal.hertz)) Hz", "\(rate_Hz) samples/s",
      ] + harmonics("voltage harmonics", voltageHarmonics)
      + harmonics("current harmonics", currentHarmonics)).joined(separator: ", ")
  }
}

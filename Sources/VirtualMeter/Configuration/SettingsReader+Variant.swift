import LegalMeter
import Meter

extension SettingsReader {
  /// The meter's type, from the type string and the single choices; nil where there was an error.
  ///
  /// The type string stands for all choices of its own and lower layers. A choice of the same
  /// layer may be written beside it as long as it says the same.
  mutating func variant() -> MeterVariant? {
    let before = failures.count
    var request = VariantRequest()
    applyChoices(above: -1, to: &request)
    if let setting = setting(.type), let typed = typeString() {
      let rank = setting.origin.rank
      checkChoices(beside: typed, rank)
      request = typed
      silently { $0.applyChoices(above: rank, to: &request) }
    }
    guard failures.count == before else { return nil }
    request.forEachRefusal { refuse($0) }
    return try? MeterVariant(request)
  }

  private mutating func typeString() -> VariantRequest? {
    guard let item = setting(.type)?.items.first else { return nil }
    do throws(TypeStringError) {
      return try VariantRequest(typeString: Array(item.text.utf8).span)
    } catch {
      guard case .expected(let part, let offset) = error else { return nil }
      let good = String(decoding: item.text.utf8.prefix(min(Int(offset), 40)), as: UTF8.self)
      fail(
        item.origin, "«meter.type» goes wrong at character \(offset + 1), behind «\(good)»",
        expected: "\(part.sentence)",
        next: "correct it, for example \(ConfigurationKey.type.defaultText)")
      return nil
    }
  }

  /// Finds choices in the type string's own layer that say something else.
  private mutating func checkChoices(beside typed: VariantRequest, _ rank: Int) {
    for key in ConfigurationKey.allCases where key.isPartOfType {
      guard let setting = setting(key), setting.origin.rank == rank else { continue }
      var changed = typed
      silently { $0.apply(key, to: &changed) }
      if changed.hasSameMeaning(as: typed) { continue }
      fail(
        setting.origin, "«\(key.path)» contradicts the type string in «meter.type»",
        expected: "the same in both", next: "delete one of the two lines")
    }
  }

  private mutating func applyChoices(above rank: Int, to request: inout VariantRequest) {
    for key in ConfigurationKey.allCases where key.isPartOfType {
      guard let setting = setting(key), setting.origin.rank > rank else { continue }
      apply(key, to: &request)
    }
  }

  private mutating func apply(_ key: ConfigurationKey, to request: inout VariantRequest) {
    let triple: [(String, Bool?)] = [("true", true), ("false", false), ("auto", nil)]
    switch key {
    case .connection: set(&request.voltage, choice(key, NominalVoltage.words))
    case .wiring: set(&request.wiring, choice(key, [("neutral", .neutral), ("aron", .aron)]))
    case .rating: set(&request.rating, choice(key, CurrentRating.words))
    case .hardware: set(&request.hardware, value(key, Self.hardware))
    case .supplySwitch: set(&request.hasSwitch, choice(key, triple))
    case .radio: set(&request.hasRadio, choice(key, triple))
    case .energy: set(&request.energyType, choice(key, EnergyType.words))
    case .frequency: set(&request.frequency, choice(key, [("50", .hz50), ("60", .hz60)]))
    case .accuracyClass: set(&request.accuracy, choice(key, [("A", .a), ("B", .b)]))
    case .backup: set(&request.backup, choice(key, ClockBackup.words))
    case .summation:
      let table: [(String, Summation?)] = [
        ("individual", .individual), ("vector", .vector), ("auto", nil),
      ]
      set(&request.summation, choice(key, table))
    default: break
    }
  }

  private func set<Value>(_ target: inout Value, _ value: Value?) {
    if let value { target = value }
  }

  /// `G`, `xG`, or `auto`, which leaves the letter open.
  private static func hardware(_ text: String) -> HardwareLetter?? {
    if text == "auto" { return .some(nil) }
    let letter = text.hasPrefix("x") ? text.dropFirst() : text[...]
    guard let hardware = HardwareLetter.allCases.first(where: { "\($0.code)" == letter }) else {
      return nil
    }
    return hardware
  }

  /// A failure that names the line of the choice that a refusal is about.
  private mutating func refuse(_ refusal: VariantRefusal) {
    let keys: [ConfigurationKey] =
      switch refusal {
      case .ratingOnlyWithSwitch, .ratingOnlyWithoutSwitch: [.rating, .hardware, .supplySwitch]
      case .letterContradictsSwitch: [.supplySwitch, .hardware]
      case .letterContradictsRadio: [.radio, .hardware]
      case .aronNeedsThreeWireSupply: [.wiring, .connection]
      case .aronForcesVectorSum: [.summation, .wiring]
      case .quantityOutsideEnergyType, .quantityOutsideConnection, .batteryListWithoutBattery,
        .unknownEncoding:
        []
      }
    let written = (keys + [.type]).filter { setting($0) != nil }
    let values = written.map { "\($0.path) \(setting($0)?.items.first?.text ?? "")" }
    let guilty = written.max { rank($0) < rank($1) } ?? .type
    fail(
      setting(guilty)?.origin ?? .standard,
      "no such meter: \(values.joined(separator: " with "))",
      expected: "a combination of the data sheet, because \(refusal.sentence)",
      next:
        "change one of them: \((keys.isEmpty ? [.type] : keys).map(\.path).joined(separator: ", "))"
    )
  }

  private func rank(_ key: ConfigurationKey) -> Int { setting(key)?.origin.rank ?? -1 }
}

extension VariantRequest {
  /// True where both make the same meter, or the same nonsense.
  fileprivate func hasSameMeaning(as other: VariantRequest) -> Bool {
    func resolved(_ request: VariantRequest) -> VariantRequest {
      var result = request
      result.hardware = request.resolvedHardware
      result.hasSwitch = request.hasSwitch ?? result.resolvedHardware.hasSwitch
      result.hasRadio = request.hasRadio ?? result.resolvedHardware.hasRadio
      result.summation = request.resolvedSummation
      return result
    }
    return resolved(self) == resolved(other)
  }
}

extension NominalVoltage {
  /// The words of a configuration.
  static var words: [(String, NominalVoltage)] { allCases.map { ("\($0.code)", $0) } }
}

extension CurrentRating {
  /// The words of a configuration.
  static var words: [(String, CurrentRating)] { allCases.map { ("\($0.code)", $0) } }
}

extension EnergyType {
  /// The words of a configuration, as the data sheet writes them.
  static var words: [(String, EnergyType)] {
    [("A+", .activeImport), ("A+/A-", .activeImportExport), ("A+/A-/R+/R-", .fourQuadrant)]
  }
}

extension ClockBackup {
  /// The words of a configuration.
  static var words: [(String, ClockBackup)] {
    [
      ("none", .none), ("battery", .battery), ("supercap", .supercap),
      ("battery+supercap", .batteryAndSupercap),
    ]
  }
}

import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities

extension SettingsReader {
  /// The setup that the settings describe; where one is wrong its default stands.
  mutating func setup() -> MeterSetup {
    var setup = MeterSetup()
    if let identity = choice(.identity, [("kvd", MeterIdentity.kvd), ("382L", .family382L)]) {
      setup.identity = identity
    }
    if let number = value(.number, Self.meterNumber) { setup.meterNumber = number }
    if let year = integer(.year, 2000...2099) { setup.year = UInt16(year) }
    if let variant = variant() { setup.variant = variant }
    setup.display = display(for: setup.variant)
    setup.clock = clock()
    readSupply(into: &setup)
    setup.frontEnd = frontEnd()
    setup.generator = generator(nominal: setup.variant.frequency)
    return setup
  }

  private static func meterNumber(_ text: String) -> UInt32? {
    guard (1...8).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return UInt32(text)
  }

  private mutating func display(for variant: MeterVariant) -> DisplaySetup {
    var display = DisplaySetup()
    if let format = choice(
      .energyFormat, [("7.0", DisplaySetup.EnergyFormat.whole), ("6.1", .tenths)])
    {
      display.energyFormat = format
    }
    if let zeros = bool(.leadingZeros) { display.leadingZeros = zeros }
    display.automatic = displayList(.automaticList, limit: 16, variant)
    display.manual = displayList(.manualList, limit: 30, variant)
    display.battery = displayList(.batteryList, limit: 8, variant)
    if !variant.backup.hasBattery, let battery = display.battery, !battery.isEmpty,
      let setting = setting(.batteryList)
    {
      fail(
        setting.origin, "«display.battery» has views",
        expected: "meter.backup with battery, because "
          + "\(VariantRefusal.batteryListWithoutBattery.sentence)",
        next: "fit a battery or write [] here")
    }
    if !variant.backup.hasBattery { display.battery = [] }
    return display
  }

  private mutating func displayList(
    _ key: ConfigurationKey, limit: Int, _ variant: MeterVariant
  ) -> [QuantityID]? {
    let entries = list(key, standard: "standard", limit: limit, QuantityNames.quantity)
    for entry in entries ?? [] {
      guard let refusal = variant.refusal(of: entry.value) else { continue }
      fail(
        entry.item.origin, "«\(entry.item.text)» in \(key.path) is not in this meter",
        expected: "a quantity of \(TypeString(variant)), because \(refusal.sentence)",
        next: "delete it from the list or choose another meter")
    }
    guard let entries else { return nil }
    checkOrder(entries, key, variant)
    return entries.map(\.value)
  }

  /// What the meter's own display would refuse: repetitions, no view at all, no room for the
  /// legal views.
  private mutating func checkOrder(
    _ entries: [(value: QuantityID, item: SettingText)], _ key: ConfigurationKey,
    _ variant: MeterVariant
  ) {
    guard let setting = setting(key) else { return }
    if key == .automaticList {
      guard setting.items.isEmpty else { return }
      fail(
        setting.origin, "«\(key.path)» is empty", expected: key.expectation,
        next: "write a view, or standard")
      return
    }
    for (index, entry) in entries.enumerated()
    where entries[..<index].contains(where: { $0.value == entry.value }) {
      fail(
        entry.item.origin, "«\(entry.item.text)» stands twice in \(key.path)",
        expected: "every view once", next: "delete one of them")
    }
    guard key == .manualList else { return }
    var setup = MeterSetup()
    setup.variant = variant
    let total = setup.withLegalViews(entries.map(\.value)).count
    if total > DisplayLists.manualCapacity {
      fail(
        setting.origin, "«\(key.path)» leaves no room for the legal views",
        expected: "at most \(DisplayLists.manualCapacity) with them",
        next: "delete \(total - DisplayLists.manualCapacity) of the others")
    }
  }

  /// Settings of switch, prepayment, loads and pulses, and whether the variant takes them together.
  private mutating func readSupply(into setup: inout MeterSetup) {
    let limit = SupplySetting.table.count
    for entry in list(.supplySettings, standard: nil, limit: limit, SupplySetting.reading) ?? [] {
      entry.value.setting.write(&setup.supply, &setup.loads, entry.value.value)
    }
    guard !setup.isSupplyValid, let origin = setting(.supplySettings)?.origin else { return }
    fail(
      origin, "«supply.settings» are out of order or beyond the limits of this meter",
      expected: "k3 <= k2 <= k1, t1 <= t2 <= t3, a limit up to Imax or the power at Imax",
      next: "correct them")
    (setup.supply, setup.loads) = (SupplyParameters(), LoadParameters())
  }

  private mutating func clock() -> ClockSetup {
    var clock = ClockSetup()
    if let minutes = integer(.zone, -720...840) { clock.zoneMinutes = Int16(minutes) }
    if let rules = choice(.daylightSaving, [("eu", true), ("off", false)]) {
      clock.daylightSaving = rules
    }
    clock.start =
      value(.start) { text -> Instant?? in
        if text == "now" { return .some(nil) }
        return ISOTime.instant(text).map { .some($0) }
      } ?? nil
    return clock
  }

  private mutating func frontEnd() -> FrontEndSetup {
    var frontEnd = FrontEndSetup()
    frontEnd.model =
      choice(.frontEndModel, [("ideal", .ideal), ("typical", .typical), ("auto", nil)]) ?? nil
    frontEnd.gainError_percent = numbers(.gainError, -5...5, count: 6, orAuto: true)
    frontEnd.phaseError_degrees = numbers(.phaseError, -1...1, count: 3, orAuto: true)
    frontEnd.offset_counts = numbers(.offset, -10_000...10_000, count: 6, orAuto: true)
    frontEnd.voltageNoise_mV = numberOrAuto(.voltageNoise, 0...10_000)
    frontEnd.currentNoise_mA = numberOrAuto(.currentNoise, 0...1000)
    frontEnd.crosstalk_ppm = numberOrAuto(.crosstalk, 0...10_000)
    frontEnd.drift_ppmPerKelvin = numberOrAuto(.drift, -500...500)
    frontEnd.temperature_C = numberOrAuto(.temperature, -40...85)
    return frontEnd
  }

  private mutating func generator(nominal: NominalFrequency) -> GeneratorSetup {
    var generator = GeneratorSetup()
    if let volts = numbers(.generatorVoltage, 0...500, count: 3) { generator.voltage_V = volts }
    if let amperes = numbers(.generatorCurrent, 0...200, count: 3) {
      generator.current_A = amperes
    }
    if let degrees = numbers(.generatorAngle, -180...180, count: 3) {
      generator.angle_degrees = degrees
    }
    generator.frequency_Hz = numberOrAuto(.generatorFrequency, 40...70)
    if let rate = integer(.generatorRate, 2000...32_000) { generator.rate_Hz = UInt32(rate) }
    generator.voltageHarmonics = harmonics(.voltageHarmonics)
    generator.currentHarmonics = harmonics(.currentHarmonics)
    let highest = (generator.voltageHarmonics + generator.currentHarmonics).map(\.order).max()
    let frequency = generator.frequency_Hz ?? Double(nominal.hertz)
    if let highest, Double(highest) * frequency * 2 >= Double(generator.rate_Hz),
      let origin =
        (setting(.generatorRate) ?? setting(.currentHarmonics)
        ?? setting(.voltageHarmonics))?.origin
    {
      fail(
        origin, "«generator.rate» \(generator.rate_Hz) is too low for harmonic \(highest)",
        expected: "more than twice its frequency, \(Int(Double(highest) * frequency * 2))",
        next: "raise the rate or leave the harmonic out")
    }
    return generator
  }

  private mutating func harmonics(_ key: ConfigurationKey) -> [GeneratorSetup.Harmonic] {
    let entries = list(key, standard: nil, limit: 39, Self.harmonic) ?? []
    for (index, entry) in entries.enumerated()
    where entries[..<index].contains(where: { $0.value.order == entry.value.order }) {
      fail(
        entry.item.origin, "«\(key.path)» has order \(entry.value.order) twice",
        expected: "every order once", next: "delete one of them")
    }
    return entries.map(\.value)
  }

  /// `ORDER=PERCENT%` with `@DEGREES` where the angle is not zero.
  private static func harmonic(_ text: String) -> GeneratorSetup.Harmonic? {
    let halves = text.split(separator: "=", omittingEmptySubsequences: false)
    guard halves.count == 2, let order = Int(halves[0]), (2...40).contains(order) else {
      return nil
    }
    let parts = halves[1].split(separator: "@", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].hasSuffix("%"),
      let percent = number(String(parts[0].dropLast())), (0...100).contains(percent),
      let angle = parts.count == 2 ? number(String(parts[1])) : 0, (-360...360).contains(angle)
    else { return nil }
    return GeneratorSetup.Harmonic(order: order, percent: percent, angle_degrees: angle)
  }
}

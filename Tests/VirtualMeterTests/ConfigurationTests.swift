import Foundation
import LegalMeter
import Meter
import MeterTime
import Quantities
import Testing

@testable import VirtualMeter

/// Configurations: the template, the layers, and every error with its line.
@Suite struct ConfigurationTests {
  static func layers(
    _ text: String?, environment: [String: String] = [:], flags: [ConfigurationLayers.Flag] = []
  ) -> ConfigurationLayers {
    var layers = ConfigurationLayers()
    if let text { layers.file = ("m.yaml", text) }
    layers.environment = environment
    layers.flags = flags
    return layers
  }

  static func failures(of text: String) -> [Failure] {
    do throws(ConfigurationFailures) {
      _ = try layers(text).setup()
      return []
    } catch {
      return error.failures
    }
  }

  @Test func templateReadsAsDefaults() throws {
    #expect(try Self.layers(ConfigurationTemplate.text()).setup() == MeterSetup())
    #expect(try Self.layers(nil).setup() == MeterSetup())
    #expect(try Self.layers("").setup() == MeterSetup())
    #expect(try Self.layers("# nothing\nmeter:\n").setup() == MeterSetup())
  }

  @Test(arguments: ConfigurationKey.allCases)
  func templateExplainsEveryKey(key: ConfigurationKey) {
    let text = ConfigurationTemplate.text()
    #expect(text.contains("\(key.name): \(key.defaultText)\n"))
    #expect(text.contains(key.meaning))
    #expect(text.contains("[\(key.environmentName)]"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func templateOfAType() throws {
    let type = "KVD-382Lx2-5(105)-1x230-I6ANI"
    let text = ConfigurationTemplate.text(identity: .family382L, type: type, number: 42)
    let setup = try Self.layers(text).setup()
    #expect(TypeString(setup.variant).description == type)
    #expect(setup.identity == .family382L)
    #expect(setup.meterNumberText == "00000042")
    #expect(setup.display.battery == [])
  }

  @Test func everyKeyIsRead() throws {
    let text = """
      identity: 382L
      meter: {number: 12345678, year: 2030, connection: 3x230, wiring: aron, rating: 10(60),
        hardware: x7, switch: false, radio: true, energy: A+/A-, frequency: 60, class: A,
        backup: battery, summation: vector}
      display:
        energy-format: 6.1
        leading-zeros: false
        automatic: [1.8.0, 1-0:2.8.0*255, frequency]
        manual:
          - 32.7.0
          - POWERACTIVEIMPORT
        battery: 0.0.0
      clock: {zone: -60, daylight-saving: off, start: "2026-03-01T12:00:00Z"}
      supply: {settings: [basis=current, limit_A=20.5, t3_s=40, output1=tariff, input2Unit=m3]}
      front-end: {model: typical, gain-error: [1, -1, 0.5, 0, 0, 0], phase-error: 0.1,
        offset: 3, voltage-noise: 12.5, current-noise: 1, crosstalk: 100, drift: -30,
        temperature: 40}
      generator: {voltage: [230, 231, 229], current: 10, angle: [0, 60, -60], frequency: 60.1,
        rate: 8000, voltage-harmonics: [5=3%@180], current-harmonics: [3=10.5%, 7=2%@-90]}
      """
    let setup = try Self.layers(text).setup()
    #expect(TypeString(setup.variant).description == "KVD-382Lx7-10(60)-3x230A-E6ALV")
    #expect(setup.identity == .family382L)
    #expect(setup.designation == "382Lx7")
    #expect(setup.year == 2030)
    #expect(setup.display.energyFormat == .tenths)
    #expect(!setup.display.leadingZeros)
    #expect(setup.display.automatic == [.activeImport, .activeExport, .frequency])
    #expect(setup.display.manual == [.voltageL1, .powerActiveImport])
    #expect(setup.display.battery == [.meterNumber])
    #expect(setup.clock.zoneMinutes == -60)
    #expect(!setup.clock.daylightSaving)
    #expect(setup.clock.start == ISOTime.instant("2026-03-01T12:00:00Z"))
    #expect(setup.supply.basis == .current && setup.supply.smartDisconnect.limit == 20_500)
    #expect(setup.supply.smartDisconnect.t3 == 40 && setup.loads.output1.mode == .tariff)
    #expect(setup.loads.input2.unit == .cubicMetre)
    #expect(setup.frontEnd.model == .typical)
    #expect(setup.frontEnd.gainError_percent == [1, -1, 0.5, 0, 0, 0])
    #expect(setup.frontEnd.phaseError_degrees == [0.1])
    #expect(setup.frontEnd.offset_counts == [3])
    #expect(setup.frontEnd.voltageNoise_mV == 12.5)
    #expect(setup.frontEnd.currentNoise_mA == 1)
    #expect(setup.frontEnd.crosstalk_ppm == 100)
    #expect(setup.frontEnd.drift_ppmPerKelvin == -30)
    #expect(setup.frontEnd.temperature_C == 40)
    #expect(setup.generator.voltage_V == [230, 231, 229])
    #expect(setup.generator.current_A == [10])
    #expect(setup.generator.angle_degrees == [0, 60, -60])
    #expect(setup.generator.frequency_Hz == 60.1)
    #expect(setup.generator.rate_Hz == 8000)
    #expect(setup.generator.voltageHarmonics == [.init(order: 5, percent: 3, angle_degrees: 180)])
    #expect(
      setup.generator.currentHarmonics == [
        .init(order: 3, percent: 10.5), .init(order: 7, percent: 2, angle_degrees: -90),
      ])
  }

  /// Text, line of the error, and words that its message must hold.
  static let errors: [(String, Int, [String])] = [
    ("meter:\n  ratng: 5(85)", 2, ["meter.ratng", "meter.rating", "did you mean"]),
    ("rating: 5(85)", 1, ["«rating»", "meter.rating"]),
    ("identity: kvd\nmetre:\n  year: 2026", 2, ["metre", "«meter»"]),
    ("xyzzyplugh: 1", 1, ["xyzzyplugh", "kvadrant new"]),
    ("meter: 3", 1, ["meter", "single value"]),
    ("meter:\n  rating: [5(85)]", 2, ["a list", "5(85), 5(105)"]),
    ("meter:\n  rating: {a: 1}", 2, ["keys of its own"]),
    ("meter:\n  rating:", 2, ["no value"]),
    ("meter:\n\n  rating: 5(95)", 3, ["5(95)", "5(85), 5(105), 10(60)"]),
    ("meter:\n  number: 123456789", 2, ["eight digits"]),
    ("meter:\n  number: -1", 2, ["eight digits"]),
    ("meter:\n  year: 1999", 2, ["2000 to 2099"]),
    ("meter:\n  frequency: 16.7", 2, ["50 or 60"]),
    ("meter:\n  hardware: A", 2, ["2 to 9", "B to G"]),
    ("meter:\n  rating: 5(105)", 2, ["without supply control switch"]),
    ("meter:\n  hardware: 9\n  rating: 10(65)", 3, ["only with supply control switch"]),
    ("meter:\n  hardware: 9\n  switch: true", 3, ["hardware letter decides"]),
    ("meter:\n  hardware: C\n  radio: true", 3, ["integrated radio"]),
    ("meter:\n  wiring: aron", 2, ["3x230 V only"]),
    ("meter:\n  connection: 3x230\n  wiring: aron\n  summation: individual", 4, ["vector"]),
    ("meter:\n  connection: 3x400\n", 2, ["3x230/400"]),
    ("meter:\n  type: 382LxG-5(85)x", 2, ["character 13", "«382LxG-5(85)»"]),
    ("meter:\n  type: 382LxG-5(105)", 2, ["without supply control switch"]),
    ("meter:\n  type: 382Lx2\n  rating: 5(85)\n  radio: true", 4, ["contradicts"]),
    ("display:\n  automatic: [1.8.0,\n    9.9.9]", 3, ["9.9.9", "OBIS"]),
    ("display:\n  automatic: [\(String(repeating: "1.8.0, ", count: 17))]", 2, ["17 entries"]),
    ("display:\n  battery: [\(String(repeating: "1.8.0, ", count: 9))]", 2, ["9 entries"]),
    ("meter:\n  energy: A+\ndisplay:\n  manual:\n    - 1.8.0\n    - 3.8.0", 6, ["energy type"]),
    ("meter:\n  connection: 1x230\ndisplay:\n  manual: [52.7.0]", 4, ["measuring system"]),
    ("meter:\n  backup: supercap\ndisplay:\n  battery: [1.8.0]", 4, ["battery-driven"]),
    ("display:\n  automatic: []", 2, ["is empty"]),
    ("display:\n  manual: [2.8.0, 1.8.0,\n    activeExport]", 3, ["twice"]),
    ("clock:\n  zone: 900", 2, ["-720 to 840"]),
    ("clock:\n  start: 2026-02-30T00:00:00Z", 2, ["now or a time"]),
    ("supply:\n  settings:\n    - basis=current\n    - limit=3", 4, ["limit=3", "basis=current"]),
    ("supply:\n  settings: [basis=gold]", 2, ["basis=gold"]),
    ("supply:\n  settings: [t1_s=3601]", 2, ["t1_s=3601"]),
    ("supply:\n  settings: [basis=power, k1=1, k2=1.2]", 2, ["k3 <= k2 <= k1"]),
    ("front-end: exact", 1, ["ideal, typical or auto"]),
    ("front-end:\n  gain-error: [1, 2]", 2, ["2 values", "one or six"]),
    ("front-end:\n  drift: nan", 2, ["nan", "ppm/K"]),
    ("front-end:\n  drift: 1e300", 2, ["ppm/K"]),
    ("generator:\n  current: 201", 2, ["0 to 200"]),
    ("generator:\n  current-harmonics: [41=1%]", 2, ["orders 2 to 40"]),
    ("generator:\n  current-harmonics: [5=1%, 5=2%]", 2, ["order 5 twice"]),
    ("generator:\n  current-harmonics: [40=1%]", 2, ["too low for harmonic 40"]),
    ("identity: kvd\nidentity: 382L", 1, ["twice"]),
    ("identity: kvd\nmeter\n", 2, ["no YAML"]),
    ("identity: \"kvd", 1, ["no YAML"]),
    ("meter:\n\trating: 5(85)", 2, ["no YAML"]),
    ("identity: kvd\n---\nidentity: 382L", 2, ["no YAML"]),
    ("a: &x [1]\nb: *x", 1, ["anchor"]),
    ("- 1\n- 2", 1, ["no keys"]),
    ("? [a]\n: b", 1, ["not a word"]),
    ("identity: k\u{1}vd", 1, ["no YAML"]),
  ]

  @Test(arguments: errors)
  func errorWithLine(text: String, line: Int, words: [String]) throws {
    let failures = Self.failures(of: text)
    #expect(failures.count == 1, "\(failures)")
    let failure = try #require(failures.first)
    #expect(failure.status == .configuration)
    #expect(failure.file == "m.yaml")
    #expect(failure.line == line, "\(failure)")
    for word in words { #expect("\(failure)".contains(word), "\(failure)") }
    #expect("\(failure)".hasPrefix("m.yaml:\(line): "))
  }

  @Test func allErrorsInTheOrderOfLines() {
    let text = """
      generator: {current: -1}
      meter:
        ratng: 1
        year: x
      clock: {zone: y}
      """
    #expect(Self.failures(of: text).map(\.line) == [1, 3, 4, 5])
  }

  @Test func listsOfTheMeter() throws {
    let text = "display: {automatic: [1.8.0, 14.7.0, 1.8.0], manual: [14.7.0, 2.8.0]}"
    let setup = try Self.layers(text).setup()
    let configuration = try setup.meterConfiguration(
      at: Instant(seconds: 800_000_000), softwareRevision: 1)
    let lists = configuration.lists
    #expect(lists.count(.automatic) == 3)
    #expect(
      (0..<lists.count(.manual)).map { lists.view(.manual, at: $0) } == [
        .frequency, .activeExport, .activeImport, .reactiveImport, .reactiveExport,
      ])
    #expect(configuration.zone.zoneMinutes == 60)
    // No room is left for the four legal views behind 27 others.
    let others = QuantityID.allCases.filter { $0.rawValue >= 4 }.prefix(27)
    let crowded = "display: {manual: [\(others.map { "\($0)" }.joined(separator: ","))]}"
    #expect(Self.failures(of: crowded).first?.what.contains("no room") == true)
  }

  @Test func precedence() throws {
    let file = "meter:\n  rating: 10(85)\n  year: 2027\n  number: 1\ndisplay:\n  automatic: [1.8.0]"
    let environment = [
      "KVADRANT_METER_RATING": "10(65)", "KVADRANT_METER_NUMBER": "2",
      "KVADRANT_DISPLAY_AUTOMATIC": "2.8.0, 14.7.0", "KVADRANT_RECORDINGS": "/somewhere",
    ]
    let flags = [ConfigurationLayers.Flag("--number", .number, "3")]
    let setup = try Self.layers(file, environment: environment, flags: flags).setup()
    #expect(setup.year == 2027)
    #expect(setup.variant.rating == .a10_65)
    #expect(setup.meterNumber == 3)
    #expect(setup.display.automatic == [.activeExport, .frequency])
    let typed = try Self.layers(
      file, flags: [.init("--type", .type, "382Lx2-5(105)-1x230")]
    ).setup()
    #expect(TypeString(typed.variant).description == "KVD-382Lx2-5(105)-1x230-Q5BDI")
    let above = try Self.layers(
      "meter:\n  type: 382Lx2", environment: ["KVADRANT_METER_RATING": "5(105)"]
    ).setup()
    #expect(TypeString(above.variant).description == "KVD-382Lx2-5(105)-3x230/400-Q5BDI")
  }

  @Test func errorsOfOtherLayers() {
    let layers = Self.layers(
      nil, environment: ["KVADRANT_METER_RATINGS": "5(85)", "KVADRANT_CLOCK_ZONE": "x"],
      flags: [.init("--identity", .identity, "382M")])
    do throws(ConfigurationFailures) {
      _ = try layers.setup()
      Issue.record("accepted")
    } catch {
      #expect(error.failures.count == 3)
      #expect("\(error)".contains("environment KVADRANT_METER_RATINGS: "))
      #expect("\(error)".contains("KVADRANT_METER_RATING (did you mean that?)"))
      #expect("\(error)".contains("environment KVADRANT_CLOCK_ZONE: "))
      #expect("\(error)".contains("--identity: «identity» is «382M»"))
      #expect(error.status.rawValue == 78)
    }
  }
}

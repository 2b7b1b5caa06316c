import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter

/// Readings by table; what is not in it is unknown.
struct TableReadings: ReadingSource {
  var table: [QuantityID: Int64] = [:]
  func reading(_ quantity: QuantityID) -> Int64? { table[quantity] }
}

struct DisplayGlassTests {
  private static let readings = TableReadings(table: [
    .activeImport: 12_345_678_900, .activeExport: 987_654_321, .reactiveImport: 4_000_000,
    .activeImportT2: 1_234_000_000, .activeImportFine: 12_345_678_900,
    .activeImportResettable: 42_000_000, .powerActiveImport: 7_250_000,
    .powerReactiveExport: 1_500_000, .powerApparent: 7_404_000, .powerActiveL2: -2_450_000,
    .powerFactorL1: -9_850, .voltageL1: 230_149, .currentL3: 16_035_000,
    .phaseAngleL1: -3_105, .frequency: 50_012, .hourCounter: 8_760, .date: 261_122,
    .time: 235_958, .meterNumber: 12_345_678, .softwareRevision: 0x01_0402,
    .legalChecksum: 0x3FB9_A2DC, .meterStatus: 2, .activeTariff: 2, .temperature: -52,
  ])

  private static var indicators: DisplayIndicators {
    var indicators = DisplayIndicators()
    indicators.l1 = .init(voltage: .steady, direction: .import)
    indicators.l2 = .init(voltage: .steady, direction: .export)
    indicators.l3 = .init(voltage: .blink)
    indicators.direction = .both
    indicators.light(.q1)
    indicators.light(.q2)
    indicators.tariff = .t2
    indicators.switchSymbol = .closed
    indicators.radio = .steady
    return indicators
  }

  private func glass(
    _ view: QuantityID, readings: TableReadings = readings,
    _ change: (inout DisplayController) -> Void = { _ in }
  ) -> Glass {
    let rules = DisplayRules(energyType: .fourQuadrant, hasBattery: true)
    var controller = DisplayController(lists: .factory(rules))
    controller.start(at: Instant(seconds: 0))
    controller.pin(view, at: Instant(seconds: 0))
    change(&controller)
    return controller.glass(
      at: Instant(seconds: 0), readings: readings, indicators: Self.indicators)
  }

  /// One frame of each format, and the special ones.
  @Test func framesAreDrawnAsKept() throws {
    let views: [QuantityID] = [
      .activeImport, .reactiveImport, .activeImportT2, .activeImportFine,
      .activeImportResettable, .powerActiveImport, .powerReactiveExport, .powerApparent,
      .powerActiveL2, .powerFactorL1, .voltageL1, .currentL3, .phaseAngleL1, .frequency,
      .hourCounter, .date, .time, .meterNumber, .softwareRevision, .legalChecksum, .meterStatus,
      .activeTariff, .temperature,
    ]
    var frames = views.map { view in
      (name: "\(view)", drawing: DisplayDrawing(glass: glass(view), blinkPhase: true).text)
    }
    func add(_ name: String, _ glass: Glass, blinkPhase: Bool = true) {
      frames.append((name, DisplayDrawing(glass: glass, blinkPhase: blinkPhase).text))
    }
    add("blinking segments dark", glass(.activeImport), blinkPhase: false)
    add("unknown energy", glass(.activeImport, readings: TableReadings()))
    add("unknown time", glass(.time, readings: TableReadings()))
    let overload = TableReadings(table: [.powerActiveImport: .max])
    add("overload", glass(.powerActiveImport, readings: overload))
    let sixOne = DisplayOptions(energyDigits: .sixOne, leadingZeros: false)
    add("six one", glass(.activeImport) { $0.options = sixOne })
    add(
      "identification",
      glass(.activeImport) {
        $0.identify(at: Instant(seconds: 0), for: .seconds(60))
      })
    add("prepayment", glass(.activeImport) { $0.show("PAY", at: Instant(seconds: 0)) })
    add("display test", .allSegments)
    add("dark", Glass())
    try GoldenFrames.check(frames)
  }

  @Test func eachIndicatorLightsItsSegment() {
    func lit(_ change: (inout DisplayIndicators) -> Void) -> [GlassSymbol] {
      var indicators = DisplayIndicators()
      change(&indicators)
      var glass = Glass()
      glass.setIndicators(indicators)
      return GlassSymbol.allCases.filter { glass.lamp($0) != .off && $0 != .quadrantAxes }
    }
    #expect(lit { _ in } == [])
    #expect(lit { $0.l2.voltage = .blink } == [.voltage2])
    #expect(lit { $0.l3.direction = .export } == [.export3])
    #expect(lit { $0[.l1].direction = .import } == [.import1])
    #expect(lit { $0.direction = .both } == [.arrowImport, .arrowExport])
    #expect(lit { $0.quadrants = 0b1001 } == [.quadrant1, .quadrant4])
    #expect(lit { $0.tariff = .t4 } == [.tariff4])
    #expect(lit { $0.errorTriangle = .steady } == [.errorTriangle])
    #expect(lit { $0.magnet = .steady } == [.magnet])
    #expect(lit { $0.cover = .blink } == [.cover])
    #expect(lit { $0.backstop = .steady } == [.backstop])
    #expect(lit { $0.phaseSequence = .blink } == [.phaseSequence])
    #expect(lit { $0.radio = .steady } == [.radio])
    #expect(lit { $0.prepayment = .steady } == [.prepayment])
    #expect(lit { $0.module1 = .steady } == [.module1])
    #expect(lit { $0.module2 = .steady } == [.module2])
    #expect(lit { $0.battery = .steady } == [.battery])
    #expect(lit { $0.verification = .steady } == [.verification])
    #expect(lit { $0.switchSymbol = .released } == [.switchOpen])
    #expect(lit { $0.switchSymbol = .warning } == [.switchClosed])
  }

  @Test func switchAndVoltageLampsBlinkWhereTheyShould() {
    var glass = Glass()
    var indicators = DisplayIndicators()
    let switchLamps: [(DisplayIndicators.SwitchSymbol, Lamp, Lamp)] = [
      (.none, .off, .off), (.closed, .steady, .off), (.warning, .blink, .off),
      (.open, .off, .steady), (.released, .off, .blink),
    ]
    for (symbol, closed, open) in switchLamps {
      indicators.switchSymbol = symbol
      glass.setIndicators(indicators)
      #expect(glass.lamp(.switchClosed) == closed && glass.lamp(.switchOpen) == open)
    }
    typealias I = DisplayIndicators
    #expect(I.voltageLamp(voltageAboveLimit: false, currentAboveLimit: true) == .off)
    #expect(I.voltageLamp(voltageAboveLimit: true, currentAboveLimit: false) == .blink)
    #expect(I.voltageLamp(voltageAboveLimit: true, currentAboveLimit: true) == .steady)
  }

  @Test func blinkingIsOneHertz() {
    #expect(Glass.blinkPhase(at: Instant(seconds: 5)))
    #expect(Glass.blinkPhase(at: Instant(seconds: 5, fraction: 0x7FFF)))
    #expect(!Glass.blinkPhase(at: Instant(seconds: 5, fraction: 0x8000)))
    #expect(!Glass.blinkPhase(at: Instant(seconds: 5, fraction: 0xFFFF)))
    let glass = glass(.activeImport)
    #expect(glass.isLit(.symbol(.voltage3), blinkPhase: true))
    #expect(!glass.isLit(.symbol(.voltage3), blinkPhase: false))
    #expect(glass.isLit(.symbol(.voltage1), blinkPhase: false))
  }

  @Test func theDisplayTestLightsEverySegment() {
    for index in 0..<GlassPlane.bitCount {
      guard let segment = GlassSegment(index: index) else { continue }
      #expect(Glass.allSegments.isLit(segment, blinkPhase: false))
    }
  }

  @Test func picturesAreEncodedAndReadBack() throws {
    for glass in [Glass(), .allSegments, glass(.activeImport), glass(.time)] {
      var bytes = [UInt8](repeating: 0, count: Glass.encodedBytes)
      var output = bytes.mutableSpan
      glass.encode(into: &output)
      #expect(try Glass(decoding: bytes.span) == glass)
      #expect(glass.hexadecimal.count == 160)
    }
  }

  @Test func bytesThatAreNoPictureAreRefused() {
    for length in [0, 1, 79, 81] {
      let bytes = [UInt8](repeating: 0, count: length)
      #expect(throws: GlassError.wrongLength) { try Glass(decoding: bytes.span) }
    }
    for index in 0..<2 * GlassPlane.bitCount {
      var bytes = [UInt8](repeating: 0, count: Glass.encodedBytes)
      bytes[index / 8] = 1 << UInt8(index % 8)
      let exists = GlassSegment(index: index % GlassPlane.bitCount) != nil
      #expect(((try? Glass(decoding: bytes.span)) != nil) == exists)
    }
  }

  @Test func textsAreReadBackFromTheirSegments() {
    var glass = Glass()
    for text in ["0.9.1", "96.8.0", "81.7.62", "P.01", "1234567", ""] {
      glass.setIdentification(Array(text.utf8).span)
      #expect(glass.identificationText == text)
    }
    for text in ["kWh", "kvarh", "kVA", "Hz", "PF", "YES", "-+%/", "h", ""] {
      glass.setUnit(Array(text.utf8).span)
      #expect(glass.unitText == text)
    }
    for text in ["PAY", "0123", "4567", "89AB", "CDEF", "GHIJ", "KLMN", "OPQR", "STUV", "WXYZ"] {
      glass.setText(Array(text.utf8).span)
      #expect(glass.fieldText == text)
    }
    glass.setUnit([0xB0, UInt8(ascii: "C")].span)
    #expect(glass.unitText == "°C")
    glass.setText(Array("*".utf8).span)
    #expect(glass.fieldText == "°")
    glass.setIdentification(Array("12345678.9".utf8).span)
    #expect(glass.identificationText == "1234567", "what does not fit is left out")
    glass.setIdentification(Array(".1..2".utf8).span)
    #expect(glass.identificationText == "1.2")
    glass.setValue(ValueField(text: "End"))
    #expect(glass.valueText == "END", "a letter with one picture is read as the capital")
  }

  /// Any bytes as text, any bits as picture: nothing traps.
  @Test func anyTextAndAnyBitsAreTaken() {
    var random = SplitMix64(seed: 14)
    for _ in 0..<2_000 {
      var glass = Glass()
      let text = (0..<random.below(20)).map { _ in UInt8(random.below(256)) }
      glass.setIdentification(text.span)
      glass.setUnit(text.span)
      glass.setText(text.span)
      for index in 0..<GlassPlane.bitCount where random.below(2) == 0 {
        if let segment = GlassSegment(index: index) { glass.blinking[segment] = true }
      }
      #expect(glass.valueText.count <= Glass.maximumValueTextBytes)
      #expect(glass.identificationText.count <= 13)
      #expect(glass.unitText.count <= 5 && glass.fieldText.count <= 4)
    }
  }
}

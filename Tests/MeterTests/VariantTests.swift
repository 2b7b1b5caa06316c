import LegalMeter
import Meter
import Quantities
import Testing

/// The ratings, letters and connections of the data sheet, all of them, and nothing else.
@Suite struct VariantTests {
  /// Data sheet, «Strøm Ib (Imax)»: rating, without switch, with switch.
  static let ratings: [(CurrentRating, Bool, Bool)] = [
    (.a5_105, true, false), (.a10_60, true, false), (.a10_65, false, true),
    (.a10_85, true, true), (.a5_85, true, true),
  ]

  @Test(arguments: ratings)
  func ratingAndSwitch(rating: CurrentRating, without: Bool, with: Bool) {
    for hasSwitch in [false, true] {
      var request = VariantRequest()
      request.rating = rating
      request.hasSwitch = hasSwitch
      let expected: VariantRefusal? =
        (hasSwitch ? with : without)
        ? nil : (hasSwitch ? .ratingOnlyWithoutSwitch : .ratingOnlyWithSwitch)
      #expect(request.firstRefusal == expected)
      if expected == nil { #expect((try? MeterVariant(request))?.hasSwitch == hasSwitch) }
    }
  }

  /// Letter, switch, radio (data sheet «Bryder» and «Integreret radio»).
  static let letters: [(String, Bool, Bool)] = [
    ("2", false, false), ("3", false, false), ("4", false, true), ("5", false, true),
    ("6", false, true), ("7", false, true), ("8", false, false), ("9", false, false),
    ("B", true, false), ("C", true, false), ("D", true, true), ("E", true, true),
    ("F", true, true), ("G", true, true),
  ]

  @Test(arguments: letters)
  func letter(letter: String, hasSwitch: Bool, hasRadio: Bool) throws {
    let variant = try MeterVariant(typeString: Array("382Lx\(letter)".utf8).span)
    #expect(variant.hasSwitch == hasSwitch)
    #expect(variant.hasRadio == hasRadio)
    #expect(variant.typeWord == (hasSwitch ? 0x6300 : 0x6200))
    for wrong in [VariantRefusal.letterContradictsSwitch, .letterContradictsRadio] {
      var request = VariantRequest()
      request.hardware = variant.hardware
      if wrong == .letterContradictsSwitch { request.hasSwitch = !hasSwitch }
      if wrong == .letterContradictsRadio { request.hasRadio = !hasRadio }
      #expect(throws: wrong) { try MeterVariant(request) }
    }
  }

  @Test func lettersAreComplete() {
    #expect(HardwareLetter.allCases.count == Self.letters.count)
    for hasSwitch in [false, true] {
      for hasRadio in [false, true] {
        let letter = HardwareLetter(hasSwitch: hasSwitch, hasRadio: hasRadio)
        #expect(letter.hasSwitch == hasSwitch)
        #expect(letter.hasRadio == hasRadio)
      }
    }
  }

  static let supplies: [(NominalVoltage, Wiring, Connection, [Phase])] = [
    (.v1x230, .neutral, .onePhase, [.l1]),
    (.v2x230_400, .neutral, .twoPhase, [.l1, .l2]),
    (.v3x230_400, .neutral, .fourWire, [.l1, .l2, .l3]),
    (.v3x230, .neutral, .fourWire, [.l1, .l2, .l3]),
    (.v3x230, .aron, .aron, [.l1, .l3]),
  ]

  @Test(arguments: supplies)
  func supply(voltage: NominalVoltage, wiring: Wiring, connection: Connection, systems: [Phase])
    throws
  {
    var request = VariantRequest()
    request.voltage = voltage
    request.wiring = wiring
    let variant = try MeterVariant(request)
    #expect(variant.connection == connection)
    #expect(Phase.allCases.filter(variant.hasSystem) == systems)
    #expect(variant.summation == (wiring == .aron ? .vector : .individual))
    #expect(variant.maximumPower_W == UInt32(systems.count) * 85 * 230)
  }

  @Test(arguments: [NominalVoltage.v1x230, .v2x230_400, .v3x230_400])
  func aronElsewhere(voltage: NominalVoltage) {
    var request = VariantRequest()
    request.voltage = voltage
    request.wiring = .aron
    #expect(throws: VariantRefusal.aronNeedsThreeWireSupply) { try MeterVariant(request) }
  }

  @Test func everyReasonIsTold() {
    var request = VariantRequest()
    request.rating = .a5_105
    request.hardware = .xB
    request.hasSwitch = false
    request.hasRadio = true
    request.wiring = .aron
    request.summation = .individual
    var reasons: [VariantRefusal] = []
    request.forEachRefusal { reasons.append($0) }
    #expect(
      reasons == [
        .ratingOnlyWithoutSwitch, .letterContradictsSwitch, .letterContradictsRadio,
        .aronNeedsThreeWireSupply, .aronForcesVectorSum,
      ])
    for refusal in VariantRefusal.allCases { #expect(refusal.sentence.utf8CodeUnitCount > 30) }
  }

  /// EN 50470-1: rating, class, Itr, Imin, Ist, Iref, Imax in mA and the threshold in mW.
  static let currents: [(CurrentRating, AccuracyClass, [UInt32])] = [
    (.a5_85, .b, [500, 250, 20, 5000, 85_000, 2300]),
    (.a5_85, .a, [500, 250, 25, 5000, 85_000, 2875]),
    (.a5_105, .b, [500, 250, 20, 5000, 105_000, 2300]),
    (.a10_60, .b, [1000, 500, 40, 10_000, 60_000, 4600]),
    (.a10_60, .a, [1000, 500, 50, 10_000, 60_000, 5750]),
    (.a10_65, .b, [1000, 500, 40, 10_000, 65_000, 4600]),
    (.a10_85, .b, [1000, 500, 40, 10_000, 85_000, 4600]),
  ]

  @Test(arguments: currents)
  func derivedCurrents(rating: CurrentRating, accuracy: AccuracyClass, figures: [UInt32]) throws {
    var request = VariantRequest()
    request.rating = rating
    request.accuracy = accuracy
    request.hasSwitch = rating.existsWithSwitch
    let variant = try MeterVariant(request)
    let derived = [
      variant.transitionalCurrent_mA, variant.minimumCurrent_mA, variant.startingCurrent_mA,
      variant.referenceCurrent_mA, variant.maximumCurrent_mA, variant.registrationThreshold_mW,
    ]
    #expect(derived == figures)
    #expect(variant.exceedsPulseOutput == (rating == .a5_105))
  }

  @Test func quantitiesOfAVariant() throws {
    let plain = try MeterVariant(typeString: Array("KVD-382Lx2-5(85)-1x230-I".utf8).span)
    #expect(plain.refusal(of: .activeImport) == nil)
    #expect(plain.refusal(of: .activeImportT4) == nil)
    #expect(plain.refusal(of: .activeExport) == .quantityOutsideEnergyType)
    #expect(plain.refusal(of: .reactiveQ3) == .quantityOutsideEnergyType)
    #expect(plain.refusal(of: .voltageL1) == nil)
    #expect(plain.refusal(of: .voltageL2) == .quantityOutsideConnection)
    let bidirectional = try MeterVariant(typeString: Array("382Lx2-5(85)-3x230A-E".utf8).span)
    #expect(bidirectional.refusal(of: .activeExportFine) == nil)
    #expect(bidirectional.refusal(of: .reactiveImportT1) == .quantityOutsideEnergyType)
    #expect(bidirectional.refusal(of: .currentL2) == .quantityOutsideConnection)
    #expect(bidirectional.refusal(of: .currentL3) == nil)
    for quantity in QuantityID.allCases {
      #expect(MeterVariant.standard.refusal(of: quantity) == nil)
    }
  }
}

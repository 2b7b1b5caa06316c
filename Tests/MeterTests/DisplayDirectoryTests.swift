import LegalMeter
import Quantities
import Testing

@testable import Meter

/// The directory of quantities: every quantity has one row that makes sense.
struct DisplayDirectoryTests {
  /// Codes as the field uses them (IEC 62056-6-1; those of the display from real readouts).
  @Test(arguments: [
    (QuantityID.activeImport, "1-0:1.8.0"), (.activeExport, "1-0:2.8.0"),
    (.reactiveImport, "1-0:3.8.0"), (.reactiveExport, "1-0:4.8.0"),
    (.activeImportT1, "1-0:1.8.1"), (.activeExportT4, "1-0:2.8.4"),
    (.reactiveImportT2, "1-0:3.8.2"), (.reactiveExportT3, "1-0:4.8.3"),
    (.reactiveQ1, "1-0:5.8.0"), (.reactiveQ4, "1-0:8.8.0"),
    (.activeImportL1, "1-0:21.8.0"), (.activeExportL2, "1-0:42.8.0"),
    (.reactiveImportL3, "1-0:63.8.0"), (.reactiveExportL1, "1-0:24.8.0"),
    (.activeAbsolute, "1-0:15.8.0"), (.powerActiveImport, "1-0:1.7.0"),
    (.powerReactiveExport, "1-0:4.7.0"), (.powerApparent, "1-0:9.7.0"),
    (.powerActiveL1, "1-0:36.7.0"), (.powerReactiveL2, "1-0:43.7.0"),
    (.powerApparentL3, "1-0:69.7.0"), (.powerFactor, "1-0:13.7.0"),
    (.powerFactorL3, "1-0:73.7.0"), (.voltageL1, "1-0:32.7.0"), (.voltageL3, "1-0:72.7.0"),
    (.currentL1, "1-0:31.7.0"), (.currentL2, "1-0:51.7.0"), (.frequency, "1-0:14.7.0"),
    (.voltageAngleL1, "1-0:81.7.0"), (.voltageAngleL2, "1-0:81.7.10"),
    (.voltageAngleL3, "1-0:81.7.20"), (.phaseAngleL1, "1-0:81.7.40"),
    (.phaseAngleL2, "1-0:81.7.51"), (.phaseAngleL3, "1-0:81.7.62"),
    (.hourCounter, "0-0:96.8.0"), (.date, "1-0:0.9.2"), (.time, "1-0:0.9.1"),
    (.meterNumber, "1-0:0.0.0"), (.softwareRevision, "1-0:0.2.0"), (.legalChecksum, "1-0:0.2.8"),
    (.demandActiveImport, "1-0:1.4.0"), (.lastDemandReactiveExport, "1-0:4.5.0"),
    (.maximumActiveImport, "1-0:1.6.0"), (.maximumReactiveExport, "1-0:4.6.0"),
    (.maximumActiveImportT1, "1-0:1.6.1"), (.maximumActiveImportT2, "1-0:1.6.2"),
    (.maximumActiveImportT2Time, "1-0:1.136.2"), (.maximumActiveExportDate, "1-0:2.137.0"),
    (.lifetimeMaximum, "1-0:1.130.0"), (.lifetimeMinimumTime, "1-0:1.136.131"),
    (.cumulativeActiveImport, "1-0:1.2.0"), (.billingCount, "1-0:0.1.0"),
    (.billingDate, "1-0:0.1.2"), (.thresholdCount, "1-0:1.36.0"),
    (.thresholdLimit, "1-0:1.35.0"), (.pulseInput1, "1-0:0.128.1"), (.credit, "0-0:19.10.0"),
    (.alarmRegister, "0-0:97.98.0"), (.switchState, "0-0:96.3.10"),
    (.voltageMinimumL1, "1-0:32.3.0"), (.voltageMaximumL3, "1-0:72.6.0"),
    (.averageVoltageL2, "1-0:52.25.0"), (.averageCurrentL1, "1-0:31.25.0"),
    (.voltageDistortionL1, "1-0:32.7.124"), (.currentDistortionL3, "1-0:71.7.124"),
    (.neutralVoltage, "1-0:92.7.0"), (.dipsL1, "1-0:32.32.0"), (.swellsL2, "1-0:52.36.0"),
    (.interruptions, "0-0:96.7.0"), (.longInterruptionsL3, "0-0:96.7.8"),
    (.lastInterruptionL1, "0-0:96.7.16"), (.profileInterval, "1-0:0.8.4"),
    (.backupHours, "0-0:96.6.0"), (.configurationChanges, "0-0:96.2.0"),
    (.profileReader, "1-0:99.1.0"), (.billingReader, "1-0:98.1.0"),
  ])
  func codesAreThoseOfTheStandard(quantity: QuantityID, code: String) {
    #expect(quantity.row.obis.description == code)
  }

  @Test func noTwoQuantitiesShareACode() {
    let codes = Set(QuantityID.allCases.map(\.row.obis))
    #expect(codes.count == QuantityID.allCases.count)
  }

  @Test func noTwoQuantitiesMeanTheSame() {
    let all = QuantityID.allCases
    for (index, quantity) in all.enumerated() {
      for other in all[..<index] { #expect(other.meaning != quantity.meaning) }
    }
  }

  @Test(arguments: QuantityID.allCases)
  func unitScaleAndFormatFitTogether(quantity: QuantityID) {
    let row = quantity.row
    switch row.unit {
    case .wattHour, .varHour:
      #expect(row.scale == -3 && [.energy, .fineEnergy, .credit].contains(row.format))
    case .watt, .voltAmpere, .voltAmpereReactive:
      #expect(row.scale == -3 && row.format == .power)
    case .volt: #expect(row.scale == -3 && row.format == .voltage)
    case .ampere: #expect(row.scale == -6 && row.format == .current)
    case .hertz: #expect(row.scale == -3 && row.format == .frequency)
    case .degree: #expect(row.scale == -2 && row.format == .angle)
    case .degreeCelsius: #expect(row.scale == -1 && row.format == .temperature)
    case .hour: #expect(row.scale == 0 && row.format == .hours)
    case .percent: #expect(row.scale == -2 && row.format == .percent)
    case .minute, .second: #expect(row.scale == 0 && row.format == .number)
    case .count: #expect(row.scale == (row.format == .powerFactor ? -4 : 0))
    default: Issue.record("no quantity has the unit \(row.unit)")
    }
    #expect(row.displayUnit.utf8CodeUnitCount <= 5)
    #expect(quantity.displayText.utf8CodeUnitCount <= 4)
  }

  /// A code on the glass can be read back: its digits fit the identification field.
  @Test(arguments: QuantityID.allCases)
  func codesFitTheIdentificationField(quantity: QuantityID) {
    var glass = Glass()
    glass.setIdentification(quantity.displayCode)
    let code = quantity.displayCode
    #expect(glass.identificationText == "\(code.c).\(code.d).\(code.e)")
  }

  @Test func theFineViewShowsTheCodeOfItsRegister() {
    #expect(QuantityID.activeImportFine.displayCode == QuantityID.activeImport.row.obis)
    #expect(QuantityID.reactiveExportFine.displayCode == QuantityID.reactiveExport.row.obis)
  }

  /// A quantity without a meaning or a row of its own would look like another one.
  @Test func everyQuantityHasItsOwnMeaningAndRow() {
    for quantity in QuantityID.allCases where quantity != .billingReader {
      #expect(quantity.meaning != .billingReader, "\(quantity)")
    }
    for quantity in QuantityID.allCases where quantity != .meterNumber {
      #expect(quantity.row.obis != QuantityID.meterNumber.row.obis, "\(quantity)")
    }
  }

  /// Time and date of a maximum are shown under its code, with a text that tells them apart.
  @Test func stampsOfMaximaAreShownUnderTheCodeOfTheirValue() {
    #expect(QuantityID.maximumActiveImportT2Date.displayCode == .electricity(1, 6, 2))
    #expect(QuantityID.maximumActiveExportTime.displayCode == .electricity(2, 6))
    #expect(QuantityID.lifetimeMinimumDate.displayCode == .electricity(1, 131))
    #expect("\(QuantityID.maximumReactiveImportDate.displayText)" == "DATE")
    #expect("\(QuantityID.billingTime.displayText)" == "TIME")
    #expect("\(QuantityID.credit.displayText)" == "PAY")
  }

  @Test(arguments: [
    (QuantityID.activeImport, EnergyType.activeImport, LegalStatus?.some(.mid)),
    (.activeImport, .fourQuadrant, .mid),
    (.activeImportT3, .activeImport, .mid),
    (.activeExport, .activeImport, nil),
    (.activeExport, .activeImportExport, .national),
    (.reactiveImport, .activeImportExport, nil),
    (.reactiveImport, .fourQuadrant, .national),
    (.reactiveExportT4, .fourQuadrant, .national),
    (.reactiveQ1, .fourQuadrant, .notLegal),
    (.reactiveQ1, .activeImportExport, nil),
    (.activeAbsolute, .activeImport, .notLegal),
    (.activeImportResettable, .fourQuadrant, .notLegal),
    (.activeImportFine, .fourQuadrant, .notLegal),
    (.activeImportL1, .fourQuadrant, .notLegal),
    (.powerActiveImport, .activeImport, .notLegal),
    (.voltageL1, .activeImport, .notLegal),
    (.meterNumber, .activeImport, .notLegal),
    (.maximumActiveImport, .activeImport, .notLegal),
    (.maximumActiveExport, .activeImport, nil),
    (.maximumReactiveImportDate, .activeImportExport, nil),
    (.cumulativeReactiveExport, .fourQuadrant, .notLegal),
    (.credit, .activeImport, .notLegal),
  ])
  func legalStatusDependsOnTheEnergyType(
    quantity: QuantityID, type: EnergyType, status: LegalStatus?
  ) {
    #expect(quantity.legalStatus(on: type) == status)
  }
}

import Quantities
import Testing

struct UnitTests {
  /// Numbers of the unit enumeration in the Blue Book, 4.3.2.
  @Test(
    arguments: [
      (Unit.hour, 5), (.degree, 8), (.degreeCelsius, 9), (.watt, 27), (.voltAmpere, 28),
      (.voltAmpereReactive, 29), (.wattHour, 30), (.varHour, 32), (.ampere, 33), (.volt, 35),
      (.hertz, 44), (.percent, 56), (.count, 255),
    ] as [(Unit, UInt8)])
  func unitsHaveTheNumbersOfTheBlueBook(unit: Unit, number: UInt8) {
    #expect(unit.rawValue == number)
  }
}

struct QuantityIDTests {
  /// Display lists and logger set-ups store these numbers.
  @Test(
    arguments: [
      (QuantityID.activeImport, 0), (.activeExport, 1), (.reactiveImport, 2), (.reactiveExport, 3),
      (.activeImportT1, 4), (.reactiveExportT4, 19), (.reactiveQ1, 20), (.activeImportL1, 24),
      (.reactiveExportL3, 35), (.activeAbsolute, 36), (.activeImportResettable, 37),
      (.reactiveExportFine, 42), (.powerActiveImport, 48), (.powerApparentL3, 61),
      (.powerFactor, 62), (.voltageL1, 66), (.currentL1, 69), (.voltageAngleL1, 72),
      (.phaseAngleL3, 77), (.frequency, 78), (.hourCounter, 80), (.meterNumber, 83),
      (.softwareRevision, 84), (.temperature, 88), (.demandActiveImport, 89),
      (.lastDemandActiveImport, 93), (.maximumActiveImport, 97), (.lifetimeMinimum, 104),
      (.maximumActiveImportTime, 105), (.maximumActiveImportDate, 113), (.lifetimeMinimumDate, 120),
      (.cumulativeReactiveExport, 124), (.billingTime, 128), (.pulseInput2, 132), (.credit, 133),
      (.tariffSource, 139), (.voltageMaximumL3, 145), (.currentDistortionL3, 157),
      (.neutralVoltage, 158), (.swellsL3, 164), (.lastInterruptionL3, 176),
      (.analysisInterval, 179), (.configurationChecksum, 183), (.billingReader, 185),
    ] as [(QuantityID, UInt8)])
  func storedNumbersStay(quantity: QuantityID, number: UInt8) {
    #expect(quantity.rawValue == number)
  }

  @Test func noQuantityHasTheNumberOfAnEmptyPlace() {
    #expect(QuantityID(rawValue: 0xFF) == nil)
  }
}

/// Every quantity that a display view or a language of the meter can ask for.
///
/// The raw value is stored in display lists and logger set-ups: never renumber, only append.
public enum QuantityID: UInt8, CaseIterable, Sendable {
  // Energy, total. Wh or varh.
  case activeImport = 0, activeExport, reactiveImport, reactiveExport
  // Energy by tariff.
  case activeImportT1 = 4, activeImportT2, activeImportT3, activeImportT4
  case activeExportT1 = 8, activeExportT2, activeExportT3, activeExportT4
  case reactiveImportT1 = 12, reactiveImportT2, reactiveImportT3, reactiveImportT4
  case reactiveExportT1 = 16, reactiveExportT2, reactiveExportT3, reactiveExportT4
  // Reactive energy of single quadrants.
  case reactiveQ1 = 20, reactiveQ2, reactiveQ3, reactiveQ4
  // Energy by phase.
  case activeImportL1 = 24, activeImportL2, activeImportL3
  case activeExportL1 = 27, activeExportL2, activeExportL3
  case reactiveImportL1 = 30, reactiveImportL2, reactiveImportL3
  case reactiveExportL1 = 33, reactiveExportL2, reactiveExportL3
  // Sum of the absolute phase contributions, never legal.
  case activeAbsolute = 36
  // Counters that the consumer may reset, never legal.
  case activeImportResettable = 37, activeExportResettable
  // High resolution (000.0000) for verification.
  case activeImportFine = 39, activeExportFine, reactiveImportFine, reactiveExportFine
  // Instantaneous power, sum of the systems; P+, P-, Q+, Q- are magnitudes, one of a pair is 0.
  case powerActiveImport = 48, powerActiveExport, powerReactiveImport, powerReactiveExport
  case powerApparent = 52
  // Signed power by phase.
  case powerActiveL1 = 53, powerActiveL2, powerActiveL3
  case powerReactiveL1 = 56, powerReactiveL2, powerReactiveL3
  case powerApparentL1 = 59, powerApparentL2, powerApparentL3
  // Power factor, signed as P.
  case powerFactor = 62, powerFactorL1, powerFactorL2, powerFactorL3
  // RMS values.
  case voltageL1 = 66, voltageL2, voltageL3
  case currentL1 = 69, currentL2, currentL3
  // Angle of a voltage against U1, and of a current against its own voltage. Degrees.
  case voltageAngleL1 = 72, voltageAngleL2, voltageAngleL3
  case phaseAngleL1 = 75, phaseAngleL2, phaseAngleL3
  case frequency = 78
  // Device.
  case hourCounter = 80, date, time, meterNumber
  case softwareRevision = 84, legalChecksum, meterStatus, activeTariff, temperature
}

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
  // Demand: mean power of the running block period so far, and of the one closed last.
  case demandActiveImport = 89, demandActiveExport, demandReactiveImport, demandReactiveExport
  case lastDemandActiveImport = 93, lastDemandActiveExport, lastDemandReactiveImport
  case lastDemandReactiveExport
  // Greatest demand since the billing reset, and of the whole life; the end of its period as
  // time and date in standard time. Each three runs of eight have the same order.
  case maximumActiveImport = 97, maximumActiveExport, maximumReactiveImport
  case maximumReactiveExport, maximumActiveImportT1, maximumActiveImportT2
  case lifetimeMaximum, lifetimeMinimum
  case maximumActiveImportTime = 105, maximumActiveExportTime, maximumReactiveImportTime
  case maximumReactiveExportTime, maximumActiveImportT1Time, maximumActiveImportT2Time
  case lifetimeMaximumTime, lifetimeMinimumTime
  case maximumActiveImportDate = 113, maximumActiveExportDate, maximumReactiveImportDate
  case maximumReactiveExportDate, maximumActiveImportT1Date, maximumActiveImportT2Date
  case lifetimeMaximumDate, lifetimeMinimumDate
  // Sum of the maxima of all closed billing periods.
  case cumulativeActiveImport = 121, cumulativeActiveExport, cumulativeReactiveImport
  case cumulativeReactiveExport
  // Billing: resets so far, records kept, and when the last one was.
  case billingCount = 125, billingRecords, billingDate, billingTime
  // Demand periods above the power threshold, and the threshold.
  case thresholdCount = 129, thresholdLimit
  case pulseInput1 = 131, pulseInput2
  // What is left of the prepaid energy; negative when it is overdrawn.
  case credit = 133
  // States of the device.
  case clockStatus = 134, alarmRegister, errorRegister, switchState, switchFeedback, tariffSource
  // Supply quality: extremes and means of U and I, distortion, dips, swells, interruptions.
  case voltageMinimumL1 = 140, voltageMinimumL2, voltageMinimumL3
  case voltageMaximumL1 = 143, voltageMaximumL2, voltageMaximumL3
  case averageVoltageL1 = 146, averageVoltageL2, averageVoltageL3
  case averageCurrentL1 = 149, averageCurrentL2, averageCurrentL3
  case voltageDistortionL1 = 152, voltageDistortionL2, voltageDistortionL3
  case currentDistortionL1 = 155, currentDistortionL2, currentDistortionL3
  case neutralVoltage = 158
  case dipsL1 = 159, dipsL2, dipsL3
  case swellsL1 = 162, swellsL2, swellsL3
  // Of all phases at once, then of each; long ones last more than three minutes.
  case interruptions = 165, interruptionsL1, interruptionsL2, interruptionsL3
  case longInterruptions = 169, longInterruptionsL1, longInterruptionsL2, longInterruptionsL3
  case lastInterruption = 173, lastInterruptionL1, lastInterruptionL2, lastInterruptionL3
  // Intervals of demand and of the loggers; backup of the clock; changes of the configuration.
  case demandPeriod = 177, profileInterval, analysisInterval
  case backupHours = 180, backupCharge
  case configurationChanges = 182, configurationChecksum
  // Views that are doors: the load profile and the billing records on the glass.
  case profileReader = 184, billingReader
}

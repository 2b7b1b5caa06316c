/// What a record of EN 13757-3 is about, from the tables of value information (clause 6.4).
///
/// The names are those of the JSON that programs print.
public enum MeasuredQuantity: UInt8, CaseIterable, Sendable {
  // Table 10, primary codes.
  case energy, volume, mass, onTime, operatingTime, power, volumeFlow, massFlow
  case flowTemperature, returnTemperature, temperatureDifference, externalTemperature
  case pressure, date, dateTime, heatCostAllocation, averagingDuration, actualityDuration
  case fabricationNumber, identification, busAddress
  /// Unit and quantity are told by a text in the record.
  case plainText
  /// Any value information, in a request for a selection of records.
  case any
  case manufacturerSpecific
  // Table 12, after FD.
  case credit, debit, uniqueTelegram, deviceType, manufacturer, parameterSet, modelVersion
  case hardwareVersion, firmwareVersion, softwareVersion, customerLocation, customer
  case accessCodeUser, accessCodeOperator, accessCodeSystemOperator, accessCodeDeveloper
  case password, errorFlags, errorMask, securityKey, digitalOutput, digitalInput, baudRate
  case responseDelay, retries, remoteControl, firstStorage, lastStorage, storageBlockSize
  case tariffAndSubunitDescriptor, storageInterval, operatorData, timePointSecond
  case sinceLastReadout, tariffStart, tariffDuration, tariffPeriod, dimensionless
  case wirelessContainer, transmissionPeriod, voltage, current, resetCounter
  case cumulationCounter, controlSignal, dayOfWeek, weekNumber, dayChangeTime
  case parameterActivation, supplierInformation, sinceLastCumulation, batteryOperatingTime
  case batteryChange, signalLevel, daylightSaving, listeningWindow, batteryRemaining
  case meterStops, manufacturerContainer, selectedApplication
  // Table 14, after FB.
  case reactiveEnergy, apparentEnergy, coefficientOfPerformance, reactivePower
  case relativeHumidity, voltageToVoltagePhase, voltageToCurrentPhase, frequency
  case apparentPower, ratingFactor, thermalOutputFactor, thermalCouplingOverall
  case thermalCouplingRoomSide, thermalCouplingHeaterSide, lowTemperatureFactor
  case displayScalingFactor, temperatureLimit, cumulatedMaximumPower
  /// A code that the tables keep for later; the record's bytes are all there is.
  case reserved
}

/// The unit in which a record of EN 13757-3 counts, before its power of ten.
public enum MeasuredUnit: UInt8, CaseIterable, Sendable {
  case none
  case wattHour, joule, calorie, varHour, voltAmpereHour
  case watt, joulePerHour, voltAmpereReactive, voltAmpere
  case cubicMetre, cubicMetrePerHour, cubicMetrePerMinute, cubicMetrePerSecond
  case kilogram, kilogramPerHour
  case cubicFoot, gallon, gallonPerMinute, gallonPerHour
  case second, minute, hour, day, month, year
  case degreeCelsius, degreeFahrenheit, kelvin, bar, percent, degree
  case volt, ampere, hertz, decibelMilliwatt
  case heatCostUnit, currency, bitTime, baud
  /// The record says that its unit is not the metric one of the table.
  case unknown
}

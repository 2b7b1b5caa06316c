extension ValueInformation {
  /// Reads a primary code (EN 13757-3, table 10); the extension bit is not looked at. Codes that
  /// lead into another table are not handled here.
  mutating func setPrimary(_ code: UInt8) {
    let three = Int16(code & 7)
    let two = Int16(code & 3)
    switch code & 0x7F {
    case 0x00...0x07: set(.energy, .wattHour, three - 3)
    case 0x08...0x0F: set(.energy, .joule, three)
    case 0x10...0x17: set(.volume, .cubicMetre, three - 6)
    case 0x18...0x1F: set(.mass, .kilogram, three - 3)
    case 0x20...0x23: set(.onTime, .time(code))
    case 0x24...0x27: set(.operatingTime, .time(code))
    case 0x28...0x2F: set(.power, .watt, three - 3)
    case 0x30...0x37: set(.power, .joulePerHour, three)
    case 0x38...0x3F: set(.volumeFlow, .cubicMetrePerHour, three - 6)
    case 0x40...0x47: set(.volumeFlow, .cubicMetrePerMinute, three - 7)
    case 0x48...0x4F: set(.volumeFlow, .cubicMetrePerSecond, three - 9)
    case 0x50...0x57: set(.massFlow, .kilogramPerHour, three - 3)
    case 0x58...0x5B: set(.flowTemperature, .degreeCelsius, two - 3)
    case 0x5C...0x5F: set(.returnTemperature, .degreeCelsius, two - 3)
    case 0x60...0x63: set(.temperatureDifference, .kelvin, two - 3)
    case 0x64...0x67: set(.externalTemperature, .degreeCelsius, two - 3)
    case 0x68...0x6B: set(.pressure, .bar, two - 3)
    case 0x6C: set(.date)
    case 0x6D: set(.dateTime)
    case 0x6E: set(.heatCostAllocation, .heatCostUnit)
    case 0x70...0x73: set(.averagingDuration, .time(code))
    case 0x74...0x77: set(.actualityDuration, .time(code))
    case 0x78: set(.fabricationNumber)
    case 0x79: set(.identification)
    case 0x7A: set(.busAddress)
    case 0x7C: set(.plainText)
    case 0x7E: set(.any)
    case 0x7F: set(.manufacturerSpecific)
    default: set(.reserved)
    }
  }

  /// Reads the code after FD (EN 13757-3, table 12).
  mutating func setMainExtension(_ code: UInt8) {
    let code = code & 0x7F
    switch code {
    case 0x00...0x03: set(.credit, .currency, Int16(code & 3) - 3)
    case 0x04...0x07: set(.debit, .currency, Int16(code & 3) - 3)
    case 0x08...0x1F: setIdentification(code)
    case 0x20: set(.firstStorage)
    case 0x21: set(.lastStorage)
    case 0x22: set(.storageBlockSize)
    case 0x23: set(.tariffAndSubunitDescriptor)
    case 0x24...0x27: set(.storageInterval, .time(code))
    case 0x28: set(.storageInterval, .month)
    case 0x29: set(.storageInterval, .year)
    case 0x2A: set(.operatorData)
    case 0x2B: set(.timePointSecond, .second)
    case 0x2C...0x2F: set(.sinceLastReadout, .time(code))
    case 0x30: set(.tariffStart)
    case 0x31...0x33: set(.tariffDuration, .time(code))
    case 0x34...0x37: set(.tariffPeriod, .time(code))
    case 0x38: set(.tariffPeriod, .month)
    case 0x39: set(.tariffPeriod, .year)
    case 0x3A: set(.dimensionless)
    case 0x3B: set(.wirelessContainer)
    case 0x3C...0x3F: set(.transmissionPeriod, .time(code))
    case 0x40...0x4F: set(.voltage, .volt, Int16(code & 15) - 9)
    case 0x50...0x5F: set(.current, .ampere, Int16(code & 15) - 12)
    default: setCounters(code)
    }
  }

  private mutating func setIdentification(_ code: UInt8) {
    switch code {
    case 0x08: set(.uniqueTelegram)
    case 0x09: set(.deviceType)
    case 0x0A: set(.manufacturer)
    case 0x0B: set(.parameterSet)
    case 0x0C: set(.modelVersion)
    case 0x0D: set(.hardwareVersion)
    case 0x0E: set(.firmwareVersion)
    case 0x0F: set(.softwareVersion)
    case 0x10: set(.customerLocation)
    case 0x11: set(.customer)
    case 0x12: set(.accessCodeUser)
    case 0x13: set(.accessCodeOperator)
    case 0x14: set(.accessCodeSystemOperator)
    case 0x15: set(.accessCodeDeveloper)
    case 0x16: set(.password)
    case 0x17: set(.errorFlags)
    case 0x18: set(.errorMask)
    case 0x19: set(.securityKey)
    case 0x1A: set(.digitalOutput)
    case 0x1B: set(.digitalInput)
    case 0x1C: set(.baudRate, .baud)
    case 0x1D: set(.responseDelay, .bitTime)
    case 0x1E: set(.retries)
    default: set(.remoteControl)
    }
  }

  private mutating func setCounters(_ code: UInt8) {
    switch code {
    case 0x60: set(.resetCounter)
    case 0x61: set(.cumulationCounter)
    case 0x62: set(.controlSignal)
    case 0x63: set(.dayOfWeek)
    case 0x64: set(.weekNumber)
    case 0x65: set(.dayChangeTime)
    case 0x66: set(.parameterActivation)
    case 0x67: set(.supplierInformation)
    case 0x68...0x6B: set(.sinceLastCumulation, .longTime(code))
    case 0x6C...0x6F: set(.batteryOperatingTime, .longTime(code))
    case 0x70: set(.batteryChange)
    case 0x71: set(.signalLevel, .decibelMilliwatt)
    case 0x72: set(.daylightSaving)
    case 0x73: set(.listeningWindow)
    case 0x74: set(.batteryRemaining, .day)
    case 0x75: set(.meterStops)
    case 0x76: set(.manufacturerContainer)
    default: set(.reserved)
    }
  }

  /// Reads the code after FD FD (EN 13757-3, table 13).
  mutating func setSecondExtension(_ code: UInt8) {
    switch code & 0x7F {
    case 0x00: set(.selectedApplication)
    case 0x02: set(.batteryRemaining, .month)
    case 0x03: set(.batteryRemaining, .year)
    default: set(.reserved)
    }
  }

  /// Reads the code after FB (EN 13757-3, table 14; the gallons from earlier editions).
  mutating func setAlternateExtension(_ code: UInt8) {
    let code = code & 0x7F
    let one = Int16(code & 1)
    let two = Int16(code & 3)
    switch code {
    case 0x00...0x01: set(.energy, .wattHour, one + 5)
    case 0x02...0x03: set(.reactiveEnergy, .varHour, one + 3)
    case 0x04...0x05: set(.apparentEnergy, .voltAmpereHour, one + 3)
    case 0x06: set(.coefficientOfPerformance, .none, -1)
    case 0x08...0x09: set(.energy, .joule, one + 8)
    case 0x0C...0x0F: set(.energy, .calorie, two + 5)
    case 0x10...0x11: set(.volume, .cubicMetre, one + 2)
    case 0x14...0x17: set(.reactivePower, .voltAmpereReactive, two)
    case 0x18...0x19: set(.mass, .kilogram, one + 5)
    case 0x1A...0x1B: set(.relativeHumidity, .percent, one - 1)
    case 0x20: set(.volume, .cubicFoot, 0)
    case 0x21: set(.volume, .cubicFoot, -1)
    case 0x22: set(.volume, .gallon, -1)
    case 0x23: set(.volume, .gallon, 0)
    case 0x24: set(.volumeFlow, .gallonPerMinute, -3)
    case 0x25: set(.volumeFlow, .gallonPerMinute, 0)
    case 0x26: set(.volumeFlow, .gallonPerHour, 0)
    case 0x28...0x29: set(.power, .watt, one + 5)
    case 0x2A: set(.voltageToVoltagePhase, .degree, -1)
    case 0x2B: set(.voltageToCurrentPhase, .degree, -1)
    case 0x2C...0x2F: set(.frequency, .hertz, two - 3)
    case 0x30...0x31: set(.power, .joulePerHour, one + 8)
    case 0x34...0x37: set(.apparentPower, .voltAmpere, two)
    default: setAlternateHeat(code)
    }
  }

  private mutating func setAlternateHeat(_ code: UInt8) {
    let two = Int16(code & 3)
    switch code {
    case 0x58...0x5B: set(.flowTemperature, .degreeFahrenheit, two - 3)
    case 0x5C...0x5F: set(.returnTemperature, .degreeFahrenheit, two - 3)
    case 0x60...0x63: set(.temperatureDifference, .degreeFahrenheit, two - 3)
    case 0x64...0x67: set(.externalTemperature, .degreeFahrenheit, two - 3)
    case 0x68: set(.ratingFactor, .heatCostUnit)
    case 0x69: set(.thermalOutputFactor, .heatCostUnit)
    case 0x6A: set(.thermalCouplingOverall, .heatCostUnit)
    case 0x6B: set(.thermalCouplingRoomSide, .heatCostUnit)
    case 0x6C: set(.thermalCouplingHeaterSide, .heatCostUnit)
    case 0x6D: set(.lowTemperatureFactor, .heatCostUnit)
    case 0x6E: set(.displayScalingFactor, .heatCostUnit)
    case 0x70...0x73: set(.temperatureLimit, .degreeFahrenheit, two - 3)
    case 0x74...0x77: set(.temperatureLimit, .degreeCelsius, two - 3)
    case 0x78...0x7F: set(.cumulatedMaximumPower, .watt, Int16(code & 7) - 3)
    default: set(.reserved)
    }
  }
}

extension ValueInformation {
  /// Adds what a combinable VIFE says (EN 13757-3, table 15); the extension bit is not looked at,
  /// and FC is not handled here.
  mutating func combine(_ code: UInt8) {
    let code = code & 0x7F
    switch code {
    case 0x00: break
    case 0x01...0x11, 0x15...0x1C: error = code
    case 0x12: traits.insert(.average)
    case 0x13: traits.insert(.inverseCompactProfile)
    case 0x14: traits.insert(.relativeDeviation)
    case 0x1D: traits.insert(.standardContent)
    case 0x1E: traits.insert(.compactProfileWithRegisters)
    case 0x1F: traits.insert(.compactProfile)
    case 0x20...0x38: rate = code
    case 0x3A: traits.insert(.uncorrected)
    case 0x3B: traits.insert(.forwardOnly)
    case 0x3C: traits.insert(.backwardOnly)
    case 0x3D:
      traits.insert(.nonMetric)
      unit = .unknown
    case 0x3E: traits.insert(.baseConditions)
    case 0x3F: traits.insert(.obisDeclaration)
    case 0x39, 0x40...0x6F: setAspect(code)
    case 0x70...0x77: exponent &+= Int16(code & 7) - 6
    case 0x78...0x7B: addend = Int8(code & 3) - 3
    case 0x7D: exponent &+= 3
    case 0x7E: traits.insert(.future)
    default: traits.insert(.unknownExtension)
    }
  }

  /// Adds what the code after a combinable FC says (EN 13757-3, table 16).
  mutating func combineExtension(_ code: UInt8) {
    let code = code & 0x7F
    switch code {
    case 0x01...0x0B: place = Place(rawValue: code) ?? .whole
    case 0x0C: traits.insert(.delta)
    case 0x0D:
      traits.insert(.nonMetric)
      unit = .unknown
    case 0x0E: traits.insert(.secondSensor)
    case 0x0F: traits.insert(.higherResolution)
    case 0x10: traits.insert(.absolute)
    case 0x11: traits.insert(.unsigned)
    case 0x12: traits.insert(.bits)
    case 0x13: traits.insert(.endDate)
    case 0x14: traits.insert(.toMeter)
    case 0x15: traits.insert(.fromMeter)
    default: traits.insert(.unknownExtension)
    }
  }

  /// Limits, exceedings, dates and durations: some of them replace the unit.
  private mutating func setAspect(_ code: UInt8) {
    switch code {
    case 0x44, 0x45, 0x4C, 0x4D:
      traits.insert(.unknownExtension)
      return
    case 0x41, 0x49:
      (unit, exponent) = (.none, 0)
    case 0x50...0x67:
      (unit, exponent) = (.time(code), 0)
    case 0x39, 0x42, 0x43, 0x46, 0x47, 0x4A, 0x4B, 0x4E, 0x4F, 0x6A, 0x6B, 0x6E, 0x6F:
      (unit, exponent) = (.none, 0)
    default: break
    }
    aspect = code
  }
}

import LegalMeter

/// A choice that a type string can hold; raw values count from zero without a gap.
public protocol TypeStringChoice: RawRepresentable where RawValue == UInt8 {
  /// As the type string spells it; no two of one type are alike.
  var code: StaticString { get }
}

extension NominalVoltage: TypeStringChoice {}
extension CurrentRating: TypeStringChoice {}

extension HardwareLetter: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .x2: "2"
    case .x3: "3"
    case .x4: "4"
    case .x5: "5"
    case .x6: "6"
    case .x7: "7"
    case .x8: "8"
    case .x9: "9"
    case .xB: "B"
    case .xC: "C"
    case .xD: "D"
    case .xE: "E"
    case .xF: "F"
    case .xG: "G"
    }
  }
}

extension EnergyType: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .activeImport: "I"
    case .activeImportExport: "E"
    case .fourQuadrant: "Q"
    }
  }
}

extension NominalFrequency: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .hz50: "5"
    case .hz60: "6"
    }
  }
}

extension AccuracyClass: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .a: "A"
    case .b: "B"
    }
  }
}

extension ClockBackup: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .none: "N"
    case .battery: "L"
    case .supercap: "C"
    case .batteryAndSupercap: "D"
    }
  }
}

extension Summation: TypeStringChoice {
  public var code: StaticString {
    switch self {
    case .individual: "I"
    case .vector: "V"
    }
  }
}

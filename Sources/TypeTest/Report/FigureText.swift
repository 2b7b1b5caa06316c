import Foundation

/// Figures and limits as people read them, without locale.
enum FigureText {
  /// A number with so many decimals and a true minus sign; what rounds to nought has no sign.
  static func plain(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let text = String(format: "%.\(decimals)f", abs(value))
    let isNought = !text.contains { $0 != "0" && $0 != "." }
    return value < 0 && !isNought ? "−" + text : text
  }

  /// The same with a plus sign before positive numbers.
  static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = plain(value, decimals)
    return value > 0 && text.contains { $0 != "0" && $0 != "." } ? "+" + text : text
  }

  /// A number without the zeros at its end.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    var text = String(format: "%.4f", abs(value))
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return value < 0 && text != "0" ? "−" + text : text
  }

  /// A figure in its unit's usual decimals, without the unit.
  static func figure(_ value: Double, _ unit: FigureUnit) -> String {
    switch unit {
    case .percent: signed(value, 4)
    case .percentPerKelvin: signed(value, 5)
    case .seconds, .milliseconds: plain(value, 2)
    case .pulses, .samples: plain(value, 0)
    case .wattHours: plain(value, 3)
    case .hours: plain(value, 0)
    case .kilowattHours: plain(value, 5)
    }
  }

  /// What a criterion allows, such as `±0.5 %`, `−100 to +10 %`, `first pulse within 313 s`.
  static func limit(_ criterion: TestCriterion) -> String {
    switch criterion {
    case .errorLimit(let percent), .changeLimit(let percent): "±\(short(percent)) %"
    case .errorRange(let lowest, let highest): "\(short(lowest)) to +\(short(highest)) %"
    case .temperatureCoefficient(let percent): "±\(short(percent)) %/K"
    case .spreadLimit(let percent): "≤ \(short(percent)) %"
    case .startsWithin(let seconds): "≤ \(short((seconds * 10).rounded() / 10)) s"
    case .pulsesAtMost(let count, let seconds):
      "≤ \(count) in \(plain(seconds, 0)) s"
    case .registerAgreement(let wattHours): "≤ \(short(wattHours)) Wh"
    case .registerChange(let kilowattHours): "≤ \(plain(kilowattHours, 4)) kWh"
    case .pulseTiming(let width, let pause): "≥ \(short(width)) + \(short(pause)) ms"
    case .clippedAtMost(let count): "≤ \(count)"
    case .capacity(let hours): "≥ \(plain(hours, 0)) h"
    case .informative: "–"
    case .notTested: "not tested"
    }
  }

  /// `1 h 2 min`, `3 min 4 s`, `5 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded())
    if whole >= 3600 { return "\(whole / 3600) h \(whole / 60 % 60) min" }
    return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
  }

  /// As a character terminal has it: the minus sign of ASCII.
  static func typed(_ text: String) -> String {
    text.split(separator: "−", omittingEmptySubsequences: false).joined(separator: "-")
  }
}

extension TestVerdict {
  /// One word.
  public var word: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .informative: "informative"
    case .notTested: "not tested"
    }
  }

  /// Why it was not tested; nil for what was.
  public var reason: String? {
    if case .notTested(let reason) = self { reason } else { nil }
  }
}

extension TestPointResult {
  /// What is allowed, in words: `±0.5 %`.
  public var limitText: String { FigureText.limit(point.criterion) }

  /// Which part of what is allowed is used, 1 for all of it; nil where that makes no sense.
  public var usedShare: Double? {
    guard let figures else { return nil }
    let limit: Double
    switch point.criterion {
    case .errorLimit(let percent), .changeLimit(let percent), .spreadLimit(let percent):
      limit = percent
    case .temperatureCoefficient(let percent): limit = percent
    case .registerAgreement(let wattHours): limit = wattHours
    case .registerChange(let kilowattHours):
      limit = unit == .wattHours ? kilowattHours * 1000 : kilowattHours
    case .startsWithin(let seconds): limit = seconds
    case .errorRange(_, let highest): return highest > 0 ? max(figures.maximum, 0) / highest : nil
    default: return nil
    }
    return limit > 0 ? figures.worst / limit : nil
  }
}

/// Points that belong into one table.
public enum PointGroup: String, CaseIterable, Sendable {
  case intrinsic = "Intrinsic error"
  case loadDifference = "One phase loaded against balanced load"
  case voltage = "Influence of voltage"
  case frequency = "Influence of frequency"
  case temperature = "Influence of temperature"
  case waveform = "Influence of waveforms"
  case network = "Phase sequence and unbalance"
  case composite = "Error in operation: load, voltage, frequency and temperature together"
  case heating = "Self-heating and short overcurrent"
  case repeatability = "Repeatability"
  case starting = "Starting, no load and start-up"
  case constant = "Meter constant and dial test"
  case dips = "Dips and interruptions"
  case pulses = "Pulses, converter range and register"

  /// The table of a point; nil for what only hardware can prove.
  public init?(_ point: TestPoint) {
    switch point.procedure {
    case .error, .change: self.init(measured: point)
    case .temperatureCoefficient: self = .temperature
    case .composite: self = .composite
    case .repeatability: self = .repeatability
    case .meterConstant, .dial: self = .constant
    case .starting, .noLoad, .startUp: self = .starting
    case .selfHeating, .shortOvercurrent: self = .heating
    case .dips: self = .dips
    case .pulseTiming, .overrange, .registerCapacity: self = .pulses
    case .hardware: return nil
    }
  }

  private init(measured point: TestPoint) {
    let conditions = point.conditions
    let reference = point.referenceConditions
    if conditions.waveform != .sine {
      self = .waveform
    } else if conditions.isSequenceReversed || conditions.energised != reference.energised
      || !conditions.reversed.isEmpty
    {
      self = .network
    } else if conditions.voltageFactor != 1 {
      self = .voltage
    } else if conditions.frequencyFactor != 1 {
      self = .frequency
    } else if conditions.temperature_C != reference.temperature_C {
      self = .temperature
    } else {
      self = point.procedure == .change ? .loadDifference : .intrinsic
    }
  }
}

import Foundation
import MeterTime

/// Turns settings into typed values, keeps every error, and goes on with the default after each.
struct SettingsReader {
  private let settings: [ConfigurationKey: Setting]
  private(set) var failures: [Failure] = []

  init(_ settings: [ConfigurationKey: Setting]) { self.settings = settings }

  /// What is written for a key; nil where nothing is.
  func setting(_ key: ConfigurationKey) -> Setting? { settings[key] }

  mutating func fail(_ origin: SettingOrigin, _ what: String, expected: String, next: String) {
    failures.append(
      Failure(
        .configuration, file: origin.place, line: origin.line, what: what, expected: expected,
        next: next))
  }

  /// Runs `body` without keeping the errors it finds.
  mutating func silently(_ body: (inout Self) -> Void) {
    let kept = failures
    body(&self)
    failures = kept
  }

  /// A value that is not what its key takes.
  mutating func failValue(_ key: ConfigurationKey, _ item: SettingText) {
    fail(
      item.origin, "«\(key.path)» is «\(item.text.prefix(64))»", expected: key.expectation,
      next: "write one of these")
  }

  /// One value through `convert`; nil where none is written or it is wrong.
  mutating func value<Value>(
    _ key: ConfigurationKey, _ convert: (String) -> Value?
  ) -> Value? {
    guard let setting = settings[key] else { return nil }
    guard !setting.isList, let item = setting.items.first else {
      fail(
        setting.origin, "«\(key.path)» is a list", expected: key.expectation,
        next: "write one value")
      return nil
    }
    guard let value = convert(item.text) else {
      failValue(key, item)
      return nil
    }
    return value
  }

  /// One word of a table.
  mutating func choice<Value>(_ key: ConfigurationKey, _ table: [(String, Value)]) -> Value? {
    value(key) { text in table.first { $0.0 == text }?.1 }
  }

  /// One or `count` numbers within a range; nil where nothing, a word or an error is written.
  mutating func numbers(
    _ key: ConfigurationKey, _ range: ClosedRange<Double>, count: Int, orAuto: Bool = false
  ) -> [Double]? {
    guard let setting = settings[key] else { return nil }
    if orAuto, !setting.isList, setting.items.first?.text == "auto" { return nil }
    guard setting.items.count == 1 || setting.items.count == count else {
      fail(
        setting.origin, "«\(key.path)» has \(setting.items.count) values",
        expected: key.expectation, next: "write one value or \(count)")
      return nil
    }
    var numbers: [Double] = []
    for item in setting.items {
      guard let number = Self.number(item.text), range.contains(number) else {
        failValue(key, item)
        continue
      }
      numbers.append(number)
    }
    return numbers.count == setting.items.count ? numbers : nil
  }

  /// One number within a range, or `auto`.
  mutating func numberOrAuto(_ key: ConfigurationKey, _ range: ClosedRange<Double>) -> Double? {
    value(key) { text -> Double?? in
      if text == "auto" { return .some(nil) }
      guard let number = Self.number(text), range.contains(number) else { return nil }
      return number
    } ?? nil
  }

  /// A whole number within a range, decimal digits with at most one sign.
  mutating func integer(_ key: ConfigurationKey, _ range: ClosedRange<Int>) -> Int? {
    value(key) { text in
      guard let number = Int(text), range.contains(number) else { return nil }
      return number
    }
  }

  mutating func bool(_ key: ConfigurationKey) -> Bool? {
    choice(key, [("true", true), ("false", false)])
  }

  /// A list through `convert`, or the one word `standard`, which is nil like an error.
  mutating func list<Value>(
    _ key: ConfigurationKey, standard: String?, limit: Int, _ convert: (String) -> Value?
  ) -> [(value: Value, item: SettingText)]? {
    guard let setting = settings[key] else { return nil }
    if let standard, !setting.isList, setting.items.first?.text == standard { return nil }
    if setting.items.count > limit {
      fail(
        setting.origin, "«\(key.path)» has \(setting.items.count) entries",
        expected: key.expectation, next: "delete \(setting.items.count - limit) of them")
      return nil
    }
    var values: [(value: Value, item: SettingText)] = []
    for item in setting.items {
      guard let value = convert(item.text) else {
        failValue(key, item)
        continue
      }
      values.append((value, item))
    }
    return values
  }

  /// A plain decimal number: sign, digits and one point, at most 20 characters.
  static func number(_ text: String) -> Double? {
    guard (1...20).contains(text.utf8.count),
      text.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46].contains($0) })
    else { return nil }
    return Double(text)
  }
}

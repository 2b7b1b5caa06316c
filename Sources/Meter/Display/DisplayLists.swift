import LegalMeter
import Quantities

/// The three display lists.
public enum DisplayListKind: UInt8, CaseIterable, Sendable {
  /// Scrolls by itself, at most 16 views.
  case automatic
  /// Scrolled by the button, at most 30 views in any order.
  case manual
  /// Without supply, scrolled by the button, at most 8 views; needs a battery.
  case battery

  /// The most views that the list can hold.
  public var capacity: Int {
    switch self {
    case .automatic: DisplayLists.automaticCapacity
    case .manual: DisplayLists.manualCapacity
    case .battery: DisplayLists.batteryCapacity
    }
  }
}

/// Why display lists are refused. A number is the place of the view in its list, from 0.
public enum DisplayListError: Error, Equatable, Sendable {
  /// A stored record of another length or version, or with an impossible count or filling.
  case damagedRecord
  /// More views than the list can hold.
  case tooManyViews
  /// The automatic list needs a view.
  case noViews
  /// No quantity has this number.
  case unknownQuantity(at: UInt8)
  /// The meter's energy type does not measure this quantity.
  case notMeasured(at: UInt8)
  /// The view stands in the manual or battery list already.
  case duplicate(at: UInt8)
  /// A legal view is missing in the manual list.
  case legalViewMissing(QuantityID)
  /// A battery list on a meter without battery.
  case noBattery
}

/// What the meter is, as far as its display lists depend on it.
public struct DisplayRules: Equatable, Sendable {
  public var energyType: EnergyType
  /// Tariffs that are billed, 1...4. With more than one the tariff registers are what is paid
  /// for, and their views are legal views as well (2014/32/EU, annex I, 10.5).
  public var tariffs: UInt8
  public var hasBattery: Bool

  public init(energyType: EnergyType, tariffs: UInt8 = 1, hasBattery: Bool) {
    precondition(tariffs >= 1 && tariffs <= 4, "one to four tariffs")
    self.energyType = energyType
    self.tariffs = tariffs
    self.hasBattery = hasBattery
  }

  /// Whether the view cannot be removed from the manual list.
  public func isMandatory(_ quantity: QuantityID) -> Bool {
    guard let status = quantity.legalStatus(on: energyType), status != .notLegal else {
      return false
    }
    guard case .tariffEnergy(_, let tariff) = quantity.meaning else { return true }
    return tariffs > 1 && tariff.rawValue < tariffs
  }
}

/// The views that the glass can show, in order: three lists of quantities.
///
/// Lists can only be made and changed by checked calls, so a list that exists keeps the rules it
/// was checked against. A view may stand more than once in the automatic list, to come round
/// more often, and only once in the others.
public struct DisplayLists: Equatable, Sendable {
  public static let automaticCapacity = 16
  public static let manualCapacity = 30
  public static let batteryCapacity = 8

  private var automatic = InlineArray<16, UInt8>(repeating: Self.empty)
  private var manual = InlineArray<30, UInt8>(repeating: Self.empty)
  private var battery = InlineArray<8, UInt8>(repeating: Self.empty)
  private var counts = InlineArray<3, UInt8>(repeating: 0)

  /// Fills the places behind the last view; no quantity has this number.
  static let empty: UInt8 = 0xFF

  init() {}

  /// The number of views in a list.
  public func count(_ kind: DisplayListKind) -> Int { Int(counts[Int(kind.rawValue)]) }

  /// The view at a place, 0..<`count`; nil behind the last one.
  public func view(_ kind: DisplayListKind, at place: Int) -> QuantityID? {
    guard place >= 0, place < count(kind) else { return nil }
    return QuantityID(rawValue: byte(kind, at: place))
  }

  /// Whether a view stands in a list.
  public func contains(_ quantity: QuantityID, in kind: DisplayListKind) -> Bool {
    for place in 0..<count(kind) where byte(kind, at: place) == quantity.rawValue { return true }
    return false
  }

  /// Replaces one list by the quantities with these numbers, or leaves all as it was.
  public mutating func replace(
    _ kind: DisplayListKind, with views: Span<UInt8>, rules: DisplayRules
  ) throws(DisplayListError) {
    guard views.count <= kind.capacity else { throw .tooManyViews }
    var changed = self
    for place in 0..<kind.capacity {
      changed.setByte(kind, at: place, place < views.count ? views[place] : Self.empty)
    }
    changed.counts[Int(kind.rawValue)] = UInt8(views.count)
    try changed.check(kind, rules)
    self = changed
  }

  /// Checks all lists against the rules of a meter, for instance after tariffs were switched on.
  public func check(_ rules: DisplayRules) throws(DisplayListError) {
    try check(.automatic, rules)
    try check(.manual, rules)
    try check(.battery, rules)
  }

  func check(_ kind: DisplayListKind, _ rules: DisplayRules) throws(DisplayListError) {
    if kind == .automatic && count(kind) == 0 { throw .noViews }
    if kind == .battery && count(kind) > 0 && !rules.hasBattery { throw .noBattery }
    for place in 0..<count(kind) {
      let number = byte(kind, at: place)
      guard let quantity = QuantityID(rawValue: number) else {
        throw .unknownQuantity(at: UInt8(place))
      }
      guard quantity.isMeasured(by: rules.energyType) else {
        throw .notMeasured(at: UInt8(place))
      }
      guard kind != .automatic else { continue }
      for earlier in 0..<place where byte(kind, at: earlier) == number {
        throw .duplicate(at: UInt8(place))
      }
    }
    guard kind == .manual else { return }
    for number in 0..<DisplayLists.empty {
      if let quantity = QuantityID(rawValue: number), rules.isMandatory(quantity),
        !contains(quantity, in: .manual)
      {
        throw .legalViewMissing(quantity)
      }
    }
  }

  func byte(_ kind: DisplayListKind, at place: Int) -> UInt8 {
    switch kind {
    case .automatic: automatic[place]
    case .manual: manual[place]
    case .battery: battery[place]
    }
  }

  mutating func setByte(_ kind: DisplayListKind, at place: Int, _ byte: UInt8) {
    switch kind {
    case .automatic: automatic[place] = byte
    case .manual: manual[place] = byte
    case .battery: battery[place] = byte
    }
  }

  /// Puts a view behind the last one, where there is room and it is not there yet.
  mutating func append(_ quantity: QuantityID, to kind: DisplayListKind) {
    let place = count(kind)
    guard place < kind.capacity, !contains(quantity, in: kind) else { return }
    setByte(kind, at: place, quantity.rawValue)
    counts[Int(kind.rawValue)] += 1
  }

  mutating func setCount(_ kind: DisplayListKind, _ count: UInt8) {
    counts[Int(kind.rawValue)] = count
  }

  public static func == (left: DisplayLists, right: DisplayLists) -> Bool {
    for number in UInt8(0)..<3 {
      guard let kind = DisplayListKind(rawValue: number) else { continue }
      guard left.count(kind) == right.count(kind) else { return false }
      for place in 0..<left.count(kind)
      where left.byte(kind, at: place) != right.byte(kind, at: place) {
        return false
      }
    }
    return true
  }
}

/// Where modules sit.
public enum ModuleSlot: UInt8, CaseIterable, Sendable {
  case first, second, secondary
}

/// The cover over the module area.
public enum ModuleCover: UInt8, CaseIterable, Sendable {
  /// 59 60 138.
  case standard
  /// 59 60 137.
  case high
  /// 59 60 139, with room for a secondary module.
  case highForSecondary

  /// The article that it is.
  public var article: Article {
    switch self {
    case .standard: .standardCover
    case .high: .highCover
    case .highForSecondary: .secondaryCover
    }
  }
}

/// Why a module is not fitted or taken out.
public enum ModuleRefusal: UInt8, Error, Sendable {
  case occupied
  case empty
  /// A secondary module in slot 1 or 2, or another one in the secondary slot.
  case wrongSlot
  /// It works only in a meter with integrated radio.
  case needsRadio
  /// A secondary module needs 68 50 062 or 68 50 053 in slot 1 or 2.
  case needsCarrier
  /// A secondary module needs the cover 59 60 139.
  case needsCover
  /// The secondary module has to come out first.
  case carriesSecondary
}

/// The module area: two slots, the secondary slot, the cover, and the rules between them.
///
/// Nothing in it measures, and no legal code asks it: fitting a module needs no verification.
public struct ModuleArea: Equatable, Sendable {
  /// The main board has a radio.
  public let hasRadio: Bool
  public private(set) var cover = ModuleCover.standard
  private var slots = InlineArray<3, PlugInModule?>(repeating: nil)
  /// Slots that should hold a module and are empty, bit 0 for slot 1.
  public private(set) var missing: UInt8 = 0

  public init(hasRadio: Bool) { self.hasRadio = hasRadio }

  /// What sits in a slot.
  public subscript(slot: ModuleSlot) -> PlugInModule? { slots[Int(slot.rawValue)] }

  /// Some slot holds this module.
  public func has(_ module: PlugInModule) -> Bool {
    for k in 0..<3 where slots[k] == module { return true }
    return false
  }

  /// The integrated radio is there and no other communication module silences it.
  public var isRadioOn: Bool {
    guard hasRadio else { return false }
    for k in 0..<3 { if let module = slots[k], module.isCommunication { return false } }
    return true
  }

  /// From which side the module of a slot speaks; nil for one that gives no commands.
  public func side(of slot: ModuleSlot) -> PortSide? {
    guard let module = self[slot] else { return nil }
    if slot == .secondary { return .customer }
    return module.isCommunication ? .module : nil
  }

  /// Fitting or taking out needs the seal of the module area broken. Behind its special cover the
  /// secondary slot is the customer's.
  public static func isSealed(_ slot: ModuleSlot) -> Bool { slot != .secondary }

  private var hasCarrier: Bool {
    for k in 0..<2 { if let module = slots[k], module.carriesSecondary { return true } }
    return false
  }

  /// Puts a module into a slot.
  ///
  /// - Throws: the rule that forbids it; nothing is changed then.
  public mutating func fit(
    _ module: PlugInModule, in slot: ModuleSlot
  ) throws(ModuleRefusal) {
    guard module.isSecondary == (slot == .secondary) else { throw .wrongSlot }
    guard self[slot] == nil else { throw .occupied }
    if module.needsRadio && !hasRadio { throw .needsRadio }
    if slot == .secondary {
      guard hasCarrier else { throw .needsCarrier }
      guard cover == .highForSecondary else { throw .needsCover }
    }
    slots[Int(slot.rawValue)] = module
    missing &= ~(1 << slot.rawValue)
  }

  /// Takes a module out. Slots 1 and 2 are then missing theirs; what the customer may take out is
  /// no sign of manipulation.
  ///
  /// - Throws: the rule that forbids it; nothing is changed then.
  @discardableResult
  public mutating func remove(from slot: ModuleSlot) throws(ModuleRefusal) -> PlugInModule {
    guard let module = self[slot] else { throw .empty }
    slots[Int(slot.rawValue)] = nil
    if slot != .secondary && self[.secondary] != nil && !hasCarrier {
      slots[Int(slot.rawValue)] = module
      throw .carriesSecondary
    }
    if slot != .secondary { missing |= 1 << slot.rawValue }
    return module
  }

  /// Exchanges the cover.
  ///
  /// - Throws: `needsCover` while a secondary module sticks out.
  public mutating func exchange(_ cover: ModuleCover) throws(ModuleRefusal) {
    guard self[.secondary] == nil || cover == .highForSecondary else { throw .needsCover }
    self.cover = cover
  }

  /// An empty slot is as it should be from now on.
  public mutating func accept() { missing = 0 }

  public static func == (a: ModuleArea, b: ModuleArea) -> Bool {
    for slot in ModuleSlot.allCases where a[slot] != b[slot] { return false }
    return a.hasRadio == b.hasRadio && a.cover == b.cover && a.missing == b.missing
  }
}

extension ModuleArea {
  private func holds(_ isWanted: (Article) -> Bool) -> Bool {
    for k in 0..<2 { if case .article(let article)? = slots[k], isWanted(article) { return true } }
    return false
  }

  /// A module brings the relays of the load outputs.
  public var hasRelays: Bool {
    holds { $0 == .dataPulse || $0 == .pulseLoad || $0 == .loadControl || $0 == .loadControlB }
  }

  /// A module brings pulse outputs of its own.
  public var hasPulseOutputs: Bool { holds { $0 == .dataPulse || $0 == .s0Pulse } }

  /// A module brings the terminals of the inputs: for pulses, tariffs, or an alarm.
  public var hasInputs: Bool {
    holds { $0 == .dataPulse || $0 == .pulseLoad || $0 == .tariff2 || $0 == .tariff4 }
  }
}

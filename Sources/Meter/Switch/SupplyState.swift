/// State of the supply control switch, with the codes of the family (KMP register 1087).
///
/// The switch is never a safety function: an open one does not isolate, and nobody may work on
/// an installation because of it.
public enum SupplyState: UInt8, CaseIterable, Sendable {
  /// No relays fitted.
  case absent = 0x00
  case disconnectedByCommand = 0x01
  case connected = 0x04
  /// Connected; smart disconnect is about to open.
  case warning = 0x05
  case smartDisconnected = 0x06
  /// Prepaid credit used up.
  case prepaymentExhausted = 0x07
  /// Open, and may be closed by the button or by a second command.
  case released = 0x08
  /// The time of limited power after zero has run out.
  case prepaymentExpired = 0x09
  case disconnectedByButton = 0x0B
  /// Open after the loss of the neutral, latched until released. Ours: the family has no code for
  /// it and is told 01.
  case neutralLoss = 0x81

  /// True where the contacts are commanded closed.
  public var isClosed: Bool { self == .connected || self == .warning }

  /// The code that the family's protocol knows.
  public var familyCode: UInt8 { self == .neutralLoss ? 0x01 : rawValue }

  /// `control_state` of the COSEM disconnect control (IEC 62056-6-2, class 70): 0 disconnected,
  /// 1 connected, 2 ready for reconnection.
  /// - Parameter isWaitOver: the reconnect wait of smart disconnect has run.
  public func controlState(isWaitOver: Bool) -> UInt8 {
    switch self {
    case .connected, .warning, .absent: 1
    case .released, .disconnectedByButton: 2
    case .smartDisconnected: isWaitOver ? 2 : 0
    case .disconnectedByCommand, .prepaymentExhausted, .prepaymentExpired, .neutralLoss: 0
    }
  }
}

/// What is asked of the switch. The raw value is logged: never renumber.
public enum SwitchRequest: UInt8, CaseIterable, Sendable {
  case openByButton = 1
  case openByCommand = 2
  case openBySmartDisconnect = 3
  case openByPrepayment = 4
  /// The time of limited power has run out.
  case openByExpiry = 5
  case openByNeutralLoss = 6
  /// A contact did not follow: all are opened, so that the phases agree.
  case openByFault = 7
  /// First step of a reconnection by command.
  case release = 8
  /// New credit, where reconnection is manual: the button may close.
  case releaseByCredit = 9
  case closeByButton = 10
  /// Second step of a reconnection by command.
  case closeByCommand = 11
  case closeAutomatically = 12

  /// True where the contacts would open.
  public var opens: Bool { rawValue <= Self.openByFault.rawValue }
  /// True where the contacts would close.
  public var closes: Bool { rawValue >= Self.closeByButton.rawValue }
}

/// Why the switch does not do what is asked. The raw value is logged: never renumber.
public enum SwitchRefusal: UInt8, Error, CaseIterable, Sendable {
  /// This meter has no switch.
  case noSwitch = 1
  /// The request has no meaning in this state, for example to close without a release.
  case notFromThisState = 2
  /// The current is above the limit of the switch: opening would destroy the contacts.
  case currentTooHigh = 3
  /// The reconnect wait after smart disconnect has not run.
  case waiting = 4
  /// Prepaid credit is used up.
  case noCredit = 5
  /// The neutral is missing.
  case neutralFault = 6
  /// Closed too often: the coils and contacts need a pause.
  case tooOften = 7
  /// There is voltage behind the open switch that does not come from the network.
  case backFeed = 8
  /// The last action is not yet carried out.
  case busy = 9
  /// The memory cannot keep the state.
  case notRemembered = 10
  /// Not allowed from there, for example by the button where it is configured off.
  case notThisWay = 11
}

/// What has to be true for an action, as known when it is asked for.
public struct SwitchPermits: Hashable, Sendable {
  /// The current is below the limit of the switch.
  public var isCurrentBreakable = true
  /// The reconnect wait after smart disconnect has run.
  public var isWaitOver = true
  /// Reconnection is automatic by configuration.
  public var isAutomatic = false
  /// Prepayment is off or has credit.
  public var hasCredit = true
  /// No neutral loss is seen.
  public var isNeutralSound = true
  /// The rate limit allows to close.
  public var isRested = true
  /// No voltage behind the open contacts.
  public var isLoadSideDead = true

  public init() {}
}

extension SupplyState {
  /// The state that a request leads to: the whole transition table of the switch.
  /// - Throws: why it leads nowhere.
  public func after(
    _ request: SwitchRequest, _ permits: SwitchPermits
  ) throws(SwitchRefusal) -> SupplyState {
    if self == .absent { throw .noSwitch }
    if request.opens { return try afterOpen(request, permits) }
    switch (request, self) {
    case (.release, .disconnectedByCommand): return .released
    case (.release, .neutralLoss):
      if !permits.isNeutralSound { throw .neutralFault }
      return .released
    case (.release, .smartDisconnected):
      if !permits.isWaitOver { throw .waiting }
      return .released
    case (.releaseByCredit, .prepaymentExhausted), (.releaseByCredit, .prepaymentExpired):
      if !permits.hasCredit { throw .noCredit }
      return .released
    case (.closeByButton, .released), (.closeByButton, .disconnectedByButton),
      (.closeByCommand, .released):
      return try closed(permits)
    case (.closeByButton, .smartDisconnected):
      if !permits.isWaitOver { throw .waiting }
      return try closed(permits)
    case (.closeAutomatically, .smartDisconnected):
      if !permits.isAutomatic { throw .notThisWay }
      if !permits.isWaitOver { throw .waiting }
      return try closed(permits)
    case (.closeAutomatically, .prepaymentExhausted), (.closeAutomatically, .prepaymentExpired):
      if !permits.isAutomatic { throw .notThisWay }
      return try closed(permits)
    default: throw .notFromThisState
    }
  }

  private func closed(_ permits: SwitchPermits) throws(SwitchRefusal) -> SupplyState {
    if !permits.hasCredit { throw .noCredit }
    if !permits.isNeutralSound { throw .neutralFault }
    if !permits.isLoadSideDead { throw .backFeed }
    if !permits.isRested { throw .tooOften }
    return .connected
  }

  private func afterOpen(
    _ request: SwitchRequest, _ permits: SwitchPermits
  ) throws(SwitchRefusal) -> SupplyState {
    if isClosed && !permits.isCurrentBreakable { throw .currentTooHigh }
    // An open switch only gets stricter: no later cause may make closing easier.
    let isLatched = self == .disconnectedByCommand || self == .neutralLoss
    switch request {
    case .openByButton where isClosed: return .disconnectedByButton
    case .openByCommand where !isLatched: return .disconnectedByCommand
    case .openBySmartDisconnect where isClosed: return .smartDisconnected
    case .openByPrepayment
    where !isLatched && self != .prepaymentExhausted && self != .prepaymentExpired:
      return .prepaymentExhausted
    case .openByExpiry where !isLatched && self != .prepaymentExpired: return .prepaymentExpired
    case .openByNeutralLoss where !isLatched: return .neutralLoss
    case .openByFault where isClosed: return .released
    default: throw .notFromThisState
    }
  }
}

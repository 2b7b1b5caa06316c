import MeterTime

/// What the owner of the relays has to do: one pulse on the coils of all phases.
public enum CoilAction: UInt8, Sendable {
  case open = 1
  case close = 2
}

/// The supply control switch: bistable relays, one for each phase; the neutral is not broken.
///
/// The way of an action: `request` stages it; the owner logs it and commits `encode` to the
/// permanent memory; `commit` makes it the state and, where the contacts have to move, leaves a
/// coil action for `takeCoilAction`. So a power cut at any place finds the old state with the
/// old contacts, or a committed state that `restore` drives the contacts to.
///
/// Closing needs a token: at most six in quick succession, then one in 100 s. Opening needs none.
public struct SupplySwitch: Hashable, Sendable {
  static let recordBytes = 16
  /// Closings in quick succession.
  public static let closingTokens: UInt8 = 6
  /// Time until the next closing is allowed when all tokens are used.
  public static let tokenTime = Instant.Duration.seconds(100)

  /// The state that the memory holds, or the warning on top of it.
  public private(set) var state: SupplyState
  /// Where an action that is not yet committed leads.
  public private(set) var staged: SupplyState?
  private var coil: CoilAction?
  /// Contact operations over the whole life, opening and closing counted.
  public private(set) var operations: UInt32 = 0
  /// Wear of the contacts: 1000 for an operation at rated current.
  public private(set) var wear: UInt32 = 0
  private var tokens = SupplySwitch.closingTokens
  private var lastToken = Instant(ticks: 0)
  /// True where a low limit caused the last cut (prepayment with limited power).
  public private(set) var isLowLimitCause = false
  /// What the staged action adds.
  private var stagedWear: UInt32 = 0
  private var stagedLowLimit = false
  /// Contacts against load-side voltage.
  public internal(set) var contacts = ContactWatch()

  /// - Parameter isFitted: false for a variant without switch.
  public init(isFitted: Bool) { state = isFitted ? .connected : .absent }

  // MARK: actions

  /// True while an action waits for the memory or the coils.
  public var isBusy: Bool { staged != nil || coil != nil }
  /// True where `encode` has something to be committed.
  public var needsCommit: Bool { staged != nil }

  /// Asks for an action.
  ///
  /// - Parameters:
  ///   - wear: what the operation costs the contacts, in 1/1000 of one at rated current.
  ///   - isLowLimit: a low limit is the cause, for the feedback byte.
  /// - Throws: why nothing happens.
  public mutating func request(
    _ request: SwitchRequest, _ permits: SwitchPermits, wear: UInt32 = 10,
    isLowLimit: Bool = false, now: Instant
  ) throws(SwitchRefusal) {
    if isBusy { throw .busy }
    rest(now: now)
    var permits = permits
    permits.isRested = permits.isRested && tokens > 0
    let next = try state.after(request, permits)
    staged = next
    stagedWear = next.isClosed == state.isClosed ? 0 : max(wear, 10)
    stagedLowLimit = request.opens ? isLowLimit : isLowLimitCause
  }

  /// Forgets what is staged, because it cannot be committed.
  public mutating func forget() { staged = nil }

  /// The memory holds what `encode` gave.
  public mutating func commit(now: Instant) {
    guard let next = staged else { return }
    let moves = next.isClosed != state.isClosed
    if moves {
      coil = next.isClosed ? .close : .open
      operations &+= 1
      wear &+= stagedWear
      if next.isClosed { useToken(now: now) }
      contacts.restart(now: now)
    }
    isLowLimitCause = stagedLowLimit
    state = next
    staged = nil
  }

  /// What the coils have to do now, once.
  public mutating func takeCoilAction() -> CoilAction? {
    defer { coil = nil }
    return coil
  }

  /// Shows, or takes back, the warning of smart disconnect; no contact moves.
  public mutating func warn(_ isOn: Bool) {
    if isOn && state == .connected { state = .warning }
    if !isOn && state == .warning { state = .connected }
  }

  /// Drives the contacts again to where they are commanded, because they are elsewhere.
  mutating func driveAgain() { if coil == nil { coil = state.isClosed ? .close : .open } }

  // MARK: rate limit

  private mutating func rest(now: Instant) {
    if now < lastToken { lastToken = now }
    while tokens < Self.closingTokens && now - lastToken >= Self.tokenTime {
      tokens += 1
      lastToken = tokens == Self.closingTokens ? now : lastToken + Self.tokenTime
    }
    if tokens == Self.closingTokens { lastToken = now }
  }

  private mutating func useToken(now: Instant) {
    if tokens == Self.closingTokens { lastToken = now }
    if tokens > 0 { tokens -= 1 }
  }

  // MARK: memory

  /// The record: version; state; tokens; flags; operations; wear.
  func encode(into bytes: inout InlineArray<16, UInt8>) {
    let next = staged ?? state
    let moves = next.isClosed != state.isClosed
    bytes = InlineArray(repeating: 0)
    bytes[0] = 1
    bytes[1] = next == .warning ? SupplyState.connected.rawValue : next.rawValue
    bytes[2] = moves && next.isClosed && tokens > 0 ? tokens - 1 : tokens
    bytes[3] = (staged == nil ? isLowLimitCause : stagedLowLimit) ? 1 : 0
    let count = operations &+ (moves ? 1 : 0)
    let worn = wear &+ (moves ? stagedWear : 0)
    for k in 0..<4 {
      bytes[4 + k] = UInt8(truncatingIfNeeded: count >> UInt32(8 * k))
      bytes[8 + k] = UInt8(truncatingIfNeeded: worn >> UInt32(8 * k))
    }
  }

  /// Takes the state out of the record; the contacts are driven to it, because the cut may have
  /// come before they were.
  /// - Returns: false for a layout that this version does not know: the switch then opens.
  mutating func restore(_ bytes: InlineArray<16, UInt8>, now: Instant) -> Bool {
    guard bytes[0] == 1, let state = SupplyState(rawValue: bytes[1]), state != .absent,
      state != .warning, bytes[2] <= Self.closingTokens
    else {
      restoreUnknown(now: now)
      return false
    }
    self.state = state
    tokens = bytes[2]
    lastToken = now
    isLowLimitCause = bytes[3] & 1 != 0
    for k in 0..<4 {
      operations |= UInt32(bytes[4 + k]) << UInt32(8 * k)
      wear |= UInt32(bytes[8 + k]) << UInt32(8 * k)
    }
    driveAgain()
    contacts.restart(now: now)
    return true
  }

  /// Nothing is known of the state before: the switch opens and waits for a release.
  mutating func restoreUnknown(now: Instant) {
    guard state != .absent else { return }
    state = .disconnectedByCommand
    lastToken = now
    driveAgain()
    contacts.restart(now: now)
  }

  /// Feedback byte of the family (KMP register 1088): bits 0-2 voltage behind L1-L3; 3 these
  /// are valid; 4 relay control in order; 5 a low limit caused the cut; 6 action pending.
  public var feedback: UInt8 {
    guard state != .absent else { return 0 }
    var byte = contacts.loadVoltage & 7
    if contacts.isValid { byte |= 1 << 3 }
    if contacts.fault == .none { byte |= 1 << 4 }
    if isLowLimitCause && !state.isClosed { byte |= 1 << 5 }
    if isBusy { byte |= 1 << 6 }
    return byte
  }
}

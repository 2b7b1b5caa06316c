import Bytes
import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// Switch, smart disconnect, prepayment and neutral watch as the owner of a meter meets them.
extension Meter {
  // MARK: questions

  /// State of the supply control switch. It is never a safety function.
  public var supplyState: SupplyState { supply.supplySwitch.state }
  /// Feedback byte of the family.
  public var supplyFeedback: UInt8 { supply.supplySwitch.feedback }
  /// Contact operations over the whole life.
  public var switchOperations: UInt32 { supply.supplySwitch.operations }
  /// Wear of the contacts, 1000 for an operation at rated current.
  public var contactWear: UInt32 { supply.supplySwitch.wear }
  /// What the voltages behind the switch say of its contacts.
  public var contactFault: ContactFault { supply.supplySwitch.contacts.fault }
  /// COSEM `control_state`.
  public var supplyControlState: UInt8 { supplyState.controlState(isWaitOver: isWaitOver) }
  /// Computed voltage of the neutral, mV.
  public var neutralVoltage_mV: Int32 { supply.neutral.voltage_mV }
  /// True from the detection of a lost neutral until its signs are gone.
  public var isNeutralLost: Bool { supply.neutral.isLost }
  /// Currents and power of the last full second.
  public var secondMeans: SecondMeans { supply.means }
  /// How far the credit has gone.
  public var creditStage: CreditStage { supply.prepayment.stage }
  /// The account behind the credit.
  public var creditAccount: PrepaymentAccount { supply.prepayment.account }

  /// What is left of the credit, mWh, negative where more was used; nil while prepayment is off.
  public var credit_mWh: Int64? {
    guard configuration.supply.basis == .prepayment else { return nil }
    return supply.prepayment.balance_mWh(committedImport)
  }

  private var committedImport: UInt64 { legal.registers.committed(.total(.activeImport)) }

  /// The reconnect wait after the last opening has run.
  var isWaitOver: Bool {
    now - supply.openSince >= .seconds(Int64(configuration.supply.smartDisconnect.reconnectWait))
  }

  // MARK: commands

  /// Opens, releases or closes by command; closing takes a release first.
  ///
  /// What is accepted is carried out when `service` has committed it.
  /// - Throws: why nothing happens.
  @inline(never)
  public mutating func command(_ command: SwitchCommand, now: Instant) throws(SwitchRefusal) {
    self.now = max(self.now, now)
    switch command {
    case .open: try ask(.openByCommand)
    case .release: try ask(.release)
    case .close: try ask(.closeByCommand)
    }
  }

  /// What the coils have to do now, once; to be asked for after each `service`.
  public mutating func takeCoilAction() -> CoilAction? { supply.supplySwitch.takeCoilAction() }

  /// Tells which phases have voltage behind the switch, bit 0 for L1; nil where that is unknown.
  public mutating func noteLoadVoltage(_ phases: UInt8?) { supply.loadVoltage = phases }

  /// Adds a numbered amount to the credit; it counts when `service` has committed it.
  @inline(never)
  public mutating func topUp(
    number: UInt32, amount_Wh: UInt32, from origin: ConfigurationDoor, now: Instant
  ) throws(CreditRefusal) {
    try checkCredit(origin, now)
    try supply.prepayment.topUp(
      number: number, amount_Wh: amount_Wh, register: committedImport)
    legal.log(.creditToppedUp, now: now, UInt64(number) | UInt64(amount_Wh) << 32)
  }

  /// Sets the credit whatever it was, as the family's register does.
  @inline(never)
  public mutating func setCredit(
    _ credit_Wh: UInt64, from origin: ConfigurationDoor, now: Instant
  ) throws(CreditRefusal) {
    try checkCredit(origin, now)
    try supply.prepayment.set(credit_Wh: credit_Wh, register: committedImport)
    legal.log(.creditSet, now: now, credit_Wh)
  }

  private mutating func checkCredit(
    _ origin: ConfigurationDoor, _ now: Instant
  ) throws(CreditRefusal) {
    self.now = max(self.now, now)
    if origin == .optical { throw .notThisWay }
    if legal.isMemoryLost { throw .notRemembered }
    if configuration.supply.basis != .prepayment { throw .off }
  }

  /// Changes when the supply is cut and given back, as section `supply` of `configure`.
  @inline(never)
  public mutating func configureSupply(
    _ parameters: SupplyParameters, through door: ConfigurationDoor, now: Instant,
    memory: inout some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> ConfigurationProgress {
    var bytes = InlineArray<68, UInt8>(repeating: 0)
    do throws(BytesError) {
      var writer = ByteWriter(bytes.mutableSpan)
      try Self.head(.supply, SupplyParameters.encodedBytes, &writer)
      try parameters.encode(into: &writer)
    } catch {
      throw .malformed
    }
    return try configure(bytes.span, through: door, now: now, memory: &memory)
  }

  /// Changes load outputs, pulse inputs and pulse outputs, as section `loads` of `configure`.
  @inline(never)
  public mutating func configureLoads(
    _ parameters: LoadParameters, through door: ConfigurationDoor, now: Instant,
    memory: inout some PageMemory & ~Copyable
  ) throws(ConfigurationRefusal) -> ConfigurationProgress {
    var bytes = InlineArray<98, UInt8>(repeating: 0)
    do throws(BytesError) {
      var writer = ByteWriter(bytes.mutableSpan)
      try Self.head(.loads, LoadParameters.encodedBytes, &writer)
      try parameters.encode(into: &writer)
    } catch {
      throw .malformed
    }
    return try configure(bytes.span, through: door, now: now, memory: &memory)
  }

  private static func head(
    _ section: ConfigurationSection, _ count: Int, _ writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.littleEndian(section.rawValue)
    try writer.littleEndian(MeterConfiguration.layout(of: section))
    try writer.littleEndian(UInt16(count))
  }

  /// New parameters: what was about to happen by the old ones does not.
  mutating func applySupply() {
    supply.smart.restart()
    supply.supplySwitch.warn(false)
  }

  /// Restores switch and credit, at the start.
  mutating func startSupply(
    _ report: inout StartReport, memory: borrowing some PageMemory & ~Copyable
  ) {
    report.bytesRead += supply.start(now: now, memory: memory)
    report.bytesRead += loads.start(memory: memory)
    applyLoads()
    if supply.isUnknown { legal.log(.switchOpened, now: now) }
  }

  /// The button was held for six seconds: it closes where that is allowed, and opens a closed
  /// switch where somebody has first turned to the manual list.
  mutating func pressSwitch() {
    let isClosed = supplyState.isClosed
    if isClosed && (display.mode != .manual || !configuration.supply.supplySwitch.buttonOpens) {
      return
    }
    do throws(SwitchRefusal) {
      try ask(isClosed ? .openByButton : .closeByButton)
    } catch {
      switch error {
      case .noCredit: display.show("PAY", at: now, for: .seconds(5))
      case .waiting, .tooOften, .busy: display.show("WAIT", at: now, for: .seconds(5))
      case .noSwitch: break
      default: display.show("LOCK", at: now, for: .seconds(5))
      }
    }
  }

  // MARK: each second

  /// Looks at load, credit, neutral and contacts when a second is full.
  @inline(never)
  mutating func superviseSupply() {
    var phases: UInt8 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) { phases |= 1 << phase.rawValue }
    playModulePulses()
    guard supply.means.add(legal.window, rate: legal.rate, phases: phases) else { return }
    superviseSecond(fitted: phases)
  }

  /// Acts on the means of the time that is over: a second, or longer where nothing moves.
  /// - Parameter phases: measured ones, bit 0 for L1.
  mutating func superviseSecond(fitted phases: UInt8) {
    watchLoads()
    watchNeutral()
    watchTamper()
    guard supplyState != .absent else { return }
    watchContacts(fitted: phases)
    switch configuration.supply.basis {
    case .none: watchCredit(isBasis: false)
    case .power, .current: watchLoad()
    case .prepayment: watchCredit(isBasis: true)
    }
  }

  private mutating func watchNeutral() {
    guard legal.parameters.connection == .fourWire else { return }
    var voltages = InlineArray<3, Int32>(repeating: 0)
    var angles = InlineArray<3, UInt32>(repeating: 0)
    for k in 0..<3 {
      voltages[k] = legal.window[k].voltage_mV
      angles[k] = legal.window[k].voltageAngle
    }
    let outcome = supply.neutral.step(
      voltages_mV: voltages, angles: angles, nominal_mV: legal.parameters.nominalVoltage_mV,
      span: supply.means.span, configuration.supply.neutralLoss)
    if outcome != .nothing {
      legal.log(
        outcome == .began ? .neutralLost : .neutralBack, now: now,
        UInt64(UInt32(supply.neutral.voltage_mV)))
    }
    guard supply.neutral.isLost, configuration.supply.neutralLoss.disconnects else { return }
    switch supplyState {
    case .absent, .neutralLoss, .disconnectedByCommand: break
    default: tryTo(.openByNeutralLoss)
    }
  }

  private mutating func watchContacts(fitted: UInt8) {
    var line: UInt8 = 0
    var current: UInt8 = 0
    for phase in Phase.allCases {
      let bit: UInt8 = 1 << phase.rawValue
      if legal.window[phase.index].voltage_mV >= phaseLimit_mV { line |= bit }
      if supply.means.current_mA[phase.index] >= 100 { current |= bit }
    }
    switch supply.supplySwitch.contacts.look(
      line: line, load: supply.loadVoltage, current: current, fitted: fitted,
      isClosed: supplyState.isClosed, now: now)
    {
    case .nothing: break
    case .driveAgain: supply.supplySwitch.driveAgain()
    case .fault(let fault, let phases):
      legal.log(.contactFault, now: now, UInt64(fault.rawValue) | UInt64(phases) << 8)
      // Never closed again by itself: a hand or a command decides.
      if fault == .contactOpen { tryTo(.openByFault) }
    case .cleared: legal.log(.contactFaultGone, now: now)
    }
  }

  private mutating func watchLoad() {
    let parameters = configuration.supply.smartDisconnect
    if supplyState.isClosed {
      let byPower = configuration.supply.basis == .power
      let outcome = supply.smart.step(
        byPower ? supply.means.power_mW : Int64(supply.means.largestCurrent_mA),
        unit: byPower ? 1000 : 1, span: supply.means.span, parameters)
      warn(outcome)
      if outcome == .trip { tryTo(.openBySmartDisconnect) }
    } else {
      supply.smart.restart()
      if supplyState == .smartDisconnected && parameters.isAutomatic && isWaitOver {
        tryTo(.closeAutomatically)
      }
      renewCredit(isAutomatic: false)
    }
  }

  /// Shows the warning, and logs it.
  private mutating func warn(_ outcome: SmartDisconnect.Outcome) {
    let isNew = outcome == .warning && supplyState == .connected
    supply.supplySwitch.warn(outcome != .normal)
    guard isNew else { return }
    if let last = supply.warnedAt, now - last < SupplyControl.warningPause { return }
    supply.warnedAt = now
    let basis = configuration.supply.basis
    let value =
      basis == .power ? supply.means.power_mW / 1000 : Int64(supply.means.largestCurrent_mA)
    legal.log(
      .switchWarning, now: now, UInt64(basis.rawValue) | UInt64(UInt32(clamping: value)) << 32)
  }

  private mutating func watchCredit(isBasis: Bool) {
    if supply.prepayment.account.isOn != isBasis {
      do throws(CreditRefusal) {
        try supply.prepayment.turn(on: isBasis, register: committedImport)
        legal.log(isBasis ? .prepaymentOn : .prepaymentOff, now: now)
      } catch { return }
    }
    guard isBasis else {
      renewCredit(isAutomatic: false)
      return
    }
    // Until the account is in the memory there is nothing to decide on.
    guard supply.prepayment.account.isOn else { return }
    let parameters = configuration.supply.prepayment
    let hasChanged = supply.prepayment.step(
      register: committedImport, power_mW: supply.means.power_mW, isFriendly: isFriendlyNow,
      operated: legal.operatingSeconds, isClosed: supplyState.isClosed, span: supply.means.span,
      parameters)
    if hasChanged {
      legal.log(.creditStage, now: now, UInt64(creditStage.rawValue))
    }
    switch creditStage {
    case .exhausted:
      let isClosable =
        supplyState != .prepaymentExhausted && supplyState != .prepaymentExpired
      if isClosable { cutForCredit(.openByPrepayment) }
    case .expired: if supplyState != .prepaymentExpired { cutForCredit(.openByExpiry) }
    default: renewCredit(isAutomatic: parameters.isAutomatic)
    }
  }

  private mutating func cutForCredit(_ request: SwitchRequest) {
    if supplyState == .disconnectedByCommand || supplyState == .neutralLoss { return }
    tryTo(request)
  }

  private mutating func renewCredit(isAutomatic: Bool) {
    guard supplyState == .prepaymentExhausted || supplyState == .prepaymentExpired else { return }
    tryTo(isAutomatic ? .closeAutomatically : .releaseByCredit)
  }

  private var isFriendlyNow: Bool {
    let day = localDay
    return configuration.supply.prepayment.isFriendly(
      weekday: day.weekday, minute: day.minute, isException: supply.day.isException)
  }

  // MARK: the way of a request

  /// Asks for what stands until it is done; a refusal is logged once.
  private mutating func tryTo(_ request: SwitchRequest) {
    do throws(SwitchRefusal) {
      try ask(request)
    } catch {
      guard error != .busy, supply.isNews(request, error) else { return }
      legal.log(
        .switchRefused, now: now, UInt64(request.rawValue) | UInt64(error.rawValue) << 8)
    }
  }

  /// Stages an action and logs it: `service` commits the log, then the state, and then the coils
  /// move.
  private mutating func ask(_ request: SwitchRequest) throws(SwitchRefusal) {
    if supplyState == .absent { throw .noSwitch }
    if legal.isMemoryLost { throw .notRemembered }
    let current = largestPresentCurrent_mA
    let rated = Int32(clamping: configuration.variant.maximumCurrent_mA)
    let before = supplyState
    let isLow = request == .openByPrepayment && supply.prepayment.account.isOverdrawn
    try supply.supplySwitch.request(
      request, permits(current_mA: current, rated_mA: rated),
      wear: SwitchParameters.wear(current_mA: current, rated_mA: rated), isLowLimit: isLow,
      now: now)
    supply.forgetRefusal()
    supply.askedAt = now
    let after = supply.supplySwitch.staged ?? before
    let event: LegalEvent =
      request.closes
      ? .switchClosed
      : before.isClosed ? .switchOpened : after == .released ? .switchReleased : .switchLatched
    // Request, new state, feedback, old state, ampere.
    let ampere = UInt64(UInt16(clamping: current / 1000))
    legal.log(
      event, now: now,
      UInt64(request.rawValue) | UInt64(after.rawValue) << 8 | UInt64(supplyFeedback) << 16
        | UInt64(before.rawValue) << 24 | ampere << 32)
  }

  private func permits(current_mA: Int32, rated_mA: Int32) -> SwitchPermits {
    let parameters = configuration.supply
    var permits = SwitchPermits()
    let limit = parameters.supplySwitch.breakingLimit_mA
    permits.isCurrentBreakable = current_mA <= (limit == 0 ? rated_mA : Int32(clamping: limit))
    permits.isWaitOver = isWaitOver
    permits.isAutomatic =
      parameters.basis == .prepayment
      ? parameters.prepayment.isAutomatic : parameters.smartDisconnect.isAutomatic
    permits.hasCredit =
      parameters.basis != .prepayment || supply.prepayment.stage.supplies
    permits.isNeutralSound = !supply.neutral.isLost
    permits.isLoadSideDead =
      supply.supplySwitch.state.isClosed || supply.supplySwitch.contacts.loadVoltage == 0
    return permits
  }

  /// Of the window closed last: what an opening contact would break now.
  private var largestPresentCurrent_mA: Int32 {
    var largest: Int32 = 0
    for phase in Phase.allCases where legal.parameters.uses(phase) {
      largest = max(largest, legal.window[phase.index].current_µA / 1000)
    }
    return largest
  }
}

/// What a command can ask of the switch (KMP 97h: 01, 02, 03).
public enum SwitchCommand: UInt8, CaseIterable, Sendable {
  case open = 1
  case release = 2
  case close = 3
}

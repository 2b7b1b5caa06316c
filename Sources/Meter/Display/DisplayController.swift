import MeterTime
import Quantities

/// What the button asks of the device.
public enum DisplayEvent: Equatable, Sendable {
  /// Shorter than 2 s; told on release.
  case shortPress
  /// 2 s or longer, but shorter than 6 s; told on release.
  case longPress
  /// A long press while the view of a resettable counter was shown in the manual list.
  case resetRequested(QuantityID)
  /// Held for 6 s; told while the button is still down, once for each press.
  case extraLongPress
  /// A long press on a door (P.01, P.02): the display is the reader's now.
  case doorOpened(QuantityID)
}

/// The times of the display.
public enum DisplayTiming {
  /// How long a view of the automatic list is shown.
  public static let automaticStep = Instant.Duration.seconds(10)
  /// Back to the automatic list so long after the last press.
  public static let manualTimeout = Instant.Duration.seconds(120)
  /// From here a press is long.
  public static let longPress = Instant.Duration.seconds(2)
  /// From here a press is extra-long.
  public static let extraLongPress = Instant.Duration.seconds(6)
  /// Each start-up screen.
  public static let startUpStep = Instant.Duration.seconds(3)
  /// The display test by button.
  public static let displayTest = Instant.Duration.seconds(3)
  /// Without supply the glass is dark again so long after the last press.
  public static let batteryTimeout = Instant.Duration.seconds(30)
  /// A text longer than the text field moves one character to the left in this time.
  public static let slideStep = Instant.Duration.milliseconds(500)
}

/// Chooses what the glass shows: start-up screens, the three lists, display test, identification.
///
/// A state machine without a clock: every call carries the time. Time should not depend on the
/// setting of the clock; where it goes back all the same, running times start anew.
///
/// A short press begins the manual list or shows its next view. A long press in the automatic
/// list runs the display test; in the manual list it goes back to the first view, except on a
/// resettable counter, where it asks the device for its reset. An extra-long press changes
/// nothing here: it belongs to verification mode and the switch. Without supply nothing is told
/// to the device; the first press only lights the glass.
public struct DisplayController: Sendable {
  /// What is on the glass.
  public enum Mode: UInt8, Sendable {
    /// No supply, and nobody asks.
    case dark
    /// All segments, software revision, legal checksum.
    case startUp
    case automatic
    case manual
    case battery
    case displayTest
    /// One view that the device holds on the glass (verification mode).
    case pinned
    /// Records of the memory, read by the button; every press is told to the device.
    case reader
  }

  public private(set) var mode = Mode.dark
  /// The lists in use.
  public private(set) var lists: DisplayLists
  /// Digits of energies and leading zeros.
  public var options: DisplayOptions

  /// Place in the list, or the start-up screen.
  var place: UInt8 = 0
  var pinnedView: QuantityID?
  private var hasBattery = false
  /// When the shown view began.
  var since = Instant(ticks: 0)
  private var lastPress = Instant(ticks: 0)
  private var pressedAt: Instant?
  /// The press that is held has been told, or only woke the glass.
  private var pressIsUsed = false
  private var test: DisplayPeriod?
  var identification: DisplayPeriod?
  var message = DisplayMessage()

  private static let startUpScreens: Int64 = 3

  /// A display without supply; `start` begins with the start-up screens.
  public init(lists: DisplayLists, options: DisplayOptions = DisplayOptions()) {
    self.lists = lists
    self.options = options
  }

  // MARK: Supply

  /// The supply has come: start-up screens, then the automatic list.
  public mutating func start(at now: Instant) {
    enter(.startUp, at: now)
    pressedAt = nil
  }

  /// The supply has gone: the glass is dark. With a battery and a battery list a press lights it.
  public mutating func stop(at now: Instant, hasBattery: Bool) {
    enter(.dark, at: now)
    self.hasBattery = hasBattery
    pressedAt = nil
    pinnedView = nil
    identification = nil
    message = DisplayMessage()
  }

  // MARK: Button

  /// The button goes down.
  public mutating func press(at now: Instant) -> DisplayEvent? {
    let event = advance(to: now)
    guard pressedAt == nil else { return event }
    switch mode {
    case .startUp:
      return event
    case .dark:
      guard hasBattery, lists.count(.battery) > 0 else { return event }
      enter(.battery, at: now)
      pressIsUsed = true
    default:
      pressIsUsed = false
    }
    pressedAt = now
    lastPress = now
    return event
  }

  /// The button comes up.
  public mutating func release(at now: Instant) -> DisplayEvent? {
    let event = advance(to: now)
    guard let start = pressedAt else { return event }
    pressedAt = nil
    lastPress = now
    if pressIsUsed { return event }
    return now - start < DisplayTiming.longPress ? shortPress(at: now) : longPress(at: now)
  }

  private mutating func shortPress(at now: Instant) -> DisplayEvent? {
    switch mode {
    case .automatic: enter(.manual, at: now)
    case .displayTest: leaveTest(at: now)
    case .manual: step(.manual, at: now)
    case .battery:
      step(.battery, at: now)
      return nil
    case .dark, .startUp: return nil
    case .pinned, .reader: break
    }
    return .shortPress
  }

  private mutating func longPress(at now: Instant) -> DisplayEvent? {
    switch mode {
    case .automatic: testDisplay(at: now, for: DisplayTiming.displayTest)
    case .displayTest: leaveTest(at: now)
    case .manual:
      if let view, case .resettableEnergy = view.meaning { return .resetRequested(view) }
      if let view, view.row.format == .door {
        mode = .reader
        return .doorOpened(view)
      }
      enter(.manual, at: now)
    case .battery:
      enter(.battery, at: now)
      return nil
    case .dark, .startUp: return nil
    case .pinned, .reader: break
    }
    return .longPress
  }

  private mutating func step(_ kind: DisplayListKind, at now: Instant) {
    place = UInt8((Int(place) + 1) % max(1, lists.count(kind)))
    since = now
  }

  // MARK: Commands of the device

  /// Uses other lists, from the first view of the automatic one.
  public mutating func use(_ lists: DisplayLists, at now: Instant) {
    self.lists = lists
    switch mode {
    case .automatic, .manual, .reader: enter(.automatic, at: now)
    case .battery: enter(.dark, at: now)
    case .dark, .startUp, .displayTest, .pinned: break
    }
  }

  /// Lights all segments for a time. Without supply nothing happens.
  public mutating func testDisplay(at now: Instant, for length: Instant.Duration) {
    guard mode != .dark, mode != .battery else { return }
    enter(.displayTest, at: now)
    test = DisplayPeriod(since: now, length: length)
  }

  /// Shows «YES» in the unit field for a time, to tell this meter from its neighbours.
  public mutating func identify(at now: Instant, for length: Instant.Duration) {
    guard mode != .dark else { return }
    identification = DisplayPeriod(since: now, length: length)
  }

  /// Shows a text in the text field, for a time or until it is replaced; long texts slide.
  ///
  /// - Parameter text: ASCII; empty to show the view's own text again.
  public mutating func show(
    _ text: StaticString, at now: Instant, for length: Instant.Duration? = nil
  ) {
    message = DisplayMessage(text, since: now, for: length)
  }

  /// Holds one view on the glass; presses are told to the device and change nothing here.
  /// Nil gives the glass back to the automatic list.
  public mutating func pin(_ view: QuantityID?, at now: Instant) {
    guard mode != .dark, mode != .battery else { return }
    pinnedView = view
    if view != nil {
      enter(.pinned, at: now)
    } else if mode == .pinned {
      enter(.automatic, at: now)
    }
  }

  /// The reader is done: back to its door in the manual list.
  mutating func leaveReader(at now: Instant) {
    guard mode == .reader else { return }
    mode = .manual
    since = now
  }

  // MARK: Time

  /// Lets the time pass that lies before `now`. One call does, however long that was.
  public mutating func advance(to now: Instant) -> DisplayEvent? {
    startAnewIfClockWentBack(now)
    let event = holdEvent(now)
    if let identification, now >= identification.end { self.identification = nil }
    if let end = message.end, now >= end { message = DisplayMessage() }
    if let test, mode == .displayTest, now >= test.end { leaveTest(at: test.end) }
    switch mode {
    case .startUp:
      let steps = (now - since).ticks / DisplayTiming.startUpStep.ticks
      if Int64(place) + steps >= Self.startUpScreens {
        let left = Self.startUpScreens - Int64(place)
        enter(.automatic, at: since + .init(ticks: left * DisplayTiming.startUpStep.ticks))
      } else {
        place += UInt8(steps)
        since = since + .init(ticks: steps * DisplayTiming.startUpStep.ticks)
      }
    case .manual where now >= lastPress + DisplayTiming.manualTimeout,
      .reader where now >= lastPress + DisplayTiming.manualTimeout:
      enter(.automatic, at: lastPress + DisplayTiming.manualTimeout)
    case .battery where now >= lastPress + DisplayTiming.batteryTimeout: enter(.dark, at: now)
    default: break
    }
    if mode == .automatic { scroll(now) }
    return event
  }

  /// When the glass changes next by itself, or the button by being held; nil when it does not.
  ///
  /// Blinking and changing readings are not counted in: they are up to the rhythm of drawing.
  public func nextDeadline(after now: Instant) -> Instant? {
    var next: Instant?
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      if let earlier = next, earlier <= instant { return }
      next = instant
    }
    switch mode {
    case .dark: return nil
    case .startUp: consider(since + DisplayTiming.startUpStep)
    case .automatic: consider(since + DisplayTiming.automaticStep)
    case .manual, .reader: consider(lastPress + DisplayTiming.manualTimeout)
    case .battery: consider(lastPress + DisplayTiming.batteryTimeout)
    case .displayTest: consider(test?.end)
    case .pinned: break
    }
    if let pressedAt, !pressIsUsed { consider(pressedAt + DisplayTiming.extraLongPress) }
    consider(identification?.end)
    consider(message.end)
    consider(message.nextSlide(after: now))
    return next
  }

  private mutating func scroll(_ now: Instant) {
    let steps = (now - since).ticks / DisplayTiming.automaticStep.ticks
    guard steps > 0 else { return }
    let count = Int64(max(1, lists.count(.automatic)))
    place = UInt8((Int64(place) + steps % count) % count)
    since = since + .init(ticks: steps * DisplayTiming.automaticStep.ticks)
  }

  private mutating func holdEvent(_ now: Instant) -> DisplayEvent? {
    guard let start = pressedAt, !pressIsUsed,
      now >= start + DisplayTiming.extraLongPress
    else { return nil }
    pressIsUsed = true
    lastPress = start + DisplayTiming.extraLongPress
    return mode == .battery ? nil : .extraLongPress
  }

  private mutating func startAnewIfClockWentBack(_ now: Instant) {
    if since > now { since = now }
    if lastPress > now { lastPress = now }
    if let start = pressedAt, start > now { pressedAt = now }
    test?.startAnew(ifAfter: now)
    identification?.startAnew(ifAfter: now)
    message.startAnew(ifAfter: now)
  }

  /// The test is over: back to what the device holds, or to the automatic list.
  private mutating func leaveTest(at now: Instant) {
    test = nil
    enter(pinnedView == nil ? .automatic : .pinned, at: now)
  }

  private mutating func enter(_ mode: Mode, at now: Instant) {
    self.mode = mode
    place = 0
    since = now
  }
}

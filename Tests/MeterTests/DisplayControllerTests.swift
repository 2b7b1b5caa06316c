import LegalMeter
import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter

extension DisplayLists {
  mutating func replace(
    _ kind: DisplayListKind, _ views: [QuantityID], _ rules: DisplayRules
  ) throws(DisplayListError) {
    // A span of a temporary array inside a throwing call breaks the 6.3.1 compiler.
    let bytes = views.map(\.rawValue)
    try replace(kind, with: bytes.span, rules: rules)
  }
}

/// A controller with a clock that the test moves.
private struct Panel {
  var controller: DisplayController
  var now = Instant(seconds: 1000)

  static let automatic: [QuantityID] = [.activeImport, .powerActiveImport, .time]
  static let manual: [QuantityID] = [.activeImport, .activeImportResettable, .voltageL1, .date]
  static let battery: [QuantityID] = [.activeImport, .meterNumber]

  init(battery: [QuantityID] = battery) throws {
    let rules = DisplayRules(energyType: .activeImport, hasBattery: true)
    var lists = DisplayLists.factory(rules)
    try lists.replace(.automatic, Self.automatic, rules)
    try lists.replace(.manual, Self.manual, rules)
    try lists.replace(.battery, battery, rules)
    controller = DisplayController(lists: lists)
    controller.start(at: now)
  }

  /// Past the start-up screens.
  static func running() throws -> Panel {
    var panel = try Panel()
    #expect(panel.wait(9) == nil)
    return panel
  }

  mutating func wait(_ seconds: Double) -> DisplayEvent? {
    now = now + .init(ticks: Int64((seconds * 65_536).rounded()))
    return controller.advance(to: now)
  }

  /// One press; the events of going down, waiting and coming up.
  @discardableResult
  mutating func press(for seconds: Double = 0.2) -> [DisplayEvent] {
    var events: [DisplayEvent?] = [controller.press(at: now)]
    events.append(wait(seconds))
    events.append(controller.release(at: now))
    return events.compactMap { $0 }
  }

  var view: QuantityID? { controller.view }
  var mode: DisplayController.Mode { controller.mode }
  var glass: Glass {
    let readings = TableReadings(table: [.activeImport: 5_000_000, .meterNumber: 7])
    return controller.glass(at: now, readings: readings, indicators: DisplayIndicators())
  }
}

struct DisplayControllerTests {
  @Test func startUpScreensThenTheAutomaticList() throws {
    var panel = try Panel()
    #expect(panel.mode == .startUp && panel.glass == .allSegments)
    _ = panel.wait(2.99)
    #expect(panel.glass == .allSegments)
    _ = panel.wait(0.01)
    #expect(panel.view == .softwareRevision && panel.glass.identificationText == "0.2.0")
    _ = panel.wait(3)
    #expect(panel.view == .legalChecksum)
    _ = panel.wait(2.99)
    #expect(panel.view == .legalChecksum)
    _ = panel.wait(0.01)
    #expect(panel.mode == .automatic && panel.view == .activeImport)
  }

  @Test func pressesDuringStartUpDoNothing() throws {
    var panel = try Panel()
    #expect(panel.press() == [])
    #expect(panel.mode == .startUp)
    _ = panel.controller.press(at: panel.now)
    _ = panel.wait(30)
    #expect(panel.controller.release(at: panel.now) == nil)
    #expect(panel.mode == .automatic)
  }

  @Test func theAutomaticListScrollsEveryTenSeconds() throws {
    var panel = try Panel.running()
    for round in 0..<3 {
      for view in Panel.automatic {
        #expect(panel.view == view, "round \(round)")
        _ = panel.wait(9.99)
        #expect(panel.view == view)
        _ = panel.wait(0.01)
      }
    }
  }

  /// A meter that was asleep for years wakes on the view it would have reached.
  @Test func oneCallPassesAnyTime() throws {
    var sleeper = try Panel.running()
    var awake = sleeper
    for _ in 0..<1_003 { _ = awake.wait(10) }
    _ = sleeper.wait(10_030)
    #expect(sleeper.view == awake.view)
    #expect(
      sleeper.controller.nextDeadline(after: sleeper.now)
        == awake.controller.nextDeadline(after: awake.now))
    _ = sleeper.wait(20 * 365 * 86_400)
    #expect(sleeper.mode == .automatic)
    var unstarted = try Panel()
    _ = unstarted.wait(1e9)
    #expect(unstarted.mode == .automatic)
  }

  @Test func shortPressesGoThroughTheManualList() throws {
    var panel = try Panel.running()
    _ = panel.wait(13)
    for view in Panel.manual + [Panel.manual[0]] {
      #expect(panel.press() == [.shortPress])
      #expect(panel.mode == .manual && panel.view == view)
    }
    _ = panel.wait(60)
    #expect(panel.view == Panel.manual[0], "the manual list does not scroll by itself")
  }

  @Test func twoMinutesAfterTheLastPressTheAutomaticListIsBack() throws {
    var panel = try Panel.running()
    panel.press()
    _ = panel.wait(100)
    panel.press()
    _ = panel.wait(119.99)
    #expect(panel.mode == .manual)
    _ = panel.wait(0.01)
    #expect(panel.mode == .automatic && panel.view == Panel.automatic[0])
    _ = panel.wait(10)
    #expect(panel.view == Panel.automatic[1])
  }

  @Test(arguments: [
    (0.0, [DisplayEvent.shortPress]), (1.99, [.shortPress]), (2.0, [.longPress]),
    (5.99, [.longPress]), (6.0, [.extraLongPress]), (600.0, [.extraLongPress]),
  ])
  func pressesAreToldByTheirLength(seconds: Double, events: [DisplayEvent]) throws {
    var panel = try Panel.running()
    #expect(panel.press(for: seconds) == events)
    panel = try Panel.running()
    panel.controller.pin(.activeImportFine, at: panel.now)
    #expect(panel.press(for: seconds) == events)
    #expect(panel.view == .activeImportFine, "a held view stays")
  }

  @Test func anExtraLongPressIsToldWhileTheButtonIsDown() throws {
    var panel = try Panel.running()
    #expect(panel.controller.press(at: panel.now) == nil)
    #expect(panel.controller.nextDeadline(after: panel.now) == panel.now + .seconds(6))
    #expect(panel.wait(5.99) == nil)
    #expect(panel.wait(0.01) == .extraLongPress)
    #expect(panel.wait(100) == nil)
    #expect(panel.controller.release(at: panel.now) == nil)
    #expect(panel.mode == .automatic)
  }

  @Test func aSecondPressWithoutReleaseIsTheSamePress() throws {
    var panel = try Panel.running()
    _ = panel.controller.press(at: panel.now)
    _ = panel.wait(4)
    #expect(panel.controller.press(at: panel.now) == nil)
    #expect(panel.wait(2) == .extraLongPress)
    #expect(panel.controller.release(at: panel.now) == nil)
    #expect(panel.controller.release(at: panel.now) == nil)
  }

  @Test func aLongPressTestsTheDisplayOrGoesBackToTheFirstView() throws {
    var panel = try Panel.running()
    #expect(panel.press(for: 3) == [.longPress])
    #expect(panel.mode == .displayTest && panel.glass == .allSegments)
    _ = panel.wait(3)
    #expect(panel.mode == .automatic)
    for _ in 0..<3 { panel.press() }
    #expect(panel.view == Panel.manual[2])
    #expect(panel.press(for: 3) == [.longPress])
    #expect(panel.mode == .manual && panel.view == Panel.manual[0])
  }

  @Test func aLongPressOnAResettableCounterAsksForItsReset() throws {
    var panel = try Panel.running()
    panel.press()
    panel.press()
    #expect(panel.view == .activeImportResettable)
    #expect(panel.press(for: 2) == [.resetRequested(.activeImportResettable)])
    #expect(panel.view == .activeImportResettable)
  }

  @Test func withoutSupplyThePressLightsTheBatteryList() throws {
    var panel = try Panel.running()
    panel.controller.stop(at: panel.now, hasBattery: true)
    #expect(panel.mode == .dark && panel.glass == Glass())
    #expect(panel.controller.nextDeadline(after: panel.now) == nil)
    _ = panel.wait(1000)
    #expect(panel.press() == [], "the press that lights the glass is told to nobody")
    #expect(panel.mode == .battery && panel.view == Panel.battery[0])
    #expect(panel.glass.valueText == "0000005" && panel.glass.lamp(.battery) == .steady)
    #expect(panel.press() == [])
    #expect(panel.view == Panel.battery[1])
    #expect(panel.press() == [])
    #expect(panel.view == Panel.battery[0], "the list comes round")
    #expect(panel.press(for: 8) == [])
    _ = panel.wait(29.99)
    #expect(panel.mode == .battery)
    _ = panel.wait(0.01)
    #expect(panel.mode == .dark)
    panel.press()
    panel.controller.start(at: panel.now)
    #expect(panel.mode == .startUp)
  }

  @Test func withoutBatteryOrListTheGlassStaysDark() throws {
    var panel = try Panel.running()
    panel.controller.stop(at: panel.now, hasBattery: false)
    #expect(panel.press() == [])
    #expect(panel.mode == .dark)
    panel = try Panel(battery: [])
    panel.controller.stop(at: panel.now, hasBattery: true)
    #expect(panel.press(for: 7) == [])
    #expect(panel.mode == .dark && panel.glass == Glass())
  }

  @Test func identificationShowsYesForItsTime() throws {
    var panel = try Panel.running()
    panel.controller.identify(at: panel.now, for: .seconds(15))
    #expect(panel.glass.unitText == "YES" && panel.glass.valueText == "0000005")
    _ = panel.wait(14.99)
    #expect(panel.glass.unitText == "YES", "on each view")
    _ = panel.wait(0.01)
    #expect(panel.glass.unitText == "kW")
  }

  @Test func longTextsSlideAndShortOnesStand() throws {
    var panel = try Panel.running()
    panel.controller.show("PAY", at: panel.now, for: .seconds(5))
    #expect(panel.glass.fieldText == "PAY")
    #expect(panel.controller.nextDeadline(after: panel.now) == panel.now + .seconds(5))
    _ = panel.wait(5)
    #expect(panel.glass.fieldText == "")
    panel.controller.show("NO REG", at: panel.now)
    let start = panel.now
    var seen: [String] = []
    for _ in 0..<11 {
      seen.append(panel.glass.fieldText)
      let next = try #require(panel.controller.nextDeadline(after: panel.now))
      panel.now = next
      _ = panel.controller.advance(to: next)
    }
    #expect(seen == ["NO R", "O RE", "REG", "REG", "EG", "G", "", "N", "NO", "NO", "NO R"])
    #expect(panel.now == start + .milliseconds(5_500))
    panel.controller.show("", at: panel.now)
    #expect(panel.glass.fieldText == "")
  }

  @Test func aTestDuringVerificationReturnsToTheHeldView() throws {
    var panel = try Panel.running()
    panel.controller.pin(.activeImportFine, at: panel.now)
    panel.controller.testDisplay(at: panel.now, for: .seconds(5))
    #expect(panel.glass == .allSegments)
    _ = panel.wait(5)
    #expect(panel.view == .activeImportFine && panel.glass.identificationText == "1.8.0")
    _ = panel.wait(3600)
    #expect(panel.mode == .pinned)
    panel.controller.pin(nil, at: panel.now)
    #expect(panel.mode == .automatic)
  }

  @Test func otherListsBeginAtTheirFirstView() throws {
    var panel = try Panel.running()
    for _ in 0..<4 { panel.press() }
    let rules = DisplayRules(energyType: .activeImport, hasBattery: true)
    var lists = DisplayLists.factory(rules)
    try lists.replace(.manual, [.activeImport], rules)
    panel.controller.use(lists, at: panel.now)
    #expect(panel.mode == .automatic && panel.view == lists.view(.automatic, at: 0))
    panel.press()
    panel.press()
    #expect(panel.view == .activeImport)
  }

  @Test func aClockThatGoesBackStartsTheRunningTimesAnew() throws {
    var panel = try Panel.running()
    panel.controller.identify(at: panel.now, for: .seconds(15))
    panel.press()
    _ = panel.wait(-900)
    #expect(panel.mode == .manual)
    _ = panel.wait(15)
    #expect(panel.glass.unitText == "kWh")
    _ = panel.wait(105)
    #expect(panel.mode == .automatic)
    _ = panel.controller.press(at: panel.now)
    _ = panel.wait(-100)
    #expect(panel.wait(5) == nil)
    #expect(panel.wait(1) == .extraLongPress)
  }

  /// Any sequence of calls: the view is one of its list, deadlines lie ahead, and calling at the
  /// deadlines shows the same as one call at the end.
  @Test func anySequenceOfCallsKeepsItsWord() throws {
    for seed in 0..<40 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var panel = try Panel()
      for _ in 0..<300 {
        switch random.below(10) {
        case 0: panel.controller.stop(at: panel.now, hasBattery: random.below(2) == 0)
        case 1: panel.controller.start(at: panel.now)
        case 2: panel.controller.identify(at: panel.now, for: .seconds(Int64(1 + random.below(20))))
        case 3: panel.controller.testDisplay(at: panel.now, for: .seconds(5))
        case 4: panel.controller.pin(random.below(2) == 0 ? nil : .voltageL1, at: panel.now)
        case 5, 6: _ = panel.controller.press(at: panel.now)
        case 7: _ = panel.controller.release(at: panel.now)
        default: panel.controller.show("LAST PROFILE", at: panel.now, for: .seconds(30))
        }
        let end = panel.now + .init(ticks: Int64(random.below(40 * 65_536)))
        var stepped = panel
        var calls = 0
        while let next = stepped.controller.nextDeadline(after: stepped.now), next <= end {
          #expect(next > stepped.now)
          stepped.now = next
          _ = stepped.controller.advance(to: next)
          calls += 1
          guard calls < 1000 else { break }
        }
        stepped.now = end
        _ = stepped.controller.advance(to: end)
        panel.now = end
        _ = panel.controller.advance(to: end)
        #expect(stepped.glass == panel.glass && stepped.mode == panel.mode, "seed \(seed)")
        #expect((panel.view == nil) == [.allSegments, Glass()].contains(panel.glass))
      }
    }
  }

  @Test func theControllerIsSmall() {
    #expect(MemoryLayout<DisplayController>.size <= 256)
    #expect(MemoryLayout<Glass>.size == 80)
  }
}

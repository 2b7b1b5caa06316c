import MeterTime
import Testing

@testable import Meter

@Suite struct ContactWatchTests {
  /// A house behind the switch, looked at once in a second.
  private struct House {
    var watch = ContactWatch()
    var second: Int64 = 0
    var outcomes: [ContactWatch.Outcome] = []
    init() { watch.restart(now: Instant(seconds: 0)) }

    mutating func look(
      load: UInt8?, current: UInt8 = 0, isClosed: Bool, for seconds: Int = 1
    ) {
      for _ in 0..<seconds {
        second += 1
        let outcome = watch.look(
          line: 7, load: load, current: current, fitted: 7, isClosed: isClosed,
          now: Instant(seconds: second))
        if outcome != .nothing { outcomes.append(outcome) }
      }
    }
  }

  @Test("a switch in order says nothing")
  func order() {
    var house = House()
    house.look(load: 7, current: 7, isClosed: true, for: 20)
    house.look(load: 0, isClosed: false, for: 20)
    #expect(house.outcomes.isEmpty)
    #expect(house.watch.loadVoltage == 0 && house.watch.isValid)
  }

  @Test("a magnet that closed a contact: driven back, and told")
  func moved() {
    var house = House()
    house.look(load: 1, current: 1, isClosed: false, for: 3)
    #expect(house.outcomes == [.driveAgain])
    house.look(load: 0, isClosed: false, for: 3)
    #expect(house.outcomes == [.driveAgain, .fault(.contactMoved, phases: 1)])
    #expect(house.watch.fault == .none)
  }

  @Test("a welded contact: three pulses, then a fault that stays until the contact opens")
  func welded() {
    var house = House()
    house.look(load: 2, current: 2, isClosed: false, for: 60)
    #expect(
      house.outcomes == [
        .driveAgain, .driveAgain, .driveAgain, .fault(.contactWelded, phases: 2),
      ])
    #expect(house.watch.fault == .contactWelded)
    house.look(load: 0, isClosed: false)
    #expect(house.outcomes.last == .cleared)
  }

  @Test("a solar roof behind the open switch: voltage without current")
  func backFeed() {
    var house = House()
    house.look(load: 7, isClosed: false, for: 60)
    #expect(house.outcomes.last == .fault(.backFeed, phases: 7))
  }

  @Test("a contact that does not close is told after two seconds")
  func contactOpen() {
    var house = House()
    house.look(load: 3, current: 3, isClosed: true, for: 1)
    #expect(house.outcomes.isEmpty)
    house.look(load: 3, current: 3, isClosed: true, for: 5)
    #expect(house.outcomes == [.fault(.contactOpen, phases: 4)])
  }

  @Test("without measurement behind the switch nothing is concluded")
  func unknown() {
    var house = House()
    house.look(load: nil, current: 7, isClosed: false, for: 60)
    #expect(house.outcomes.isEmpty && !house.watch.isValid)
  }
}

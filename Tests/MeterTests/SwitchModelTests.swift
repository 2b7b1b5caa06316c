import MeterTime
import Testing

@testable import Meter

/// Explores everything that can happen to a switch, its memory and its contacts, with the power
/// cut inside each step, and keeps a second, independent account of who allowed the contacts to
/// close.
@Suite struct SwitchModelTests {
  /// A switch with the world around it.
  private struct World {
    var sw = SupplySwitch(isFitted: true)
    /// The record in the memory; nil while none was committed.
    var stored: [UInt8]?
    /// Where the contacts are.
    var isClosed = true
    /// Somebody who may allowed the contacts to be closed; by the account of this test.
    var isAllowed = true
    /// The same, for the action that is staged.
    var isStagedAllowed = false

    var key: String {
      let coil = sw.isBusy && sw.staged == nil
      return "\(sw.state) \(String(describing: sw.staged)) \(coil) \(isClosed) \(isAllowed) "
        + "\(isStagedAllowed) \(stored.map { "\($0[1]) \($0[2]) \($0[3])" } ?? "-") "
        + "\(sw.isLowLimitCause)"
    }
  }

  private static let now = Instant(seconds: 1000)

  /// All settings of what has to be true.
  private static let permits: [SwitchPermits] = (0..<128).map { bits in
    var p = SwitchPermits()
    p.isCurrentBreakable = bits & 1 == 0
    p.isWaitOver = bits & 2 == 0
    p.isAutomatic = bits & 4 != 0
    p.hasCredit = bits & 8 == 0
    p.isNeutralSound = bits & 16 == 0
    p.isRested = bits & 32 == 0
    p.isLoadSideDead = bits & 64 == 0
    return p
  }

  /// Who may close, in the words of the contract and not of the code.
  private static func isPermission(
    _ state: SupplyState, _ request: SwitchRequest, _ p: SwitchPermits
  ) -> Bool {
    guard p.hasCredit, p.isNeutralSound, p.isRested, p.isLoadSideDead else { return false }
    switch request {
    case .closeByButton:
      return state == .released || state == .disconnectedByButton
        || state == .smartDisconnected && p.isWaitOver
    case .closeByCommand: return state == .released
    case .closeAutomatically:
      return p.isAutomatic
        && (state == .smartDisconnected && p.isWaitOver || state == .prepaymentExhausted
          || state == .prepaymentExpired)
    default: return false
    }
  }

  private static func encoded(_ sw: SupplySwitch) -> [UInt8] {
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    sw.encode(into: &bytes)
    return (0..<16).map { bytes[$0] }
  }

  /// The next start: contacts stay where they were, the rest comes out of the memory.
  private static func restarted(_ world: World) -> World {
    var next = World()
    next.stored = world.stored
    next.isClosed = world.isClosed
    next.isAllowed = world.isAllowed
    if let stored = world.stored {
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      for k in 0..<16 { bytes[k] = stored[k] }
      let isKnown = next.sw.restore(bytes, now: now)
      #expect(isKnown)
    }
    return next
  }

  /// All that can follow.
  private static func successors(_ world: World) -> [World] {
    var all: [World] = [restarted(world)]
    for request in SwitchRequest.allCases {
      for p in permits {
        var next = world
        guard (try? next.sw.request(request, p, now: now)) != nil else {
          let isSame =
            next.sw.state == world.sw.state && next.sw.staged == world.sw.staged
            && next.sw.isBusy == world.sw.isBusy
          if !isSame { Issue.record("a refusal changes nothing") }
          continue
        }
        if request.closes {
          let isPermission = isPermission(world.sw.state, request, p)
          if !isPermission { Issue.record("\(world.sw.state) \(request)") }
          next.isStagedAllowed = isPermission
        } else {
          next.isStagedAllowed = false
        }
        all.append(next)
      }
    }
    if world.sw.needsCommit {
      var next = world
      next.stored = encoded(world.sw)
      next.isAllowed = world.isStagedAllowed
      // The cut after the memory has it and before the switch knows.
      all.append(restarted(next))
      next.sw.commit(now: now)
      #expect(encoded(next.sw) == next.stored ?? [], "what was committed is what is")
      all.append(next)
    }
    var coil = world
    if let action = coil.sw.takeCoilAction() {
      #expect(world.sw.staged == nil, "coils move only after the memory has it")
      #expect(action == .open || world.isAllowed, "closes without permission")
      // The cut may come before the relay has moved, and after.
      all.append(restarted(coil))
      coil.isClosed = action == .close
      all.append(coil)
      all.append(restarted(coil))
    }
    var moved = world
    moved.isClosed.toggle()
    all.append(moved)
    var driven = world
    driven.sw.driveAgain()
    all.append(driven)
    for isOn in [true, false] {
      var warned = world
      warned.sw.warn(isOn)
      all.append(warned)
    }
    return all
  }

  @Test("explored to the end: nothing closes without permission, whatever is cut where")
  func explored() {
    var seen: Set<String> = []
    var open: [World] = [World()]
    var reached: Set<SupplyState> = []
    while let world = open.popLast() {
      guard seen.insert(world.key).inserted else { continue }
      reached.insert(world.sw.state)
      if world.sw.state.isClosed { #expect(world.isAllowed) }
      open += Self.successors(world)
    }
    #expect(reached == Set(SupplyState.allCases).subtracting([.absent]))
    #expect(seen.count > 300, "\(seen.count)")
  }

  @Test("the account would notice: a switch that closes by itself is found")
  func accountCanFail() {
    var world = World()
    world.isAllowed = false
    world.sw.driveAgain()
    let action = world.sw.takeCoilAction()
    #expect(action == .close && !world.isAllowed)
    #expect(!Self.isPermission(.prepaymentExhausted, .closeByButton, SwitchPermits()))
    #expect(!Self.isPermission(.disconnectedByCommand, .closeByCommand, SwitchPermits()))
  }

  @Test("six closings in quick succession, then one in 100 s; opening needs none")
  func rateLimit() throws {
    var sw = SupplySwitch(isFitted: true)
    var time = Self.now
    func act(_ request: SwitchRequest) throws(SwitchRefusal) {
      try sw.request(request, SwitchPermits(), now: time)
      sw.commit(now: time)
      _ = sw.takeCoilAction()
    }
    for _ in 0..<6 {
      try act(.openByButton)
      try act(.closeByButton)
    }
    try act(.openByButton)
    #expect(throws: SwitchRefusal.tooOften) { try act(.closeByButton) }
    // A restart does not give new ones.
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    sw.encode(into: &bytes)
    var other = SupplySwitch(isFitted: true)
    let isKnown = other.restore(bytes, now: time)
    #expect(isKnown)
    _ = other.takeCoilAction()
    #expect(throws: SwitchRefusal.tooOften) {
      try other.request(.closeByButton, SwitchPermits(), now: time)
    }
    time += .seconds(100)
    try act(.closeByButton)
    try act(.openByButton)
    #expect(throws: SwitchRefusal.tooOften) { try act(.closeByButton) }
    #expect(sw.operations == 15)
    #expect(sw.wear == 150)
  }

  @Test("a record that nobody knows leaves the switch open")
  func unknownRecord() {
    for position in 0..<3 {
      var bytes = InlineArray<16, UInt8>(repeating: 0)
      SupplySwitch(isFitted: true).encode(into: &bytes)
      bytes[position] = 0xEE
      var sw = SupplySwitch(isFitted: true)
      let isKnown = sw.restore(bytes, now: Self.now)
      #expect(!isKnown)
      #expect(sw.state == .disconnectedByCommand)
      let action = sw.takeCoilAction()
      #expect(action == .open)
    }
  }

  @Test("wear grows with the square of the current")
  func wear() {
    #expect(SwitchParameters.wear(current_mA: 0, rated_mA: 85_000) == 10)
    #expect(SwitchParameters.wear(current_mA: 85_000, rated_mA: 85_000) == 1000)
    #expect(SwitchParameters.wear(current_mA: 42_500, rated_mA: 85_000) == 250)
    #expect(SwitchParameters.wear(current_mA: .max, rated_mA: 1) > 1000)
  }
}

import Meter
import Testing

@Suite struct SupplyStateTests {
  /// What each request does in each state where nothing stands in its way, written out by hand:
  /// one row for each state, one column for each request in the order of their numbers.
  /// `-` refused; otherwise the new state's code.
  private static let table: [(SupplyState, String)] = [
    //                          OB OC OS OP OX ON OF RE RC CB CC CA
    (.absent, "                 -  -  -  -  -  -  -  -  -  -  -  -"),
    (.disconnectedByCommand, "  -  -  -  -  -  -  -  08 -  -  -  -"),
    (.connected, "              0B 01 06 07 09 81 08 -  -  -  -  -"),
    (.warning, "                0B 01 06 07 09 81 08 -  -  -  -  -"),
    (.smartDisconnected, "      -  01 -  07 09 81 -  08 -  04 -  04"),
    (.prepaymentExhausted, "    -  01 -  -  09 81 -  -  08 -  -  04"),
    (.released, "               -  01 -  07 09 81 -  -  -  04 04 -"),
    (.prepaymentExpired, "      -  01 -  -  -  81 -  -  08 -  -  04"),
    (.disconnectedByButton, "   -  01 -  07 09 81 -  -  -  04 -  -"),
    (.neutralLoss, "            -  -  -  -  -  -  -  08 -  -  -  -"),
  ]

  private static var free: SwitchPermits {
    var permits = SwitchPermits()
    permits.isAutomatic = true
    return permits
  }

  @Test("every request in every state, against a table written by hand")
  func everyTransition() {
    #expect(Self.table.count == SupplyState.allCases.count)
    for (state, row) in Self.table {
      let cells = row.split(separator: " ")
      #expect(cells.count == SwitchRequest.allCases.count)
      for (request, cell) in zip(SwitchRequest.allCases, cells) {
        let next = try? state.after(request, Self.free)
        let text =
          next.map { ($0.rawValue < 16 ? "0" : "") + String($0.rawValue, radix: 16) } ?? "-"
        #expect(text.uppercased() == String(cell), "\(state) \(request)")
      }
    }
  }

  @Test("what has to be true for closing is asked for in every state")
  func permitsToClose() {
    let conditions: [(WritableKeyPath<SwitchPermits, Bool>, SwitchRefusal)] = [
      (\.hasCredit, .noCredit), (\.isNeutralSound, .neutralFault), (\.isRested, .tooOften),
      (\.isLoadSideDead, .backFeed),
    ]
    for state in SupplyState.allCases {
      for request in SwitchRequest.allCases where request.closes {
        guard (try? state.after(request, Self.free)) != nil else { continue }
        for (key, refusal) in conditions {
          var permits = Self.free
          permits[keyPath: key] = false
          #expect(throws: refusal) { try state.after(request, permits) }
        }
      }
    }
  }

  @Test("the reconnect wait, automatic reconnection and the limit of the contacts are asked for")
  func otherPermits() {
    var waiting = Self.free
    waiting.isWaitOver = false
    for request in [SwitchRequest.release, .closeByButton, .closeAutomatically] {
      #expect(throws: SwitchRefusal.waiting) {
        try SupplyState.smartDisconnected.after(request, waiting)
      }
    }
    var manual = Self.free
    manual.isAutomatic = false
    for state in [SupplyState.smartDisconnected, .prepaymentExhausted, .prepaymentExpired] {
      #expect(throws: SwitchRefusal.notThisWay) { try state.after(.closeAutomatically, manual) }
    }
    var heavy = Self.free
    heavy.isCurrentBreakable = false
    for request in SwitchRequest.allCases where request.opens {
      #expect(throws: SwitchRefusal.currentTooHigh) {
        try SupplyState.connected.after(request, heavy)
      }
    }
    var lost = Self.free
    lost.isNeutralSound = false
    #expect(throws: SwitchRefusal.neutralFault) {
      try SupplyState.neutralLoss.after(.release, lost)
    }
  }

  @Test("codes that the family and COSEM are told")
  func codes() {
    #expect(SupplyState.neutralLoss.familyCode == 1)
    #expect(SupplyState.disconnectedByButton.familyCode == 0x0B)
    let states: [(SupplyState, UInt8)] = [
      (.disconnectedByCommand, 0), (.prepaymentExhausted, 0), (.prepaymentExpired, 0),
      (.neutralLoss, 0), (.connected, 1), (.warning, 1), (.released, 2),
      (.disconnectedByButton, 2),
    ]
    for (state, control) in states {
      #expect(state.controlState(isWaitOver: true) == control)
      #expect(state.controlState(isWaitOver: false) == control)
    }
    #expect(SupplyState.smartDisconnected.controlState(isWaitOver: false) == 0)
    #expect(SupplyState.smartDisconnected.controlState(isWaitOver: true) == 2)
  }
}

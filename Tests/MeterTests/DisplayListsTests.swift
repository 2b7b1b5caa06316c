import LegalMeter
import MeterFaults
import Quantities
import Testing

@testable import Meter

struct DisplayListsTests {
  private static let rules: [DisplayRules] = EnergyType.allCases.flatMap { type in
    [UInt8(1), 2, 4].flatMap { tariffs in
      [false, true].map { DisplayRules(energyType: type, tariffs: tariffs, hasBattery: $0) }
    }
  }
  private static let fourQuadrant = DisplayRules(energyType: .fourQuadrant, hasBattery: true)

  private func replace(
    _ kind: DisplayListKind, _ views: [QuantityID], _ rules: DisplayRules = fourQuadrant
  ) throws(DisplayListError) -> DisplayLists {
    var lists = DisplayLists.factory(rules)
    let bytes = views.map(\.rawValue)
    try lists.replace(kind, with: bytes.span, rules: rules)
    return lists
  }

  private func encoded(_ lists: DisplayLists) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: DisplayLists.encodedBytes)
    var output = bytes.mutableSpan
    lists.encode(into: &output)
    return bytes
  }

  @Test(arguments: rules)
  func factoryListsKeepTheRules(rules: DisplayRules) throws {
    let lists = DisplayLists.factory(rules)
    try lists.check(rules)
    #expect(lists.view(.automatic, at: 0) == .activeImport)
    #expect(lists.view(.manual, at: 0) == .activeImport)
    #expect((lists.count(.battery) > 0) == rules.hasBattery)
    for quantity in QuantityID.allCases where rules.isMandatory(quantity) {
      #expect(lists.contains(quantity, in: .manual))
    }
  }

  @Test func capacitiesAreThoseOfTheDataSheet() throws {
    #expect(DisplayListKind.automatic.capacity == 16)
    #expect(DisplayListKind.manual.capacity == 30)
    #expect(DisplayListKind.battery.capacity == 8)
    let all = QuantityID.allCases
    for kind in DisplayListKind.allCases {
      let full = try replace(kind, Array(all.prefix(kind.capacity)))
      #expect(full.count(kind) == kind.capacity)
      #expect(full.view(kind, at: kind.capacity - 1) == all[kind.capacity - 1])
      #expect(full.view(kind, at: kind.capacity) == nil)
      #expect(throws: DisplayListError.tooManyViews) {
        try replace(kind, Array(all.prefix(kind.capacity + 1)))
      }
    }
  }

  @Test(arguments: [
    (EnergyType.activeImport, UInt8(1), [QuantityID.activeImport]),
    (.activeImportExport, 1, [.activeImport, .activeExport]),
    (.fourQuadrant, 1, [.activeImport, .activeExport, .reactiveImport, .reactiveExport]),
    (.activeImport, 2, [.activeImport, .activeImportT1, .activeImportT2]),
  ])
  func legalViewsCannotBeRemoved(type: EnergyType, tariffs: UInt8, legal: [QuantityID]) throws {
    let rules = DisplayRules(energyType: type, tariffs: tariffs, hasBattery: false)
    #expect(QuantityID.allCases.filter(rules.isMandatory) == legal)
    _ = try replace(.manual, legal.reversed(), rules)
    for missing in legal {
      #expect(throws: DisplayListError.legalViewMissing(missing)) {
        try replace(.manual, legal.filter { $0 != missing } + [.voltageL1], rules)
      }
      // The other lists may leave them out.
      _ = try replace(.automatic, [.voltageL1], rules)
    }
  }

  @Test func refusals() throws {
    let legal: [QuantityID] = [.activeImport, .activeExport, .reactiveImport, .reactiveExport]
    #expect(throws: DisplayListError.noViews) { try replace(.automatic, []) }
    #expect(throws: DisplayListError.duplicate(at: 5)) {
      try replace(.manual, legal + [.voltageL1, .activeImport])
    }
    #expect(throws: DisplayListError.duplicate(at: 1)) { try replace(.battery, [.date, .date]) }
    let twice = try replace(.automatic, [.activeImport, .voltageL1, .activeImport])
    #expect(twice.count(.automatic) == 3)
    let simple = DisplayRules(energyType: .activeImport, hasBattery: false)
    #expect(throws: DisplayListError.notMeasured(at: 1)) {
      try replace(.automatic, [.activeImport, .reactiveQ1], simple)
    }
    #expect(throws: DisplayListError.noBattery) { try replace(.battery, [.date], simple) }
    #expect(try replace(.battery, []).count(.battery) == 0)
    var lists = DisplayLists.factory(Self.fourQuadrant)
    let unknown: [UInt8] = [0, 47]
    #expect(throws: DisplayListError.unknownQuantity(at: 1)) {
      try lists.replace(.automatic, with: unknown.span, rules: Self.fourQuadrant)
    }
    #expect(lists == .factory(Self.fourQuadrant), "a refused list changes nothing")
  }

  @Test func listsAreCheckedAgainWhenTheRulesChange() throws {
    let before = DisplayRules(energyType: .fourQuadrant, hasBattery: true)
    let after = DisplayRules(energyType: .fourQuadrant, tariffs: 4, hasBattery: true)
    #expect(throws: DisplayListError.legalViewMissing(.reactiveImportT1)) {
      try DisplayLists.factory(before).check(after)
    }
    try DisplayLists.factory(after).check(before)
  }

  @Test(arguments: rules)
  func encodingGoesThereAndBack(rules: DisplayRules) throws {
    let lists = DisplayLists.factory(rules)
    let bytes = encoded(lists)
    #expect(bytes.count == 58)
    #expect(try DisplayLists(decoding: bytes.span, rules: rules) == lists)
  }

  /// The layout is stored: these bytes must be readable for ever.
  @Test func encodingIsTheDocumentedOne() throws {
    let rules = DisplayRules(energyType: .activeImport, hasBattery: true)
    var lists = DisplayLists.factory(rules)
    try lists.replace(.automatic, [0, 48].compactMap(QuantityID.init), rules)
    try lists.replace(.manual, [66, 0, 83].compactMap(QuantityID.init), rules)
    try lists.replace(.battery, [0].compactMap(QuantityID.init), rules)
    let blank = { (count: Int) in [UInt8](repeating: 0xFF, count: count) }
    let expected: [UInt8] =
      [1, 2, 3, 1] + [0, 48] + blank(14) + [66, 0, 83] + blank(27) + [0] + blank(7)
    #expect(encoded(lists) == expected)
  }

  @Test func damagedRecordsAreRefused() throws {
    let rules = Self.fourQuadrant
    let good = encoded(.factory(rules))
    for length in 0..<good.count {
      let cut = Array(good.prefix(length))
      #expect(throws: DisplayListError.damagedRecord) {
        try DisplayLists(decoding: cut.span, rules: rules)
      }
    }
    for change in [(0, 2), (1, 17), (2, 31), (3, 9), (4 + 15, 0)] as [(Int, UInt8)] {
      var bytes = good
      bytes[change.0] = change.1
      #expect(throws: DisplayListError.damagedRecord) {
        try DisplayLists(decoding: bytes.span, rules: rules)
      }
    }
  }

  /// Whatever is read either is refused or keeps every rule and writes the same bytes.
  @Test func anyRecordIsRefusedOrKeepsTheRules() {
    var random = SplitMix64(seed: 382)
    var accepted = 0
    for _ in 0..<20_000 {
      let rules = Self.rules[random.below(Self.rules.count)]
      var bytes = encoded(.factory(Self.rules[random.below(Self.rules.count)]))
      for _ in 0..<random.below(4) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.below(50) == 0 { bytes = bytes.map { _ in UInt8(random.below(256)) } }
      guard let lists = try? DisplayLists(decoding: bytes.span, rules: rules) else { continue }
      accepted += 1
      #expect(throws: Never.self) { try lists.check(rules) }
      #expect(encoded(lists) == bytes)
      #expect(lists.contains(.activeImport, in: .manual))
    }
    #expect(accepted > 500 && accepted < 19_500)
  }
}

import LegalMeter
import Meter
import Testing

@testable import Ports

@Suite struct ModuleAreaTests {
  @Test func catalogue() {
    #expect(Article.allCases.count == 33)
    #expect(Set(Article.allCases.map(\.number)).count == 33)
    #expect(Article.allCases.filter { $0.kind == .module }.count == 15)
    #expect(Article.allCases.filter { $0.kind == .cover }.count == 6)
    for article in Article.allCases {
      #expect(Article(number: article.number) == article)
      #expect(article.title.utf8CodeUnitCount > 0 && article.duty.utf8CodeUnitCount > 0)
    }
    #expect(Article(number: 6_850_002) == nil)
    // The six codes at the ends of the data sheet's groups.
    #expect(
      [Article.s0Supply, .loadControlB, .connection, .meterTool, .secondaryCover, .cableClamps]
        .map(\.number) == [6_850_001, 6_850_069, 6_850_062, 6_899_570, 5_960_139, 6_850_103])
  }

  /// Only modules can be fitted, each where it belongs.
  @Test(arguments: Article.allCases) func slots(article: Article) throws {
    guard let module = PlugInModule(article) else {
      #expect(article.kind != .module && article.kind != .secondary)
      return
    }
    var area = ModuleArea(hasRadio: true)
    if module.isSecondary {
      #expect(throws: ModuleRefusal.wrongSlot) { try area.fit(module, in: .first) }
    } else {
      try area.fit(module, in: .second)
      #expect(area.has(module) && area[.second] == module)
      #expect(throws: ModuleRefusal.occupied) { try area.fit(.article(.s0Pulse), in: .second) }
      #expect(throws: ModuleRefusal.wrongSlot) { try area.fit(module, in: .secondary) }
    }
  }

  /// «If another kind of communication module is fitted, the integrated radio is switched off.»
  @Test(arguments: Article.allCases.filter { $0.kind == .module })
  func radio(article: Article) throws {
    var area = ModuleArea(hasRadio: true)
    #expect(area.isRadioOn)
    try area.fit(.article(article), in: .first)
    let beside: Set<Article> = [
      .s0Supply, .tariff2, .tariff4, .s0Pulse, .pulseLoad, .loadControl, .loadControlB,
    ]
    #expect(area.isRadioOn == beside.contains(article))
    try area.remove(from: .first)
    #expect(area.isRadioOn)
    #expect(!ModuleArea(hasRadio: false).isRadioOn)
  }

  @Test func withoutRadio() {
    var area = ModuleArea(hasRadio: false)
    #expect(throws: ModuleRefusal.needsRadio) { try area.fit(.article(.pulseLoad), in: .first) }
  }

  /// The secondary slot needs a carrier and the special cover, in this order of coming and the
  /// other of going.
  @Test(arguments: [Article.connection, .gsm]) func secondary(carrier: Article) throws {
    var area = ModuleArea(hasRadio: true)
    #expect(throws: ModuleRefusal.needsCarrier) { try area.fit(.customerPort, in: .secondary) }
    try area.fit(.article(carrier), in: .first)
    for cover in [ModuleCover.standard, .high] {
      try area.exchange(cover)
      #expect(throws: ModuleRefusal.needsCover) { try area.fit(.customerPort, in: .secondary) }
    }
    try area.exchange(.highForSecondary)
    try area.fit(.customerPort, in: .secondary)
    #expect(throws: ModuleRefusal.needsCover) { try area.exchange(.standard) }
    #expect(throws: ModuleRefusal.carriesSecondary) { try area.remove(from: .first) }
    #expect(area[.first] == .article(carrier) && area.missing == 0)
    try area.remove(from: .secondary)
    try area.remove(from: .first)
    #expect(area.isRadioOn)
  }

  /// Two carriers: one of them may go.
  @Test func otherCarrier() throws {
    var area = ModuleArea(hasRadio: true)
    try area.exchange(.highForSecondary)
    try area.fit(.article(.gsm), in: .first)
    try area.fit(.article(.connection), in: .second)
    try area.fit(.article(.zWaveSecondary), in: .secondary)
    try area.remove(from: .first)
    #expect(throws: ModuleRefusal.carriesSecondary) { try area.remove(from: .second) }
  }

  /// A module that is gone is missed until another one sits there, or the empty slot is accepted.
  @Test func missing() throws {
    var area = ModuleArea(hasRadio: false)
    #expect(throws: ModuleRefusal.empty) { try area.remove(from: .second) }
    try area.fit(.article(.wiredMBus), in: .second)
    #expect(try area.remove(from: .second) == .article(.wiredMBus))
    #expect(area.missing == 0b10)
    try area.fit(.article(.s0Pulse), in: .second)
    #expect(area.missing == 0)
    try area.remove(from: .second)
    area.accept()
    #expect(area.missing == 0)
    #expect(ModuleArea.isSealed(.first) && !ModuleArea.isSealed(.secondary))
  }

  @Test func sides() throws {
    var area = ModuleArea(hasRadio: false)
    try area.exchange(.highForSecondary)
    try area.fit(.article(.tcpIP), in: .first)
    try area.fit(.article(.connection), in: .second)
    try area.fit(.customerPort, in: .secondary)
    #expect(area.side(of: .first) == .module)
    #expect(area.side(of: .second) == nil)
    #expect(area.side(of: .secondary) == .customer)
  }

  /// The table of commands is the one that the meter's sections and protocols hold to.
  @Test func commands() {
    for command in PortCommand.allCases {
      #expect(PortSide.module.mayGive(command))
      #expect(PortSide.customer.mayGive(command) == (command == .read))
    }
    #expect(!PortSide.optical.mayGive(.operateSwitch) && !PortSide.optical.mayGive(.credit))
    #expect(PortSide.optical.mayGive(.configure))
    #expect(ConfigurationSection.supply.protection(through: .module) == .moduleOnly)
    #expect(ConfigurationSection.loads.protection(through: .optical) == .seal(.moduleArea))
    #expect(ConfigurationSection.display.protection(through: .optical) == .free)
  }

  @Test func size() { #expect(MemoryLayout<ModuleArea>.size <= 16) }
}

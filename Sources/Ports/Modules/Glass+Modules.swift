import Meter

extension Glass {
  /// Shows which slots hold modules: steady; blinking where one is missing. The symbol of the radio
  /// is dark while another module has silenced it.
  ///
  /// A display test stays as it is.
  public mutating func show(_ area: ModuleArea) {
    if steady == .allSegments { return }
    set(.module1, Self.lamp(area, .first))
    set(.module2, Self.lamp(area, .second))
    if area.hasRadio && !area.isRadioOn { set(.radio, .off) }
  }

  private static func lamp(_ area: ModuleArea, _ slot: ModuleSlot) -> Lamp {
    if area[slot] != nil { return .steady }
    return area.missing >> slot.rawValue & 1 == 0 ? .off : .blink
  }
}

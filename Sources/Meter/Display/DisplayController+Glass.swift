import MeterTime
import Quantities

extension DisplayController {
  /// The quantity whose view is on the glass; nil when it is dark or all segments are lit.
  public var view: QuantityID? {
    switch mode {
    case .dark, .displayTest: nil
    case .startUp:
      switch place {
      case 0: nil
      case 1: .softwareRevision
      default: .legalChecksum
      }
    case .automatic: lists.view(.automatic, at: Int(place))
    case .manual, .reader: lists.view(.manual, at: Int(place))
    case .battery: lists.view(.battery, at: Int(place))
    case .pinned: pinnedView
    }
  }

  /// The picture at a time to which `advance` was called.
  ///
  /// Without supply nothing is measured, so only the battery symbol and a critical error are
  /// taken from the indicators.
  public func glass<Source: ReadingSource & ~Copyable>(
    at now: Instant, readings: borrowing Source, indicators: DisplayIndicators
  ) -> Glass {
    if mode == .dark { return Glass() }
    guard let view else { return .allSegments }
    var glass = Glass()
    let row = view.row
    setIdentification(of: view, on: &glass)
    glass.setValue(ValueField(readings.reading(view), row.format, options))
    glass.setUnit(identification == nil ? row.displayUnit : "YES")
    let text = message.isEmpty ? DisplayMessage(view.displayText, since: since) : message
    let window = text.window(at: now)
    for position in window.indices { glass.setTextCharacter(window[position], position) }
    guard mode == .battery else {
      glass.setIndicators(indicators)
      return glass
    }
    var unpowered = DisplayIndicators()
    unpowered.battery = .steady
    unpowered.errorTriangle = indicators.errorTriangle
    glass.setIndicators(unpowered)
    return glass
  }

  /// Doors have their names in place of a code.
  private func setIdentification(of view: QuantityID, on glass: inout Glass) {
    switch view {
    case .profileReader: glass.setIdentification("P.01")
    case .billingReader: glass.setIdentification("P.02")
    default: glass.setIdentification(view.displayCode)
    }
  }
}

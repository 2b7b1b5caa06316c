import Meter

/// What can be put into a slot: sixteen modules of the data sheet, its secondary module, and the
/// customer port, which the data sheet does not number.
public enum PlugInModule: Equatable, Sendable {
  /// Of kind `module` or `secondary`.
  case article(Article)
  /// P1 or HAN in the secondary slot.
  case customerPort

  /// Nil for an article that is no module.
  public init?(_ article: Article) {
    guard article.kind == .module || article.kind == .secondary else { return nil }
    self = .article(article)
  }

  /// It belongs into the secondary slot, not into slots 1 and 2.
  public var isSecondary: Bool { self == .customerPort || self == .article(.zWaveSecondary) }

  /// It has room for a secondary module: 68 50 062 and 68 50 053.
  public var carriesSecondary: Bool { self == .article(.connection) || self == .article(.gsm) }

  /// It brings data of the meter to the one who runs it. Modules of pulses, tariffs and loads do
  /// not, and secondary ones serve the customer.
  public var isCommunication: Bool {
    guard case .article(let article) = self else { return false }
    return switch article {
    case .dataPulse, .wiredMBus, .tcpIP, .radioRouter, .gsm, .lon, .zWave, .wirelessMBus: true
    default: false
    }
  }

  /// It works beside the integrated radio only.
  var needsRadio: Bool { self == .article(.pulseLoad) }

  /// A number for the log: that of the article; 0 for the customer port.
  public var number: UInt32 {
    if case .article(let article) = self { article.number } else { 0 }
  }
}

/// What is asked of the meter through a port.
public enum PortCommand: UInt8, CaseIterable, Sendable {
  case read
  /// Display, number, clock, periods, billing.
  case configure
  /// What is wired in the module area: tariff inputs, loads, pulses.
  case configureArea
  /// Switch, smart disconnect, prepayment.
  case configureSupply
  /// Opens, releases and closes the supply control switch.
  case operateSwitch
  /// Prepaid energy.
  case credit
}

/// Where a command comes in.
public enum PortSide: UInt8, CaseIterable, Sendable {
  /// The optical head on the front, while the module area is sealed.
  case optical
  /// A communication module in slot 1 or 2, and the remote system behind it.
  case module
  /// The secondary slot: whoever lives here can fit what sits in it.
  case customer

  /// Whether a command is taken from this side.
  ///
  /// What cuts a house off or changes its credit comes through a module only, never from what
  /// somebody at the front, or in the house, could send.
  public func mayGive(_ command: PortCommand) -> Bool {
    switch command {
    case .read: true
    case .configure: self != .customer
    case .configureArea, .configureSupply, .operateSwitch, .credit: self == .module
    }
  }
}

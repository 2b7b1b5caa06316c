import LegalMeter
import PermanentMemory
import Quantities

/// How the analysis logger treats a quantity.
public enum AnalysisChannel: UInt8, CaseIterable, Sendable {
  /// The mean over the interval, of what the windows measured: voltages, currents, powers, power
  /// factors, frequency, distortion, temperature. Currents are RMS values, without sign.
  case mean
  /// A register of energy as it stands when the interval ends, whole Wh or varh.
  case register
  /// A counter or a maximum as it stands when the interval ends.
  case last

  /// Nil for what is no number of the supply: dates, states, doors, texts.
  public init?(_ quantity: QuantityID) {
    switch quantity.meaning {
    case .voltage, .current, .power, .apparentPower, .activePower, .reactivePower,
      .phaseApparentPower, .powerFactor, .phasePowerFactor, .frequency, .temperature,
      .voltageDistortion, .currentDistortion, .neutralVoltage:
      self = .mean
    case .energy, .tariffEnergy, .quadrantEnergy, .phaseEnergy, .absoluteEnergy,
      .resettableEnergy:
      self = .register
    case .voltageAngle, .phaseAngle, .hourCounter, .activeTariff, .demand, .lastDemand,
      .extremeDemand, .thresholdCount, .pulseInput, .voltageMinimum, .voltageMaximum, .dips,
      .swells, .interruptions, .longInterruptions:
      self = .last
    default: return nil
    }
  }

  /// Raw units of the quantity in one unit of a record.
  public var divisor: Int64 { self == .register ? 1000 : 1 }
}

/// Why a set-up of the analysis logger is refused.
public enum AnalysisRefusal: UInt8, Error, CaseIterable, Sendable {
  /// No channel, or more than 16.
  case channelCount
  /// A quantity that cannot be logged, or that this meter does not have.
  case quantity
  case duplicate
  /// The interval does not divide a day.
  case interval
  /// A change is on its way.
  case busy
}

extension AnalysisLayout {
  /// The factory's set-up: powers of the energy type, then voltages and currents; 15 minutes.
  ///
  /// As the sibling meters are delivered: A+ has 7 channels, A+/A- 8, four quadrants 10.
  public static func factory(_ energies: EnergyType, _ connection: Connection) -> AnalysisLayout {
    var channels = InlineArray<10, UInt8>(repeating: 0)
    var count = 0
    func add(_ quantity: QuantityID, _ channels: inout InlineArray<10, UInt8>) {
      channels[count] = quantity.rawValue
      count += 1
    }
    add(.powerActiveImport, &channels)
    if energies != .activeImport { add(.powerActiveExport, &channels) }
    if energies == .fourQuadrant {
      add(.powerReactiveImport, &channels)
      add(.powerReactiveExport, &channels)
    }
    let uses = LegalParameters(connection: connection)
    let voltages: InlineArray<3, QuantityID> = [.voltageL1, .voltageL2, .voltageL3]
    let currents: InlineArray<3, QuantityID> = [.currentL1, .currentL2, .currentL3]
    for phase in Phase.allCases where uses.uses(phase) {
      add(voltages[phase.index], &channels)
    }
    for phase in Phase.allCases where uses.uses(phase) {
      add(currents[phase.index], &channels)
    }
    guard
      let layout = AnalysisLayout(minutes: 15, channels: channels.span.extracting(0..<count))
    else { preconditionFailure("the factory's set-up is valid") }
    return layout
  }

  /// A set-up that somebody wishes.
  public static func checked(
    minutes: UInt16, channels: Span<UInt8>, energies: EnergyType
  ) throws(AnalysisRefusal) -> AnalysisLayout {
    guard channels.count >= 1, channels.count <= channelsMax else { throw .channelCount }
    for k in channels.indices {
      guard let quantity = QuantityID(rawValue: channels[k]), AnalysisChannel(quantity) != nil,
        quantity.isMeasured(by: energies)
      else { throw .quantity }
      for n in 0..<k where channels[n] == channels[k] { throw .duplicate }
    }
    guard let layout = AnalysisLayout(minutes: minutes, channels: channels) else {
      throw .interval
    }
    return layout
  }

  /// The quantity of a channel; nil for one that this program does not know.
  public func quantity(_ channel: Int) -> QuantityID? { QuantityID(rawValue: self[channel]) }
}

import HDLC
import Quantities

/// Whose list a meter pushes over HAN, and so its order, types and frame.
///
/// | layout | body | values |
/// |---|---|---|
/// | kamstrup | structure: code and value in turn | 1 W, 0.01 A, 1 V, 10 Wh |
/// | aidon, aidonSweden | array of structures with scaler and unit | as they say |
/// | kaifa | structure of bare values | 1 W, 0.001 A, 0.1 V, 1 Wh |
/// | kaifaSweden | structure: code and value in turn | 1 W, 0.001 A, 0.1 V, 1 Wh |
public enum PushLayout: UInt8, CaseIterable, Sendable {
  case kamstrup, aidon, kaifa, aidonSweden, kaifaSweden
}

/// Which of the lists is due.
public enum PushMoment: UInt8, CaseIterable, Sendable {
  /// P+ alone, every two or two and a half seconds; not every layout has it.
  case short
  /// Powers, currents and voltages, every ten seconds.
  case regular
  /// The same with the clock and the registers, ten seconds after the hour.
  case hourly
}

/// One place of a list.
enum PushItem: Equatable, Sendable {
  case listID
  case meterID
  case model
  case clock
  case quantity(QuantityID)
  /// Import or export of one phase: its signed power, and the code C.
  case part(QuantityID, c: UInt8, isExport: Bool)
}

/// The places of a list in their order.
struct PushList: Sendable {
  private var items = InlineArray<32, PushItem>(repeating: .listID)
  private(set) var count = 0

  subscript(place: Int) -> PushItem { items[place] }

  init(_ layout: PushLayout, _ moment: PushMoment) {
    if moment == .short {
      append(.quantity(.powerActiveImport))
      return
    }
    if layout == .aidonSweden {
      append(.clock)
      appendMomentary()
      for phase in Phase.allCases { appendParts(phase) }
      appendEnergies()
      return
    }
    append(.listID)
    append(.meterID)
    append(.model)
    appendMomentary()
    if moment == .hourly || layout == .kaifaSweden {
      append(.clock)
      appendEnergies()
    }
  }

  private mutating func append(_ item: PushItem) {
    items[count] = item
    count += 1
  }

  private mutating func append(from first: QuantityID, _ length: UInt8) {
    for k in 0..<length {
      if let quantity = QuantityID(rawValue: first.rawValue + k) { append(.quantity(quantity)) }
    }
  }

  private mutating func appendMomentary() {
    append(from: .powerActiveImport, 4)
    append(from: .currentL1, 3)
    append(from: .voltageL1, 3)
  }

  private mutating func appendEnergies() { append(from: .activeImport, 4) }

  private mutating func appendParts(_ phase: Phase) {
    let n = phase.rawValue
    guard let active = QuantityID(rawValue: QuantityID.powerActiveL1.rawValue + n),
      let reactive = QuantityID(rawValue: QuantityID.powerReactiveL1.rawValue + n)
    else { return }
    append(.part(active, c: 21 + 20 * n, isExport: false))
    append(.part(active, c: 22 + 20 * n, isExport: true))
    append(.part(reactive, c: 23 + 20 * n, isExport: false))
    append(.part(reactive, c: 24 + 20 * n, isExport: true))
  }
}

extension PushLayout {
  /// The list is sent in this rhythm at all.
  func has(_ moment: PushMoment) -> Bool {
    switch self {
    case .kamstrup: moment != .short
    case .aidon, .kaifa: true
    case .aidonSweden, .kaifaSweden: moment == .regular
    }
  }

  /// Half seconds between two short lists.
  var shortPeriod: Int64 { self == .aidon ? 5 : 4 }

  /// Group B of the codes of electricity.
  var channel: UInt8 { self == .kamstrup ? 1 : 0 }

  /// Strings are visible strings, or octet strings.
  var hasVisibleStrings: Bool { self == .kamstrup || self == .aidon || self == .aidonSweden }

  /// Every value stands in a structure of its own with its scaler.
  var isArray: Bool { self == .aidon || self == .aidonSweden }

  /// No codes: a value is known by its place.
  var isBare: Bool { self == .kaifa }

  /// Reading units in one unit of the list, the same as a power of ten, and its data type.
  func form(_ kind: CustomerKind) -> PushForm {
    switch kind {
    case .activeEnergy, .reactiveEnergy:
      self == .kamstrup || self == .aidon ? PushForm(10_000, 1) : PushForm(1000, 0)
    case .activePower, .reactivePower: PushForm(1000, 0)
    case .voltage:
      self == .kamstrup
        ? PushForm(1000, 0, .long) : PushForm(100, -1, isArray ? .long : .doubleLong)
    case .current:
      switch self {
      case .kamstrup: PushForm(10_000, -2)
      case .aidon, .aidonSweden: PushForm(100_000, -1, .signedLong)
      case .kaifa, .kaifaSweden: PushForm(1000, -3)
      }
    case .count, .tariff, .other, .none: PushForm(1, 0)
    }
  }

  // MARK: frame

  var destination: HDLCAddress {
    switch self {
    case .kamstrup: HDLCAddress(0x15)
    case .aidon, .aidonSweden: HDLCAddress(0x20)
    case .kaifa, .kaifaSweden: HDLCAddress(0x00)
    }
  }

  var source: HDLCAddress {
    switch self {
    case .kamstrup: HDLCAddress(0x10)
    case .aidon, .aidonSweden: HDLCAddress(upper: 0x04, lower: 0x41) ?? .noStation
    case .kaifa, .kaifaSweden: HDLCAddress(upper: 0x01, lower: 0x00) ?? .noStation
    }
  }

  var control: HDLCControl {
    switch self {
    case .kamstrup, .aidon, .aidonSweden: .unnumberedInformation(poll: true)
    case .kaifa, .kaifaSweden: .information(send: 0, receive: 0, poll: true)
    }
  }
}

/// How a number stands in a list.
struct PushForm: Equatable, Sendable {
  enum DataType: UInt8 { case doubleLong, long, signedLong }

  var divisor: Int64
  var scale: Int8
  var type: DataType

  init(_ divisor: Int64, _ scale: Int8, _ type: DataType = .doubleLong) {
    (self.divisor, self.scale, self.type) = (divisor, scale, type)
  }
}

import Bytes
import MeterTime
import Quantities

/// What a billing reset keeps of the billing period that it closes.
///
/// The 22 lines of the data sheet are 28 values; kept are in addition the tariffs of A- and R-,
/// the maxima of P-, Q+ and Q- and the second pulse input. Layout 1, low byte first:
///
/// | bytes | content |
/// |---|---|
/// | 0 | layout |
/// | 1 | status, as of a registration period |
/// | 2 | cause |
/// | 3..<8 | time, seconds since 2000-01-01T00:00Z |
/// | 8..<12 | number of this billing reset, from 1 |
/// | 12..<16 | operating time, seconds |
/// | 16..<136 | totals A+, A-, R+, R-, then T1...T4 of each; 6 bytes each, mWh or mvarh |
/// | 136..<184 | maxima P+, P+ T1, P+ T2, P-, Q+, Q-: power in mW, end in s, 4 bytes each |
/// | 184..<208 | cumulative P+, P-, Q+, Q- of the periods before, 6 bytes each, mW |
/// | 208..<212 | power threshold counter |
/// | 212..<224 | pulse inputs 1 and 2, 6 bytes each |
public struct BillingRecord: Sendable {
  static let bytes = 224

  public var status: PeriodStatus = []
  public var cause = BillingCause.command
  /// When the period was closed, in the meter's time.
  public var time = Instant(ticks: 0)
  /// The number of this reset, from 1; billing periods closed before it are one less.
  public var number: UInt32 = 0
  /// Time in operation, seconds.
  public var operatingSeconds: UInt32 = 0
  private var energies = InlineArray<20, UInt64>(repeating: 0)
  public var maxima = DemandMaxima()
  /// Cumulative demand before the maxima of this period were added, mW or mvar, by `EnergyKind`.
  public var cumulative_mW = InlineArray<4, UInt64>(repeating: 0)
  public var periodsAboveThreshold: UInt32 = 0
  /// Pulse inputs, pulses as they are counted.
  public var pulseInputs = InlineArray<2, UInt64>(repeating: 0)

  init() {}

  /// A total or a tariff, mWh or mvarh; nil for registers that are not kept.
  public subscript(register: Register) -> UInt64? {
    register.index < 20 ? energies[Int(register.index)] : nil
  }

  mutating func set(_ register: Register, _ value: UInt64) {
    energies[Int(register.index)] = value
  }

  /// Cumulative demand with the maximum of this period, as it stood after the reset.
  public func cumulativeAfter(_ kind: EnergyKind) -> UInt64 {
    let own: UInt32 =
      switch kind {
      case .activeImport: maxima.activeImport.power_mW
      case .activeExport: maxima.activeExport.power_mW
      case .reactiveImport: maxima.reactiveImport.power_mW
      case .reactiveExport: maxima.reactiveExport.power_mW
      }
    return cumulative_mW[kind.index] &+ UInt64(own)
  }
}

extension BillingRecord {
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(UInt8(1))
    try writer.littleEndian(status.rawValue)
    try writer.littleEndian(cause.rawValue)
    try writer.littleEndian(UInt64(max(0, time.seconds)), byteCount: 5)
    try writer.littleEndian(number)
    try writer.littleEndian(operatingSeconds)
    for k in energies.indices { try writer.littleEndian(energies[k], byteCount: 6) }
    for k in 0..<6 {
      let maximum = self.maximum(k)
      try writer.littleEndian(maximum.power_mW)
      try writer.littleEndian(maximum.end_s)
    }
    for k in 0..<4 { try writer.littleEndian(cumulative_mW[k], byteCount: 6) }
    try writer.littleEndian(periodsAboveThreshold)
    for k in 0..<2 { try writer.littleEndian(pulseInputs[k], byteCount: 6) }
  }

  /// Nil for a layout that this version does not know.
  init?(decoding bytes: Span<UInt8>) {
    var reader = ByteReader(bytes)
    do throws(BytesError) {
      guard try reader.littleEndian(UInt8.self) == 1 else { return nil }
      status = PeriodStatus(rawValue: try reader.littleEndian(UInt8.self))
      cause = BillingCause(rawValue: try reader.littleEndian(UInt8.self)) ?? .command
      time = Instant(seconds: Int64(try reader.littleEndian(byteCount: 5)))
      number = try reader.littleEndian(UInt32.self)
      operatingSeconds = try reader.littleEndian(UInt32.self)
      for k in energies.indices { energies[k] = try reader.littleEndian(byteCount: 6) }
      for k in 0..<6 {
        let power = try reader.littleEndian(UInt32.self)
        set(k, DemandMaximum(power_mW: power, end_s: try reader.littleEndian(UInt32.self)))
      }
      for k in 0..<4 { cumulative_mW[k] = try reader.littleEndian(byteCount: 6) }
      periodsAboveThreshold = try reader.littleEndian(UInt32.self)
      for k in 0..<2 { pulseInputs[k] = try reader.littleEndian(byteCount: 6) }
    } catch { return nil }
  }

  private func maximum(_ place: Int) -> DemandMaximum {
    switch place {
    case 0: maxima.activeImport
    case 1: maxima.activeImportT1
    case 2: maxima.activeImportT2
    case 3: maxima.activeExport
    case 4: maxima.reactiveImport
    default: maxima.reactiveExport
    }
  }

  private mutating func set(_ place: Int, _ maximum: DemandMaximum) {
    switch place {
    case 0: maxima.activeImport = maximum
    case 1: maxima.activeImportT1 = maximum
    case 2: maxima.activeImportT2 = maximum
    case 3: maxima.activeExport = maximum
    case 4: maxima.reactiveImport = maximum
    default: maxima.reactiveExport = maximum
    }
  }
}

/// A record of the second logger: registers without maxima.
///
/// Layout 1: layout; status; time (5 bytes, s); operating time (4 bytes, s); T1...T4 of A+, A-, R+,
/// R- (6 bytes each). The totals are the sums of their tariffs, always.
public struct SecondLoggerRecord: Sendable {
  static let bytes = 107

  public var status: PeriodStatus = []
  /// The meter's time.
  public var time = Instant(ticks: 0)
  /// Time in operation, seconds.
  public var operatingSeconds: UInt32 = 0
  private var tariffs = InlineArray<16, UInt64>(repeating: 0)

  /// Takes what it keeps of a snapshot.
  init(_ snapshot: BillingRecord) {
    status = snapshot.status
    time = snapshot.time
    operatingSeconds = snapshot.operatingSeconds
    for kind in EnergyKind.allCases {
      for tariff in Tariff.allCases {
        tariffs[kind.index * 4 + tariff.index] = snapshot[.tariff(kind, tariff)] ?? 0
      }
    }
  }

  /// A total or a tariff, mWh or mvarh; nil for registers that are not kept.
  public subscript(register: Register) -> UInt64? {
    let index = Int(register.index)
    if index >= 20 { return nil }
    if index >= 4 { return tariffs[index - 4] }
    var sum: UInt64 = 0
    for k in 0..<4 { sum &+= tariffs[index * 4 + k] }
    return sum
  }

  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try writer.littleEndian(UInt8(1))
    try writer.littleEndian(status.rawValue)
    try writer.littleEndian(UInt64(max(0, time.seconds)), byteCount: 5)
    try writer.littleEndian(operatingSeconds)
    for k in tariffs.indices { try writer.littleEndian(tariffs[k], byteCount: 6) }
  }

  /// Nil for a layout that this version does not know.
  init?(decoding bytes: Span<UInt8>) {
    var reader = ByteReader(bytes)
    do throws(BytesError) {
      guard try reader.littleEndian(UInt8.self) == 1 else { return nil }
      status = PeriodStatus(rawValue: try reader.littleEndian(UInt8.self))
      time = Instant(seconds: Int64(try reader.littleEndian(byteCount: 5)))
      operatingSeconds = try reader.littleEndian(UInt32.self)
      for k in tariffs.indices { tariffs[k] = try reader.littleEndian(byteCount: 6) }
    } catch { return nil }
  }
}

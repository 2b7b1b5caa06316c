import LegalMeter
import Meter
import MeterTime
import PermanentMemory

/// What a customer port says.
public enum CustomerFormat: Equatable, Sendable {
  case p1(P1Companion)
  case han(PushLayout)

  /// Half seconds between two of the usual telegrams.
  private var period: Int64 { self == .p1(.dsmr5) ? 2 : 20 }

  /// What is due in a stretch of time; the rarer list where two are.
  ///
  /// - Parameters:
  ///   - last: the stretch begins behind this; half seconds of standard time.
  ///   - now: its end.
  func due(after last: Int64, upTo now: Int64) -> PushMoment? {
    func passes(_ period: Int64, from offset: Int64 = 0) -> Bool {
      Self.slot(last - offset, period) != Self.slot(now - offset, period)
    }
    guard case .han(let layout) = self else { return passes(period) ? .regular : nil }
    // Ten seconds after the hour, so that it stands for the values of the hour that has closed.
    if layout.has(.hourly) && passes(7200, from: 20) { return .hourly }
    if passes(period) { return .regular }
    return layout.has(.short) && passes(layout.shortPeriod) ? .short : nil
  }

  private static func slot(_ halves: Int64, _ period: Int64) -> Int64 {
    halves >= 0 ? halves / period : (halves + 1) / period - 1
  }
}

/// The customer port of the secondary slot: it speaks by the meter's clock, and takes nothing.
///
/// ```swift
/// let count = port.next(meter, memory, into: &bytes)
/// ```
public struct CustomerPort: Sendable {
  /// Longest telegram or frame, bytes.
  public static let bytesMax = 2048

  public let format: CustomerFormat
  public let identity: CustomerIdentity
  /// Half seconds of standard time up to which everything has been said.
  private var last: Int64?

  public init(_ format: CustomerFormat, _ identity: CustomerIdentity) {
    (self.format, self.identity) = (format, identity)
  }

  /// Whoever listens from now on hears nothing of the past.
  public mutating func restart() { last = nil }

  /// What is due by now.
  ///
  /// - Returns: bytes written, 0 while nothing is due.
  @inline(never)
  public mutating func next(
    _ meter: borrowing Meter, _ memory: borrowing some PageMemory & ~Copyable,
    into bytes: inout MutableSpan<UInt8>
  ) -> Int {
    let time = meter.legal.time(at: meter.now)
    let halves = time.ticks >> 15 + Int64(meter.legal.zone.zoneMinutes) * 120
    defer { last = halves }
    guard let last, let moment = format.due(after: last, upTo: halves) else { return 0 }
    switch format {
    case .p1(let companion): return companion.write(identity, meter, memory, into: &bytes)
    case .han(let layout): return layout.write(moment, identity, meter, into: &bytes)
    }
  }
}

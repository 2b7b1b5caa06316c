import MeterTime

/// Why the clock chip gave no time.
public enum ClockChipError: Error, Equatable, Sendable {
  /// The chip does not answer.
  case bus(I2CError)
  /// The oscillator was stopped, or the registers hold no date.
  case invalid
}

/// The real-time clock: a DS1338 at 0x68, registers in BCD from 0.
///
/// It counts years 0...99 and is read as 2000...2099: the chip's time ends there. It keeps UTC
/// plus a fixed zone, without daylight saving.
public struct ClockChip: Sendable {
  private let bus: I2CBus
  private static let address: UInt8 = 0x68

  public init(bus: I2CBus) { self.bus = bus }

  /// The chip's time, whole seconds.
  /// - Parameter zone: minutes the chip is ahead of UTC, -720...840.
  public func read(zone: Int64 = 60) throws(ClockChipError) -> Instant {
    var registers = InlineArray<7, UInt8>(repeating: 0)
    let first: InlineArray<1, UInt8> = [0]
    var bytes = registers.mutableSpan
    do throws(I2CError) {
      try bus.read(from: Self.address, header: first.span, into: &bytes)
    } catch {
      throw .bus(error)
    }
    guard let civil = Self.civil(registers.span) else { throw .invalid }
    return Instant(seconds: civil.seconds - zone * 60)
  }

  /// What the chip shows in its own zone, or nil where a register is out of range.
  private static func civil(_ registers: Span<UInt8>) -> CivilDateTime? {
    // Bit 7 of the seconds says that the oscillator stands; bit 6 of the hours is 12-hour mode,
    // which this clock is never set to.
    guard registers[0] & 0x80 == 0, registers[2] & 0x40 == 0,
      let second = decimal(registers[0]), let minute = decimal(registers[1]),
      let hour = decimal(registers[2]), let day = decimal(registers[4]),
      let month = decimal(registers[5]), let year = decimal(registers[6])
    else { return nil }
    return CivilDateTime(
      year: 2000 + UInt16(year), month: month, day: day, hour: hour, minute: minute,
      second: second)
  }

  /// 0...99 out of two decimal digits; nil where one is none.
  private static func decimal(_ bcd: UInt8) -> UInt8? {
    guard bcd & 15 < 10, bcd < 0xA0 else { return nil }
    return (bcd &>> 4) * 10 + (bcd & 15)
  }
}

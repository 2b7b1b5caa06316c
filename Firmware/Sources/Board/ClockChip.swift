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
    guard let seconds = Self.seconds(of: registers.span) else { throw .invalid }
    return Instant(seconds: seconds - zone * 60)
  }

  /// Seconds since 2000-01-01 in the chip's own zone, or nil where a register is out of range.
  static func seconds(of registers: Span<UInt8>) -> Int64? {
    // Bit 7 of the seconds says that the oscillator stands; bit 6 of the hours is 12-hour mode,
    // which this clock is never set to.
    guard registers[0] & 0x80 == 0, registers[2] & 0x40 == 0,
      let second = decimal(registers[0], 0...59), let minute = decimal(registers[1], 0...59),
      let hour = decimal(registers[2], 0...23), let day = decimal(registers[4], 1...31),
      let month = decimal(registers[5], 1...12), let year = decimal(registers[6], 0...99),
      day <= days(inMonth: month, of: year)
    else { return nil }
    var dayNumber = year * 365 + (year + 3) / 4 + day - 1
    for earlier in 1..<month { dayNumber += days(inMonth: earlier, of: year) }
    return ((dayNumber * 24 + hour) * 60 + minute) * 60 + second
  }

  private static func decimal(_ bcd: UInt8, _ range: ClosedRange<Int64>) -> Int64? {
    guard bcd & 15 < 10, bcd < 0xA0 else { return nil }
    let value = Int64(bcd &>> 4) * 10 + Int64(bcd & 15)
    return range.contains(value) ? value : nil
  }

  /// Every fourth year from 2000 to 2099 is a leap year.
  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

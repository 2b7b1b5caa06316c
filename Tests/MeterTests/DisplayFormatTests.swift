import MeterFaults
import Quantities
import Testing

@testable import Meter

/// Readings as the value field shows them.
struct DisplayFormatTests {
  private func shown(
    _ raw: Int64?, _ format: DisplayFormat, _ options: DisplayOptions = DisplayOptions()
  ) -> String {
    var glass = Glass()
    glass.setValue(ValueField(raw, format, options))
    return glass.valueText
  }

  @Test(arguments: [
    // Energy, mWh: cut off, never ahead of the register; 7.0 rolls over at 10,000,000 kWh.
    (Int64(0), DisplayFormat.energy, "0000000"),
    (999_999, .energy, "0000000"),
    (1_000_000, .energy, "0000001"),
    (12_345_678_999, .energy, "0012345"),
    (9_999_999_999_999, .energy, "9999999"),
    (10_000_000_000_000, .energy, "0000000"),
    (10_000_001_000_000, .energy, "0000001"),
    (-1_000_000, .energy, "-0000001"),
    (-999_999, .energy, "0000000"),
    // Fine, 3.4: 0.1 Wh is the last digit, the high digits are left out.
    (6_753_324_200, .fineEnergy, "753.3242"),
    (99, .fineEnergy, "000.0000"),
    (100, .fineEnergy, "000.0001"),
    (999_999_999, .fineEnergy, "999.9999"),
    (1_000_000_000, .fineEnergy, "000.0000"),
    // Power 2.3, rounded.
    (7_250_499, .power, "07.250"),
    (7_250_500, .power, "07.251"),
    (-1_250_000, .power, "-01.250"),
    (-499, .power, "00.000"),
    (-500, .power, "-00.001"),
    (99_999_499, .power, "99.999"),
    (99_999_500, .power, "100.000"),
    (72_450_000, .power, "72.450"),
    (99_999_999_499, .power, "99999.999"),
    (99_999_999_500, .power, "OL"),
    (-9_999_999_499, .power, "-9999.999"),
    (-9_999_999_500, .power, "OL"),
    // Voltage 3.1, current 3.2.
    (230_149, .voltage, "230.1"), (230_150, .voltage, "230.2"), (0, .voltage, "0.0"),
    (16_035_000, .current, "16.04"), (105_000_000, .current, "105.00"),
    (4_999, .current, "0.00"),
    (9_850, .powerFactor, "0.985"), (-9_850, .powerFactor, "-0.985"),
    (10_000, .powerFactor, "1.000"), (12_000, .angle, "120.0"), (-3_105, .angle, "-31.1"),
    (49_987, .frequency, "49.99"), (231, .temperature, "23.1"), (-5, .temperature, "-0.5"),
    (4_321, .hours, "0004321"), (10_000_000, .hours, "0000000"),
    // Numbers.
    (12_345_678, .eightDigits, "12345678"), (1, .eightDigits, "00000001"),
    (100_000_001, .eightDigits, "00000001"),
    (0x3F09_A21C, .hexadecimal, "3F09A21C"), (0, .hexadecimal, "00000000"),
    (0b1000_0110, .eightBits, "10000110"), (2, .tariff, "2"),
    (0x01_0402, .revision, "1.4.2"), (0x0A_0B0C, .revision, "10.11.12"),
    (0xFF_FFFF, .revision, "00FFFFFF"),
    (12_345_000, .credit, "12.3"), (-250_000, .credit, "-0.3"), (0, .credit, "0.0"),
    (325, .percent, "3.25"), (15, .number, "15"), (0, .number, "0"), (4, .state, "04"),
    (0x0B, .state, "0B"), (99, .door, ""),
    // Date and time; what is none is unknown.
    (261_122, .date, "26:11:22"), (10_203, .time, "01:02:03"), (0, .time, "00:00:00"),
    (1_000_000, .date, "--:--:--"), (-1, .time, "--:--:--"),
  ])
  func readingsAreShown(raw: Int64, format: DisplayFormat, text: String) {
    // Seven bars show O and nought alike.
    let read = text == "OL" ? "0L" : text
    #expect(shown(raw, format) == read)
  }

  @Test(arguments: [
    (Int64(12_345_678_999), DisplayFormat.energy, "12345.6"),
    (999_999_999_999, .energy, "999999.9"),
    (1_000_000_000_000, .energy, "0.0"),
    (99_999, .energy, "0.0"),
    (-12_345_678_999, .energy, "-12345.6"),
    (7_250_000, .power, "7.250"),
    (-250_000, .power, "-0.250"),
    (4_321, .hours, "4321"),
    (0, .hours, "0"),
    // Verification and meter number keep their noughts.
    (100, .fineEnergy, "000.0001"),
    (1, .eightDigits, "00000001"),
  ])
  func sixOneWithoutLeadingZeros(raw: Int64, format: DisplayFormat, text: String) {
    let options = DisplayOptions(energyDigits: .sixOne, leadingZeros: false)
    #expect(shown(raw, format, options) == text)
  }

  @Test func sixOneWithLeadingZeros() {
    #expect(shown(12_345_678_999, .energy, DisplayOptions(energyDigits: .sixOne)) == "012345.6")
  }

  @Test(arguments: DisplayFormat.allCases)
  func unknownReadingsAreDashes(format: DisplayFormat) {
    let text = shown(nil, format)
    // A door has no value that could be unknown.
    if format == .door {
      #expect(text == "")
      return
    }
    #expect(text == (format == .date || format == .time ? "--:--:--" : "--------"))
  }

  /// EN 50470-1: 4000 h at full load without passing the same reading twice.
  @Test(arguments: DisplayOptions.EnergyDigits.allCases)
  func capacityHoldsFourThousandHoursAtFullLoad(digits: DisplayOptions.EnergyDigits) {
    let options = DisplayOptions(energyDigits: digits)
    let fullLoad_mWh = Int64(3 * 230 * 105) * 1000 * 4000
    #expect(options.energyCapacity_kWh * 1_000_000 > fullLoad_mWh)
    let capacity_mWh = options.energyCapacity_kWh * 1_000_000
    #expect(shown(capacity_mWh, .energy, options) == shown(0, .energy, options))
    #expect(shown(capacity_mWh - 1, .energy, options) != shown(0, .energy, options))
    let text = shown(fullLoad_mWh, .energy, options)
    #expect(text == (digits == .sevenZero ? "0289800" : "289800.0"))
  }

  /// Nothing that fits 64 bits can trap a format, and what is shown has its format's shape.
  @Test(arguments: QuantityID.allCases)
  func everyQuantityFormatsAtAnyReading(quantity: QuantityID) {
    var random = SplitMix64(seed: 0x61A55 &+ UInt64(quantity.rawValue))
    var readings: [Int64] = [.min, .min + 1, .max, .max - 1, 0, 1, -1]
    for bit in 0..<63 { readings += [1 << bit, -(1 << bit), (1 << bit) - 1, 1 - (1 << bit)] }
    for _ in 0..<100 {
      readings.append(Int64(bitPattern: random.next() >> UInt64(random.below(64))))
    }
    let isDoor = quantity.row.format == .door
    let allowed = Set("0123456789.:-ABCDEFL")
    for leadingZeros in [true, false] {
      for digits in DisplayOptions.EnergyDigits.allCases {
        let options = DisplayOptions(energyDigits: digits, leadingZeros: leadingZeros)
        for raw in readings {
          let text = shown(raw, quantity.row.format, options)
          let digits = text.filter { $0 != "." && $0 != ":" }
          // An expectation for each of 120,000 texts would take longer than the texts.
          if text.isEmpty != isDoor || digits.count > 8 || !text.allSatisfy(allowed.contains) {
            Issue.record("\(raw) is shown as \(text)")
          }
        }
      }
    }
  }

  /// The shown register never runs ahead of the register and follows it within one last digit.
  @Test func shownEnergyIsTheRegisterModuloItsDigits() throws {
    var random = SplitMix64(seed: 20_000)
    for _ in 0..<2_000 {
      let raw = Int64(random.next() >> UInt64(1 + random.below(40)))
      #expect(Int64(shown(raw, .energy)) == raw / 1_000_000 % 10_000_000)
      let tenths = shown(raw, .energy, DisplayOptions(energyDigits: .sixOne))
      #expect(Int64(tenths.filter { $0 != "." }) == raw / 100_000 % 10_000_000)
      let fine = shown(raw, .fineEnergy)
      #expect(Int64(fine.filter { $0 != "." }) == raw / 100 % 10_000_000)
    }
  }
}

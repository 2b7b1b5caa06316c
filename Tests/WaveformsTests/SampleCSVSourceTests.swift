import Foundation
import Metrology
import Testing

@testable import Waveforms

@Suite struct SampleCSVSourceTests {
  /// 325 V and 7 A peak at 50 Hz, with offsets, 0.2 s.
  static func table(
    rate: Double, header: String, separator: String = ",", comma: Bool = false, digits: Int = 6,
    from start: Double = 0
  ) -> String {
    var text = header
    for n in 0..<Int(rate / 5) {
      let wave = sin(2 * .pi * 50 * Double(n) / rate)
      var row = [
        String(format: "%.\(digits)f", start + Double(n) / rate),
        String(format: "%.4f", 325 * wave + 1), String(format: "%.5f", 7 * wave - 0.1),
      ].joined(separator: "|")
      if comma { row = row.replacingOccurrences(of: ".", with: ",") }
      text += row.replacingOccurrences(of: "|", with: separator) + "\n"
    }
    return text
  }

  @Test(arguments: [
    (4000.0, "time_s,u1_V,i1_A\n", ",", false, 6), (6400, "time_s,u1_V,i1_A\n", ",", false, 6),
    (6400, "t;v;i\n", ";", true, 5), (8000, "", "\t", false, 6),
    (3906.25, "seconds\tU_V\tI_A\n", "\t", false, 9),
  ])
  func forms(
    rate: Double, header: String, separator: String, comma: Bool, digits: Int
  ) throws {
    let text = Self.table(
      rate: rate, header: header, separator: separator, comma: comma, digits: digits, from: 1)
    var csv = try SampleCSVSource(source(text))
    #expect(csv.rate.hertz == rate)
    #expect(csv.connected == [true, false, false])
    var buffer = SampleBuffer()
    _ = try csv.read(into: &buffer, limit: 1)
    let drained = try Drained(&csv, capacity: 100)
    #expect(drained.count == csv.sampleCount - 1)
    let truth = try #require(csv.truth)
    // Offsets are taken off.
    #expect(abs(truth.phases[0].import_J / (325 * 7 / 2 * 0.2) - 1) < 2e-3)
    #expect(drained.peak <= 8_000_000)
  }

  @Test func threePhasesWithUnitsAndRate() throws {
    let text = "i2_mA,u2_kV,u1,i1,i3_A,v3_mV\n# one row\n2000,0.1,5,6,-7,-8000\n0,0,0,0,0,0\n"
    var csv = try SampleCSVSource(source(text), rate: SampleRate(4000))
    var buffer = SampleBuffer()
    #expect(try csv.read(into: &buffer) == 2)
    let values = (0..<6).map { channel in
      Double(buffer.channel(channel)[0])
        * (channel % 2 == 0 ? csv.scales[channel / 2].volts : csv.scales[channel / 2].amperes)
    }
    for (value, expected) in zip(values, [5, 6, 100, 2, -8, -7] as [Double]) {
      #expect(abs(value / expected - 1) < 1e-6)
    }
    #expect(try csv.read(into: &buffer) == 0)
  }

  @Test(arguments: [
    ("", 1, "empty"), ("time_s,u1_V\n0,1\n", 1, "i1"), ("time_s,u1_V,i2_A\n0,1,1\n", 1, "i1"),
    ("time_s,u1_V,i1_A,x\n", 1, "header"), ("time_s,u1_V,u1_V,i1_A\n", 1, "u1"),
    ("time_s,u1_V,i1_A\n0,1,nan\n", 2, "finite"), ("time_s,u1_V,i1_A\n0,1,inf\n", 2, "finite"),
    ("time_s,u1_V,i1_A\n0,1,-1e400\n", 2, "finite"), ("time_s,u1_V,i1_A\n0,1\n", 2, "3 columns"),
    ("time_s,u1_V,i1_A\n0,1,0x10\n", 2, "finite"), ("time_s,u1_V,i1_A\n0,1,\n", 2, "finite"),
    ("time_s,u1_V,i1_A\n0,1,2000000\n", 2, "finite"),
    ("time_s,u1_V,i1_A\n0,1,1\n0.00025,1,1\n0.00075,1,1\n", 4, "even step"),
    ("time_s,u1_V,i1_A\n0,1,1\n0,1,1\n", 3, "even step"),
    ("time_s,u1_V,i1_A\n0,1,1\n0.1,1,1\n", 3, "2,000 Hz"), ("0,1,1\n", 1, "2,000 Hz"),
    ("1\n", 1, "columns"), ("1,2,3,4,5,6,7,8\n", 1, "8 columns"),
  ])
  func refusals(text: String, line: Int, words: String) {
    #expect {
      _ = try SampleCSVSource(source(text))
    } throws: { error in
      guard let error = error as? SourceError else { return false }
      return error.place == .line(line) && error.exitCode == 65 && "\(error)".contains(words)
    }
  }

  @Test func usage() {
    #expect {
      _ = try SampleCSVSource(source("u1,i1\n1,2\n"))
    } throws: { ($0 as? SourceError)?.exitCode == 64 }
    let long = String(repeating: "1", count: 70_000)
    #expect {
      _ = try SampleCSVSource(source("u1,i1\n\(long),2\n"), rate: SampleRate(4000))
    } throws: { "\($0)".contains("65,536") }
  }

  @Test(arguments: [
    ("1", 1.0), ("-12.5", -12.5), ("+3.25e-2", 0.0325), ("0.1", 0.1),
    ("123456789012345", 123_456_789_012_345),
    ("1234567890.123456789", 1_234_567_890.123456789), ("1e5", 1e5), (".5", 0.5), ("5.", 5),
    ("0.000000000000000000001", 1e-21), ("9007199254740994", 9_007_199_254_740_994),
  ])
  func numbers(text: String, value: Double) {
    let bytes = Array(text.utf8)
    #expect(DecimalNumber.parse(bytes, 0..<bytes.count) == value)
  }

  @Test(arguments: ["", "-", ".", "e5", "1e", "nan", "inf", "0x1", "1 2", "1,5", "--1", "1e999"])
  func noNumbers(text: String) {
    let bytes = Array(text.utf8)
    #expect(DecimalNumber.parse(bytes, 0..<bytes.count) == nil)
  }

  @Test(arguments: [
    ("2000-01-01T00:00:00Z", 0.0), ("2000-01-01 00:00", 0), ("2000-03-01T00:00:00.5", 5_184_000.5),
    ("2026-11-22T12:00:00+01:00", 848_660_400), ("1999-12-31T23:00:00-0100", 0),
  ])
  func dates(text: String, seconds: Double) {
    #expect(CivilSeconds.parse(text) == seconds)
  }

  @Test(arguments: [
    "", "2000", "2000-13-01T00:00", "2001-02-29T00:00", "2000-01-01T24:00", "2000-01-01T00:00Zx",
    "2000-01-01T00:00:60", "2000-01-01T00:00+", "2000-01-01T00:00:00.",
  ])
  func noDates(text: String) { #expect(CivilSeconds.parse(text) == nil) }
}

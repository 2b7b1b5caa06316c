import Meter
import MeterTime
import Quantities
import Testing
import Waveforms

@testable import VirtualMeter

@Suite("Results")
struct ResultTests {
  @Test("codes are those of the meter's directory, except where OBIS splits a signed quantity")
  func codes() {
    for row in ResultTable.registers + ResultTable.instantaneous where row.part == .signed {
      #expect(row.obis == "1-0:\(Self.short(row.quantity))", "\(row.quantity)")
    }
    let all = (ResultTable.registers + ResultTable.instantaneous).map(\.obis)
    #expect(Set(all).count == all.count)
  }

  private static func short(_ quantity: QuantityID) -> String {
    var bytes = [UInt8](repeating: 0, count: 11)
    var span = bytes.mutableSpan
    let count = quantity.row.obis.writeShort(into: &span)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// A run of the generator, ended before its first sample.
  private func glass(_ instant: Instant, after slices: Int) throws -> GlassPicture {
    var setup = MeterSetup()
    setup.generator.angle_degrees = [30]
    let source = try SignalGenerator(setup.generatorSignal)
    let end = instant + .milliseconds(200 * Int64(slices))
    var run = try MeterRun(
      setup: MeterRun.Setup(start: instant, until: end, speed: .infinity), source: source,
      mailbox: Mailbox(), folder: nil)
    _ = try run.run()
    return run.picture
  }

  @Test("the picture says what the glass shows: display test, then the first view")
  func picture() throws {
    let start = Instant(seconds: 800_000_000)
    let test = try glass(start, after: 5)
    #expect(test.value == Array(repeating: 0x7F, count: 8))
    #expect(test.symbols.filter { !$0.isLit }.isEmpty)
    #expect(test.quadrants == [true, true, true, true])
    let first = try glass(start, after: 60)
    #expect(first.identificationText == "1.8.0")
    #expect(first.valueText == "0000000")
    #expect(first.unit == "kWh  ")
    #expect(first.quadrants == [true, false, false, false])
    #expect(first.json["segments"] != nil)
  }

  @Test("a press of the button goes on in the display")
  func button() throws {
    let start = Instant(seconds: 800_000_000)
    let mailbox = Mailbox()
    let source = try SignalGenerator(MeterSetup().generatorSignal)
    var run = try MeterRun(
      setup: MeterRun.Setup(start: start, until: start + .seconds(30), speed: .infinity),
      source: source, mailbox: mailbox, folder: nil)
    var before = ""
    var pressed = false
    _ = try run.run { run in
      if !pressed, run.now >= start + .seconds(15) {
        before = run.picture.identificationText
        mailbox.post(.button(.short))
        mailbox.post(.button(.short))
        pressed = true
      }
    }
    // Two presses: the first enters the manual list, the second shows its next view.
    #expect(before == "1.8.0")
    #expect(run.picture.identificationText == "2.8.0")
  }

  @Test("until is exact to the sample", arguments: [1, 7, 999, 1000, 1001, 12_345])
  func until(_ milliseconds: Int64) throws {
    let start = Instant(seconds: 800_000_000)
    let source = try SignalGenerator(MeterSetup().generatorSignal)
    var run = try MeterRun(
      setup: MeterRun.Setup(
        start: start, until: start + .milliseconds(milliseconds), speed: .infinity),
      source: source, mailbox: Mailbox(), folder: nil)
    #expect(try run.run() == .until)
    #expect(run.samples == UInt64(milliseconds * 4))
  }
}

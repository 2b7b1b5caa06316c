import Foundation
import Testing
import Waveforms

@testable import VirtualMeter

/// The generator section as the signal that reaches the measuring systems.
@Suite struct ConfigurationSignalTests {
  /// Watts of all systems by the fundamentals.
  private func power(_ signal: Signal) -> Double {
    signal.phases.reduce(0) {
      $0 + $1.voltage_V * $1.current_A * cos($1.lag_deg * .pi / 180)
    }
  }

  static let connections: [(String, Double)] = [
    ("382LxG", 3 * 230 * 10 * 0.5), ("382LxG-5(85)-1x230", 230 * 10 * 0.5),
    ("382LxG-5(85)-2x230/400", 2 * 230 * 10 * 0.5),
    ("382LxG-5(85)-3x230A", 3.0.squareRoot() * 230 * 10 * 0.5),
  ]

  @Test(arguments: connections)
  func powerOfAConnection(type: String, watts: Double) throws {
    var setup = try LabelTests.setup(type)
    setup.generator.current_A = [10]
    setup.generator.angle_degrees = [60]
    let signal = setup.generatorSignal
    #expect(abs(power(signal) - watts) < 1e-9)
    #expect(signal.frequency_Hz == 50)
    _ = try SignalGenerator(signal)
  }

  @Test func singleValuesAndHarmonics() throws {
    var setup = try LabelTests.setup("382LxG-5(85)-3x230/400-Q6")
    setup.generator.voltage_V = [230, 220, 210]
    setup.generator.rate_Hz = 8000
    setup.generator.currentHarmonics = [.init(order: 5, percent: 12, angle_degrees: 180)]
    let signal = setup.generatorSignal
    #expect(signal.phases.map(\.voltage_V) == [230, 220, 210])
    #expect(signal.phases.map(\.current_A) == [5, 5, 5])
    #expect(signal.phases[2].currentHarmonics == [Harmonic(5, 0.12, phase_deg: 180)])
    #expect(signal.rate.numerator == 8000)
    #expect(signal.frequency_Hz == 60)
  }
}

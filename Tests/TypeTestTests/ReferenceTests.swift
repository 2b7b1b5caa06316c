import Foundation
import LegalMeter
import Meter
import Testing
import Waveforms

@testable import TypeTest

/// The reference in closed form against the Fourier series of the source.
@Suite struct ReferenceTests {
  static func variant(_ voltage: NominalVoltage, aron: Bool = false) throws -> MeterVariant {
    var request = VariantRequest()
    request.voltage = voltage
    if aron { request.wiring = .aron }
    return try MeterVariant(request)
  }

  static let variants = ["four", "two", "one", "aron"]

  static func variant(named name: String) throws -> MeterVariant {
    switch name {
    case "aron": try variant(.v3x230, aron: true)
    case "one": try variant(.v1x230)
    case "two": try variant(.v2x230_400)
    default: .standard
    }
  }

  @Test("every wave on every connection", arguments: WaveformID.allCases, variants)
  func waves(waveform: WaveformID, name: String) throws {
    let variant = try Self.variant(named: name)
    for lag in [0.0, 60, 143.13, 222] {
      for isReversed in [false, true] {
        var conditions = TestConditions(current_A: 7, lag_deg: lag)
        conditions.waveform = waveform
        conditions.isSequenceReversed = isReversed
        let terminals = TerminalSignal(conditions, variant: variant)
        let reference = ReferencePower(terminals)
        let source = try SignalGenerator(terminals.signal)
        for phase in 0..<3 {
          let truth = source.analytic[phase]
          #expect(abs(reference.active_W[phase] - truth.active_W) < 1e-4)
          #expect(abs(reference.reactive_var[phase] - truth.reactive_var) < 1e-4)
        }
      }
    }
  }

  @Test("Aron measures a balanced three-wire load: √3 · U · I · cos φ")
  func aron() throws {
    let variant = try Self.variant(.v3x230, aron: true)
    for lag in [0.0, 60, 90, 300] {
      let reference = ReferencePower(
        TerminalSignal(TestConditions(current_A: 10, lag_deg: lag), variant: variant))
      let angle = lag * .pi / 180
      let whole = 3.0.squareRoot() * 230 * 10
      #expect(abs(reference.active_W.reduce(0, +) - whole * cos(angle)) < 1e-9)
      #expect(abs(reference.reactive_var.reduce(0, +) - whole * sin(angle)) < 1e-9)
      #expect(reference.power(of: .activeImport) >= 0)
    }
  }

  @Test("individual summation counts both directions, vector sum the net")
  func summation() throws {
    var conditions = TestConditions(current_A: 10)
    conditions.reversed = .l2
    var request = VariantRequest()
    request.summation = .vector
    let vector = ReferencePower(
      TerminalSignal(conditions, variant: try MeterVariant(request)))
    let single = ReferencePower(TerminalSignal(conditions, variant: .standard))
    #expect(abs(single.power(of: .activeImport) - 4600) < 1e-9)
    #expect(abs(single.power(of: .activeExport) - 2300) < 1e-9)
    #expect(abs(vector.power(of: .activeImport) - 2300) < 1e-9)
    #expect(vector.power(of: .activeExport) == 0)
  }

  @Test("systems that the meter does not have stay dark")
  func systems() throws {
    let one = TerminalSignal(
      TestConditions(current_A: 5), variant: try Self.variant(.v1x230))
    #expect(one.signal.phases.map(\.voltage_V) == [230, 0, 0])
    #expect(one.signal.phases.map(\.current_A) == [5, 0, 0])
    let state = TerminalSignal(TestConditions(current_A: 5, lag_deg: 60), variant: .standard)
      .state(point: "p", meter: 0)
    #expect(state.voltages.map(\.angle_deg) == [0, -120, -240])
    #expect(state.currents.map(\.angle_deg) == [-60, -180, -300])
  }
}

import MeterTime
import Testing

@testable import Meter

@Suite struct NeutralLossTests {
  private static let third: UInt32 = 1_431_655_765

  /// Seconds until an outcome, nil within five minutes.
  private static func seconds(
    _ loss: inout NeutralLoss, _ volts: [Double], angles: [UInt32] = [0, 2 &* third, third],
    _ parameters: NeutralLossParameters = NeutralLossParameters(),
    until wanted: NeutralLoss.Outcome = .began
  ) -> Int? {
    var u = InlineArray<3, Int32>(repeating: 0)
    var a = InlineArray<3, UInt32>(repeating: 0)
    for k in 0..<3 {
      u[k] = Int32(volts[k] * 1000)
      a[k] = angles[k]
    }
    for second in 1...300 {
      let outcome = loss.step(
        voltages_mV: u, angles: a, nominal_mV: 230_000, span: .seconds(1), parameters)
      if outcome == wanted { return second }
    }
    return nil
  }

  @Test(
    "two phases above 253 V and one below 190 V for 60 s",
    arguments: [
      ([260, 262, 170.0], 60), ([254, 254, 189.0], 60), ([252, 262, 170.0], nil),
      ([260, 262, 191.0], nil), ([260, 170, 170.0], nil), ([260, 260, 260.0], nil),
      ([230, 230, 230.0], nil), ([230, 230, 0.0], nil),
    ] as [([Double], Int?)])
  func thresholds(volts: [Double], expected: Int?) {
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, volts)
    #expect(found == expected)
    #expect(loss.isLost == (expected != nil))
  }

  @Test("it ends when the signs have been gone for as long")
  func end() {
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, [260, 260, 160])
    #expect(found == 60)
    let end = Self.seconds(&loss, [230, 230, 230], until: .ended)
    #expect(end == 60)
    #expect(!loss.isLost)
  }

  @Test("the neutral voltage is a third of the sum of the phasors")
  func neutralVoltage() {
    var loss = NeutralLoss()
    _ = Self.seconds(&loss, [230, 230, 230])
    #expect(loss.voltage_mV < 10)
    // Star point moved by 60 V against L1: 170 V on L1, √(290² - ...) on the others.
    let other = (230.0 * 230 + 60 * 60 + 230 * 60).squareRoot()
    // Angle of L2 seen from the moved star: atan2(-199.19, -175).
    let angle = 3.991_607_7 / (2 * Double.pi)
    let l2 = UInt32(angle * 4_294_967_296)
    _ = Self.seconds(&loss, [170, other, other], angles: [0, l2, 0 &- l2])
    #expect(abs(loss.voltage_mV - 60_000) < 100, "\(loss.voltage_mV)")
  }

  @Test("the zero-sequence criterion finds what the thresholds miss, and can be left out")
  func zeroSequence() {
    let other = (230.0 * 230 + 50 * 50 - 230 * 50).squareRoot()
    let l2 = UInt32((2 * Double.pi - 1.886_2) / (2 * Double.pi) * 4_294_967_296)
    var parameters = NeutralLossParameters()
    parameters.high_V = 350
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, [280, other, other], angles: [0, l2, 0 &- l2], parameters)
    #expect(found == nil)
    parameters.zeroSequence_V = 30
    let seen = Self.seconds(&loss, [280, other, other], angles: [0, l2, 0 &- l2], parameters)
    #expect(seen == 60)
  }

  @Test("without three live phases the neutral voltage is void: a blown fuse is no lost neutral")
  func blownFuse() {
    var parameters = NeutralLossParameters()
    parameters.zeroSequence_V = 30
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, [230, 230, 3], parameters)
    #expect(found == nil)
    #expect(loss.voltage_mV == 0)
  }

  @Test("blind spot: under a symmetric load the star point stays where it was")
  func symmetricLoad() {
    var parameters = NeutralLossParameters()
    parameters.zeroSequence_V = 5
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, [231, 230, 231], parameters)
    #expect(found == nil)
  }

  @Test("switched off it sees nothing")
  func off() {
    var parameters = NeutralLossParameters()
    parameters.isEnabled = false
    var loss = NeutralLoss()
    let found = Self.seconds(&loss, [260, 260, 100], parameters)
    #expect(found == nil)
  }
}

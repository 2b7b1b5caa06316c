import MeterFaults
import MeterTime
import Quantities
import Testing

@testable import Meter
@testable import Metrology

@Suite struct SmartDisconnectTests {
  /// Seconds from the start of a constant load until it trips; nil within a limit.
  private static func measure(
    _ value: Int64, _ parameters: SmartDisconnectParameters, limit: Int
  ) -> Int? {
    var smart = SmartDisconnect()
    for second in 1...limit
    where smart.step(value, unit: 1, span: .seconds(1), parameters) == .trip {
      return second
    }
    return nil
  }

  @Test("the characteristic: thresholds and times of the formula")
  func characteristic() {
    let p = SmartDisconnectParameters(limit: 20_000, k: (200, 150, 100), t: (5, 10, 20))
    #expect(p.refusal(largest: 85_000) == nil)
    #expect(Self.measure(20_000, p, limit: 500) == nil, "at the limit, not above")
    #expect(Self.measure(20_001, p, limit: 500) == 35)
    #expect(Self.measure(30_000, p, limit: 500) == 35)
    #expect(Self.measure(30_001, p, limit: 500) == 15)
    #expect(Self.measure(40_001, p, limit: 500) == 5)
    #expect(p.tripTime(20_000) == nil && p.tripTime(20_001) == 35)
  }

  @Test("a second below the threshold starts the time anew")
  func interruption() {
    let p = SmartDisconnectParameters(limit: 100, k: (100, 100, 100), t: (10, 10, 10))
    var smart = SmartDisconnect()
    var outcomes: [SmartDisconnect.Outcome] = []
    for second in 1...20 {
      let value: Int64 = second == 10 ? 100 : 200
      outcomes.append(smart.step(value, unit: 1, span: .seconds(1), p))
    }
    #expect(outcomes[0..<9].allSatisfy { $0 == .warning })
    #expect(outcomes[9] == .normal)
    #expect(outcomes[10..<19].allSatisfy { $0 == .warning })
    #expect(outcomes[19] == .trip)
  }

  @Test("parameters outside their ranges or out of order are refused")
  func validation() {
    let good = SmartDisconnectParameters()
    #expect(good.refusal(largest: 85_000) == nil)
    typealias Change = (inout SmartDisconnectParameters) -> Void
    let cases: [(SmartDisconnectParameters.Refusal, Change)] = [
      (.limit, { $0.limit = 0 }), (.limit, { $0.limit = 85_001 }),
      (.factor, { $0.k3 = 9 }), (.factor, { $0.k1 = 1001 }),
      (.factorOrder, { $0.k2 = $0.k1 + 1 }), (.factorOrder, { $0.k3 = $0.k2 + 1 }),
      (.time, { $0.t1 = 0 }), (.time, { $0.t3 = 3601 }), (.timeOrder, { $0.t1 = $0.t2 + 1 }),
      (.timeOrder, { $0.t3 = $0.t2 - 1 }), (.wait, { $0.reconnectWait = 43_201 }),
    ]
    for (refusal, change) in cases {
      var p = good
      change(&p)
      #expect(p.refusal(largest: 85_000) == refusal)
    }
    #expect(Set(cases.map(\.0.rawValue)).count == SmartDisconnectParameters.Refusal.allCases.count)
  }

  /// Windows of 200 ms as the legal processor closes them, with a current on one phase.
  private static func window(_ milliamperes: Int32, _ watts: Int32, phase: Int) -> MeasuredWindow {
    var systems = (SystemWindow(), SystemWindow(), SystemWindow())
    func load(_ system: inout SystemWindow) {
      system.current_µA = milliamperes * 1000
      system.active_mW = watts * 1000
    }
    switch phase {
    case 0: load(&systems.0)
    case 1: load(&systems.1)
    default: load(&systems.2)
    }
    return MeasuredWindow(systems: systems, samples: 800, frequency_mHz: 50_000, isWhole: true)
  }

  @Test("200 random characteristics: measured trip times lie within a second of the formula")
  func randomCharacteristics() {
    var random = SplitMix64(seed: 382)
    var tripped = 0
    for _ in 0..<200 {
      let factors = (0..<3).map { _ in UInt16(50 + random.below(250)) }.sorted(by: >)
      let times = (0..<3).map { _ in UInt16(1 + random.below(40)) }.sorted()
      let byPower = random.below(2) == 0
      let p = SmartDisconnectParameters(
        limit: 1000 + UInt32(random.below(20_000)), k: (factors[0], factors[1], factors[2]),
        t: (times[0], times[1], times[2]))
      #expect(p.refusal(largest: 85_000) == nil)
      let value = Int32(Int64(p.limit) * Int64(30 + random.below(300)) / 100)
      let phase = random.below(3)
      var means = SecondMeans()
      var smart = SmartDisconnect()
      let onset = 5 + random.below(10)
      var measured: Double?
      for n in 1...(onset + 5 * 130) where measured == nil {
        let isOn = n > onset
        let window = Self.window(
          isOn && !byPower ? value : 0, isOn && byPower ? value : 0, phase: phase)
        guard means.add(window, rate: SampleRate(4000), phases: 7) else { continue }
        let outcome = smart.step(
          byPower ? means.power_mW : Int64(means.largestCurrent_mA), unit: byPower ? 1000 : 1,
          span: means.span, p)
        if outcome == .trip { measured = Double(n - onset) / 5 }
      }
      let formula = p.tripTime(Int64(value)).map(Double.init)
      if let formula, let measured {
        tripped += 1
        #expect(abs(measured - formula) <= 1, "\(p) \(value): \(measured) for \(formula)")
      } else {
        #expect(formula == nil && measured == nil, "\(p) \(value)")
      }
    }
    #expect(tripped > 100)
  }
}

import LegalMeter
import Meter
import Quantities
import Testing

@testable import TypeTest

@Suite("Points of the standards") struct StandardsPointsTests {
  static func variants() throws -> [(String, MeterVariant)] {
    [
      ("four wires", try StandardsTests.variant()),
      ("105 A", try StandardsTests.variant(.a5_105)),
      ("import", try StandardsTests.variant { $0.energyType = .activeImport }),
      ("two ways", try StandardsTests.variant { $0.energyType = .activeImportExport }),
      ("two systems", try StandardsTests.variant { $0.voltage = .v2x230_400 }),
      ("one system", try StandardsTests.variant { $0.voltage = .v1x230 }),
      (
        "Aron",
        try StandardsTests.variant {
          $0.voltage = .v3x230
          $0.wiring = .aron
        }
      ),
    ]
  }

  @Test("identifiers are unique, titles are said, limits are positive, loads are on the meter")
  func points() throws {
    for (name, variant) in try Self.variants() {
      for standard in Standard.allCases {
        for meterClass in standard.classes {
          let points = standard.points(class: meterClass, variant: variant)
          let place = "\(name), \(standard.rawValue), \(meterClass.rawValue)"
          #expect(!points.isEmpty, "\(place)")
          let ids = Dictionary(grouping: points, by: \.id).filter { $0.value.count > 1 }
          #expect(ids.isEmpty, "\(place): \(ids.keys.sorted().prefix(3))")
          for point in points { check(point, variant, place) }
        }
      }
    }
  }

  private func check(_ point: TestPoint, _ variant: MeterVariant, _ place: String) {
    #expect(!point.title.isEmpty && !point.clause.isEmpty, "\(place)")
    #expect(point.conditions.lag_deg >= 0 && point.conditions.lag_deg < 360, "\(place)")
    #expect(point.conditions.loaded.rawValue != 0 || point.procedure == .hardware)
    if case .notTested(let reason) = point.criterion {
      #expect(point.procedure == .hardware)
      #expect(!reason.isEmpty)
      return
    }
    #expect(variant.energyType.registers(point.conditions.register.kind), "\(place) \(point.id)")
    for (index, phase) in [Phase.l1, .l2, .l3].enumerated()
    where point.conditions.loaded != .all && point.conditions.loaded.contains(index: index) {
      #expect(variant.hasSystem(phase), "\(place) \(point.id)")
    }
    // The sign of the energy is that of its register.
    let sign = point.conditions.register.isExport ? -1.0 : 1
    if point.conditions.current_A > 0 {
      #expect(point.conditions.factor * sign > 0.1, "\(place) \(point.id)")
    }
  }

  @Test("loads of EN 50470-3 class C on the demo's meter")
  func classC() throws {
    let points = Standard.en50470.points(class: .c, variant: .standard)
    let errors = points.filter {
      $0.procedure == .error && $0.id.hasPrefix("intrinsic.balanced.A+")
    }
    let unity = errors.filter { $0.id.hasSuffix("cos1") }.map(\.conditions.current_A)
    #expect(unity == [0.15, 0.25, 0.5, 1, 2.5, 5, 10, 25, 42.5, 85])
    let low = try #require(points.first { $0.id == "intrinsic.balanced.A+.0.15A.cos1" })
    #expect(low.criterion == .errorLimit(percent: 1))
    #expect(low.confidence == .known)
    #expect(low.clause == "EN 50470-3:2006, 8.2")
    let late = try #require(points.first { $0.id == "intrinsic.balanced.A+.0.5A.cos0.5ind" })
    #expect(late.criterion == .errorLimit(percent: 0.6))
    #expect(abs(late.conditions.lag_deg - 60) < 1e-9)
    #expect(points.contains { $0.id == "intrinsic.L2.A-.85A.cos0.5ind" })
    #expect(points.contains { $0.id == "voltageUnbalance.balanced.A+.5A.cos1.only.L1+L3" })
    let hot = try #require(points.first { $0.id == "compositeFull.balanced.A+.85A.cos1.70C" })
    #expect(hot.criterion == .errorLimit(percent: 1.5))
    #expect(hot.confidence == .verified)
  }

  @Test("quadrants of reactive points")
  func quadrants() throws {
    let points = Standard.iec62053_23.points(class: .two, variant: .standard)
    func lag(_ id: String) -> Double {
      points.first { $0.id == id }?.conditions.lag_deg ?? .nan
    }
    #expect(abs(lag("intrinsic.balanced.R+.5A.sin0.5ind") - 30) < 1e-9)
    #expect(abs(lag("intrinsic.balanced.R+.5A.sin0.5ind.QII") - 150) < 1e-9)
    #expect(abs(lag("intrinsic.balanced.R-.5A.sin0.5cap") - 330) < 1e-9)
    #expect(abs(lag("intrinsic.balanced.R-.5A.sin0.5cap.QIII") - 210) < 1e-9)
    #expect(abs(lag("intrinsic.balanced.R-.5A.sin1") - 270) < 1e-9)
    let active = try StandardsTests.variant { $0.energyType = .activeImport }
    let none = Standard.iec62053_23.points(class: .two, variant: active)
    #expect(none.count == 1)
    #expect(none.first?.procedure == .hardware)
  }

  @Test("what does not apply to a variant is named, and what cannot be proved is named")
  func exceptions() throws {
    for (name, variant) in try Self.variants() {
      let points = Standard.en50470.points(class: .b, variant: variant)
      let physical = points.filter { $0.id.hasPrefix("hardware.") }
      #expect(physical.count == 7, "\(name)")
      let onePhase = points.filter { $0.id.hasPrefix("intrinsic.L") }
      #expect(onePhase.isEmpty == ["one system", "Aron"].contains(name), "\(name)")
      let sequence = points.filter { $0.id.hasPrefix("phaseSequence") }
      #expect(sequence.count == 1, "\(name)")
      #expect(
        (sequence.first?.procedure == .hardware) == ["one system", "two systems"].contains(name))
    }
    let overlay = Standard.iec62053_22.points(class: .s02, variant: .standard)
    #expect(overlay.allSatisfy { $0.procedure == .hardware || $0.criterion == .informative })
    #expect(overlay.first?.title.contains("limit 0.4 %") == true)
  }

  @Test("pulses: DIN 43864 up to 60 kW, the shorter pause above it")
  func pulses() throws {
    for (rating, count) in [(CurrentRating.a5_105, 2), (.a10_60, 1)] {
      let points = Standard.en50470.points(class: .b, variant: try StandardsTests.variant(rating))
        .filter { $0.procedure == .pulseTiming }
      #expect(points.count == count)
      #expect(points[0].criterion == .pulseTiming(width_ms: 30, pause_ms: 30))
      #expect(points[0].conditions.current_A < 87)
      if count == 2 {
        #expect(points[1].criterion == .pulseTiming(width_ms: 30, pause_ms: 15))
        #expect(points[1].conditions.current_A == 105)
      }
    }
  }
}

import Foundation
import LegalMeter
import Meter
import Testing

@testable import TypeTest

@Suite("Standards as data") struct StandardsTests {
  static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Vectors/typetest/limits.txt")

  /// The second table by the name of its standard, each line in one spelling.
  static func secondTable() throws -> [String: [String]] {
    var tables: [String: [String]] = [:]
    var name = ""
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      if line.hasPrefix("[") {
        name = String(line.dropFirst().dropLast())
        continue
      }
      let fields = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(fields.count == 6, "\(line)")
      tables[name, default: []].append(fields.joined(separator: " | "))
    }
    return tables
  }

  /// A row of the code in the spelling of the second table.
  static func spelled(_ row: LimitRow, _ classes: [MeterClass]) -> String {
    let limits = classes.compactMap { one -> String? in
      guard let limit = row.limits[one] else { return nil }
      let rounded = (limit * 1e6).rounded() / 1e6
      let whole = rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
      return "\(one.rawValue) \(whole)"
    }
    let factors = row.factors.map(\.rawValue)
    return [
      row.subject.rawValue, row.load.rawValue,
      factors.isEmpty ? "-" : factors.joined(separator: ", "), row.currents?.text ?? "-",
      limits.joined(separator: ", "), row.confidence.mark,
    ].joined(separator: " | ")
  }

  @Test(
    "every limit row stands in a second, independently typed table", arguments: Standard.allCases)
  func secondTyping(standard: Standard) throws {
    let table = try #require(try Self.secondTable()[standard.rawValue])
    let rows = standard.ownRows.map { Self.spelled($0, standard.classes) }
    #expect(Set(rows).subtracting(table).isEmpty, "only in the code")
    #expect(Set(table).subtracting(rows).isEmpty, "only in the second table")
    #expect(rows.count == table.count)
  }

  @Test("every row has a clause, a limit for a class of its standard, and no other class")
  func rowsAreWhole() {
    for standard in Standard.allCases {
      for row in standard.rows {
        #expect(!row.clause.isEmpty)
        #expect(!row.limits.isEmpty)
        #expect(Set(row.limits.keys).isSubset(of: standard.classes), "\(standard) \(row)")
        #expect(row.limits.values.allSatisfy { $0 >= 0 && $0.isFinite })
      }
      #expect(standard.classes.contains(standard.usualClass))
    }
  }

  /// Currents, times and energies of part 1 of the reference figures, class B.
  static let types: [(CurrentRating, [Double])] = [
    (.a5_85, [0.5, 0.25, 5, 0.020, 260.9, 15.1]), (.a5_105, [0.5, 0.25, 5, 0.020, 260.9, 15.1]),
    (.a10_60, [1, 0.5, 10, 0.040, 130.4, 7.6]), (.a10_65, [1, 0.5, 10, 0.040, 130.4, 7.6]),
    (.a10_85, [1, 0.5, 10, 0.040, 130.4, 7.6]),
  ]

  static func variant(
    _ rating: CurrentRating = .a5_85, _ change: (inout VariantRequest) -> Void = { _ in }
  ) throws -> MeterVariant {
    var request = VariantRequest()
    request.rating = rating
    request.hasSwitch = rating.existsWithSwitch
    change(&request)
    return try MeterVariant(request)
  }

  @Test("currents and durations of the types", arguments: types)
  func currents(type: (rating: CurrentRating, figures: [Double])) throws {
    let variant = try Self.variant(type.rating)
    let currents = TypeCurrents(.en50470, .b, variant)
    #expect(currents.transitional_A == type.figures[0])
    #expect(currents.minimum_A == type.figures[1])
    #expect(currents.basic_A == type.figures[2])
    #expect(abs(currents.starting_A - type.figures[3]) < 1e-12)
    #expect(abs(currents.starting_A - Double(variant.startingCurrent_mA) / 1000) < 1e-12)
    let points = Standard.en50470.points(class: .b, variant: variant)
    let start = try #require(points.first { $0.procedure == .starting })
    guard case .startsWithin(let seconds) = start.criterion else { return #expect(Bool(false)) }
    #expect(abs(seconds / 1.2 - type.figures[4]) < 0.05)
    let idle = try #require(points.first { $0.procedure == .noLoad })
    guard case .pulsesAtMost(let count, let duration) = idle.criterion else {
      return #expect(Bool(false))
    }
    #expect(count == 1)
    #expect(abs(duration / 60 - type.figures[5]) < 0.05)
    #expect(idle.conditions.current_A == 0)
    #expect(idle.conditions.voltageFactor == 1.15)
  }

  @Test("no-load times of 2003 and the register change at dips")
  func formulas() throws {
    for (rating, minutes, change) in [
      (CurrentRating.a5_85, 10.2, 0.0587), (.a5_105, 8.3, 0.0725),
    ] {
      let variant = try Self.variant(rating)
      let idle = Standard.iec62053_21.points(class: .one, variant: variant)
        .first { $0.procedure == .noLoad }
      guard case .pulsesAtMost(_, let seconds) = idle?.criterion else {
        return #expect(Bool(false))
      }
      #expect(abs(seconds / 60 - minutes) < 0.06)
      let dips = Standard.mid.points(class: .b, variant: variant)
        .filter { $0.procedure == .dips }
      #expect(dips.count == 3)
      guard case .registerChange(let kilowattHours) = dips.first?.criterion else {
        return #expect(Bool(false))
      }
      #expect(abs(kilowattHours - change) < 1e-4)
    }
  }

  @Test("types of the data sheet reach the ratios of EN 50470-1 and OIML R 46")
  func ratios() throws {
    for rating in CurrentRating.allCases {
      let variant = try Self.variant(rating)
      #expect(variant.maximumCurrent_mA >= 50 * variant.transitionalCurrent_mA)
      let currents = TypeCurrents(.en50470, .c, variant)
      let wanted = try #require(Standard.r46.limit(.rangeOverStart, .c))
      #expect(currents.maximum_A / currents.starting_A >= wanted)
    }
  }
}

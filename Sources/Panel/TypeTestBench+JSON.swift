import Foundation
import LegalMeter
import Meter
import TypeTest
import VirtualMeter

extension TypeTestBench {
  /// The few numbers that the stream of states carries, so that a page knows when to ask.
  var summary: JSONValue {
    let status = status
    return .object([
      ("run", .integer(status.run)), ("phase", .string(status.phase.rawValue)),
      ("done", .integer(status.done)), ("steps", .integer(status.steps)),
      ("points", .integer(status.results.count)),
    ])
  }
}

extension TypeTestBench.Status {
  /// Everything, with the points from a number on.
  func json(since: Int) -> JSONValue {
    let first = min(max(since, 0), results.count)
    let failed = results.filter { $0.verdict == .failed }.count
    let points = results[first...].enumerated().map { offset, result in
      json(result, number: first + offset)
    }
    var members: [(key: String, value: JSONValue)] = [
      ("run", .integer(run)), ("phase", .string(phase.rawValue)), ("planned", .integer(planned)),
      ("done", .integer(done)), ("steps", .integer(steps)), ("failed", .integer(failed)),
      ("next", .integer(results.count)), ("points", .array(points)), ("treads", treads),
    ]
    members.append(("order", order?.json ?? .null))
    members.append(("remaining_s", Self.number(remaining_s, 1)))
    members.append(("message", message.map { JSONValue.string($0) } ?? .null))
    members.append(("source", source.map { json($0) } ?? .null))
    members.append(("report", report.map { json($0) } ?? .null))
    return .object(members)
  }

  private static func number(_ value: Double?, _ decimals: Int) -> JSONValue {
    value.map { JSONValue.plain($0, decimals) } ?? .null
  }

  private func json(_ report: TypeTestReport) -> JSONValue {
    .object([
      ("passed", .bool(report.hasPassed)), ("standard", .string(report.subject.standard)),
      ("class", .string(report.subject.accuracyClass)),
      ("variant", .string(report.subject.variant)),
      ("meters", .integer(report.subject.meters)), ("elapsed_s", .plain(report.elapsed_s, 2)),
    ])
  }

  private func json(_ result: TestPointResult, number: Int) -> JSONValue {
    let conditions = result.point.conditions
    let isInFunnel =
      PointGroup(result.point) == .intrinsic && conditions.current_A > 0
      && result.unit == .percent
    var members: [(key: String, value: JSONValue)] = [
      ("number", .integer(number)), ("id", .string(result.point.id)),
      ("title", .string(result.point.title)), ("clause", .string(result.point.clause)),
      ("group", .string(PointGroup(result.point)?.rawValue ?? "")),
      ("funnel", .bool(isInFunnel)), ("current_A", .plain(conditions.current_A, 4)),
      ("balanced", .bool(conditions.loaded == .all)), ("limit", .string(result.limitText)),
      ("unit", .string(result.unit.rawValue)), ("verdict", .string(result.verdict.word)),
    ]
    members.append(("mean", Self.number(result.figures?.mean, 6)))
    members.append(("lowest", Self.number(result.figures?.minimum, 6)))
    members.append(("highest", Self.number(result.figures?.maximum, 6)))
    members.append(("used", Self.number(result.usedShare, 4)))
    members.append(("reason", result.verdict.reason.map { JSONValue.string($0) } ?? .null))
    return .object(members)
  }

  private func json(_ source: SourceState) -> JSONValue {
    func vector(_ all: [SourceState.Vector], _ index: Int) -> SourceState.Vector {
      index < all.count ? all[index] : SourceState.Vector(rms: 0, angle_deg: 0)
    }
    let phases = (0..<3).map { index -> JSONValue in
      let (u, i) = (vector(source.voltages, index), vector(source.currents, index))
      return .object([
        ("u_V", .plain(u.rms, 3)), ("u_deg", .plain(u.angle_deg, 2)),
        ("i_A", .plain(i.rms, 4)), ("i_deg", .plain(i.angle_deg, 2)),
      ])
    }
    let conditions = source.conditions
    return .object([
      ("point", .string(source.point)), ("meter", .integer(source.meter + 1)),
      ("waveform", .string(conditions.waveform.rawValue)),
      ("frequency", .plain(conditions.frequencyFactor, 3)),
      ("temperature_C", .plain(conditions.temperature_C, 1)), ("phases", .array(phases)),
    ])
  }

  /// The staircase of the main load: balanced, power factor 1.
  private var treads: JSONValue {
    guard let order else { return .array([]) }
    let currents = TypeCurrents(order.standard, order.meterClass, order.variant)
    let factor: LoadFactor = order.standard.isReactive ? .sineUnity : .unity
    let rows = order.standard.rows.filter {
      $0.subject == .error && $0.load == .balanced && $0.factors.contains(factor)
    }
    return .array(
      rows.compactMap { row in
        guard let span = row.currents, let limit = row.limits[order.meterClass] else {
          return nil
        }
        return .object([
          ("from_A", .plain(currents.amperes(span.from), 5)),
          ("to_A", .plain(currents.amperes(span.to), 5)), ("limit_percent", .plain(limit, 4)),
        ])
      })
  }
}

extension TypeTestBench.Order {
  var json: JSONValue {
    .object([
      ("standard", .string(standard.rawValue)), ("title", .string(standard.title)),
      ("class", .string(meterClass.rawValue)), ("variant", .string("\(TypeString(variant))")),
      ("meters", .integer(meters)), ("seed", .string(String(seed))),
    ])
  }

  /// Reads an order; what is left out is as usual.
  ///
  /// - Throws: `bad_request` for what is no order.
  init(_ body: [String: Any], usual variant: MeterVariant) throws(Refusal) {
    let name = body["standard"] as? String ?? Standard.en50470.rawValue
    guard let standard = Standard(named: name) else {
      throw Self.refusal(
        "standard is «\(name.prefix(40))»",
        Standard.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let className = body["class"] as? String ?? standard.usualClass.rawValue
    guard let meterClass = standard.classes.first(where: { $0.rawValue == className }) else {
      throw Self.refusal(
        "class is «\(className.prefix(20))»",
        "one of " + standard.classes.map(\.rawValue).joined(separator: ", "))
    }
    self.standard = standard
    self.meterClass = meterClass
    meters = try Self.integer(body["meters"], "meters", 1...TypeTestBench.mostMeters, 1)
    seed = UInt64(try Self.integer(body["seed"], "seed", 0...Int(Int32.max), 1))
    self.variant = variant
    if let text = body["variant"] as? String {
      guard text.utf8.count <= TypeString.maximumBytes,
        let read = try? MeterVariant(typeString: Array(text.utf8).span)
      else {
        throw Self.refusal(
          "variant is «\(text.prefix(40))»", "a type string such as \(TypeString(variant))")
      }
      self.variant = read
    }
  }

  private static func integer(
    _ value: Any?, _ name: String, _ range: ClosedRange<Int>, _ usual: Int
  ) throws(Refusal) -> Int {
    guard let value else { return usual }
    guard let number = value as? NSNumber, String(cString: number.objCType) != "c",
      let whole = Int(exactly: number.doubleValue), range.contains(whole)
    else {
      throw refusal("\(name) is no such number", "\(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  private static func refusal(_ what: String, _ expected: String) -> Refusal {
    Refusal(
      .badRequest, what: what, expected: expected, next: "see /api/v1/typetest/choices")
  }
}

/// What may be chosen.
enum TypeTestChoices {
  /// Standards with their classes, and types of meters.
  static func json(_ own: MeterVariant) -> JSONValue {
    .object([
      ("usual", .string(Standard.en50470.rawValue)),
      ("most_meters", .integer(TypeTestBench.mostMeters)),
      (
        "standards",
        .array(
          Standard.allCases.map { standard in
            .object([
              ("id", .string(standard.rawValue)), ("title", .string(standard.title)),
              ("note", .string(standard.note)),
              ("classes", .array(standard.classes.map { .string($0.rawValue) })),
              ("usual_class", .string(standard.usualClass.rawValue)),
            ])
          })
      ),
      ("variants", .array(variants(own).map { .string("\(TypeString($0))") })),
    ])
  }

  /// The running meter's own type first, then each rating, and each way of connecting.
  static func variants(_ own: MeterVariant) -> [MeterVariant] {
    var found = [own]
    func add(_ change: (inout VariantRequest) -> Void) {
      var request = VariantRequest()
      change(&request)
      request.hasSwitch = request.rating.existsWithSwitch
      if let variant = try? MeterVariant(request), !found.contains(variant) {
        found.append(variant)
      }
    }
    for rating in CurrentRating.allCases { add { $0.rating = rating } }
    add { $0.voltage = .v2x230_400 }
    add { $0.voltage = .v1x230 }
    add {
      $0.voltage = .v3x230
      $0.wiring = .aron
    }
    return found
  }
}

import LegalMeter
import Meter
import Quantities

extension Standard {
  /// The points of a class for a meter variant, in the order of the standard.
  ///
  /// What cannot be tested on this variant, or by software at all, is in the list too, with the
  /// reason. Every limit comes from `rows`.
  public func points(class meterClass: MeterClass, variant: MeterVariant) -> [TestPoint] {
    var planner = PointPlanner(self, meterClass, variant)
    planner.plan()
    return planner.points
  }
}

/// Expands the lines of a standard into what the bench carries out.
struct PointPlanner {
  let standard: Standard
  let meterClass: MeterClass
  let variant: MeterVariant
  let currents: TypeCurrents
  /// Measuring systems by phase, L1 first.
  let systems: [PhaseSet]
  private(set) var points: [TestPoint] = []

  init(_ standard: Standard, _ meterClass: MeterClass, _ variant: MeterVariant) {
    self.standard = standard
    self.meterClass = meterClass
    self.variant = variant
    currents = TypeCurrents(standard, meterClass, variant)
    systems = Phase.allCases.filter(variant.hasSystem).map { phase in
      phase == .l1 ? .l1 : phase == .l2 ? .l2 : .l3
    }
  }

  /// Impulses per kWh of the meter's light.
  static let pulsesPerKilowattHour = 1000.0
  /// Nominal voltage of a measuring system, V.
  var nominal_V: Double { Double(MeterVariant.systemVoltage_mV) / 1000 }
  var isAron: Bool { variant.connection == .aron }
  /// All systems that the meter has, where one of them is to be left out; a balanced load is
  /// `PhaseSet.all`.
  var all: PhaseSet { systems.reduce(into: PhaseSet()) { $0.formUnion($1) } }

  /// Power of a balanced load at cos φ 1 and nominal voltage, W.
  func power_W(_ amperes: Double, systems count: Int? = nil) -> Double {
    let elements = isAron ? 3.0.squareRoot() : Double(count ?? systems.count)
    return elements * nominal_V * amperes
  }

  mutating func plan() {
    if standard.isReactive, !variant.energyType.registers(.reactiveImport) {
      points = [missing("reactive", "reactive energy", "the meter registers no reactive energy")]
      return
    }
    for row in standard.rows {
      guard let limit = row.limits[meterClass] else { continue }
      add(row, limit)
    }
    addCommon()
  }

  private mutating func add(_ row: LimitRow, _ limit: Double) {
    if row.subject.isPhysical {
      let reason = "only hardware can prove it; permitted change \(Self.short(limit)) %"
      points.append(
        missing("hardware.\(row.subject.rawValue)", row.subject.title, reason, of: row))
      return
    }
    if row.load == .onePhase, systems.count < 2 { return }
    if let reason = refusal(row) {
      let id = "\(row.subject.word).\(row.load == .onePhase ? "onePhase." : "")"
      let name = row.factors.map(\.word).joined(separator: "+")
      points.append(
        missing("\(id)\(row.currents?.text ?? "").\(name)", row.subject.title, reason, of: row))
      return
    }
    switch row.subject {
    case .error: addErrors(row, limit)
    case .loadDifference: addDifferences(row, limit)
    case .repeatability: addRepeats(row, limit)
    case .voltage, .voltageWide, .voltageLow, .frequency, .temperature, .selfHeating,
      .overcurrent:
      addInfluence(row, limit)
    case .fifthHarmonic, .halfWave, .oddHarmonics, .subHarmonics: addWaveform(row, limit)
    case .phaseSequence: addSequence(row, limit)
    case .voltageUnbalance: addUnbalance(row, limit)
    case .compositeNear, .compositeMiddle, .compositeWide, .compositeFull:
      addComposite(row, limit)
    default: addCount(row, limit)
    }
  }

  /// Why a line does not apply to this variant; nil where it does.
  private func refusal(_ row: LimitRow) -> String? {
    if isAron, row.load == .onePhase || row.subject == .voltageUnbalance {
      return "two systems in a three-wire network: no load and no voltage is of one phase alone"
    }
    if row.subject == .phaseSequence, systems.count < 3, !isAron {
      return "no phase sequence without three phases"
    }
    return row.subject == .voltageUnbalance && systems.count < 2
      ? "a single-phase meter has no unbalance" : nil
  }

  // MARK: building blocks

  func missing(
    _ id: String, _ title: String, _ reason: String, of row: LimitRow? = nil
  ) -> TestPoint {
    TestPoint(
      id: id, title: title, procedure: .hardware, clause: cite(row?.clause),
      confidence: row?.confidence ?? .known, conditions: TestConditions(current_A: 0),
      criterion: .notTested(reason: reason))
  }

  /// `EN 50470-3:2006, 8.2`.
  func cite(_ clause: String?) -> String {
    clause.map { "\(standard.title), \($0)" } ?? standard.title
  }

  mutating func append(
    _ row: LimitRow, _ procedure: TestProcedure, _ criterion: TestCriterion,
    _ conditions: TestConditions, reference: TestConditions? = nil, name: String = "",
    detail: String = ""
  ) {
    let factor = LoadWords(conditions, row.factors)
    var id = row.subject.word
    if row.load != .none {
      id += conditions.loaded == .all ? ".balanced" : ".\(conditions.loaded.text)"
      id += ".\(conditions.register.rawValue)"
    }
    if conditions.current_A > 0 { id += ".\(Self.short(conditions.current_A))A" }
    if row.load != .none { id += ".\(factor.word)" }
    if !name.isEmpty { id += "." + name }
    var title = row.subject == .error ? "" : row.subject.title + ", "
    title += factor.title(conditions)
    if !detail.isEmpty { title += ", " + detail }
    var point = TestPoint(
      id: id, title: title, procedure: procedure, clause: cite(row.clause),
      confidence: row.confidence, conditions: conditions, reference: reference,
      criterion: criterion)
    if standard.isInformative {
      point.title += " (limit \(Self.short(row.limits[meterClass] ?? 0)) \(row.subject.unit))"
      point.criterion = .informative
    }
    points.append(point)
  }

  /// Appends a point that is there already.
  mutating func append(_ point: TestPoint) { points.append(point) }

  /// Conditions of a load: angle by power factor and register.
  func load(
    _ amperes: Double, _ factor: LoadFactor, _ register: EnergyRegister,
    loaded: PhaseSet? = nil, isReturned: Bool = false
  ) -> TestConditions {
    var lag = factor.lag_deg
    if factor.isReactive {
      // QI and QIV with import, QII and QIII with export of active energy.
      let size = abs(factor.lag_deg)
      let inductive = register == .reactiveImport
      lag = isReturned ? 180 + (inductive ? -size : size) : inductive ? size : -size
    } else if register == .activeExport {
      lag += 180
    }
    let turned = lag < 0 ? lag + 360 : lag
    return TestConditions(
      current_A: amperes, lag_deg: turned, register: register, loaded: loaded ?? .all)
  }

  /// The registers to which a power factor applies.
  func registers(_ factor: LoadFactor) -> [EnergyRegister] {
    switch factor {
    case .sineUnity: [.reactiveImport, .reactiveExport]
    case .sineHalfInductive, .sineQuarterInductive: [.reactiveImport]
    case .sineHalfCapacitive, .sineQuarterCapacitive: [.reactiveExport]
    default:
      variant.energyType.registers(.activeExport)
        ? [.activeImport, .activeExport] : [.activeImport]
    }
  }

  /// The register of the import side.
  func mainRegister(_ factor: LoadFactor) -> EnergyRegister {
    registers(factor).first ?? .activeImport
  }

  static func short(_ value: Double) -> String {
    let rounded = (value * 10_000).rounded() / 10_000
    let text = "\(rounded)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A load in the words of titles and identifiers.
struct LoadWords {
  /// `cos1`, `cos0.5ind`, `sin0.5cap`, with `QII` where the other quadrant is meant.
  let word: String
  let text: String

  init(_ conditions: TestConditions, _ factors: [LoadFactor]) {
    let isReactive = !conditions.register.isActive
    let base =
      isReactive || conditions.register == .activeImport
      ? conditions.lag_deg : (conditions.lag_deg + 180).truncatingRemainder(dividingBy: 360)
    let folded = base > 180 ? base - 360 : base
    let isReturned = isReactive && abs(folded) > 90.001
    let plain = isReturned ? (folded > 0 ? 180 - folded : -180 - folded) : folded
    let sine05 = LoadFactor.sineHalfInductive.lag_deg
    let factor =
      factors.first { abs(abs($0.lag_deg) - abs(plain)) < 0.01 && ($0.lag_deg < 0) == (plain < 0) }
      ?? factors.first { abs(abs($0.lag_deg) - abs(plain)) < 0.01 }
      ?? (isReactive ? (abs(plain - sine05) < 0.01 ? .sineHalfInductive : .sineUnity) : .unity)
    word = factor.word + (isReturned ? (folded > 0 ? ".QII" : ".QIII") : "")
    text = factor.title + (isReturned ? (folded > 0 ? " (QII)" : " (QIII)") : "")
  }

  /// `A+ balanced, 0.5 A, cos φ 0.5 ind`.
  func title(_ conditions: TestConditions) -> String {
    guard conditions.current_A > 0 else { return "no current" }
    let pattern = conditions.loaded == .all ? "balanced" : "\(conditions.loaded.text) alone"
    let amperes = PointPlanner.short(conditions.current_A)
    return "\(conditions.register.rawValue) \(pattern), \(amperes) A, \(text)"
  }
}

extension LoadFactor {
  /// `cos1`, `cos0.5ind`, `sin0.25cap`.
  var word: String {
    let plain = rawValue.filter { $0 != " " }
    return isReactive ? plain : "cos" + plain
  }

  /// `cos φ 0.5 ind`, `sin φ 1`.
  public var title: String {
    isReactive ? "sin φ " + rawValue.dropFirst(4) : "cos φ " + rawValue
  }
}

import Charts
import Meter

/// What the pictures need to know beside the report: the standard, its class, the type's currents.
struct ReportContext {
  let report: TypeTestReport
  let standard: Standard?
  let meterClass: MeterClass?
  let variant: MeterVariant?

  init(_ report: TypeTestReport) {
    self.report = report
    standard = Standard(named: report.subject.standard)
    meterClass = MeterClass(rawValue: report.subject.accuracyClass)
    let text = Array(report.subject.variant.utf8)
    variant = try? MeterVariant(typeString: text.span)
  }

  /// Currents of the type as the standard of the report defines them.
  var currents: TypeCurrents? {
    guard let standard, let meterClass, let variant else { return nil }
    return TypeCurrents(standard, meterClass, variant)
  }

  /// The staircase of a standard's intrinsic error over the current in amperes.
  func staircase(
    _ standard: Standard, _ meterClass: MeterClass, load: LoadPattern, factor: LoadFactor
  ) -> [LimitBand.Tread] {
    guard let variant else { return [] }
    let currents = TypeCurrents(standard, meterClass, variant)
    let treads = standard.rows.compactMap { row -> LimitBand.Tread? in
      guard row.subject == .error, row.load == load, row.factors.contains(factor),
        let span = row.currents, let limit = row.limits[meterClass]
      else { return nil }
      return LimitBand.Tread(
        from: currents.amperes(span.from), to: currents.amperes(span.to), limit: limit)
    }
    return treads.sorted { $0.from < $1.from }
  }

  /// The limits of the error in operation over temperature, for currents from Itr.
  var operatingTreads: [LimitBand.Tread] {
    let classes: [MeterClass] = [.a, .b, .c]
    guard let meterClass, classes.contains(meterClass) else { return [] }
    func limit(_ subject: LimitSubject) -> Double? {
      Standard.mid.rows.first {
        $0.subject == subject && $0.load == .balanced && $0.currents?.from == .itr
      }?.limits[meterClass]
    }
    let bands: [(Double, Double, LimitSubject)] = [
      (-40, -25, .compositeFull), (-25, -10, .compositeWide), (-10, 5, .compositeMiddle),
      (5, 30, .compositeNear), (30, 40, .compositeMiddle), (40, 55, .compositeWide),
      (55, 70, .compositeFull),
    ]
    return bands.compactMap { from, to, subject in
      limit(subject).map { LimitBand.Tread(from: from, to: to, limit: $0) }
    }
  }
}

extension Standard {
  /// By its short name or its title; nil for what is none.
  public init?(named name: String) {
    let wanted = name.lowercased()
    guard
      let found = Standard.allCases.first(where: {
        $0.rawValue == wanted || $0.title.lowercased() == wanted
      })
    else { return nil }
    self = found
  }
}

import MeterFaults

/// `kvadrant memory torture`: the torture of all stores and of the whole meter.
public struct MemoryTorture: Sendable {
  /// What is done.
  public enum Kind: String, CaseIterable, Sendable {
    /// Cuts at random, life going on in between.
    case random
    /// Every byte of a script of 200 programs, every pair of its programs for every shape, every
    /// byte of the recovery's own programs.
    case exhaustive
    /// Every bit of a full memory flipped.
    case flips
  }

  public var kind: Kind
  public var cuts: Int
  public var seed: UInt64
  /// Every shape at every byte, where the exhaustive kind lets the shapes take turns.
  public var allShapes = false
  /// The only part to run; nil for all.
  public var script: String?

  public init(kind: Kind = .random, cuts: Int, seed: UInt64) {
    self.kind = kind
    self.cuts = cuts
    self.seed = seed
  }

  /// Stores, and the meter that has them all.
  public static var parts: [TorturePart] {
    Torture.parts + [TorturePart(MeterScript.self, share: 4)]
  }

  /// Runs it.
  ///
  /// - Throws: `usage` for a script that does not exist.
  public func run() throws(Failure) -> TortureReport {
    switch kind {
    case .random:
      let parts = Self.parts.filter { script == nil || $0.name == script }
      guard !parts.isEmpty else {
        throw Failure(
          .usage, what: "no script is called \(script ?? "")",
          expected: "one of " + Self.parts.map(\.name).joined(separator: ", "),
          next: "leave --script out to run all")
      }
      return Torture.run(parts, cuts: cuts, seed: seed)
    case .exhaustive: return exhaustive()
    case .flips: return flips()
    }
  }

  private func exhaustive() -> TortureReport {
    var report = TortureReport()
    let scope = ExhaustiveTorture.Scope(programs: 200, allShapes: allShapes)
    report.add(ExhaustiveTorture.everyByte(RegisterScript.self, scope, seed: seed))
    report.add(ExhaustiveTorture.everyByte(WholeScript.self, scope, seed: seed))
    report.add(ExhaustiveTorture.everyByteOfRecovery(WholeScript.self, scope, seed: seed))
    report.add(ExhaustiveTorture.everyPair(WholeScript.self, .init(allShapes: true), seed: seed))
    return report
  }

  private func flips() -> TortureReport {
    var report = TortureReport()
    report.add(ExhaustiveTorture.everyFlip(RegisterScript.self, works: 1400, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(EventScript.self, works: 1400, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(ProfileScript.self, works: 40, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(AnalysisScript.self, works: 40, stride: 7, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(SnapshotScript.self, works: 300, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(ConfigurationScript.self, works: 40, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(SwitchScript.self, works: 40, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(CreditScript.self, works: 40, seed: seed))
    report.add(ExhaustiveTorture.everyFlip(CounterScript.self, works: 40, seed: seed))
    return report
  }
}

extension TortureReport {
  /// One object, the same for the same seed.
  public var json: JSONValue {
    func counts(_ pairs: [(String, Int)]) -> JSONValue {
      .object(pairs.map { ($0.0, .integer($0.1)) })
    }
    return .object([
      ("cuts", .integer(cuts)), ("cuts_during_recovery", .integer(cutsDuringRecovery)),
      ("first_breaths", .integer(firstBreaths)),
      ("recoveries", .integer(recoveries)), ("programs", .integer(programs)),
      ("shapes", counts(TearShape.allCases.map { ("\($0)", shapes[$0] ?? 0) })),
      ("scripts", counts(scripts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
      ("faults", counts(MemoryFault.allCases.map { ("\($0)", faults[$0] ?? 0) })),
      ("replaced_pages", .integer(replacedPages)), ("ends_of_life", .integer(endsOfLife)),
      ("flipped_bits", .integer(flips)), ("max_bytes_read", .integer(maxBytesRead)),
      ("violations", .integer(violationCount)),
      ("broken", counts(Promise.allCases.map { ($0.name, broken[$0] ?? 0) })),
      ("first", .array(violations.map { .string($0.description) })),
    ])
  }

  /// Lines for people.
  public var text: String {
    func list(_ pairs: [(String, Int)]) -> String {
      pairs.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    var lines = [
      "cuts             \(cuts), of which \(cutsDuringRecovery) during recovery, "
        + "\(firstBreaths) in a first breath",
      "recoveries       \(recoveries)", "programs         \(programs)",
      "tear shapes      " + list(TearShape.allCases.map { ("\($0)", shapes[$0] ?? 0) }),
      "stores           " + list(scripts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
      "other faults     " + list(MemoryFault.allCases.map { ("\($0)", faults[$0] ?? 0) }),
      "replaced pages   \(replacedPages)", "ends of life     \(endsOfLife)",
      "flipped bits     \(flips)", "most bytes read  \(maxBytesRead)", "",
    ]
    for promise in Promise.allCases {
      lines.append("\(promise.name.padded(4)) \(broken[promise] ?? 0) violations: \(promise.text)")
    }
    lines += violations.map { "     \($0)" }
    lines.append("")
    lines.append("violations       \(violationCount)")
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

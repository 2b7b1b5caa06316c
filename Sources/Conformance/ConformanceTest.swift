import MeterClient

/// The parts of the suite; tests are numbered within them.
public enum ConformanceGroup: Int, CaseIterable, Sendable {
  case wrapper = 100
  case hdlc = 200
  case opening = 300
  case services = 400
  case objects = 500
  case security = 600
  case malformed = 700

  public var title: String {
    switch self {
    case .wrapper: "Wrapper over TCP"
    case .hdlc: "HDLC data link"
    case .opening: "Opening and release of associations"
    case .services: "Services: get, set, action"
    case .objects: "Objects and their attributes"
    case .security: "Security"
    case .malformed: "Malformed input"
    }
  }
}

/// What a test came to.
public enum Verdict: Equatable, Sendable {
  case passed
  case failed(expected: String, got: String)
  case skipped(String)

  var name: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .skipped: "skipped"
    }
  }
}

/// One numbered test.
public struct ConformanceTest: Sendable {
  public var number: Int
  public let group: ConformanceGroup
  public let title: String
  /// The clause that asks for it, and the name of the public test group where there is one.
  public let clause: String
  let run: @Sendable (ConformanceBench) async throws -> Verdict

  init(
    _ group: ConformanceGroup, _ title: String, _ clause: String,
    _ run: @escaping @Sendable (ConformanceBench) async throws -> Verdict
  ) {
    (number, self.group, self.title, self.clause) = (0, group, title, clause)
    self.run = run
  }
}

/// A test with its verdict.
public struct ConformanceResult: Sendable {
  public let test: ConformanceTest
  public let verdict: Verdict
}

/// All tests against one meter.
public struct ConformanceSuite: Sendable {
  /// Numbered within their groups.
  public static let tests: [ConformanceTest] = {
    let all =
      WrapperTests.all + HDLCTests.all + OpeningTests.all + ServiceTests.all + ObjectTests.all
      + SecurityTests.all + MalformedTests.all
    var next: [ConformanceGroup: Int] = [:]
    return all.map { test in
      var test = test
      next[test.group, default: test.group.rawValue] += 1
      test.number = next[test.group] ?? 0
      return test
    }
  }()

  private let bench: ConformanceBench

  /// - Throws: where the meter cannot be read at all.
  public init(_ url: MeterURL, _ credentials: Credentials) async throws(MeterError) {
    bench = try await ConformanceBench(url, credentials)
  }

  /// Runs the tests one after the other.
  ///
  /// - Parameters:
  ///   - chosen: numbers of tests or of groups (300 for all of its group); empty for all.
  ///   - told: each result as it comes.
  public func run(
    _ chosen: [Int] = [], told: @Sendable (ConformanceResult) -> Void = { _ in }
  ) async -> [ConformanceResult] {
    var results: [ConformanceResult] = []
    for test in Self.tests
    where chosen.isEmpty || chosen.contains(test.number) || chosen.contains(test.group.rawValue) {
      var verdict: Verdict
      do { verdict = try await test.run(bench) } catch let error as MeterError {
        verdict = .failed(expected: "an exchange", got: error.description)
      } catch { verdict = .failed(expected: "an exchange", got: "\(error)") }
      let result = ConformanceResult(test: test, verdict: verdict)
      results.append(result)
      told(result)
    }
    return results
  }
}

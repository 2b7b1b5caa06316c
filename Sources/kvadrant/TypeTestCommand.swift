import ArgumentParser
import Dispatch
import Foundation
import Meter
import Synchronization
import TypeTest
import VirtualMeter

/// `kvadrant typetest`: runs a standard on the meter, as a laboratory would.
struct TypeTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "typetest", abstract: "Test a meter by a standard, and show its errors.",
    discussion: """
      kvadrant typetest                                    EN 50470-3 class C, the meter of the demo
      kvadrant typetest --standard iec62053-23 --meters 30 --seed 7
      kvadrant typetest --variant 382Lx9-5(105)-3x230/400 --html report.html --json report.json
      kvadrant typetest --only intrinsic,starting          points whose name holds one of these
      kvadrant typetest --mutant phase                     a meter with a known fault
      kvadrant typetest --mutants                          is each known fault found?
      kvadrant typetest --range                            0.1 % from 105 A down to 10.5 mA
      kvadrant typetest --device unix:/run/bench           six points on a device behind a port

      The meters are simulated, with tolerances of their parts; what only hardware can prove is
      listed as not tested. Exit codes: 0 every point passed, 65 a point failed, 64 usage,
      74 a report cannot be written, 76 the device fell silent, 69 nobody answers.
      """)

  @Option(
    help: ArgumentHelp(
      "\(Standard.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var standard = Standard.en50470.rawValue
  @Option(name: .customLong("class"), help: ArgumentHelp("Accuracy class.", valueName: "name"))
  var accuracyClass: String?
  @Option(help: ArgumentHelp("Type string of the meter.", valueName: "type"))
  var variant: String?
  @Option(help: ArgumentHelp("Parts of names of points, with commas.", valueName: "names"))
  var only: String?
  @Option(help: "Seed of parts and noise.")
  var seed: UInt64 = 1
  @Option(help: "Meters in the batch, 1 to 1000.")
  var meters = 1
  @Option(help: ArgumentHelp("Write the report as JSON; - for standard output.", valueName: "file"))
  var json: String?
  @Option(help: ArgumentHelp("Write the report as a page.", valueName: "file"))
  var html: String?
  @Option(help: ArgumentHelp("tcp://host:port or unix:/path.", valueName: "url"))
  var device: String?
  @Option(
    help: ArgumentHelp(
      "\(Mutant.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "fault"))
  var mutant: String?
  @Flag(help: "Each known fault must fail at its points and at no other.")
  var mutants = false
  @Flag(help: "Measure the range of 10,000 to 1 instead of a standard.")
  var range = false
  @Flag(help: "Only failed points and the sum.")
  var quiet = false

  func run() throws {
    guard (1...1000).contains(meters) else {
      throw Failure(
        .usage, what: "--meters \(meters)", expected: "1 to 1000", next: "correct --meters")
    }
    let variant = try self.variant.map(Self.variant) ?? MeterVariant.standard
    if range { return try runRange(variant) }
    if mutants { return try runMutants() }
    if let device { return try runDevice(device) }
    let plan = try plan(variant)
    let batch = try mutant.map { MutantBatch(variant, try Self.mutant($0)) }
    let screen = Screen(isQuiet: quiet, toError: json == "-")
    let report = try Self.wait {
      try await TypeTestRun(plan, batch: batch).run { screen.show($0) }
    }
    screen.show(.finished(report))
    try write(report)
    try Self.judge(report.results)
  }

  // MARK: plans

  private func plan(_ variant: MeterVariant) throws -> TypeTestRun.Plan {
    guard let standard = Standard(named: standard) else {
      throw Failure(
        .usage, what: "--standard \(standard)",
        expected: Standard.allCases.map(\.rawValue).joined(separator: ", "),
        next: "correct --standard")
    }
    let wanted = accuracyClass ?? standard.usualClass.rawValue
    guard let meterClass = standard.classes.first(where: { $0.rawValue == wanted.uppercased() })
    else {
      throw Failure(
        .usage, what: "--class \(wanted)",
        expected: "a class of \(standard.title): "
          + standard.classes.map(\.rawValue).joined(separator: ", "), next: "correct --class")
    }
    var points =
      standard.points(class: meterClass, variant: variant) + BenchPoints.points(variant)
    if let only {
      let parts = only.split(separator: ",")
      points = points.filter { point in parts.contains { point.id.contains($0) } }
      guard !points.isEmpty else {
        throw Failure(
          .usage, what: "--only \(only) names no point", expected: "part of a point's name",
          next: "run without --only to see the names in --json")
      }
    }
    var plan = TypeTestRun.Plan(
      variant: variant, standard: standard.rawValue, accuracyClass: meterClass.rawValue,
      points: points)
    plan.meters = meters
    plan.seed = seed
    plan.hasDiagrams = only == nil && !standard.isReactive
    return plan
  }

  private static func variant(_ text: String) throws -> MeterVariant {
    let bytes = Array(text.utf8)
    do throws(TypeStringError) {
      return try MeterVariant(typeString: bytes.span)
    } catch {
      let reason =
        switch error {
        case .expected(let part, let place): "\(part.sentence), at byte \(place)"
        case .refused(let refusal): "\(refusal.sentence)"
        }
      throw Failure(
        .usage, what: "--variant \(text)", expected: reason,
        next: "write a type such as 382LxG-5(85)-3x230/400")
    }
  }

  private static func mutant(_ text: String) throws -> Mutant {
    if let mutant = Mutant(rawValue: text) { return mutant }
    throw Failure(
      .usage, what: "--mutant \(text)",
      expected: Mutant.allCases.map(\.rawValue).joined(separator: ", "), next: "correct --mutant")
  }

  // MARK: other runs

  private func runRange(_ variant: MeterVariant) throws {
    let (seeds, first) = (meters == 1 ? RangeCurve.usualSeeds : meters, seed)
    let curve = try Self.wait {
      try await RangeCurve.measure(variant, seeds: seeds, firstSeed: first)
    }
    StandardOutput.line("   current       time    largest        rms      bound  rms/bound")
    for place in curve.places {
      StandardOutput.line(
        String(
          format: "%8.4f A %8.1f s %8.5f %% %8.5f %% %8.5f %% %8.3f", place.current_A,
          place.seconds, place.largest, place.rms, place.bound, place.ratio))
    }
    StandardOutput.line(
      String(
        format: "%d seeds; spread by statistical bound, at most: %.3f (allowed %.1f)", seeds,
        curve.ratio, RangeCurve.allowedRatio))
    if let json { try Self.write(JSONEncoder().encode(curve), to: json) }
    guard curve.hasPassed else {
      throw Failure(
        .badData, what: "the range has not passed",
        expected: "errors of at most \(RangeCurve.limit) % and "
          + "a spread of at most \(RangeCurve.allowedRatio) of the bound at each current",
        next: "look at the table")
    }
  }

  private func runMutants() throws {
    var wrong = 0
    for mutant in [nil] + Mutant.allCases.map(Optional.some) {
      let check = try Self.wait { try await MutantCheck.run(mutant) }
      let name = (mutant?.rawValue ?? "sound").padding(toLength: 16, withPad: " ", startingAt: 0)
      let count = "\(check.failed.count) of \(check.report.results.count) points fail"
      if check.surprises.isEmpty {
        StandardOutput.line("\(name) \(count), as they must")
      } else {
        wrong += 1
        let names = check.surprises.joined(separator: ", ")
        StandardOutput.line("\(name) \(count), not as they must: \(names)")
      }
    }
    guard wrong == 0 else {
      throw Failure(
        .badData, what: "\(wrong) faults show elsewhere than they must",
        expected: "each fault at its points and at no other", next: "look at the lines above")
    }
  }

  private func runDevice(_ address: String) throws {
    let screen = Screen(isQuiet: quiet, toError: json == "-")
    let batch: FeedBatch
    do {
      batch = try FeedBatch(address)
    } catch let error as DeviceError {
      let isUsage = if case .refused = error { true } else { false }
      throw Failure(
        isUsage ? .usage : .unreachable, file: address, what: "\(error)",
        expected: "a device at tcp://host:port or unix:/path",
        next: "start it, for example with Firmware/device.py")
    }
    let results: [TestPointResult]
    do {
      results = try DeviceComparison.run(batch) { screen.show($0) }
    } catch let error as DeviceError {
      throw Failure(
        .protocolError, file: address, what: "\(error)",
        expected: "lines as Firmware/README.md tells", next: "look at what the device says")
    }
    let report = TypeTestReport(
      subject: TestSubject(
        variant: "\(TypeString(batch.variant))", standard: "device comparison",
        accuracyClass: "-", seed: seed, meters: 1, device: address),
      results: results, simulated_s: results.reduce(0) { $0 + $1.simulated_s },
      elapsed_s: screen.elapsed_s)
    screen.show(.finished(report))
    try write(report)
    try Self.judge(results)
  }

  // MARK: results

  private func write(_ report: TypeTestReport) throws {
    let head = ReportHead(
      date: ISO8601DateFormatter().string(from: Date()),
      software: "kvadrant \(ProgramVersion.text)")
    if let json { try Self.write(ReportDocument(report, head).encoded(), to: json) }
    if let html { try Self.write(Data(HTMLReport(report, head).text.utf8), to: html) }
  }

  private static func write(_ data: Data, to path: String) throws {
    if path == "-" { return try StandardOutput.result(String(decoding: data, as: UTF8.self)) }
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw Failure(
        .disk, file: path, what: "the report cannot be written (\(error.localizedDescription))",
        expected: "a place with room", next: "choose another file")
    }
  }

  /// 65 where a point failed: what was tested is not what it should be.
  private static func judge(_ results: [TestPointResult]) throws {
    let failed = results.count { $0.verdict == .failed }
    guard failed == 0 else {
      throw Failure(
        .badData, what: "\(failed) of \(results.count) points failed",
        expected: "every figure within its limit", next: "look at the points that failed")
    }
  }

  /// Waits for work that runs beside the main thread.
  private static func wait<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let outcome = Mutex<Result<Value, any Error>?>(nil)
    Task {
      do {
        let value = try await work()
        outcome.withLock { $0 = .success(value) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
      done.signal()
    }
    done.wait()
    guard let result = outcome.withLock({ $0 }) else { throw CancellationError() }
    return try result.get()
  }
}

/// What a run shows on the terminal: the table as it grows, and how far it is.
private final class Screen: Sendable {
  private let report: Mutex<TerminalReport>
  private let isQuiet: Bool
  private let hasProgress: Bool
  private let output: FileHandle
  private let begin = DispatchTime.now().uptimeNanoseconds

  init(isQuiet: Bool, toError: Bool) {
    self.isQuiet = isQuiet
    output = toError ? .standardError : .standardOutput
    let isTerminal = isatty(output.fileDescriptor) == 1
    hasProgress = isTerminal
    let colours = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    report = Mutex(TerminalReport(hasColours: isTerminal && colours))
  }

  var elapsed_s: Double { Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9 }

  func show(_ event: TypeTestEvent) {
    let (text, progress) = report.withLock { ($0.take(event), $0.progress) }
    var isWanted = true
    if isQuiet {
      switch event {
      case .point(let result): isWanted = result.verdict == .failed
      case .finished: isWanted = true
      default: isWanted = false
      }
    }
    var out = ""
    if hasProgress { out += "\r\u{1B}[K" }
    if isWanted { out += text }
    if hasProgress, case .finished = event {} else if hasProgress { out += progress }
    guard !out.isEmpty else { return }
    try? output.write(contentsOf: Data(out.utf8))
  }
}

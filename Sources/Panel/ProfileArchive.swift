import Charts
import LegalMeter
import MeterTime
import Quantities
import VirtualMeter

/// The load profile of the meter as curves, read once and then kept up.
///
/// The meter's thread gives it out in blocks, so that a whole memory (57,328 intervals) does not
/// hold up measuring. Curves are powers: the mean of each interval.
actor ProfileArchive {
  private let service: MeterService
  private var bookmark: ProfileBookmark?
  private var minutes = 15
  private var kinds: [EnergyKind] = []
  /// Begin of the first value, seconds; nil while there is none.
  private var start: Double?
  private var curves: [SeriesPyramid] = []
  private var reading: Task<Void, any Error>?

  init(_ service: MeterService) { self.service = service }

  /// Begins to read, so that it is there when it is asked for.
  nonisolated func prepare() { Task { try? await self.update() } }

  /// All curves with what has been added since they were asked for last.
  ///
  /// - Throws: the service's failure.
  func history() async throws -> History {
    try await update()
    return History(profile: named(), start: start ?? 0, minutes: minutes)
  }

  private func update() async throws {
    if let reading {
      try await reading.value
    } else {
      let task = Task { try await self.read() }
      reading = task
      defer { reading = nil }
      try await task.value
    }
  }

  private func read() async throws {
    while true {
      let block = try await service.profile(after: bookmark)
      if block.bookmark.generation != bookmark?.generation { forget(block) }
      bookmark = block.bookmark
      for row in block.rows { append(row) }
      if block.isLast { return }
    }
  }

  private func forget(_ block: ProfileBlock) {
    minutes = block.minutes
    kinds = block.kinds
    start = nil
    begin(at: 0)
  }

  /// Empty curves.
  private func begin(at second: Double) {
    curves = kinds.compactMap { _ in
      (try? Series(start: second, step: Double(minutes) * 60, values: [])).map { SeriesPyramid($0) }
    }
  }

  /// Watts or vars from 0.1 Wh or 0.1 varh in an interval.
  private func append(_ row: ProfileInterval) {
    let step = Double(minutes) * 60
    let second = Double(row.begin.seconds)
    if start == nil {
      start = second
      begin(at: second)
    }
    guard let start, curves.count == kinds.count else { return }
    let index = Int(((second - start) / step).rounded())
    for (n, kind) in kinds.enumerated() {
      // A clock that was set back comes to a place twice: the first value stays.
      guard index >= curves[n].series.count, index - curves[n].series.count < 1_000_000 else {
        continue
      }
      while curves[n].series.count < index { try? curves[n].append(.nan) }
      try? curves[n].append(Double(row[kind]) / 10 * 3600 / step)
    }
  }

  private func named() -> [(name: String, pyramid: SeriesPyramid)] {
    zip(kinds, curves).map { kind, pyramid in
      let name: String =
        switch kind {
        case .activeImport: "import_W"
        case .activeExport: "export_W"
        case .reactiveImport: "import_var"
        case .reactiveExport: "export_var"
        }
      return (name, pyramid)
    }
  }
}

import Foundation
import LegalMeter
import MeterTime
import PermanentMemory
import Quantities
import Synchronization
import Testing
import Waveforms

@testable import VirtualMeter

/// What the readers of a test share.
private final class Shared: Sendable {
  let stop = Mutex(false)
  let reads = Mutex(0)
}

@Suite("Service", .serialized)
struct ServiceTests {
  static func service(
    speed: Double, until: Instant? = nil, preset: BenchPreset.ID = .car
  ) -> MeterService {
    let run = MeterRun.Setup(start: BenchRig.start, until: until, speed: speed)
    return MeterService(
      .init(
        run: run,
        source: .bench(
          BenchPreset.named(preset).bench, preset: preset, seed: 1, isLively: false)))
  }

  @Test("it starts, answers, and ends in order when asked")
  func life() async throws {
    let service = Self.service(speed: 50)
    try service.start()
    #expect(service.snapshot.sequence >= 1)
    #expect(throws: Failure.self) { try service.start() }
    while service.snapshot.now < BenchRig.start + .seconds(15) {
      try await Task.sleep(for: .milliseconds(20))
    }
    let snapshot = service.snapshot
    #expect(snapshot.running && snapshot.powered && snapshot.bench.preset == "car")
    #expect(abs(snapshot.total.p_W - 3 * 230 * 16) < 100)
    #expect(abs(try #require(snapshot.total.f_Hz) - 50) < 0.01)
    #expect(abs(snapshot.led.rate_Hz - snapshot.total.p_W / 3600) < 0.01)
    #expect(snapshot.phases.allSatisfy { $0.present && $0.registering })
    #expect(snapshot.time.hasSuffix("+01:00"))
    #expect(snapshot.registers.count == 8)
    let rows = try await service.registers()
    #expect(rows.count >= 30)
    let first = try #require(rows.first)
    #expect(first.obis == "1-0:1.8.0" && first.legal == .mid && first.value >= first.committed)
    service.stop()
    let result = try await service.end()
    #expect(result.ending == .stopped)
    #expect(!service.snapshot.running && service.snapshot.ended == "stopped")
    await #expect(throws: Failure.self) { try await service.perform(.glass) }
  }

  @Test("a task that is cancelled ends the meter in order")
  func cancelled() async throws {
    let service = Self.service(speed: 1)
    let task = Task { try await service.run() }
    while service.snapshot.sequence == 0 { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    try await task.value
    #expect(service.snapshot.ended == "stopped")
  }

  @Test("a source that cannot be opened is told by start")
  func failure() {
    let service = MeterService(
      .init(
        run: .init(start: BenchRig.start),
        source: .other(name: "broken") { () throws(Failure) -> any SampleSource in
          throw Failure(.fileMissing, what: "gone", expected: "there", next: "look")
        }))
    #expect {
      try service.start()
    } throws: { ($0 as? Failure)?.status == .fileMissing }
  }

  @Test("a pause stands still and still answers; then it goes on")
  func pause() async throws {
    let service = Self.service(speed: 20)
    try service.start()
    try await service.perform(.speed(0))
    let before = service.snapshot.now
    try await service.perform(.load(.l1, BenchLoadChange(i_A: 1)))
    try await Task.sleep(for: .milliseconds(300))
    #expect(service.snapshot.now == before)
    #expect(service.snapshot.speed == 0)
    #expect(service.snapshot.bench.loads.first?.i_A == 1)
    try await service.perform(.speed(.infinity))
    while service.snapshot.now <= before { try await Task.sleep(for: .milliseconds(10)) }
    service.stop()
    _ = try await service.end()
  }

  @Test("many readers see whole snapshots, and none of them delays a slice")
  func readers() async throws {
    let service = Self.service(speed: .infinity)
    try service.start()
    let shared = Shared()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last = MeterSnapshot()
          var count = 0
          while !shared.stop.withLock({ $0 }) {
            let snapshot = service.snapshot
            #expect(snapshot.sequence >= last.sequence && snapshot.now >= last.now)
            if snapshot.sequence == last.sequence { #expect(snapshot == last) }
            let a = snapshot.registers[0].value
            let tariffs = snapshot.registers[4...].reduce(0) { $0 + $1.value }
            #expect(abs(a - tariffs) < 1e-9)
            #expect(a >= (last.registers.first?.value ?? 0))
            last = snapshot
            count += 1
            if count % 64 == 0 { await Task.yield() }
          }
          shared.reads.withLock { $0 += count }
        }
      }
      group.addTask {
        let begin = service.snapshot.now
        try? await Task.sleep(for: .milliseconds(1500))
        let span = service.snapshot.now - begin
        shared.stop.withLock { $0 = true }
        // The owner went on far faster than real time while the others read.
        #expect(span > .seconds(15))
      }
    }
    #expect(shared.reads.withLock { $0 } > 1000)
    service.stop()
    _ = try await service.end()
  }

  @Test("more questions than fit are refused, and all are answered or refused once")
  func flood() async throws {
    let service = Self.service(speed: 1)
    try service.start()
    let outcome = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<500 {
        group.addTask { (try? await service.scope()) != nil }
      }
      return await group.reduce(into: [0, 0]) { $0[$1 ? 1 : 0] += 1 }
    }
    #expect(outcome[0] + outcome[1] == 500)
    #expect(outcome[1] >= 64)
    service.stop()
    _ = try await service.end()
  }

  @Test("scope, harmonics, memory, events and history tell what is there")
  func instruments() async throws {
    let end = BenchRig.start + .seconds(120)
    let service = Self.service(speed: .infinity, preset: .dimmedLED)
    try service.start()
    while service.snapshot.now < end { try await Task.sleep(for: .milliseconds(10)) }
    let scope = try await service.scope()
    #expect(scope.u.allSatisfy { $0.count == 160 } && scope.i.allSatisfy { $0.count == 160 })
    #expect(abs((scope.u[0].max() ?? 0) - 325) < 8)
    let harmonics = try #require(try await service.harmonics(.l1))
    #expect(abs(harmonics.i_percent[2] - 53.7) < 0.5)
    #expect(abs(harmonics.u_percent[4] - 1) < 0.05)
    #expect(abs(harmonics.thd_i_percent - 64) < 1.5)
    let memory = try await service.memory()
    #expect(memory.wear.count == 2048 && memory.programs > 0)
    #expect(memory.wear.reduce(0) { $0 + UInt64($1) } == memory.programs)
    #expect(memory.regions.reduce(0) { $0 + $1.count } == 2048)
    let events = try await service.events(limit: 1)
    #expect(events.count == 1)
    let series = try await service.series(.error)
    let errors = try #require(series.columns.first).values.dropFirst(5).filter { !$0.isNaN }
    #expect(errors.count > 60)
    #expect(errors.allSatisfy { abs($0) < 0.05 })
    let part = try await service.series(
      .voltage, from: BenchRig.start + .seconds(10), to: BenchRig.start + .seconds(20))
    #expect(part.start == BenchRig.start + .seconds(10))
    #expect(part.columns.map(\.values.count) == [10, 10, 10])
    let nothing = try await service.series(.power, from: end + .days(9), to: BenchRig.start)
    #expect(nothing.columns.count { !$0.values.isEmpty } == 0)
    service.stop()
    _ = try await service.end()
  }

  @Test("the history is bounded and keeps its order when it goes round")
  func history() {
    var history = SeriesHistory()
    for second in 0..<100_000 {
      var row = SeriesHistory.Row()
      row.values[10] = Float(second)
      history.append(row, second: Int64(second))
    }
    #expect(history.count == SeriesHistory.capacity)
    let all = history.slice(.frequency, from: nil, to: nil)
    #expect(all.columns[0].values.first == Float(100_000 - 86_400))
    #expect(all.columns[0].values.last == 99_999)
    #expect(zip(all.columns[0].values, all.columns[0].values.dropFirst()).allSatisfy { $0 < $1 })
    history.append(SeriesHistory.Row(), second: 100_009)
    #expect(
      history.slice(.frequency, from: Instant(seconds: 100_000), to: nil)
        .columns[0].values.count == 10)
    history.append(SeriesHistory.Row(), second: 900_000)
    #expect(history.count == 1)
  }
}

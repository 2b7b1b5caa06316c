import COSEM
import MeterClient
import Quantities

/// What objects say about themselves, by class of the object list.
enum ObjectTests {
  static let all: [ConformanceTest] =
    classes.flatMap { classID in [names(classID), attributes(classID)] } + list + clocks
    + profiles + registers

  private static let classes: [UInt16] = [
    1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 17, 18, 19, 20, 21, 22, 23, 40, 41, 42, 62, 64, 68, 70, 71,
    111, 112, 113,
  ]
  private static let clause = "IEC 62056-6-2, 5"

  private static func chosen(_ bench: ConformanceBench, _ classID: UInt16) -> [ObjectInfo] {
    bench.objects.filter { $0.classID == classID }
  }

  private static func test(
    _ classID: UInt16, _ title: String,
    _ run: @escaping @Sendable (DLMSMeter, [ObjectInfo]) async throws -> Verdict
  ) -> ConformanceTest {
    ConformanceTest(
      .objects, "\(ObjectName.interface(classID)) (class \(classID)): \(title)", clause
    ) { bench in
      let objects = chosen(bench, classID)
      guard !objects.isEmpty else { return .skipped("the meter has no object of class \(classID)") }
      return try await bench.associated { try await run($0, objects) }
    }
  }

  private static func names(_ classID: UInt16) -> ConformanceTest {
    test(classID, "attribute 1 is the name of the list") { meter, objects in
      for object in objects where object.isReadable(1) || object.attributes.isEmpty {
        let value = try await meter.get(object.attribute(1))
        let isCurrent = object.classID == 15 && object.name == .abstract(40, 0)
        guard value.logicalName == object.name || isCurrent else {
          return .failed(expected: "\(object.name)", got: value.description)
        }
      }
      return .passed
    }
  }

  private static func attributes(_ classID: UInt16) -> ConformanceTest {
    test(classID, "what may be read is read, what may not is denied") { meter, objects in
      for object in objects.prefix(12) {
        for (number, mode) in object.attributes.sorted(by: { $0.key < $1.key }) {
          // Long tables are read by tests of their own.
          if classID == 7 && number == 2 || number < 0 || number > 127 { continue }
          let attribute = object.attribute(UInt8(number))
          do throws(MeterError) {
            _ = try await meter.getBytes(attribute)
            guard mode & 1 != 0 else {
              return .failed(expected: "\(object.name)/\(number) denied", got: "data")
            }
          } catch {
            guard error.layer == .service, error.kind == .refused else { throw error }
            if mode & 1 != 0 {
              return .failed(expected: "\(object.name)/\(number)", got: error.got)
            }
          }
        }
      }
      return .passed
    }
  }

  private static let list: [ConformanceTest] = [
    ConformanceTest(.objects, "the object list has its own association", clause) { bench in
      bench.objects.contains { $0.classID == 15 }
        ? .passed : .failed(expected: "class 15", got: "\(bench.objects.count) others")
    },
    ConformanceTest(.objects, "no class and name stand twice in the list", clause) { bench in
      let names = bench.objects.map { "\($0.classID)/\($0.name)" }
      let twice = Dictionary(grouping: names) { $0 }.first { $0.value.count > 1 }?.key
      return twice.map { .failed(expected: "each once", got: $0) } ?? .passed
    },
    ConformanceTest(.objects, "every class of the list is one of the standard", clause) { bench in
      let strange = bench.objects.first { ObjectName.interface($0.classID).hasPrefix("class ") }
      return strange.map { .failed(expected: "known classes", got: "class \($0.classID)") }
        ?? .passed
    },
    ConformanceTest(.objects, "there is a logical device name of at most 16 bytes", clause) {
      bench in
      let name = AttributeDescriptor(.data, .abstract(42, 0), 2)
      let value = try await bench.associated { try await $0.get(name) }
      let count = value.bytes?.count ?? 0
      return (4...16).contains(count)
        ? .passed : .failed(expected: "4 to 16 bytes", got: value.description)
    },
  ]

  private static let clocks: [ConformanceTest] = [
    test(8, "its time has no part left open, and a deviation") { meter, _ in
      let time = try await meter.time()
      return time.civil != nil && time.deviation != nil && time.hundredths != 0xFE
        ? .passed : .failed(expected: "a whole time", got: time.text())
    },
    test(8, "time goes on") { meter, _ in
      let first = try await meter.time().unix(meter.dialect.deviation)
      try await Task.sleep(for: .milliseconds(1200))
      let second = try await meter.time().unix(meter.dialect.deviation)
      guard let first, let second, second > first, second - first < 30 else {
        return .failed(expected: "about a second", got: "\(first ?? 0) to \(second ?? 0)")
      }
      return .passed
    },
    test(8, "zone and deviation of daylight saving are numbers in range") { meter, objects in
      let zone = try await meter.get(objects[0].attribute(3)).integer ?? 9999
      let saving = try await meter.get(objects[0].attribute(7)).integer ?? 9999
      return abs(zone) <= 840 && abs(saving) <= 120
        ? .passed : .failed(expected: "minutes", got: "\(zone), \(saving)")
    },
  ]

  private static func profile(
    _ title: String, _ run: @escaping @Sendable (DLMSMeter, ProfileShape) async throws -> Verdict
  ) -> ConformanceTest {
    test(7, title) { meter, objects in
      for object in objects.prefix(6) {
        let verdict = try await run(meter, try await meter.profileShape(object.name))
        if verdict != .passed { return verdict }
      }
      return .passed
    }
  }

  private static let profiles: [ConformanceTest] = [
    profile("no more rows in use than there is room for") { _, shape in
      shape.rowsInUse <= shape.rowsMax
        ? .passed : .failed(expected: "at most \(shape.rowsMax)", got: "\(shape.rowsInUse)")
    },
    profile("columns are named") { _, shape in
      shape.columns.isEmpty
        ? .failed(expected: "columns of \(shape.name)", got: "none") : .passed
    },
    profile("the last two rows by entry are the last two rows") { meter, shape in
      guard shape.rowsInUse >= 2 else { return .passed }
      let two = try await meter.profile(shape.name, .last(2))
      let one = try await meter.profile(shape.name, .last(1))
      return two.rows.count == 2 && one.rows.count == 1
        ? .passed : .failed(expected: "2 and 1 rows", got: "\(two.rows.count), \(one.rows.count)")
    },
    profile("a range of one row's time has that row") { meter, shape in
      guard shape.rowsInUse >= 1, shape.columns.contains(where: \.isClock) else { return .passed }
      let one = try await meter.profile(shape.name, .last(1))
      guard let time = one.rows.isEmpty ? nil : one.time(0) else { return .passed }
      let found = try await meter.profile(shape.name, .range(from: time, to: time))
      return found.rows.contains(one.rows[0])
        ? .passed : .failed(expected: "1 row", got: "\(found.rows.count) rows")
    },
  ]

  private static let registers: [ConformanceTest] = [3, 4].flatMap { classID in
    [
      test(classID, "values are numbers") { meter, objects in
        for object in objects.prefix(30) where object.isReadable(2) {
          let value = try await meter.get(object.attribute(2))
          let isNumber = ScaledText.text(value, scaler: 0) != nil || value == .null
          guard isNumber || value.bytes != nil else {
            return .failed(expected: "a number for \(object.name)", got: value.typeName)
          }
        }
        return .passed
      },
      test(classID, "attribute 3 is scaler and unit") { meter, objects in
        for object in objects.prefix(30) where object.isReadable(3) {
          let parts = try await meter.get(object.attribute(3)).elements
          guard parts?.count == 2, abs(parts?[0].integer ?? 99) <= 30 else {
            return .failed(expected: "a structure of two for \(object.name)", got: "another")
          }
        }
        return .passed
      },
    ]
  }
}

import COSEM
import MeterClient
import Quantities

/// Get, set and action of the public client, right and wrong (APPL_DATA_LN).
enum ServiceTests {
  static let all: [ConformanceTest] = invocations + gets + blocks + sets + actions

  /// Bytes of a get request.
  static func get(
    _ classID: UInt16 = 8, _ name: [UInt8] = [0, 0, 1, 0, 0, 255], _ attribute: UInt8 = 2,
    invoke: UInt8 = 0xC1, kind: UInt8 = 1, rest: [UInt8] = [0]
  ) -> [UInt8] {
    [0xC0, kind, invoke, UInt8(classID >> 8), UInt8(classID & 0xFF)] + name + [attribute] + rest
  }

  private static func test(
    _ title: String, _ clause: String, _ apdus: [[UInt8]], pdu: UInt16 = 0xFFFF,
    _ expected: String, _ wanted: @escaping @Sendable ([UInt8]?) -> Bool
  ) -> ConformanceTest {
    ConformanceTest(.services, title, "IEC 62056-5-3, \(clause)") { bench in
      let answer = try await bench.afterOpening(apdus, pdu: pdu).last ?? nil
      return ConformanceBench.verdict(wanted(answer), expected: expected, got: answer)
    }
  }

  /// A get response with a result that is no success, or an exception.
  private static func isError(_ answer: [UInt8]?) -> Bool {
    guard let answer, answer.count > 2 else { return false }
    return answer[0] == 0xD8 || answer[0] == 0x0E
      || answer[0] == 0xC4 && answer.count > 4
        && answer[3] == 1
  }

  private static let invocations = (0..<16).map { number in
    test(
      "invoke-id \(number) comes back", "7.3.3", [get(invoke: 0xC0 | UInt8(number))],
      "C4 01 with the same invoke-id"
    ) { $0?.first == 0xC4 && ($0?[2] ?? 0) & 0x0F == UInt8(number) && $0?[3] == 0 }
  }

  private static let gets: [ConformanceTest] =
    [
      test("the clock is read", "7.3.3", [get()], "data of 12 bytes") { answer in
        guard let answer, answer.count > 4, answer[0] == 0xC4, answer[3] == 0 else { return false }
        return (try? COSEMValue(parsing: answer[4...]))?.bytes?.count == 12
      },
      test(
        "attribute 1 is the logical name", "7.3.3", [get(8, [0, 0, 1, 0, 0, 255], 1)], "its name"
      ) {
        $0.map { Array($0.suffix(8)) } == [9, 6, 0, 0, 1, 0, 0, 255]
      },
      test(
        "after an error the next get is answered", "7.3.3", [get(8, [9, 9, 9, 9, 9, 9]), get()],
        "data"
      ) { $0?.first == 0xC4 && $0?[3] == 0 },
    ]
    + [
      ("an object that is not there", get(3, [1, 0, 199, 8, 0, 255])),
      ("the right name with another class", get(1)),
      ("class 0", get(0)), ("class FFFF", get(0xFFFF)),
      ("attribute 10 of a clock", get(8, [0, 0, 1, 0, 0, 255], 10)),
      ("attribute 127", get(8, [0, 0, 1, 0, 0, 255], 127)),
      ("attribute 255", get(8, [0, 0, 1, 0, 0, 255], 255)),
      ("attribute 0 where it is not offered", get(8, [0, 0, 1, 0, 0, 255], 0)),
      ("a selector that a clock has not", get(rest: [1, 9, 0])),
      ("kind 0", get(kind: 0)), ("kind 4", get(kind: 4)), ("kind 255", get(kind: 255)),
      ("a next block that nobody began", [0xC0, 2, 0xC1, 0, 0, 0, 1]),
    ].map { title, apdu in
      test(
        "a get of \(title) is an error (APPL_DATA_LN_N1)", "7.3.3", [apdu],
        "a result that is no success, or an exception", isError)
    }

  private static let list = get(15, [0, 0, 40, 0, 0, 255], 2)

  private static func next(_ block: UInt8, invoke: UInt8 = 0xC1) -> [UInt8] {
    [0xC0, 2, invoke, 0, 0, 0, block]
  }

  private static let blocks: [ConformanceTest] =
    [64, 100, 128, 256, 512].map { size in
      ConformanceTest(
        .services, "the object list in blocks of a PDU of \(size) is the same as whole",
        "IEC 62056-5-3, 7.3.3"
      ) { bench in
        func read(_ pdu: UInt16) async throws -> [UInt8] {
          var url = bench.address(client: 16)
          url.pduMax = pdu
          let meter = try DLMSMeter(url)
          try await meter.connect()
          let bytes = try await meter.getBytes(
            AttributeDescriptor(.association, .abstract(40, 0), 2))
          await meter.disconnect()
          return bytes
        }
        let (whole, cut) = (try await read(1024), try await read(UInt16(size)))
        return ConformanceBench.verdict(whole == cut, expected: "\(whole.count) bytes", got: cut)
      }
    } + [
      test(
        "no answer is longer than the client's PDU", "7.3.3", [list], pdu: 64, "at most 64 bytes"
      ) {
        ($0?.count ?? 99) <= 64 && $0?.first == 0xC4
      },
      test(
        "a block number that is skipped is an error", "7.3.3", [list, next(2)], pdu: 64,
        "an error in the block, or an exception"
      ) { isBlockError($0) },
      test("block number 0 is an error", "7.3.3", [list, next(0)], pdu: 64, "an error") {
        isBlockError($0)
      },
      test(
        "another invoke-id within blocks is an error", "7.3.3", [list, next(1, invoke: 0xC7)],
        pdu: 64, "an error"
      ) { isBlockError($0) },
      test(
        "a new get ends blocks that were begun", "7.3.3", [list, get(), next(1)], pdu: 64,
        "an error for the block"
      ) { isBlockError($0) },
      test("the first block is number 1", "7.3.3", [list], pdu: 64, "C4 02 and block 1") {
        $0.map { Array($0.prefix(8)) } == [0xC4, 2, 0xC1, 0, 0, 0, 0, 1]
      },
    ]

  private static func isBlockError(_ answer: [UInt8]?) -> Bool {
    guard let answer, answer.count > 4 else { return answer?.first == 0xD8 }
    return answer[0] == 0xD8
      || answer[0] == 0xC4 && answer[1] == 2 && answer.count > 8
        && answer[8] == 1
      || isError(answer)
  }

  private static func set(_ name: [UInt8], _ classID: UInt8, _ attribute: UInt8, _ value: [UInt8])
    -> [UInt8]
  {
    [0xC1, 1, 0xC1, 0, classID] + name + [attribute, 0] + value
  }

  private static let clockName: [UInt8] = [0, 0, 1, 0, 0, 255]
  private static let someTime: [UInt8] = [9, 12, 7, 0xEA, 1, 1, 4, 0, 0, 0, 0, 0xFF, 0xC4, 0]

  private static let sets: [ConformanceTest] = [
    ("of the clock by the public client", set(clockName, 8, 2, someTime)),
    ("of a logical name", set(clockName, 8, 1, [9, 6, 0, 0, 1, 0, 0, 1])),
    ("of an object that is not there", set([9, 9, 9, 9, 9, 9], 1, 2, [17, 1])),
    ("of attribute 99", set(clockName, 8, 99, [17, 1])),
    ("in a block that nobody began", [0xC1, 3, 0xC1, 1, 0, 0, 0, 1, 1, 0]),
    ("of kind 0", [0xC1, 0, 0xC1, 0, 8] + clockName + [2, 0, 17, 1]),
    ("of kind 255", [0xC1, 255, 0xC1, 0, 8] + clockName + [2, 0, 17, 1]),
  ].map { title, apdu in
    test(
      "a set \(title) is an error (APPL_DATA_LN_N3)", "7.3.4", [apdu],
      "a result that is no success, or an exception"
    ) { answer in
      guard let answer, answer.count > 2 else { return false }
      return answer[0] == 0xD8 || answer[0] == 0xC5 && answer.count > 3 && answer[3] != 0
    }
  }

  private static func act(_ classID: UInt8, _ name: [UInt8], _ method: UInt8) -> [UInt8] {
    [0xC3, 1, 0xC1, 0, classID] + name + [method, 1, 15, 0]
  }

  private static let actions: [ConformanceTest] = [
    ("of the switch by the public client", act(70, [0, 0, 96, 3, 10, 255], 1)),
    ("of an object that is not there", act(70, [9, 9, 9, 9, 9, 9], 1)),
    ("99 of the clock", act(8, clockName, 99)), ("0 of the clock", act(8, clockName, 0)),
    ("of another class", act(1, clockName, 1)),
    ("reply to HLS where there is none", act(15, [0, 0, 40, 0, 0, 255], 1)),
    ("of kind 255", [0xC3, 255, 0xC1, 0, 8] + clockName + [1, 0]),
  ].map { title, apdu in
    test(
      "a method \(title) is an error (APPL_DATA_LN_N1)", "7.3.5", [apdu],
      "a result that is no success, or an exception"
    ) { answer in
      guard let answer, answer.count > 2 else { return false }
      return answer[0] == 0xD8 || answer[0] == 0xC7 && answer.count > 3 && answer[3] != 0
    }
  }
}

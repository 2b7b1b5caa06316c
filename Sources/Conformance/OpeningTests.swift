import MeterClient

/// Requests for associations, right and wrong (the group APPL_OPEN), and releases (APPL_REL).
enum OpeningTests {
  private static let clause = "IEC 62056-5-3, 7.2"

  static let all: [ConformanceTest] = accepted + refused + sequences

  private static func test(
    _ title: String, _ aarq: AARQ, _ wanted: @escaping @Sendable ([UInt8]?) -> Bool,
    _ expected: String
  ) -> ConformanceTest {
    ConformanceTest(.opening, title, clause) { bench in
      let answer = try await bench.ask(aarq.bytes)[0]
      return ConformanceBench.verdict(wanted(answer), expected: expected, got: answer)
    }
  }

  private static let accepted: [ConformanceTest] = [
    ("as plain as can be (APPL_OPEN_1)", AARQ()),
    ("with protocol version 1 (APPL_OPEN_4)", AARQ { $0.version = [7, 0x80] }),
    ("with a title of eight bytes (APPL_OPEN_6)", AARQ { $0.title = [1, 2, 3, 4, 5, 6, 7, 8] }),
    ("with PDU size 0, no limit (APPL_OPEN_14)", AARQ(pdu: 0)),
    ("with PDU size 64", AARQ(pdu: 64)), ("with PDU size 128", AARQ(pdu: 128)),
    ("with PDU size 1024", AARQ(pdu: 1024)),
    ("with all services", AARQ { $0.conformance = [0xFF, 0xFF, 0xFF] }),
    ("with get alone", AARQ { $0.conformance = [0x00, 0x00, 0x10] }),
    ("with ACSE requirements 0", AARQ { $0.requirements = [7, 0x00] }),
  ].map { title, aarq in
    test("a request \(title) is accepted", aarq, { AARQ.isAccepted($0) }, "result 0")
  }

  private static let refused: [ConformanceTest] = [
    ("without a context", AARQ { $0.context = nil }),
    ("with context 2, short names (APPL_OPEN_5)", AARQ { $0.context?[6] = 2 }),
    ("with context 3, ciphered, in clear (APPL_OPEN_5)", AARQ { $0.context?[6] = 3 }),
    ("with context 5 (APPL_OPEN_5)", AARQ { $0.context?[6] = 5 }),
    ("with context 0 (APPL_OPEN_5)", AARQ { $0.context?[6] = 0 }),
    ("with a context of another tree (APPL_OPEN_5)", AARQ { $0.context?[3] = 9 }),
    ("with a context of six bytes (APPL_OPEN_5)", AARQ { _ = $0.context?.removeLast() }),
    ("with another protocol version (APPL_OPEN_4)", AARQ { $0.version = [7, 0x00] }),
    (
      "with mechanism 9 (APPL_OPEN_7)",
      AARQ { request in
        request.requirements = [7, 0x80]
        request.mechanism = AARQ.mechanism(9)
        request.secret = [1, 2, 3, 4, 5, 6, 7, 8]
      }
    ),
    (
      "with a mechanism of another tree (APPL_OPEN_7)",
      AARQ { request in
        request.requirements = [7, 0x80]
        request.mechanism = [0x2A, 0x85, 0x74, 0x05, 0x08, 0x02, 0x01]
        request.secret = [1, 2, 3, 4, 5, 6, 7, 8]
      }
    ),
    ("without user information", AARQ { $0.hasInformation = false }),
    ("with empty user information", AARQ { $0.information = [] }),
    ("with DLMS version 5 (APPL_OPEN_12)", AARQ { $0.dlmsVersion = 5 }),
    ("with DLMS version 0 (APPL_OPEN_12)", AARQ { $0.dlmsVersion = 0 }),
    ("with PDU size 1 (APPL_OPEN_14)", AARQ(pdu: 1)),
    ("with PDU size 11 (APPL_OPEN_14)", AARQ(pdu: 11)),
    ("without a service", AARQ { $0.conformance = [0, 0, 0] }),
    (
      "with a dedicated key in clear (APPL_OPEN_9)",
      AARQ {
        $0.dedicatedKey = [UInt8](repeating: 7, count: 16)
      }
    ),
    (
      "with a get request as user information",
      AARQ {
        $0.information = [0xC0, 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0]
      }
    ),
    (
      "with a context twice",
      AARQ {
        $0.more = [0xA1, 9, 6, 7, 0x60, 0x85, 0x74, 5, 8, 1, 1]
      }
    ),
  ].map { title, aarq in
    test(
      "a request \(title) is refused", aarq, { AARQ.isRefused($0) },
      "an AARE that rejects, or an exception")
  }

  private static let clock: [UInt8] = [0xC0, 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0]
  private static let release: [UInt8] = [0x62, 3, 0x80, 1, 0]

  private static func sequence(
    _ title: String, _ clause: String, _ apdus: [[UInt8]], _ expected: String,
    _ wanted: @escaping @Sendable ([[UInt8]?]) -> Bool
  ) -> ConformanceTest {
    ConformanceTest(.opening, title, "IEC 62056-5-3, \(clause)") { bench in
      let answers = try await bench.afterOpening(apdus)
      return ConformanceBench.verdict(
        wanted(answers), expected: expected, got: answers.last ?? nil)
    }
  }

  private static let sequences = [
    ConformanceTest(.opening, "a get before any association is refused (APPL_IDLE_N1)", clause) {
      bench in
      let answer = try await bench.ask(clock)[0]
      return ConformanceBench.verdict(
        answer?.first == 0xD8 || answer == nil, expected: "an exception", got: answer)
    },
    ConformanceTest(.opening, "a release before any association is refused", clause) { bench in
      let answer = try await bench.ask(release)[0]
      return ConformanceBench.verdict(
        answer?.first != 0xC4, expected: "an exception or RLRE", got: answer)
    },
    sequence("a second request is not accepted (APPL_OPEN_3)", "7.2", [AARQ().bytes], "a refusal") {
      AARQ.isRefused($0[0]) || $0[0] == nil
    },
    sequence(
      "after a second request the first association is whole", "7.2", [AARQ().bytes, clock],
      "a get response with data"
    ) { $0[1]?.first == 0xC4 && $0[1]?[3] == 0 },
    sequence("RLRQ is answered by RLRE (APPL_REL_P1)", "7.2.5", [release], "RLRE") {
      $0[0]?.first == 0x63
    },
    sequence("RLRQ without a reason is answered", "7.2.5", [[0x62, 0]], "RLRE") {
      $0[0]?.first == 0x63
    },
    sequence(
      "after a release nothing is read", "7.2.5", [release, clock], "an exception or silence"
    ) { $0[1]?.first != 0xC4 },
    sequence(
      "after a release an association opens anew", "7.2.5", [release, AARQ().bytes], "result 0"
    ) { AARQ.isAccepted($0[1]) || $0[1] == nil },
  ]
}

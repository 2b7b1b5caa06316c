import COSEM
import Ciphers
import DLMS
import MeterClient
import Quantities
import Synchronization

/// Passwords, challenges, counters and tags, right and wrong.
enum SecurityTests {
  static let all: [ConformanceTest] = passwords + ciphered + challenges

  private static func password(
    _ title: String, isRight: Bool = false, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) -> ConformanceTest {
    ConformanceTest(.security, title, "IEC 62056-5-3, 5.3.4.2") { bench in
      guard !bench.credentials.password.isEmpty else { return .skipped("no password is given") }
      let aarq = AARQ { request in
        request.requirements = [7, 0x80]
        request.mechanism = AARQ.mechanism(1)
        request.secret = change(bench.credentials.password)
      }
      // Earlier failures may have closed the way for seconds.
      for pause in [0, 1, 2, 4, 8] where isRight || pause == 0 {
        try await Task.sleep(for: .seconds(pause))
        let answer = try await bench.ask(aarq.bytes, client: 2)[0]
        if AARQ.isAccepted(answer) {
          return isRight ? .passed : .failed(expected: "a refusal", got: "accepted")
        }
        if !isRight {
          return ConformanceBench.verdict(
            AARQ.isRefused(answer), expected: "a refusal", got: answer)
        }
      }
      return .failed(expected: "accepted", got: "refused")
    }
  }

  private static let passwords = [
    password("the right password is accepted", isRight: true) { $0 },
    password("a wrong password is refused") { $0.changed(at: 0, by: 1) },
    password("a password wrong in its last bit is refused") { $0.changed(at: $0.count - 1, by: 1) },
    password("the beginning of the password is refused") { Array($0.dropLast()) },
    password("the password and a byte more is refused") { $0 + [0] },
    password("an empty password is refused") { _ in [] },
    password("no password at all is refused") { _ in nil },
    password("a password of 64 bytes is refused") { _ in [UInt8](repeating: 65, count: 64) },
    password("after failures the right one is accepted again", isRight: true) { $0 },
    ConformanceTest(
      .security, "the reading client is not let in without a password",
      "IEC 62056-5-3, 5.3.4.2"
    ) { bench in
      guard !bench.credentials.password.isEmpty else { return .skipped("no password is given") }
      let answer = try await bench.ask(AARQ().bytes, client: 2)[0]
      return ConformanceBench.verdict(AARQ.isRefused(answer), expected: "a refusal", got: answer)
    },
    ConformanceTest(
      .security, "the management client is not let in without security",
      "IEC 62056-5-3, 5.3.4"
    ) { bench in
      guard bench.credentials.hasKeys else { return .skipped("no keys are given") }
      let answer = try await bench.ask(AARQ().bytes, client: 1)[0]
      return ConformanceBench.verdict(AARQ.isRefused(answer), expected: "a refusal", got: answer)
    },
  ]

  // MARK: ciphered

  private static let clock = AttributeDescriptor(.clock, .abstract(1, 0), 2)

  private static func test(
    _ title: String, _ clause: String,
    _ run: @escaping @Sendable (DLMSMeter) async throws -> Verdict
  ) -> ConformanceTest {
    ConformanceTest(.security, title, "IEC 62056-5-3, \(clause)") { bench in
      guard bench.credentials.hasKeys else { return .skipped("no keys are given") }
      let meter = try DLMSMeter(bench.address(client: 1), bench.credentials, counters: .usual)
      try await meter.connect()
      let verdict: Verdict
      do { verdict = try await run(meter) } catch {
        await meter.disconnect()
        throw error
      }
      await meter.disconnect()
      return verdict
    }
  }

  private static func isRefused(_ answer: [UInt8]?) -> Bool {
    answer == nil || answer?.first == 0xD8 || answer?.first == 0x0E
  }

  /// A ciphered get of the clock, changed before it goes out.
  private static func tampered(
    _ title: String, _ clause: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> ConformanceTest {
    test(title, clause) { meter in
      let answer = try await meter.sendCiphered(clock) { change($0) }
      guard isRefused(answer) else {
        return .failed(expected: "an exception or silence", got: ConformanceBench.text(answer))
      }
      return .passed
    }
  }

  private static let ciphered = [
    test("the clock is read in a ciphered association", "5.7") { meter in
      _ = try await meter.time()
      return .passed
    },
    test("a ciphered answer is one", "5.7") { meter in
      let answer = try await meter.sendCiphered(clock) { $0 }
      return ConformanceBench.verdict(
        answer?.first == 0xCC, expected: "CC, a ciphered get response", got: answer)
    },
    test("counters of the meter go up", "5.7.3") { meter in
      func counter(_ answer: [UInt8]?) -> [UInt8] { Array((answer ?? []).dropFirst(3).prefix(4)) }
      let first = counter(try await meter.sendCiphered(clock) { $0 })
      let second = counter(try await meter.sendCiphered(clock) { $0 })
      return first.lexicographicallyPrecedes(second)
        ? .passed : .failed(expected: "above \(first)", got: "\(second)")
    },
    test("a get in clear is not served", "5.7") { meter in
      let answer = try await meter.sendRaw(ServiceTests.get())
      return ConformanceBench.verdict(isRefused(answer), expected: "an exception", got: answer)
    },
    test("the same message twice is not served twice", "5.7.3") { meter in
      let sent = Sent()
      _ = try await meter.sendCiphered(clock) { bytes in
        sent.keep(bytes)
        return bytes
      }
      let answer = try await meter.sendRaw(sent.bytes)
      return ConformanceBench.verdict(isRefused(answer), expected: "an exception", got: answer)
    },
    tampered("a tag wrong in its last bit", "5.3.7") { $0.changed(at: $0.count - 1, by: 1) },
    tampered("a tag wrong in its first bit", "5.3.7") { $0.changed(at: $0.count - 12, by: 0x80) },
    tampered("a text wrong in one bit", "5.3.7") { $0.changed(at: 7, by: 1) },
    tampered("a counter of 0", "5.7.3") { Array($0[..<3]) + [0, 0, 0, 0] + $0[7...] },
    tampered("another counter than the tag was made with", "5.7.3") { $0.changed(at: 6, by: 1) },
    tampered("security control 10, authenticated only", "5.7.2") { $0.changed(at: 2, by: 0x20) },
    tampered("security control 20, enciphered only", "5.7.2") { $0.changed(at: 2, by: 0x10) },
    tampered("security control 00", "5.7.2") { $0.changed(at: 2, by: 0x30) },
    tampered("security control of suite 1", "5.7.2") { $0.changed(at: 2, by: 1) },
    tampered("security control with the broadcast key", "5.7.2") { $0.changed(at: 2, by: 0x40) },
    tampered("no tag", "5.3.7") { [$0[0], $0[1] - 12] + $0[2...].dropLast(12) },
    tampered("a length one too long", "7.2") { $0.changed(at: 1, by: 1) },
    tampered("a set's tag around a get", "5.7") { $0.changed(at: 0, by: 1) },
    tampered("a dedicated key's tag", "5.7") { [0xD0] + $0.dropFirst() },
    tampered("general ciphering with a title of zeros", "5.7") {
      [0xDB, 8, 0, 0, 0, 0, 0, 0, 0, 0] + $0.dropFirst()
    },
    tampered("general ciphering with a title of seven bytes", "5.7") {
      [0xDB, 7, 0, 0, 0, 0, 0, 0, 0] + $0.dropFirst()
    },
  ]

  // MARK: challenges

  private static func opening(
    _ title: String, _ change: @escaping @Sendable (inout AARQ) -> Void
  ) -> ConformanceTest {
    ConformanceTest(.security, title, "IEC 62056-5-3, 5.3.4.3") { bench in
      guard bench.credentials.hasKeys else { return .skipped("no keys are given") }
      let aarq = AARQ { request in
        request.context?[6] = 3
        request.title = bench.credentials.title
        request.requirements = [7, 0x80]
        request.mechanism = AARQ.mechanism(5)
        request.secret = [UInt8](repeating: 7, count: 16)
        change(&request)
      }
      let answer = try await bench.ask(aarq.bytes, client: 1)[0]
      return ConformanceBench.verdict(AARQ.isRefused(answer), expected: "a refusal", got: answer)
    }
  }

  private static let challenges = [
    opening("high-level security with an initiate request in clear is refused") { _ in },
    opening("a challenge of 7 bytes is refused") { $0.secret = [1, 2, 3, 4, 5, 6, 7] },
    opening("a challenge of 65 bytes is refused") {
      $0.secret = [UInt8](repeating: 1, count: 65)
    },
    opening("no challenge is refused") { $0.secret = nil },
    opening("no title is refused") { $0.title = nil },
    opening("a title of 7 bytes is refused") { $0.title = [1, 2, 3, 4, 5, 6, 7] },
    opening("a title of 9 bytes is refused") { $0.title = [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    opening("a ciphered initiate request with a wrong tag is refused") {
      $0.information = [0x21, 31, 0x30, 0xF0, 0, 0, 0] + [UInt8](repeating: 9, count: 26)
    },
    opening("a ciphered initiate request that is too short is refused") {
      $0.information = [0x21, 3, 0x30, 0, 0]
    },
    ConformanceTest(.security, "another key is refused", "IEC 62056-5-3, 5.3.4.3") { bench in
      guard bench.credentials.hasKeys else { return .skipped("no keys are given") }
      var other = bench.credentials
      other.encryption[0] ^= 1
      let meter = try DLMSMeter(bench.address(client: 1), other, counters: .usual)
      do throws(MeterError) {
        try await meter.connect()
        await meter.disconnect()
        return .failed(expected: "a refusal", got: "an association")
      } catch {
        return error.layer == .association || error.layer == .security
          ? .passed : .failed(expected: "a refusal", got: error.description)
      }
    },
  ]
}

/// Bytes that went out, kept to be sent again.
private final class Sent: Sendable {
  private let kept = Mutex<[UInt8]>([])
  var bytes: [UInt8] { kept.withLock { $0 } }
  func keep(_ bytes: [UInt8]) { kept.withLock { $0 = bytes } }
}

import COSEM
import DLMS

extension DLMSClientError {
  /// The error for people: what was expected, what came, what to try.
  func told(_ step: String, lastGoodStep: String?, client: UInt8) -> MeterError {
    var error = layered(step, client)
    error.lastGoodStep = lastGoodStep
    error.cause = "\(self)"
    return error
  }

  private func layered(_ step: String, _ client: UInt8) -> MeterError {
    switch self {
    case .notNow, .tooLong, .cannotCipher: own(step)
    case .refused, .initiate, .otherContext, .challengeRefused: association(step, client)
    case .serverNotAuthentic, .badTag, .replayed, .otherProtection, .otherTitle: security(step)
    case .exception(_, let service, let counter) where service == 6 || service == 5:
      MeterError(
        .security, .refused, what: "\(step): the meter cannot decipher", expected: "its answer",
        got: service == 6 ? "an error of the invocation counter" : "a deciphering error",
        next: counter.map { "counter=\($0)" }
          ?? "the keys, and an invocation counter above the last one (counter=N)")
    default: service(step)
    }
  }

  private func own(_ step: String) -> MeterError {
    switch self {
    case .tooLong:
      MeterError(
        .service, .refused, what: "\(step): it is too long for the meter",
        expected: "block transfer", got: "none in the conformance", next: "less at once")
    case .cannotCipher:
      MeterError(
        .security, .refused, what: "\(step): nothing can be ciphered any more",
        expected: "an invocation counter below 4294967295", got: "the last one",
        next: "new keys")
    default:
      MeterError(
        .service, .tryAgain, what: "\(step): there is no association", expected: "one that stands",
        got: "none", next: "connect first")
    }
  }

  private func association(_ step: String, _ client: UInt8) -> MeterError {
    switch self {
    case .refused(let result, let diagnostic):
      let (got, next) = Self.diagnosis(diagnostic, client)
      return MeterError(
        .association, .refused, what: "\(step) is refused",
        expected: "result 0, accepted", got: "result \(result), \(got)", next: next)
    case .initiate(let errorClass, let number):
      return MeterError(
        .association, .refused, what: "\(step) is refused by xDLMS",
        expected: "an initiate response", got: "error \(errorClass).\(number)",
        next: number == 3 ? "a longer PDU: pdu=1024" : "other services or version")
    case .challengeRefused(let result):
      return MeterError(
        .security, .refused, what: "\(step): high-level security ends in pass 3",
        expected: "success", got: "action result \(result)",
        next: "the authentication key; after failures wait some seconds")
    default:
      return MeterError(
        .association, .protocolError, what: "\(step): the meter answers in another context",
        expected: "logical names, version 6", got: "another", next: "metertool doctor URL")
    }
  }

  private static func diagnosis(
    _ diagnostic: AssociationDiagnostic, _ client: UInt8
  ) -> (String, String) {
    if diagnostic.isProvider {
      return ("provider diagnostic \(diagnostic.number)", "another client number, client=16")
    }
    return switch diagnostic.number {
    case 1: ("no reason given", "client \(client) may be unknown: client=16, 2 or 1")
    case 2: ("application context not supported", "auth=high for ciphering, else without")
    case 11: ("mechanism not recognised", "auth=low or auth=high as the meter wants it")
    case 12: ("mechanism required", "auth=low or auth=high")
    case 13:
      (
        "authentication failure",
        "password, keys, and counter above the last one; after failures wait some seconds"
      )
    case 14: ("authentication required", "--keys FILE and auth=low or auth=high")
    default: ("diagnostic \(diagnostic.number)", "metertool doctor URL")
    }
  }

  private func security(_ step: String) -> MeterError {
    let (expected, got, next): (String, String, String) =
      switch self {
      case .serverNotAuthentic:
        ("the code over our challenge", "another", "the keys: this is another meter or another key")
      case .badTag: ("a tag that fits", "another", "encryption and authentication key")
      case .replayed(let counter, let last):
        ("an invocation counter above \(last)", "\(counter)", "somebody repeats old answers")
      case .otherProtection(let control):
        (
          "security control 30",
          control == 0 ? "an answer in clear" : "security control \(Hexadecimal.text([control]))",
          "the security policy of the meter"
        )
      default: ("the title that the meter gave", "another", "the meter's system title")
      }
    return MeterError(
      .security, .protocolError, what: "\(step): the answer is not protected as it should be",
      expected: expected, got: got, next: next)
  }

  private func service(_ step: String) -> MeterError {
    switch self {
    case .exception(let state, let service, _):
      return MeterError(
        .service, .protocolError, what: "\(step) ends in an exception", expected: "a response",
        got: "state error \(state), service error \(service)",
        next: "the service may not be offered: metertool identify shows the conformance")
    case .access(let number), .action(let number):
      let name = Self.results[number] ?? "result \(number)"
      let isDenied = number == 3 || number == 13
      return MeterError(
        .service, isDenied ? .refused : number == 2 ? .tryAgain : .refused,
        what: "\(step) is refused", expected: "success", got: name,
        next: isDenied
          ? "another client with more rights" : "metertool identify --objects lists what is there")
    case .block(let expected, let got):
      return MeterError(
        .service, .protocolError, what: "\(step): a block is missing",
        expected: "block \(expected)", got: "\(got)", next: "again")
    case .otherInvocation(let expected, let got):
      return MeterError(
        .service, .protocolError, what: "\(step): an answer to something else",
        expected: "invoke-id \(expected)", got: "\(got)", next: "again, with a longer wait=")
    case .unexpected(let tag):
      return MeterError(
        .service, .protocolError, what: "\(step): an APDU that does not belong here",
        expected: "its response", got: "tag \(Hexadecimal.text([tag]))",
        next: "metertool decode tells what it is")
    default:
      return MeterError(
        .service, .protocolError, what: "\(step): the answer is no APDU", expected: "a response",
        got: "other bytes", next: "metertool doctor URL")
    }
  }

  private static let results: [UInt8: String] = [
    1: "hardware fault", 2: "temporary failure", 3: "read-write denied", 4: "object undefined",
    9: "object class inconsistent", 11: "object unavailable", 12: "type unmatched",
    13: "scope of access violated", 14: "data block unavailable", 15: "long get aborted",
    16: "no long get in progress", 17: "long set aborted", 18: "no long set in progress",
    19: "data block number invalid", 250: "other reason",
  ]
}

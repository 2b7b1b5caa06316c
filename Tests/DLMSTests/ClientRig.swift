import COSEM
import Ciphers
import Quantities

@testable import DLMS

/// A client before a server, both in memory.
struct Pair {
  var client: DLMSClient
  var rig: Rig
  /// What went over the line, requests and answers in turn.
  var sent: [[UInt8]] = []
  /// Changes an answer before the client sees it.
  var meddle: ([UInt8]) -> [UInt8] = { $0 }
  /// A client that takes no more has room for so much only.
  var room = 2048

  static let none: [UInt8] = []

  static func settings(
    _ mechanism: Mechanism = .none, isCiphered: Bool = false, pdu: UInt16 = 0xFFFF,
    password: [UInt8] = Rig.password
  ) -> DLMSClientSettings {
    var settings = DLMSClientSettings(
      mechanism: mechanism, isCiphered: isCiphered, title: Rig.clientTitle, keys: .TEST,
      password: password.span)
    settings.pduMax = pdu
    return settings
  }

  init(_ number: UInt8, _ settings: DLMSClientSettings) {
    client = DLMSClient(settings)
    rig = Rig(client: number)
  }

  /// Reading client by its password.
  static func reading(pdu: UInt16 = 0xFFFF) -> Pair {
    var pair = Pair(2, settings(.low, pdu: pdu))
    _ = pair.associate()
    return pair
  }

  /// Management client by high-level security.
  static func management(pdu: UInt16 = 0xFFFF) -> Pair {
    var pair = Pair(1, settings(.highGMAC, isCiphered: true, pdu: pdu))
    _ = pair.associate()
    return pair
  }

  /// What a request came to.
  enum Outcome: Equatable {
    case associated, released
    case value([UInt8])
    case failed(DLMSClientError)
  }

  mutating func associate() -> Outcome {
    run { (client, out) throws(DLMSClientError) in
      try client.associate(
        entropy: InlineArray { UInt8(truncatingIfNeeded: $0 * 7 + 200) },
        suite: PortableCiphers.self, into: &out)
    }
  }

  mutating func get(
    _ attribute: AttributeDescriptor, selector: UInt8 = 0, parameters: [UInt8] = Pair.none
  ) -> Outcome {
    run { (client, out) throws(DLMSClientError) in
      try client.get(
        attribute, Selection(selector, parameters.span), suite: PortableCiphers.self, into: &out)
    }
  }

  mutating func set(_ attribute: AttributeDescriptor, to value: [UInt8]) -> Outcome {
    run(value) { (client, out) throws(DLMSClientError) in
      try client.set(
        attribute, Selection(0, Pair.none.span), to: value.span, suite: PortableCiphers.self,
        into: &out)
    }
  }

  mutating func act(_ method: MethodDescriptor, _ value: [UInt8] = Pair.none) -> Outcome {
    run(value) { (client, out) throws(DLMSClientError) in
      try client.act(method, value.span, suite: PortableCiphers.self, into: &out)
    }
  }

  mutating func release() -> Outcome {
    run { (client, out) throws(DLMSClientError) in try client.release(into: &out) }
  }

  private mutating func run(
    _ value: [UInt8] = Pair.none,
    _ begin: (inout DLMSClient, inout MutableSpan<UInt8>) throws(DLMSClientError) -> Int
  ) -> Outcome {
    var out = [UInt8](repeating: 0, count: room)
    var request: [UInt8]
    do throws(DLMSClientError) {
      var span = out.mutableSpan
      let count = try begin(&client, &span)
      request = Array(out.prefix(count))
    } catch { return .failed(error) }
    var joined: [UInt8] = []
    while true {
      sent.append(request)
      var answer = meddle(rig.ask(request))
      sent.append(answer)
      var given = answer.mutableSpan
      var span = out.mutableSpan
      let event = client.receive(
        &given, sending: value.span, suite: PortableCiphers.self, into: &span)
      switch event {
      case .associated: return .associated
      case .released: return .released
      case .failed(let error): return .failed(error)
      case .value(let range): return .value(joined + answer[range])
      case .piece(let range, let count):
        joined += answer[range]
        request = Array(out.prefix(count))
      case .send(let count): request = Array(out.prefix(count))
      case .notice: return .failed(.malformed)
      }
    }
  }
}

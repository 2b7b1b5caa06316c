import Bytes
import MeterTime

/// The wait after wrong passwords: none is looked at before it is over.
///
/// It doubles from one second to five minutes and belongs to the port, not to a session; the
/// right password ends it, so nobody can lock the owner of the password out for good.
public struct Tarpit: Equatable, Sendable {
  /// The longest wait, seconds.
  public static var longest_s: Int64 { 300 }

  /// Wrong passwords since the last right one; stays at 255.
  public private(set) var failures: UInt8 = 0
  private var until = Instant(ticks: .min / 4)

  public init() {}

  /// No password may be looked at now.
  public func isWaiting(at now: Instant) -> Bool { now < until }

  /// A password was wrong.
  public mutating func noteFailure(at now: Instant) {
    let wait = min(Int64(1) << Int64(min(failures, 9)), Self.longest_s)
    if failures < 255 { failures += 1 }
    until = now + .seconds(wait)
  }

  /// A password was right.
  public mutating func noteSuccess() { self = Tarpit() }
}

/// A password of up to 32 characters, compared in a time that does not depend on it.
///
/// It is not printed, not told and not part of any message of the meter.
public struct PortPassword: Sendable {
  /// The longest password, characters.
  public static var longest: Int { 32 }

  private var characters = InlineArray<32, UInt8>(repeating: 0)
  private var count: UInt8 = 0

  /// Nil for none, for more than 32 characters, and for characters that a data set cannot carry.
  public init?(_ text: Span<UInt8>) {
    guard text.count > 0, text.count <= Self.longest else { return nil }
    for i in text.indices {
      switch text[i] {
      case 0x21...0x7E:
        switch text[i] {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "/"),
          UInt8(ascii: "!"):
          return nil
        default: characters[i] = text[i]
        }
      default: return nil
      }
    }
    count = UInt8(text.count)
  }

  /// Whether a text is the password.
  public func matches(_ text: Span<UInt8>) -> Bool {
    var difference: UInt8 = text.count == Int(count) ? 0 : 1
    for k in 0..<Self.longest {
      let given: UInt8 = k < text.count ? text[k] : 0
      difference |= given ^ characters[k]
    }
    return difference == 0
  }

  /// Whether a text is the answer to an operand: 32 hexadecimal digits, the first half of SHA-256
  /// over operand and password. The standard leaves the algorithm to the maker.
  public func matches(_ answer: Span<UInt8>, operand: Span<UInt8>) -> Bool {
    let wanted = answerText(operand: operand)
    var difference: UInt8 = answer.count == 32 ? 0 : 1
    for k in 0..<32 {
      let given: UInt8 = k < answer.count ? answer[k] : 0
      difference |= given ^ wanted[k]
    }
    return difference == 0
  }

  /// The answer to an operand.
  public func answerText(operand: Span<UInt8>) -> InlineArray<32, UInt8> {
    var message = InlineArray<64, UInt8>(repeating: 0)
    var length = 0
    for i in operand.indices where length < 32 {
      message[length] = operand[i]
      length += 1
    }
    for k in 0..<Int(count) {
      message[length] = characters[k]
      length += 1
    }
    return Self.hexadecimalDigest(message.span.extracting(0..<length))
  }

  private static func hexadecimalDigest(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
    var hash = SHA256()
    hash.update(message)
    let digest = hash.finish()
    var text = InlineArray<32, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    for k in 0..<16 { writer.hexadecimal(UInt64(digest[k]), digits: 2) }
    return text
  }
}

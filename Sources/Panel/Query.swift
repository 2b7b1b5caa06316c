import VirtualMeter

/// The part of an address after `?`, as names and values; what cannot be decoded is left out.
struct Query: Sendable {
  private let pairs: [(name: String, value: String)]

  /// Pairs beyond this count are ignored.
  private static let mostPairs = 32

  init(_ text: String) {
    pairs = text.split(separator: "&").prefix(Self.mostPairs).compactMap { part in
      let cut = part.firstIndex(of: "=") ?? part.endIndex
      guard let name = Self.decoded(part[..<cut]) else { return nil }
      let rest = cut == part.endIndex ? part[cut...] : part[part.index(after: cut)...]
      return Self.decoded(rest).map { (name, $0) }
    }
  }

  /// The first value of a name.
  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// A whole number within a range.
  ///
  /// - Throws: `bad_request` for what is no such number.
  func integer(_ name: String, in range: ClosedRange<Int>, usual: Int) throws(Refusal) -> Int {
    guard let text = self[name] else { return usual }
    guard let number = Int(text), range.contains(number) else {
      throw Refusal(
        .badRequest, what: "\(name) is «\(text.prefix(40))»",
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
        next: "correct it or leave it out")
    }
    return number
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "+") {
        bytes.append(UInt8(ascii: " "))
      } else if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}

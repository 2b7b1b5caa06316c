import Bytes
import Quantities

/// Why bytes are no P1 telegram.
public enum P1Error: UInt8, Error, Sendable {
  /// It does not begin with a stroke, or has no line of identification.
  case noIdentification
  /// The mark of the end is missing, or what follows it is no check.
  case noEnd
  /// The check says that it was damaged.
  case badCheck
  /// A line is no code with values in brackets.
  case badLine
  /// A value is not the number that was asked for.
  case badNumber
}

/// A checked P1 telegram over its bytes.
public struct P1Telegram: ~Escapable {
  /// Longest telegram that is taken, bytes.
  public static let bytesMax = 4096

  /// What stands in the first line behind the stroke: three letters of the maker, 5, and more.
  public let identification: Span<UInt8>
  /// False for a telegram of the first editions, which have no check.
  public let isChecked: Bool
  private let bytes: Span<UInt8>
  /// Where the lines end.
  private let end: Int
  private let firstLine: Int

  /// - Parameter bytes: from the stroke to the last CR LF.
  /// - Throws: why it is no intact telegram.
  @_lifetime(copy bytes)
  public init(parsing bytes: Span<UInt8>) throws(P1Error) {
    guard bytes.count > 8, bytes.count <= Self.bytesMax, bytes[0] == 0x2F else {
      throw .noIdentification
    }
    guard let head = Self.lineEnd(bytes, from: 1) else { throw .noIdentification }
    var mark = bytes.count - 1
    while mark > 0 && bytes[mark] != 0x21 { mark -= 1 }
    guard mark > head else { throw .noEnd }
    let tail = bytes.count - mark - 1
    guard tail == 2 || tail == 6, bytes[bytes.count - 2] == 0x0D, bytes[bytes.count - 1] == 0x0A
    else { throw .noEnd }
    if tail == 6 {
      let check = P1Check.check(bytes.extracting(0..<(mark + 1)))
      for place in 0..<4 where Self.upper(bytes[mark + 1 + place]) != P1Check.digit(check, place) {
        throw .badCheck
      }
    }
    isChecked = tail == 6
    identification = bytes.extracting(1..<head)
    self.bytes = bytes
    end = mark
    firstLine = head
  }

  private static func upper(_ byte: UInt8) -> UInt8 {
    byte >= 0x61 && byte <= 0x66 ? byte - 0x20 : byte
  }

  /// The CR of the line that begins at `start`.
  private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var at = start
    while at + 1 < bytes.count {
      if bytes[at] == 0x0D && bytes[at + 1] == 0x0A { return at }
      at += 1
    }
    return nil
  }

  /// The next line.
  ///
  /// - Parameter place: 0 for the first one; moved on behind the line.
  /// - Returns: nil after the last line.
  /// - Throws: `badLine`.
  @_lifetime(copy self)
  public func line(after place: inout Int) throws(P1Error) -> P1Line? {
    var at = max(place, firstLine)
    while at + 1 < end, bytes[at] == 0x0D, bytes[at + 1] == 0x0A { at += 2 }
    guard at < end else { return nil }
    guard var close = Self.lineEnd(bytes, from: at), close <= end else { throw .badLine }
    // Old telegrams break a line before a bracket.
    while close + 2 < end, bytes[close + 2] == 0x28 {
      guard let next = Self.lineEnd(bytes, from: close + 2), next <= end else { throw .badLine }
      close = next
    }
    place = close + 2
    return try P1Line(parsing: bytes.extracting(at..<close))
  }
}

/// A line of a telegram: its code, and values in brackets.
public struct P1Line: ~Escapable {
  public let code: OBISCode
  private let groups: Span<UInt8>

  @_lifetime(copy bytes)
  init(parsing bytes: Span<UInt8>) throws(P1Error) {
    var at = 0
    while at < bytes.count && bytes[at] != 0x28 { at += 1 }
    guard at < bytes.count, bytes[bytes.count - 1] == 0x29 else { throw .badLine }
    do throws(OBISCodeError) {
      code = try OBISCode(parsing: bytes.extracting(0..<at))
    } catch { throw .badLine }
    groups = bytes.extracting(at..<bytes.count)
  }

  /// What stands between two brackets; nil beyond the last pair.
  /// - Parameter number: 0 for the first one.
  @_lifetime(copy self)
  public func group(_ number: Int) -> Span<UInt8>? {
    var left = number
    var start: Int?
    for at in groups.indices {
      if groups[at] == 0x28 { start = at + 1 }
      guard groups[at] == 0x29, let first = start else { continue }
      if left == 0 { return groups.extracting(first..<at) }
      left -= 1
      start = nil
    }
    return nil
  }

  /// The number in the first brackets.
  /// - Throws: `badNumber` where none is there.
  public var number: P1Number {
    get throws(P1Error) {
      guard let group = group(0) else { throw .badNumber }
      return try P1Number(parsing: group)
    }
  }
}

/// A number with its decimals: `digits * 10 ^ -decimals`.
public struct P1Number: Equatable, Sendable {
  public var digits: Int64
  public var decimals: UInt8
  /// Bytes of the number; behind a star stands its unit.
  public var byteCount: Int

  /// - Throws: `badNumber` for anything else than up to 18 digits with at most one point.
  public init(parsing text: Span<UInt8>) throws(P1Error) {
    (digits, decimals, byteCount) = (0, 0, 0)
    var (isBehindPoint, count) = (false, 0)
    for at in text.indices {
      let byte = text[at]
      if byte == 0x2A { break }
      byteCount += 1
      if byte == 0x2E && !isBehindPoint {
        isBehindPoint = true
        continue
      }
      guard byte >= 0x30 && byte <= 0x39, count < 18 else { throw .badNumber }
      digits = digits * 10 + Int64(byte - 0x30)
      count += 1
      if isBehindPoint { decimals += 1 }
    }
    guard count > 0 else { throw .badNumber }
  }
}

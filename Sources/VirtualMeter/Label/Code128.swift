/// A bar code after ISO/IEC 15417 (Code 128): start, data and check symbols, and the stop pattern.
public struct Code128: Equatable, Sendable {
  /// Symbol values without stop: start, data, check.
  public let values: [Int]

  /// Encodes a text.
  ///
  /// Digits of an even count go in pairs (code set C), anything else character by character (code
  /// set B).
  /// - Parameter text: 1 to 80 printable ASCII characters; nil for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (1...80).contains(bytes.count), bytes.allSatisfy({ (32...126).contains($0) }) else {
      return nil
    }
    let digits = bytes.allSatisfy { (48...57).contains($0) }
    let start: Int
    let data: [Int]
    if digits, bytes.count.isMultiple(of: 2) {
      start = Self.startC
      data = stride(from: 0, to: bytes.count, by: 2).map {
        Int(bytes[$0] - 48) * 10 + Int(bytes[$0 + 1] - 48)
      }
    } else {
      start = Self.startB
      data = bytes.map { Int($0) - 32 }
    }
    values = [start] + data + [Self.check(start: start, data: data)]
  }

  /// The check symbol: the start value plus each value times its place, modulo 103.
  public static func check(start: Int, data: [Int]) -> Int {
    data.enumerated().reduce(start) { $0 + ($1.offset + 1) * $1.element } % 103
  }

  /// Widths in modules of bars and spaces in turn, beginning and ending with a bar. Ten modules
  /// of quiet zone belong on both sides.
  public var widths: [Int] {
    (values.map { Self.patterns[$0] } + [Self.stopPattern]).flatMap { pattern in
      pattern.utf8.map { Int($0) - 48 }
    }
  }

  /// Modules without quiet zones.
  public var moduleCount: Int { widths.reduce(0, +) }

  static let startB = 104
  static let startC = 105
  static let stopPattern = "2331112"

  /// Widths of three bars and three spaces of the values 0 to 105.
  static let patterns = """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212
    112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131
    311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321
    112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
    314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114
    122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
    124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
    """.split(whereSeparator: \.isWhitespace).map(String.init)
}

/// The printed type of a meter, for example `KVD-382LxG-5(85)-3x230/400-Q5BDI`.
///
/// ```
/// type      = [ "KVD-" ] model [ "-" rating [ "-" supply [ "-" options ] ] ]
/// model     = "382Lx" hardware            hardware: 2...9 without switch, B...G with it
/// rating    = "5(85)" | "5(105)" | "10(60)" | "10(65)" | "10(85)"
/// supply    = ( "1x230" | "2x230/400" | "3x230/400" | "3x230" ) [ "A" ]      A: Aron
/// options   = energy [ frequency [ class [ backup [ summation ] ] ] ]
/// energy    = "I" A+ | "E" A+/A- | "Q" A+/A-/R+/R-
/// frequency = "5" 50 Hz | "6" 60 Hz
/// class     = "A" | "B"
/// backup    = "N" none | "L" lithium battery | "C" supercap | "D" both
/// summation = "I" individual | "V" vector
/// ```
/// What is left out at the end is as in `VariantRequest`. Everything is written, nothing left
/// out, when a variant is printed. At most 33 characters, ASCII.
public struct TypeString: Sendable {
  /// Longest type string, bytes.
  public static var maximumBytes: Int { 33 }
  /// Bytes of the model at the start without prefix, as `382LxG`.
  public static var modelBytes: Int { 6 }
  /// Bytes of the prefix `KVD-`.
  public static var prefixBytes: Int { 4 }

  private var storage = InlineArray<33, UInt8>(repeating: 0)
  private var length: UInt8 = 0

  /// Bytes in use.
  public var count: Int { Int(length) }

  /// The byte at an index of 0..<count.
  public subscript(index: Int) -> UInt8 {
    precondition(index < count, "index beyond the type string")
    return storage[index]
  }

  /// The full type string of a variant.
  public init(_ variant: MeterVariant) {
    append("KVD-382Lx")
    append(variant.hardware.code)
    append("-")
    append(variant.rating.code)
    append("-")
    append(variant.voltage.code)
    if variant.wiring == .aron { append("A") }
    append("-")
    append(variant.energyType.code)
    append(variant.frequency.code)
    append(variant.accuracy.code)
    append(variant.backup.code)
    append(variant.summation.code)
  }

  private mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount {
      storage[Int(length)] = text.utf8Start[index]
      length += 1
    }
  }
}

#if !hasFeature(Embedded)
  extension TypeString: CustomStringConvertible {
    /// The text.
    public var description: String {
      String(decoding: (0..<count).map { self[$0] }, as: UTF8.self)
    }
  }
#endif

/// Why a text is no type string.
public enum TypeStringError: Error, Equatable, Sendable {
  /// That part is expected at a byte offset from the start.
  case expected(TypeStringPart, at: UInt16)
  /// Every part is well formed, but the combination is no meter.
  case refused(VariantRefusal)
}

/// A part of a type string, as an error names it.
public enum TypeStringPart: UInt8, CaseIterable, Sendable {
  case model, hardware, separator, rating, supply, energy, frequency, accuracy, backup, summation
  case end

  /// What may stand there.
  public var sentence: StaticString {
    switch self {
    case .model: "382Lx, or KVD-382Lx"
    case .hardware: "the hardware letter: 2 to 9 without switch, B to G with switch"
    case .separator: "- and the next part, or the end"
    case .rating: "a rating: 5(85), 5(105), 10(60), 10(65) or 10(85)"
    case .supply: "a supply: 1x230, 2x230/400, 3x230/400, 3x230, or 3x230A for Aron"
    case .energy: "the energy type: I for A+, E for A+/A-, Q for A+/A-/R+/R-"
    case .frequency: "the frequency, 5 for 50 Hz or 6 for 60 Hz, or the end"
    case .accuracy: "the accuracy class, A or B, or the end"
    case .backup: "the backup, N none, L lithium battery, C supercap or D both, or the end"
    case .summation: "the summation, I individual or V vector, or the end"
    case .end: "the end"
    }
  }
}

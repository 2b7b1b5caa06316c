#if !hasFeature(Embedded)
  extension GlassSegment {
    /// The name in the segment list, such as `V3.a`, `I1.point`, `U2.g1`, `X4.m` or `tariff1`:
    /// V value, I identification, U unit, X text, counted from 1 at the left.
    public var name: String {
      let byte = Int(index) / 8
      let bit = UInt8(index % 8)
      switch byte {
      case ..<GlassLayout.identification:
        return "V\(byte + 1).\(Self.bar(bit))"
      case ..<GlassLayout.unit:
        return "I\(byte - GlassLayout.identification + 1).\(Self.bar(bit))"
      case ..<GlassLayout.text:
        return "U" + Self.characterBar(byte - GlassLayout.unit, bit)
      case ..<GlassLayout.symbols:
        return "X" + Self.characterBar(byte - GlassLayout.text, bit)
      default:
        let raw = UInt8(byte - GlassLayout.symbols) * 8 + bit
        return GlassSymbol(rawValue: raw).map { "\($0)" } ?? "none"
      }
    }

    private static func bar(_ bit: UInt8) -> String {
      DigitSegment(rawValue: bit).map { "\($0)" } ?? "none"
    }

    private static func characterBar(_ byte: Int, _ bit: UInt8) -> String {
      let bar = CharacterSegment(rawValue: UInt8(byte % 2) * 8 + bit)
      return "\(byte / 2 + 1)." + (bar.map { "\($0)" } ?? "none")
    }
  }

  extension Glass {
    /// The value field as text without blanks at its ends: `0012345`, `12:34:56`, `-1.250`.
    public var valueText: String { text(Self.maximumValueTextBytes) { valueText(into: &$0) } }

    /// The identification field as text: `1.8.0`.
    public var identificationText: String { text(13) { identificationText(into: &$0) } }

    /// The unit field as text: `kWh`.
    public var unitText: String {
      Self.string((0..<GlassLayout.unitCharacters).map { unitCharacter($0) })
    }

    /// The text field as text: `TRIP`.
    public var fieldText: String {
      Self.string((0..<GlassLayout.textCharacters).map { textCharacter($0) })
    }

    /// The encoded picture in hexadecimal, as in report lines and JSON.
    public var hexadecimal: String {
      var bytes = [UInt8](repeating: 0, count: Self.encodedBytes)
      var output = bytes.mutableSpan
      encode(into: &output)
      return bytes.map { byte in
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
      }.joined()
    }

    private func text(_ room: Int, _ write: (inout MutableSpan<UInt8>) -> Int) -> String {
      var bytes = [UInt8](repeating: 0, count: room)
      var output = bytes.mutableSpan
      let count = write(&output)
      return Self.string(Array(bytes.prefix(count)))
    }

    private static func string(_ bytes: [UInt8]) -> String {
      var characters = bytes.map { Character(UnicodeScalar($0)) }
      while characters.last == " " { characters.removeLast() }
      return String(characters.drop { $0 == " " })
    }
  }
#endif

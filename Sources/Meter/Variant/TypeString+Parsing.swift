import LegalMeter

extension MeterVariant {
  /// Reads a type string; see `TypeString` for the grammar.
  /// - Parameter text: any bytes, of any length.
  /// - Throws: where which part is expected, or why the combination is no meter.
  public init(typeString text: Span<UInt8>) throws(TypeStringError) {
    let request = try VariantRequest(typeString: text)
    do throws(VariantRefusal) {
      try self.init(request)
    } catch {
      throw .refused(error)
    }
  }
}

extension VariantRequest {
  /// Reads a type string without asking whether the combination exists.
  /// - Throws: `TypeStringError.expected` only.
  public init(typeString text: Span<UInt8>) throws(TypeStringError) {
    self.init()
    var reader = TypeStringReader(text)
    _ = reader.takes("KVD-")
    guard reader.takes("382Lx") else { throw reader.expected(.model) }
    hardware = try reader.choice(.hardware)
    guard try reader.goesOn() else { return }
    rating = try reader.choice(.rating)
    guard try reader.goesOn() else { return }
    voltage = try reader.choice(.supply)
    if reader.takes("A") { wiring = .aron }
    guard try reader.goesOn() else { return }
    energyType = try reader.choice(.energy)
    if reader.isAtEnd { return }
    frequency = try reader.choice(.frequency)
    if reader.isAtEnd { return }
    accuracy = try reader.choice(.accuracy)
    if reader.isAtEnd { return }
    backup = try reader.choice(.backup)
    if reader.isAtEnd { return }
    summation = try reader.choice(.summation) as Summation
    guard reader.isAtEnd else { throw reader.expected(.end) }
  }
}

/// A place in the text of a type string.
private struct TypeStringReader: ~Escapable {
  let text: Span<UInt8>
  var offset = 0

  @_lifetime(copy text)
  init(_ text: Span<UInt8>) { self.text = text }

  var isAtEnd: Bool { offset == text.count }

  func expected(_ part: TypeStringPart) -> TypeStringError {
    .expected(part, at: UInt16(truncatingIfNeeded: offset))
  }

  /// Steps over `code` where the text goes on with it.
  mutating func takes(_ code: StaticString) -> Bool {
    let length = matchLength(code)
    offset += length
    return length > 0
  }

  /// True behind a separator, false at the end.
  mutating func goesOn() throws(TypeStringError) -> Bool {
    if isAtEnd { return false }
    guard takes("-") else { throw expected(.separator) }
    return true
  }

  /// The choice with the longest code that stands here.
  mutating func choice<Choice: TypeStringChoice>(
    _ part: TypeStringPart
  ) throws(TypeStringError) -> Choice {
    var best: Choice?
    var bestLength = 0
    var rawValue: UInt8 = 0
    while let candidate = Choice(rawValue: rawValue) {
      let length = matchLength(candidate.code)
      if length > bestLength {
        best = candidate
        bestLength = length
      }
      rawValue += 1
    }
    guard let best else { throw expected(part) }
    offset += bestLength
    return best
  }

  /// Bytes of `code` if the text goes on with it, else 0.
  private func matchLength(_ code: StaticString) -> Int {
    let length = code.utf8CodeUnitCount
    guard text.count - offset >= length else { return 0 }
    for index in 0..<length where text[offset + index] != code.utf8Start[index] { return 0 }
    return length
  }
}

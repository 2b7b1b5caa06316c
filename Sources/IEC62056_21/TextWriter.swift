import Quantities

/// Writes lines of data sets into a bounded run of characters.
///
/// What does not fit is left out and noted in `isFull`; a writer never traps.
public struct TextWriter: ~Copyable, ~Escapable {
  private var characters: MutableSpan<UInt8>
  /// Characters written so far.
  public private(set) var count = 0
  /// Something did not fit.
  public private(set) var isFull = false

  @_lifetime(copy characters)
  public init(_ characters: consuming MutableSpan<UInt8>) { self.characters = characters }

  /// One character.
  @_lifetime(self: copy self)
  public mutating func put(_ character: UInt8) {
    guard count < characters.count else {
      isFull = true
      return
    }
    characters[count] = character
    count += 1
  }

  /// Characters in order.
  @_lifetime(self: copy self)
  public mutating func put(_ text: StaticString) {
    for k in 0..<text.utf8CodeUnitCount { put(text.utf8Start[k]) }
  }

  /// Characters in order.
  @_lifetime(self: copy self)
  public mutating func put(_ text: Span<UInt8>) {
    for k in text.indices { put(text[k]) }
  }

  /// A number with noughts in front up to a width, 0...20 digits.
  @_lifetime(self: copy self)
  public mutating func decimal(_ number: UInt64, width: Int = 1) {
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var rest = number
    var used = 0
    while rest > 0 || used < min(max(width, 1), 20) {
      digits[used] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      used += 1
    }
    while used > 0 {
      used -= 1
      put(digits[used])
    }
  }

  /// A signed number of `decimals` digits behind the point.
  ///
  /// - Parameter width: digits before the point, filled with noughts.
  @_lifetime(self: copy self)
  public mutating func fixed(_ number: Int64, decimals: Int, width: Int = 1) {
    if number < 0 { put(UInt8(ascii: "-")) }
    var unit: UInt64 = 1
    for _ in 0..<min(max(decimals, 0), 18) { unit *= 10 }
    let magnitude = number.magnitude
    decimal(magnitude / unit, width: width)
    guard decimals > 0 else { return }
    put(UInt8(ascii: "."))
    decimal(magnitude % unit, width: decimals)
  }

  /// A number in hexadecimal, capitals, `digits` of them.
  @_lifetime(self: copy self)
  public mutating func hexadecimal(_ number: UInt64, digits: Int) {
    var left = digits
    while left > 0 {
      left -= 1
      let nibble = UInt8(truncatingIfNeeded: number >> UInt64(4 * left)) & 15
      put(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
    }
  }

  /// An address in the reduced form: C.D.E, medium and F where they say something.
  @_lifetime(self: copy self)
  public mutating func address(_ code: OBISCode, medium: Bool = false) {
    if medium {
      decimal(UInt64(code.a))
      put(UInt8(ascii: "-"))
      decimal(UInt64(code.b))
      put(UInt8(ascii: ":"))
    }
    decimal(UInt64(code.c))
    put(UInt8(ascii: "."))
    decimal(UInt64(code.d))
    put(UInt8(ascii: "."))
    decimal(UInt64(code.e))
    guard code.f != 255 else { return }
    put(UInt8(ascii: "*"))
    decimal(UInt64(code.f), width: 2)
  }

  /// Carriage return and line feed.
  @_lifetime(self: copy self)
  public mutating func endLine() {
    put(ControlCharacter.carriageReturn)
    put(ControlCharacter.lineFeed)
  }
}

import Meter

/// Who the meter says it is on a customer port: neutral, or with the letters of the family.
public struct CustomerIdentity: Equatable, Sendable {
  /// The family's letters; otherwise KVD, and the model is followed by -VIRTUAL.
  public var isFamily: Bool

  public init(isFamily: Bool) { self.isFamily = isFamily }

  /// KAM or KVD.
  var maker: InlineArray<3, UInt8> { isFamily ? [0x4B, 0x41, 0x4D] : [0x4B, 0x56, 0x44] }

  /// Three letters and thirteen digits, as the logical device name.
  func deviceName(_ meter: borrowing Meter) -> InlineArray<16, UInt8> {
    var name = InlineArray<16, UInt8>(repeating: 0x30)
    for k in 0..<3 { name[k] = maker[k] }
    Self.digits(meter.configuration.meterNumber, into: &name)
    return name
  }

  /// Sixteen digits: those of the family begin with the maker's number at GS1.
  func meterID(_ meter: borrowing Meter) -> InlineArray<16, UInt8> {
    var id = InlineArray<16, UInt8>(repeating: 0x30)
    if isFamily {
      let prefix: InlineArray<8, UInt8> = [0x35, 0x37, 0x30, 0x36, 0x35, 0x36, 0x37, 0x30]
      for k in 0..<8 { id[k] = prefix[k] }
    }
    Self.digits(meter.configuration.meterNumber, into: &id)
    return id
  }

  private static func digits(_ number: UInt32, into text: inout InlineArray<16, UInt8>) {
    var rest = number
    for k in 0..<8 {
      text[15 - k] = 0x30 + UInt8(rest % 10)
      rest /= 10
    }
  }

  /// The model, such as 382LxG, and that it is a virtual one; eighteen characters with blanks
  /// behind.
  func model(_ meter: borrowing Meter) -> (text: InlineArray<18, UInt8>, count: Int) {
    var text = InlineArray<18, UInt8>(repeating: 0x20)
    let type = TypeString(meter.configuration.variant)
    for k in 0..<TypeString.modelBytes { text[k] = type[TypeString.prefixBytes + k] }
    let count = TypeString.modelBytes
    if isFamily { return (text, count) }
    let more: StaticString = "-VIRTUAL"
    for k in 0..<more.utf8CodeUnitCount { text[count + k] = more.utf8Start[k] }
    return (text, count + more.utf8CodeUnitCount)
  }
}

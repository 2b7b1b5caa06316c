import Bytes
import Quantities

extension LoadParameters {
  /// Writes the section `loads`: docs/configuration.md has the layout.
  func encode(into writer: inout ByteWriter) throws(BytesError) {
    try Self.put(output1, &writer)
    try Self.put(output2, &writer)
    try writer.littleEndian(delay_s)
    try Self.put(input1, &writer)
    try Self.put(input2, &writer)
    try Self.put(pulse1, &writer)
    try Self.put(pulse2, &writer)
    for _ in 0..<6 { try writer.littleEndian(UInt8(0)) }
  }

  private static func put(
    _ output: LoadOutputParameters, _ writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.littleEndian(output.mode.rawValue)
    try writer.littleEndian(output.tariffs)
    for k in output.plan.words.indices { try writer.littleEndian(output.plan.words[k]) }
  }

  private static func put(
    _ input: PulseInputParameters, _ writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.littleEndian(input.function.rawValue)
    try writer.littleEndian(input.unit.rawValue)
    try writer.littleEndian(input.divider_thousandths)
  }

  private static func put(
    _ pulse: ModulePulseParameters, _ writer: inout ByteWriter
  ) throws(BytesError) {
    try writer.littleEndian(UInt8(pulse.isOn ? 1 : 0) | (pulse.isLong ? 2 : 0))
    try writer.littleEndian(pulse.register.rawValue)
    try writer.littleEndian(pulse.decade)
  }

  /// Reads what `encode` wrote; nil for another length or anything outside its range.
  public init?(decoding bytes: Span<UInt8>) {
    guard bytes.count == Self.encodedBytes else { return nil }
    self.init()
    guard let first = Self.output(bytes.extracting(0..<34)),
      let second = Self.output(bytes.extracting(34..<68)),
      let input1 = Self.input(bytes.extracting(70..<76)),
      let input2 = Self.input(bytes.extracting(76..<82)),
      let pulse1 = Self.pulse(bytes.extracting(82..<85)),
      let pulse2 = Self.pulse(bytes.extracting(85..<88))
    else { return nil }
    output1 = first
    output2 = second
    delay_s = UInt16(bytes[68]) | UInt16(bytes[69]) << 8
    self.input1 = input1
    self.input2 = input2
    self.pulse1 = pulse1
    self.pulse2 = pulse2
    if !isValid { return nil }
  }

  private static func output(_ bytes: Span<UInt8>) -> LoadOutputParameters? {
    guard let mode = LoadOutputParameters.Mode(rawValue: bytes[0]) else { return nil }
    var output = LoadOutputParameters()
    output.mode = mode
    output.tariffs = bytes[1]
    for k in 0..<16 {
      output.plan.words[k] = UInt16(bytes[2 + 2 * k]) | UInt16(bytes[3 + 2 * k]) << 8
    }
    return output
  }

  private static func input(_ bytes: Span<UInt8>) -> PulseInputParameters? {
    guard let function = PulseInputParameters.Function(rawValue: bytes[0]),
      let unit = PulseInputParameters.CountedUnit(rawValue: bytes[1])
    else { return nil }
    var input = PulseInputParameters()
    input.function = function
    input.unit = unit
    input.divider_thousandths =
      UInt32(bytes[2]) | UInt32(bytes[3]) << 8 | UInt32(bytes[4]) << 16 | UInt32(bytes[5]) << 24
    return input
  }

  private static func pulse(_ bytes: Span<UInt8>) -> ModulePulseParameters? {
    guard bytes[0] < 4, let register = EnergyKind(rawValue: bytes[1]) else { return nil }
    var pulse = ModulePulseParameters()
    pulse.isOn = bytes[0] & 1 != 0
    pulse.isLong = bytes[0] & 2 != 0
    pulse.register = register
    pulse.decade = bytes[2]
    return pulse
  }
}

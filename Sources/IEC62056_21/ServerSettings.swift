import MeterTime

/// How a meter behaves on its IEC 62056-21 port.
public struct ServerSettings: Sendable {
  public var mode: ProtocolMode
  /// The line in idle: the family opens at 9600, the standard at 300 baud.
  public var opening: LineSettings
  /// The speed that the meter offers in modes B, C and E.
  public var offered: LineSpeed
  /// The number that an address calls.
  public var number: UInt32
  /// Three letters; a small third one promises an answer within 20 ms.
  public var maker: InlineArray<3, UInt8>
  /// HDLC can follow: `\2` is offered in mode E.
  public var offersBinary = false
  public var password: PortPassword?
  public var times = SessionTimes()

  private var name = InlineArray<16, UInt8>(repeating: 0)
  private var nameCount: UInt8 = 0

  /// - Parameter identification: text behind the speed; cut at 16 characters.
  public init(
    mode: ProtocolMode = .a, opening: LineSpeed = .baud9600, offered: LineSpeed = .baud9600,
    number: UInt32, maker: InlineArray<3, UInt8>, identification: Span<UInt8>
  ) {
    self.mode = mode
    self.opening = LineSettings(opening)
    self.offered = offered
    self.number = number
    self.maker = maker
    for i in identification.indices where i < 16 {
      name[i] = identification[i]
      nameCount += 1
    }
  }

  /// Writes the identification with CR LF.
  func writeIdentification(into writer: inout TextWriter) {
    writer.put(UInt8(ascii: "/"))
    for k in 0..<3 { writer.put(maker[k]) }
    writer.put(mode.character(for: offered) ?? UInt8(ascii: " "))
    if offersBinary && mode == .e { writer.put("\\2") }
    writer.put(name.span.extracting(0..<Int(nameCount)))
    writer.endLine()
  }
}

/// The times of a port, clause 6.6 and the maker's own.
public struct SessionTimes: Equatable, Sendable {
  /// From the end of a message to the answer: 200 ms, or 20 ms with a small third letter.
  public var reaction = Instant.Duration.milliseconds(200)
  /// The longest time between two characters of a message, and for the answer to an
  /// identification.
  public var character = Instant.Duration.milliseconds(1500)
  /// The longest silence after a change of speed; then the opening speed holds again.
  public var afterSwitch = Instant.Duration.milliseconds(1900)
  /// The longest silence in a session in which something has been understood.
  public var session = Instant.Duration.seconds(60)
  /// Between two readouts of mode D.
  public var push = Instant.Duration.seconds(10)

  public init() {}
}

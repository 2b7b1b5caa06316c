import MeterTime

/// How a reader opens a meter.
public struct ClientSettings: Sendable {
  public var opening: LineSettings
  /// The highest speed that it goes to.
  public var fastest: LineSpeed
  /// What it wants of a meter that lets the reader choose.
  public var choice: Acknowledgement.Choice
  /// The longest wait for the first character of an answer, and between two.
  public var patience = Instant.Duration.milliseconds(2000)
  /// Between the answer to an identification and the new speed; a meter speaks again after 200 ms
  /// at the earliest (6.6).
  public var switchPause = Instant.Duration.milliseconds(150)
  /// How often a request without an answer is said again.
  public var repeats: UInt8 = 2

  private var name = InlineArray<32, UInt8>(repeating: 0)
  private var nameCount: UInt8 = 0

  /// - Parameter address: of the meter that is called; cut at 32 characters.
  public init(
    opening: LineSpeed = .baud300, fastest: LineSpeed = .baud9600,
    choice: Acknowledgement.Choice = .readout, address: Span<UInt8>
  ) {
    self.opening = LineSettings(opening)
    self.fastest = fastest
    self.choice = choice
    for i in address.indices where i < 32 {
      name[i] = address[i]
      nameCount += 1
    }
  }

  func writeRequest(into writer: inout TextWriter) {
    writer.put("/?")
    writer.put(name.span.extracting(0..<Int(nameCount)))
    writer.put(UInt8(ascii: "!"))
    writer.endLine()
  }
}

/// Why a reading has failed.
public enum ClientError: Error, Equatable, Sendable {
  /// Nobody answers.
  case silence
  /// What came is no identification.
  case identification(MessageError)
  /// A block stayed damaged after repeats.
  case damaged
  /// The meter does not offer what is wanted.
  case notOffered
  /// The meter ended the session.
  case ended
}

/// What a reader learns with a character or with time.
public enum ClientEvent: Equatable, Sendable {
  case none
  /// The identification is in `text`.
  case identified
  /// A line of an answer is in `text`; it may be used once its block has been confirmed.
  case line
  /// The block before was damaged: its lines are to be forgotten. It is asked for again.
  case dropped
  /// All lines since the last block are confirmed, and more will come.
  case block
  /// All lines are confirmed, and the answer is whole.
  case complete
  /// The programming mode is open; `text` holds the operand.
  case programming
  /// A password or a write was taken.
  case acknowledged
  /// The meter refuses; `text` holds what it says.
  case refused
  case failed(ClientError)
}

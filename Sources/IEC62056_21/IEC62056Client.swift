import MeterTime

/// The reader's side of IEC 62056-21, without input or output.
///
/// It opens meters of the modes A, B and C, reads them out, and gives commands in the programming
/// mode. Lines are told one by one as they come; none may be used before `.block` or `.complete`
/// has confirmed the check of its block.
public struct IEC62056Client: Sendable {
  enum State: UInt8, Sendable {
    case idle, requested, switching, text, check, awaitingOperand, ready, commanded
  }

  static let textCapacity = 256

  public let settings: ClientSettings
  /// How the line has to be set, once what `next` gave has been sent.
  public private(set) var line: LineSettings
  /// When something happens by itself; nil for never.
  public private(set) var deadline: Instant?
  /// What the meter was identified by; its text stands no longer.
  public private(set) var identification: Identification?

  private var state = State.idle
  private var characters = InlineArray<256, UInt8>(repeating: 0)
  private var count = 0
  private var output = InlineArray<192, UInt8>(repeating: 0)
  private var outputCount = 0
  private var outputStart = 0
  private var holdUntil = Instant(ticks: .min / 4)
  private var check = BlockCheck()
  private var isInBlock = false
  /// A character of the block had wrong parity: two of a kind that are missing do not show in the
  /// check, so that it is not asked.
  private var isDamaged = false
  private var isLastBlock = false
  /// The last line has been told and stands until the next character of text.
  private var startsNewLine = false
  private var hasOperand = false
  private var attempts: UInt8 = 0
  /// The line that holds after the switch, and when.
  private var nextLine: LineSettings?
  private var switchAt: Instant?

  public init(_ settings: ClientSettings) {
    self.settings = settings
    line = settings.opening
  }

  /// The text of the last event.
  public var text: Span<UInt8> {
    @_lifetime(borrow self)
    get { characters.span.extracting(0..<count) }
  }

  /// True while a command may be given.
  public var isReady: Bool { state == .ready }

  // MARK: sending

  /// Calls the meter.
  public mutating func start(now: Instant) {
    line = settings.opening
    state = .requested
    attempts = 0
    request(now: now)
  }

  private mutating func request(now: Instant) {
    clear()
    var writer = TextWriter(output.mutableSpan)
    settings.writeRequest(into: &writer)
    outputCount = writer.count
    outputStart = 0
    deadline = now + settings.patience + line.duration(characters: 64)
  }

  /// Gives a command; only while `isReady`.
  ///
  /// - Parameter argument: with its brackets; cut at what a message has room for.
  /// - Returns: false, and nothing is sent, while no command may be given.
  public mutating func give(
    _ command: ProgrammingCommand, _ argument: Span<UInt8>, isPartial: Bool = false, now: Instant
  ) -> Bool {
    guard state == .ready, argument.count <= 180 else { return false }
    clear()
    var writer = TextWriter(output.mutableSpan)
    writer.put(ControlCharacter.startOfHeader)
    let letters = command.characters
    writer.put(letters.span)
    if !argument.isEmpty {
      writer.put(ControlCharacter.startOfText)
      writer.put(argument)
    }
    writer.put(isPartial ? ControlCharacter.endOfBlock : ControlCharacter.endOfText)
    let length = writer.count
    var check = BlockCheck()
    for k in 1..<length { check.update(output[k]) }
    output[length] = check.value
    (outputStart, outputCount) = (0, length + 1)
    attempts = 0
    state = command == .endOfSession ? .idle : .commanded
    deadline = state == .idle ? nil : now + settings.patience + line.duration(characters: 256)
    return true
  }

  /// The next characters to send; 0 while there are none.
  public mutating func next(into target: inout MutableSpan<UInt8>, now: Instant) -> Int {
    guard outputStart < outputCount, now >= holdUntil else { return 0 }
    let length = min(target.count, outputCount - outputStart)
    for k in 0..<length { target[k] = output[outputStart + k] }
    outputStart += length
    if outputStart == outputCount, nextLine != nil { switchAt = now + settings.switchPause }
    return length
  }

  private mutating func send(_ character: UInt8, now: Instant) {
    output[0] = character
    (outputStart, outputCount) = (0, 1)
    deadline = now + settings.patience + line.duration(characters: 256)
  }

  private mutating func clear() {
    count = 0
    isInBlock = false
    check = BlockCheck()
  }

  // MARK: receiving

  /// Takes one character of seven bits.
  public mutating func receive(_ character: UInt8, now: Instant) -> ClientEvent {
    switch state {
    case .idle, .ready: return .none
    case .requested: return receiveIdentification(character, now: now)
    case .switching:
      // A meter that has switched already answers.
      guard let next = nextLine else { return .none }
      (line, nextLine, switchAt) = (next, nil, nil)
      state = .text
      return receive(character, now: now)
    case .text, .awaitingOperand, .commanded: return receiveText(character, now: now)
    case .check: return receiveCheck(character, now: now)
    }
  }

  /// Takes note of a character with wrong parity: its block is not to be believed.
  public mutating func receiveDamaged(now: Instant) -> ClientEvent {
    switch state {
    case .idle, .ready, .switching: break
    case .requested: count = 0
    case .text, .awaitingOperand, .commanded: isDamaged = true
    case .check: return receiveCheck(~check.value, now: now)
    }
    return .none
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) -> ClientEvent {
    if let time = switchAt, now >= time, let next = nextLine {
      (line, nextLine, switchAt) = (next, nil, nil)
      if state == .switching { state = .text }
      deadline = now + settings.patience
    }
    guard let deadline, now >= deadline else { return .none }
    if state == .requested, attempts < settings.repeats {
      attempts += 1
      request(now: now)
      return .none
    }
    return fail(.silence)
  }

  private mutating func fail(_ error: ClientError) -> ClientEvent {
    state = .idle
    deadline = nil
    (nextLine, switchAt) = (nil, nil)
    line = settings.opening
    return .failed(error)
  }

  private mutating func receiveIdentification(_ character: UInt8, now: Instant) -> ClientEvent {
    if character == UInt8(ascii: "/") { count = 0 }
    guard count > 0 || character == UInt8(ascii: "/") else { return .none }
    guard count < 64 else {
      count = 0
      return .none
    }
    // An optical head may send back what the reader has sent.
    if count == 1, character == UInt8(ascii: "?") {
      count = 0
      return .none
    }
    characters[count] = character
    count += 1
    guard character == ControlCharacter.lineFeed else { return .none }
    let found: Identification
    do throws(MessageError) {
      found = try Identification(parsing: characters.span.extracting(0..<count))
    } catch {
      return fail(.identification(error))
    }
    identification = found
    deadline = now + settings.patience
    return choose(ProtocolMode.meaning(of: found.speed), now: now)
  }

  private mutating func choose(
    _ meaning: (mode: ProtocolMode, speed: LineSpeed?), now: Instant
  ) -> ClientEvent {
    isInBlock = false
    state = .text
    switch meaning.mode {
    case .b:
      line = LineSettings(meaning.speed ?? settings.opening.speed)
    case .c:
      let speed = min(meaning.speed ?? settings.opening.speed, settings.fastest)
      let answer = Acknowledgement(settings.choice, at: speed).characters
      for k in 0..<6 { output[k] = answer[k] }
      (outputStart, outputCount) = (0, 6)
      holdUntil = now + .milliseconds(200)
      nextLine = LineSettings(speed)
      state = .switching
      deadline = now + settings.patience + settings.switchPause
    case .a, .d, .e:
      guard settings.choice == .readout else { return fail(.notOffered) }
    }
    return .identified
  }

  private mutating func receiveText(_ character: UInt8, now: Instant) -> ClientEvent {
    deadline = now + settings.patience
    switch character {
    case ControlCharacter.startOfText where !isInBlock, ControlCharacter.startOfHeader:
      (isInBlock, startsNewLine, count) = (true, false, 0)
      isDamaged = false
      check = BlockCheck()
      return .none
    case ControlCharacter.acknowledge where state == .commanded && !isInBlock:
      state = .ready
      deadline = nil
      return .acknowledged
    default: break
    }
    guard isInBlock else { return .none }
    check.update(character)
    switch character {
    case ControlCharacter.startOfText:
      // Behind the command letters of a header.
      count = 0
    case ControlCharacter.endOfText, ControlCharacter.endOfBlock:
      isLastBlock = character == ControlCharacter.endOfText
      state = .check
      if count > 0 && !startsNewLine { return .line }
    case ControlCharacter.lineFeed:
      if count > 0, characters[count - 1] == ControlCharacter.carriageReturn { count -= 1 }
      // The stroke that ends a readout is no line.
      if count == 1, characters[0] == UInt8(ascii: "!") { count = 0 }
      let hasLine = count > 0
      startsNewLine = true
      return hasLine ? .line : .none
    default:
      if startsNewLine { (count, startsNewLine) = (0, false) }
      if count < Self.textCapacity {
        characters[count] = character
        count += 1
      }
    }
    return .none
  }

  private mutating func receiveCheck(_ character: UInt8, now: Instant) -> ClientEvent {
    let isRight = character & 0x7F == check.value && !isDamaged
    isInBlock = false
    startsNewLine = true
    state = .text
    guard isRight else {
      attempts += 1
      guard attempts <= settings.repeats else { return fail(.damaged) }
      send(ControlCharacter.negative, now: now)
      return .dropped
    }
    attempts = 0
    guard isLastBlock else {
      send(ControlCharacter.acknowledge, now: now)
      return .block
    }
    deadline = nil
    if settings.choice == .readout {
      state = .idle
      return .complete
    }
    state = .ready
    if count > 0, characters[0] == UInt8(ascii: "("), identification != nil, !hasOperand {
      hasOperand = true
      return .programming
    }
    let isRefused = ProtocolRefusal(parsing: text) != nil || Self.isError(text)
    return isRefused ? .refused : .complete
  }

  /// An answer that is nothing but a text in brackets.
  private static func isError(_ text: Span<UInt8>) -> Bool {
    text.count > 2 && text[0] == UInt8(ascii: "(") && text[1] == UInt8(ascii: "E")
  }
}

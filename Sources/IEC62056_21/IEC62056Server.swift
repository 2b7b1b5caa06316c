import MeterTime

/// The meter's side of IEC 62056-21 in modes A to E, without input or output.
///
/// Characters of seven bits go in with the time, characters come out, and what only the meter
/// knows is asked by `request`. `line` says how the line has to be set; it is looked at after
/// everything that `next` gave has been sent.
///
/// ```swift
/// for character in received { server.receive(character, now: now) }
/// while let request = server.request { answer(request, &server) }
/// let count = server.next(into: &characters, now: now)
/// ```
///
/// It trusts nothing: what is no message is dropped and counted. In idle nothing is held for
/// longer than a pause of 1.5 s, and no state survives the end of a session but counters and the
/// wait after wrong passwords.
public struct IEC62056Server: Sendable {
  /// Where a session stands.
  public enum State: UInt8, Sendable {
    case idle
    /// The identification is out; the reader may choose.
    case identified
    /// A readout is being sent.
    case readout
    /// Commands are taken.
    case programming
    /// The meter behind is answering a command.
    case answering
    /// A block is out; the reader acknowledges it.
    case blockSent
    /// HDLC has taken over.
    case handedOver
  }

  /// What follows when everything has been sent.
  enum Sequel: UInt8, Sendable { case idle, awaitChoice, readout, awaitCommand, awaitBlock, binary }

  /// Room for the longest message: SOH, command, STX, a data set of the greatest length, ETX,
  /// check.
  static let inputCapacity = 208
  static let outputCapacity = 320

  public private(set) var settings: ServerSettings
  public internal(set) var state = State.idle
  public internal(set) var request: ServerRequest?
  public internal(set) var line: LineSettings
  public internal(set) var counters = PortCounters()
  public internal(set) var tarpit = Tarpit()
  /// A password has been right in this session.
  public internal(set) var isOpened = false
  /// Counts the commands that were understood, so that the owner can tell one from the next.
  public internal(set) var serial: UInt16 = 0
  /// When something happens by itself; nil for never.
  public internal(set) var deadline: Instant?

  var input = InlineArray<208, UInt8>(repeating: 0)
  var inputCount = 0
  /// A character of the message had wrong parity: two of a kind that are missing do not show in
  /// its check.
  var isInputDamaged = false
  var lastCharacter = Instant(ticks: .min / 4)
  /// Place of the argument of the command in work.
  var argumentRange = 0..<0
  var command: ProgrammingCommand?
  /// Readings again of one message, and messages that were not understood in a row.
  var repeats: UInt8 = 0
  var failures: UInt8 = 0
  /// Wrong passwords of this session.
  var wrongPasswords: UInt8 = 0
  /// Hexadecimal digits of the operand of this session.
  var operand = InlineArray<16, UInt8>(repeating: UInt8(ascii: "0"))

  private var output = InlineArray<320, UInt8>(repeating: 0)
  private var outputStart = 0
  private var outputCount = 0
  private var holdUntil = Instant(ticks: .min / 4)
  private var sequel: Sequel?
  private var isInBlock = false
  private var check = BlockCheck()
  private var nextSpeed = LineSpeed.baud300

  public init(_ settings: ServerSettings) {
    self.settings = settings
    line = settings.opening
  }

  /// Changes what the port is; an open session ends.
  public mutating func use(_ settings: ServerSettings) {
    self.settings = settings
    endSession()
  }

  /// The number by which the meter is called from now on; a session goes on.
  public mutating func setNumber(_ number: UInt32) { settings.number = number }

  /// Sets what the password by an algorithm is computed from; from whoever has entropy, before
  /// each session.
  public mutating func setOperand(_ entropy: UInt64) {
    var writer = TextWriter(operand.mutableSpan)
    writer.hexadecimal(entropy, digits: 16)
  }

  /// The argument of the command in work.
  public var argument: Span<UInt8> {
    @_lifetime(borrow self)
    get { input.span.extracting(argumentRange) }
  }

  // MARK: sending

  /// Characters that wait to be sent.
  public var pendingOutput: Int { outputCount - outputStart }

  /// Nothing has been understood in this session, and no message has begun.
  public var isQuiet: Bool { command == nil && inputCount == 0 && pendingOutput == 0 }

  /// Room for the lines of an answer; a data set fits while it is at least 160.
  public var room: Int { Self.outputCapacity - outputCount - 2 }

  /// The next characters to send; 0 while there are none. To be called until it gives 0, each time
  /// after the last ones have been sent.
  public mutating func next(into characters: inout MutableSpan<UInt8>, now: Instant) -> Int {
    guard outputStart < outputCount else {
      settle(now: now)
      return 0
    }
    guard now >= holdUntil else { return 0 }
    let count = min(characters.count, outputCount - outputStart)
    for k in 0..<count { characters[k] = output[outputStart + k] }
    outputStart += count
    if outputStart == outputCount { (outputStart, outputCount) = (0, 0) }
    return count
  }

  /// When `next` gives something; nil where nothing waits.
  public var sendsAt: Instant? { pendingOutput > 0 ? holdUntil : nil }

  /// Goes on to what follows once everything has been sent.
  mutating func settle(now: Instant) {
    guard pendingOutput == 0, request == nil, let sequel else { return }
    self.sequel = nil
    follow(sequel, now: now)
  }

  private mutating func append(_ character: UInt8) {
    if outputCount == Self.outputCapacity && outputStart > 0 { compact() }
    guard outputCount < Self.outputCapacity else { return }
    output[outputCount] = character
    outputCount += 1
    if isInBlock { check.update(character) }
  }

  private mutating func compact() {
    for k in outputStart..<outputCount { output[k - outputStart] = output[k] }
    (outputStart, outputCount) = (0, outputCount - outputStart)
  }

  mutating func hold(until time: Instant) { holdUntil = time }

  /// Sends a fixed text outside of a block.
  mutating func send(_ text: Span<UInt8>) { for k in text.indices { append(text[k]) } }

  mutating func sendNegative(now: Instant) {
    hold(until: now + settings.times.reaction)
    append(ControlCharacter.negative)
    sequel = .awaitCommand
  }

  mutating func sendIdentification(now: Instant) {
    var text = InlineArray<40, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    settings.writeIdentification(into: &writer)
    let count = writer.count
    send(text.span.extracting(0..<count))
    hold(until: now + settings.times.reaction)
  }

  /// Sends the operand: the meter's first message in the programming mode.
  mutating func sendOperand(now: Instant) {
    append(ControlCharacter.startOfHeader)
    begin()
    append(UInt8(ascii: "P"))
    append(UInt8(ascii: "0"))
    append(ControlCharacter.startOfText)
    append(UInt8(ascii: "("))
    for k in 0..<16 { append(operand[k]) }
    append(UInt8(ascii: ")"))
    end(with: ControlCharacter.endOfText)
    hold(until: now + settings.times.reaction)
    sequel = .awaitCommand
  }

  /// What comes when everything has been sent.
  mutating func then(_ sequel: Sequel, speed: LineSpeed = .baud300) {
    self.sequel = sequel
    nextSpeed = speed
  }

  private mutating func begin() {
    isInBlock = true
    check = BlockCheck()
  }

  private mutating func end(with character: UInt8) {
    append(character)
    isInBlock = false
    append(check.value)
  }

  private mutating func follow(_ sequel: Sequel, now: Instant) {
    switch sequel {
    case .idle: endSession()
    case .awaitChoice:
      state = .identified
      deadline = now + settings.times.character
    case .readout:
      line = LineSettings(nextSpeed)
      beginReadout(now: now)
    case .awaitCommand:
      state = .programming
      inputCount = 0
      deadline = now + (command == nil ? settings.times.afterSwitch : settings.times.session)
    case .awaitBlock:
      state = .blockSent
      deadline = now + settings.times.session
    case .binary:
      line = LineSettings(nextSpeed, isSevenBit: false)
      state = .handedOver
      deadline = now + settings.times.afterSwitch
    }
  }

  mutating func beginReadout(now: Instant) {
    hold(until: now + settings.times.reaction)
    state = .readout
    deadline = nil
    request = .readout(line: 0)
  }

  // MARK: answers of the meter

  /// Text of an answer; STX comes by itself before the first.
  public mutating func write(_ text: Span<UInt8>) {
    if !isInBlock {
      append(ControlCharacter.startOfText)
      begin()
    }
    send(text)
  }

  /// The line of the readout with the number of `request` is written; the next one is asked for.
  public mutating func finishLine() {
    if case .readout(let number)? = request { request = .readout(line: number &+ 1) }
  }

  /// Part of the answer is written, and more will come without a word of the reader.
  public mutating func finishPart() { request = .next(isRepeat: false) }

  /// The command in work is answered in blocks.
  public var isAnsweringInBlocks: Bool { command?.isInBlocks ?? false }

  /// The answer is whole.
  public mutating func finish() {
    let isReadout = state == .readout
    if !isInBlock { write(InlineArray<0, UInt8>(repeating: 0).span) }
    if isReadout {
      append(UInt8(ascii: "!"))
      append(ControlCharacter.carriageReturn)
      append(ControlCharacter.lineFeed)
    }
    end(with: ControlCharacter.endOfText)
    request = nil
    // After a readout in mode A a reader may go on with commands.
    sequel = isReadout && settings.mode != .a ? .idle : .awaitCommand
  }

  /// The block is whole and more will come.
  public mutating func finishBlock() {
    if !isInBlock { write(InlineArray<0, UInt8>(repeating: 0).span) }
    end(with: ControlCharacter.endOfBlock)
    request = nil
    sequel = .awaitBlock
  }

  /// What was asked is done.
  public mutating func acknowledge() {
    append(ControlCharacter.acknowledge)
    request = nil
    sequel = .awaitCommand
  }

  /// What was asked is not done.
  public mutating func refuse(_ refusal: ProtocolRefusal) {
    PortCounters.bump(&counters.refused)
    // Of an answer that has begun nothing may be taken for whole: a new block begins.
    if isInBlock { (outputStart, outputCount, isInBlock) = (0, 0, false) }
    append(ControlCharacter.startOfText)
    begin()
    var text = InlineArray<8, UInt8>(repeating: 0)
    var writer = TextWriter(text.mutableSpan)
    refusal.write(into: &writer)
    let count = writer.count
    send(text.span.extracting(0..<count))
    end(with: ControlCharacter.endOfText)
    request = nil
    sequel = wrongPasswords >= 3 ? .idle : .awaitCommand
  }

  /// HDLC has been understood: from now on it ends its session itself.
  public mutating func continueHandOver() { if state == .handedOver { deadline = nil } }

  /// The session of HDLC is over: the line is as before it.
  public mutating func endHandOver() { if state == .handedOver { endSession() } }

  /// Ends the session: idle, at the opening speed, nothing left to send.
  public mutating func endSession() {
    state = .idle
    line = settings.opening
    request = nil
    sequel = nil
    deadline = nil
    isOpened = false
    command = nil
    isInBlock = false
    (inputCount, outputStart, outputCount) = (0, 0, 0)
    (failures, repeats, wrongPasswords) = (0, 0, 0)
    argumentRange = 0..<0
  }
}

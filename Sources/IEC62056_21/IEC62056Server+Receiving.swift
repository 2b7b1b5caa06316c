import MeterTime

extension IEC62056Server {
  /// Takes one character.
  ///
  /// - Parameter character: seven bits; whatever else the line delivered must not be given.
  public mutating func receive(_ character: UInt8, now: Instant) {
    let isLate = now - lastCharacter > settings.times.character
    lastCharacter = now
    // What has been sent may be over without anybody having asked for more.
    settle(now: now)
    switch state {
    // The line is half duplex: what comes while the meter sends is an echo or noise.
    case .readout, .answering, .handedOver: return
    case .idle, .identified, .programming, .blockSent: break
    }
    guard pendingOutput == 0 else { return }
    if isLate { inputCount = 0 }
    switch state {
    case .idle: receiveRequest(character, now: now)
    case .identified: receiveChoice(character, now: now)
    case .programming: receiveMessage(character, now: now)
    case .blockSent: receiveAnswerToBlock(character, now: now)
    case .readout, .answering, .handedOver: break
    }
  }

  /// Takes note of a character with wrong parity: its message is not to be believed.
  public mutating func receiveDamaged(now: Instant) {
    guard inputCount > 0, pendingOutput == 0 else { return }
    lastCharacter = now
    isInputDamaged = true
  }

  /// A break on the line: whatever was begun ends.
  public mutating func receiveBreak() { if state != .idle { endSession() } else { inputCount = 0 } }

  /// A button was pressed: mode D sends.
  public mutating func trigger(now: Instant) {
    guard settings.mode == .d, state == .idle, pendingOutput == 0 else { return }
    sendIdentification(now: now)
    let blank: InlineArray<2, UInt8> = [
      ControlCharacter.carriageReturn, ControlCharacter.lineFeed,
    ]
    send(blank.span)
    state = .readout
    request = .readout(line: 0)
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) {
    if let deadline, now >= deadline {
      self.deadline = nil
      switch state {
      // Without an answer the meter reads out at the speed at which it stands (6.4.3).
      case .identified: beginReadout(now: now)
      case .programming, .blockSent, .answering:
        if command != nil { PortCounters.bump(&counters.timeouts) }
        endSession()
      // Nobody speaks HDLC after the hand-over.
      case .handedOver: endSession()
      case .idle, .readout: break
      }
    }
    if inputCount > 0, now - lastCharacter > settings.times.character, state == .idle {
      inputCount = 0
    }
  }

  private mutating func store(_ character: UInt8) -> Bool {
    guard inputCount < Self.inputCapacity else { return false }
    if inputCount == 0 { isInputDamaged = false }
    input[inputCount] = character
    inputCount += 1
    return true
  }

  // MARK: opening

  private mutating func receiveRequest(_ character: UInt8, now: Instant) {
    if character == UInt8(ascii: "/") { inputCount = 0 }
    // Noughts wake a battery meter; everything before a stroke is noise.
    guard inputCount > 0 || character == UInt8(ascii: "/") else { return }
    guard inputCount < 40, store(character) else {
      inputCount = 0
      PortCounters.bump(&counters.damaged)
      return
    }
    guard character == ControlCharacter.lineFeed else { return }
    takeRequest(now: now)
  }

  private mutating func takeRequest(now: Instant) {
    let isCalled = isInputDamaged ? nil : requestCallsThis
    inputCount = 0
    guard let isCalled else {
      PortCounters.bump(&counters.damaged)
      return
    }
    guard isCalled else { return }
    // A meter of mode D listens to nobody.
    guard settings.mode != .d else { return }
    PortCounters.bump(&counters.opened)
    sendIdentification(now: now)
    switch settings.mode {
    case .a, .d:
      state = .readout
      request = .readout(line: 0)
    case .b:
      state = .readout
      then(.readout, speed: settings.offered)
    case .c, .e:
      state = .identified
      then(.awaitChoice)
    }
  }

  /// Whether the request that has come calls this meter; nil where it is none.
  private var requestCallsThis: Bool? {
    let text = input.span.extracting(0..<inputCount)
    guard let message = try? RequestMessage(parsing: text) else { return nil }
    return RequestMessage.calls(settings.number, text.extracting(message.address))
  }

  private mutating func receiveChoice(_ character: UInt8, now: Instant) {
    if character == ControlCharacter.acknowledge || character == UInt8(ascii: "/") {
      inputCount = 0
    }
    guard store(character), inputCount <= 40 else {
      inputCount = 0
      return
    }
    guard character == ControlCharacter.lineFeed else { return }
    // A reader that starts again has lost the identification.
    if input[0] == UInt8(ascii: "/") {
      state = .idle
      deadline = nil
      takeRequest(now: now)
      return
    }
    let choice = try? Acknowledgement(parsing: input.span.extracting(0..<inputCount))
    inputCount = 0
    guard let message = choice, !isInputDamaged else {
      PortCounters.bump(&counters.damaged)
      return
    }
    deadline = nil
    let speed = message.speed.map { min($0, settings.offered) } ?? settings.opening.speed
    switch message.choice {
    case .readout:
      line = LineSettings(speed)
      beginReadout(now: now)
    case .programming:
      line = LineSettings(speed)
      sendOperand(now: now)
    case .binary where settings.offersBinary && settings.mode == .e:
      // Confirmed with the same characters at the opening speed.
      let confirmation = Acknowledgement(.binary, at: speed).characters
      send(confirmation.span)
      hold(until: now + settings.times.reaction)
      then(.binary, speed: speed)
    case .binary, .other: beginReadout(now: now)
    }
  }

  // MARK: programming

  private mutating func receiveMessage(_ character: UInt8, now: Instant) {
    if inputCount == 0 || (inputCount > 0 && input[0] == UInt8(ascii: "/")) {
      switch character {
      case ControlCharacter.startOfHeader: inputCount = 0
      // A reader that starts again.
      case UInt8(ascii: "/"): inputCount = 0
      case ControlCharacter.negative: return repeatAnswer(now: now)
      default: if inputCount == 0 { return }
      }
    }
    guard store(character) else {
      inputCount = 0
      return damaged(now: now)
    }
    if input[0] == UInt8(ascii: "/") {
      if character == ControlCharacter.lineFeed {
        let count = inputCount
        endSession()
        inputCount = count
        takeRequest(now: now)
      }
      return
    }
    // The check may be any character, so it is the one behind ETX or EOT.
    guard inputCount >= 5 else { return }
    let end = input[inputCount - 2]
    guard end == ControlCharacter.endOfText || end == ControlCharacter.endOfBlock else { return }
    takeMessage(now: now)
  }

  private mutating func takeMessage(now: Instant) {
    if isInputDamaged {
      inputCount = 0
      return damaged(now: now)
    }
    let message: ProgrammingMessage
    do throws(MessageError) {
      message = try ProgrammingMessage(parsing: input.span.extracting(0..<inputCount))
    } catch {
      inputCount = 0
      if error == .unexpected(at: 1) {
        hold(until: now + settings.times.reaction)
        refuse(.unknownCommand)
      } else {
        damaged(now: now)
      }
      return
    }
    inputCount = 0
    (failures, repeats) = (0, 0)
    argumentRange = message.argument
    command = message.command
    serial &+= 1
    hold(until: now + settings.times.reaction)
    switch message.command {
    case .endOfSession: endSession()
    case .password, .secret: checkPassword(message.command, now: now)
    case .operand: refuse(.unknownCommand)
    case .read, .write, .execute:
      state = .answering
      deadline = now + settings.times.session
      request = .command(message.command, isPartial: message.isPartial)
    }
  }

  private mutating func damaged(now: Instant) {
    PortCounters.bump(&counters.damaged)
    failures += 1
    if failures >= 3 { endSession() } else { sendNegative(now: now) }
  }

  /// NAK: the answer to the last reading again.
  private mutating func repeatAnswer(now: Instant) {
    guard case .read? = command, repeats < 3 else { return }
    repeats += 1
    hold(until: now + settings.times.reaction)
    state = .answering
    deadline = now + settings.times.session
    if let command { request = .command(command, isPartial: false) }
  }

  private mutating func receiveAnswerToBlock(_ character: UInt8, now: Instant) {
    switch character {
    case ControlCharacter.acknowledge:
      repeats = 0
      request = .next(isRepeat: false)
    case ControlCharacter.negative:
      guard repeats < 3 else { return endSession() }
      repeats += 1
      request = .next(isRepeat: true)
    case ControlCharacter.startOfHeader:
      // Another command, or the end: the rest of the answer is not wanted.
      state = .programming
      inputCount = 0
      return receiveMessage(character, now: now)
    default: return
    }
    state = .answering
    hold(until: now + settings.times.reaction)
    deadline = now + settings.times.session
  }

  private mutating func checkPassword(_ kind: ProgrammingCommand, now: Instant) {
    guard !tarpit.isWaiting(at: now) else {
      PortCounters.bump(&counters.passwords)
      refuse(.waiting)
      return
    }
    let isRight = passwordIsRight(kind)
    // Nothing of a password stays behind.
    for k in argumentRange { input[k] = 0 }
    argumentRange = 0..<0
    guard let isRight else { return refuse(.badValue) }
    if isRight {
      tarpit.noteSuccess()
      isOpened = true
      wrongPasswords = 0
      acknowledge()
    } else {
      isOpened = false
      tarpit.noteFailure(at: now)
      wrongPasswords += 1
      PortCounters.bump(&counters.passwords)
      refuse(.wrongPassword)
    }
  }

  /// Whether the argument is the password or the answer to the operand; nil where it is no data
  /// set without address.
  private func passwordIsRight(_ kind: ProgrammingCommand) -> Bool? {
    var cursor = DataSetCursor()
    guard let set = (try? cursor.next(in: argument)) ?? nil, set.address.isEmpty else { return nil }
    guard let password = settings.password else { return false }
    let given = argument.extracting(set.value)
    return kind == .password
      ? password.matches(given) : password.matches(given, operand: operand.span)
  }
}

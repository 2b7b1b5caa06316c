import MeterTime

/// The primary station of a line: the link layer of a client (IEC 62056-46, 6).
///
/// It asks and waits; what is not answered in time it asks again.
public struct HDLCClient: Sendable {
  /// What a byte or the passing of time has brought about.
  public enum Event: UInt8, Sendable {
    case none
    case connected
    /// `response` is the answer to the APDU that was sent.
    case response
    /// `response` is an APDU that came without connection.
    case notice
    case disconnected
    /// The server has no connection, or has rejected a frame.
    case refused
    /// No answer came, however often it was asked for.
    case timedOut
  }

  private enum Mode: UInt8, Sendable { case idle, connecting, connected, leaving }
  private enum Due: UInt8, Sendable { case none, snrm, disc, rr }

  /// What this station proposes.
  public let parameters: HDLCParameters
  /// Wait for an answer before it is asked for again.
  public var patience: Instant.Duration = .seconds(3)
  /// Times that it is asked again.
  public var tries: UInt8 = 3

  private let own: HDLCAddress
  private let server: HDLCAddress
  private var receiver = HDLCReceiver()
  private var transfer = HDLCTransfer()
  private var mode = Mode.idle
  private var due = Due.none
  private var isWaiting = false
  private var deadline = Instant(ticks: 0)
  private var triesLeft: UInt8 = 0
  private var isFresh = true

  /// - Parameters:
  ///   - client: 16 public, 1 management.
  ///   - server: in one, two or four bytes.
  public init(client: UInt8, server: HDLCAddress, parameters: HDLCParameters = .standard) {
    own = HDLCAddress(client)
    self.server = server
    self.parameters = parameters
  }

  /// A connection is open.
  public var isConnected: Bool { mode == .connected }
  /// What the two stations agreed on.
  public var agreed: HDLCParameters { transfer.parameters }

  /// The APDU that came, without its LLC header.
  public var response: Span<UInt8> {
    @_lifetime(borrow self)
    get { transfer.incoming.span.extracting(3..<max(3, transfer.incomingCount)) }
  }

  // MARK: what is asked

  /// Opens a connection.
  public mutating func connect(at now: Instant) {
    transfer.reset(parameters)
    mode = .connecting
    ask(.snrm, at: now)
  }

  /// Closes it.
  public mutating func disconnect(at now: Instant) {
    mode = .leaving
    ask(.disc, at: now)
  }

  /// Sends an APDU; false without connection, while another is on its way, or if it is too long.
  public mutating func send(_ apdu: Span<UInt8>, at now: Instant) -> Bool {
    guard mode == .connected, !isWaiting, transfer.send([0xE6, 0xE6, 0x00], apdu) else {
      return false
    }
    isFresh = true
    ask(.none, at: now)
    return true
  }

  private mutating func ask(_ due: Due, at now: Instant) {
    self.due = due
    isWaiting = true
    triesLeft = tries
    deadline = now + patience
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) -> Event {
    guard isWaiting, now >= deadline else { return .none }
    guard triesLeft > 0 else {
      isWaiting = false
      mode = .idle
      return .timedOut
    }
    triesLeft -= 1
    deadline = now + patience
    switch mode {
    case .connecting: due = .snrm
    case .leaving: due = .disc
    case .connected:
      // A repeated frame is harmless: what came before is known by its number.
      transfer.repeatWindow()
      if !transfer.isSending { due = .rr }
    case .idle: isWaiting = false
    }
    return .none
  }

  // MARK: receiving

  /// Takes one byte from the line.
  public mutating func receive(_ byte: UInt8, at now: Instant) -> Event {
    guard receiver.receive(byte, at: now) else { return .none }
    let held = receiver
    receiver.release()
    let frame: HDLCFrame
    do throws(HDLCError) { frame = try HDLCFrame(parsing: held.bytes) } catch { return .none }
    guard let control = HDLCControl(frame.controlByte) else { return .none }
    if case .unnumberedInformation = control, !isWaiting {
      transfer.take(frame.information)
      return transfer.incomingCount >= 3 ? .notice : .none
    }
    guard frame.destination == own, frame.source == server else { return .none }
    deadline = now + patience
    switch control {
    case .acknowledge: return acknowledged(frame)
    case .disconnectedMode: return lost(mode == .leaving ? .disconnected : .refused)
    case .frameReject: return lost(.refused)
    case .information(let number, let received, let final):
      guard mode == .connected, transfer.acknowledge(received) else { return .none }
      return take(frame, number, final: final)
    case .receiveReady(let received, let final):
      guard mode == .connected, transfer.acknowledge(received), final else { return .none }
      // What was lost goes out again; what was taken leaves the server to answer.
      if transfer.isSending { transfer.repeatWindow() }
      return .none
    default: return .none
    }
  }

  private mutating func acknowledged(_ frame: borrowing HDLCFrame) -> Event {
    switch mode {
    case .connecting:
      let theirs: HDLCParameters
      do throws(HDLCError) {
        theirs = try HDLCParameters(parsing: frame.information)
      } catch { return .none }
      transfer.reset(parameters.agreed(with: theirs))
      mode = .connected
      isWaiting = false
      return .connected
    case .leaving: return lost(.disconnected)
    case .idle, .connected: return .none
    }
  }

  private mutating func lost(_ event: Event) -> Event {
    mode = .idle
    isWaiting = false
    return event
  }

  private mutating func take(
    _ frame: borrowing HDLCFrame, _ number: UInt8, final: Bool
  ) -> Event {
    if isFresh { transfer.clearIncoming() }
    switch transfer.receive(number, frame.information, isSegment: frame.isSegment) {
    case .outOfSequence: if final { due = .rr }
    case .tooLong: return lost(.refused)
    case .piece:
      isFresh = false
      if final { due = .rr }
    case .complete:
      isFresh = true
      isWaiting = false
      return transfer.incomingCount >= 3 ? .response : .none
    }
    return .none
  }

  // MARK: sending

  /// Writes the next frame that is to be sent; 0 when there is none.
  public mutating func nextFrame(into out: inout MutableSpan<UInt8>) -> Int {
    let none = InlineArray<1, UInt8>(repeating: 0)
    let empty = none.span.extracting(0..<0)
    let due = due
    self.due = .none
    switch due {
    case .snrm:
      // Without parameters of its own a station says nothing.
      if parameters == .standard {
        return write(.setNormalResponseMode(poll: true), empty, &out)
      }
      let field = parameters.field()
      return write(.setNormalResponseMode(poll: true), field.span, &out)
    case .disc: return write(.disconnect(poll: true), empty, &out)
    case .rr: return write(.receiveReady(receive: transfer.expected, poll: true), empty, &out)
    case .none: break
    }
    guard mode == .connected, let piece = transfer.nextPiece() else { return 0 }
    return HDLCFrame.write(
      to: server, from: own,
      .information(send: piece.number, receive: transfer.expected, poll: piece.hasPoll),
      isSegment: !piece.isLast, transfer.out.span.extracting(piece.bytes), into: &out)
  }

  private func write(
    _ control: HDLCControl, _ information: Span<UInt8>, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    HDLCFrame.write(to: server, from: own, control, information, into: &out)
  }
}

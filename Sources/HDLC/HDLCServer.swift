import MeterTime

/// The secondary station of a line: the link layer of a server (IEC 62056-46, 6).
///
/// Bytes come in one by one with the time, frames go out when they are asked for. One connection
/// at a time; a client that opens a new one takes the place of the last.
///
/// ```swift
/// switch server.receive(byte, at: now) {
/// case .request: server.reply(answer(to: server.request))
/// case .connected, .disconnected: association.reset()
/// …
/// }
/// while case let count = server.nextFrame(into: &room), count > 0 { send(room, count) }
/// ```
public struct HDLCServer: Sendable {
  /// What a byte has brought about.
  public enum Event: UInt8, Sendable {
    case none
    /// A connection was opened, perhaps in the place of another.
    case connected
    case disconnected
    /// `request` is an APDU of the connection; `reply` is awaited.
    case request
    /// `request` is an APDU without connection; it is not answered.
    case notice
  }

  private enum Mode: UInt8, Sendable { case disconnected, connected, rejecting }
  private enum Answer: UInt8, Sendable { case none, ua, dm, frmr, rr }

  /// What this station can do.
  public let parameters: HDLCParameters
  /// Its logical and physical addresses; see `HDLCAddress.calls`.
  public let logicalDevice: UInt16
  public let physical: UInt16?
  /// Silence after which a connection is given up.
  public var inactivity: Instant.Duration

  private var receiver: HDLCReceiver
  private var transfer = HDLCTransfer()
  private var mode = Mode.disconnected
  private var answer = Answer.none
  private var rejected = InlineArray<3, UInt8>(repeating: 0)
  /// Where answers go, and under which address.
  private var peer = HDLCAddress.noStation
  private var own = HDLCAddress.noStation
  private var last = Instant(ticks: 0)

  /// - Parameters:
  ///   - logicalDevice: 1 is the management logical device.
  ///   - physical: nil on a line with one station.
  ///   - inactivity: 120 s by IEC 62056-46, 6.4.4.5.3.
  public init(
    parameters: HDLCParameters = .standard, logicalDevice: UInt16 = 1, physical: UInt16? = nil,
    inactivity: Instant.Duration = .seconds(120), pause: Instant.Duration = .seconds(2)
  ) {
    self.parameters = parameters
    self.logicalDevice = logicalDevice
    self.physical = physical
    self.inactivity = inactivity
    receiver = HDLCReceiver(pause: pause)
  }

  /// A connection is open.
  public var isConnected: Bool { mode == .connected }
  /// The client of the connection, or of the last frame.
  public var client: UInt8 { UInt8(truncatingIfNeeded: peer.upper) }
  /// What the two stations agreed on.
  public var agreed: HDLCParameters { transfer.parameters }

  /// The APDU of a `request` or `notice`, without its LLC header.
  public var request: Span<UInt8> {
    @_lifetime(borrow self)
    get { transfer.incoming.span.extracting(3..<max(3, transfer.incomingCount)) }
  }

  /// Lets time pass; true where a connection has been silent for too long.
  public mutating func advance(to now: Instant) -> Bool {
    guard mode != .disconnected, now - last >= inactivity else { return false }
    close()
    return true
  }

  private mutating func close() {
    mode = .disconnected
    transfer.reset(.standard)
  }

  /// Takes one byte from the line.
  public mutating func receive(_ byte: UInt8, at now: Instant) -> Event {
    guard receiver.receive(byte, at: now) else { return .none }
    // The frame is parsed where it lies, in a copy of the receiver that nobody writes to.
    let held = receiver
    receiver.release()
    let isOld = advance(to: now)
    let event = take(held.bytes, at: now)
    return event == .none && isOld ? .disconnected : event
  }

  private mutating func take(_ bytes: Span<UInt8>, at now: Instant) -> Event {
    let frame: HDLCFrame
    do throws(HDLCError) { frame = try HDLCFrame(parsing: bytes) } catch { return .none }
    guard frame.source.byteCount == 1, frame.source != .noStation,
      frame.destination.calls(logicalDevice: logicalDevice, physical: physical)
    else { return .none }
    if frame.destination.isBroadcast { return broadcast(frame) }
    let isPeer = frame.source == peer && frame.destination == own
    guard let control = HDLCControl(frame.controlByte) else {
      if mode != .disconnected && isPeer { reject(frame.controlByte, 0x01) }
      return .none
    }
    switch control {
    case .setNormalResponseMode: return open(frame, at: now)
    case .disconnect: return disconnect(frame, isPeer: isPeer)
    case .unnumberedInformation: return notice(frame)
    case .acknowledge, .disconnectedMode, .frameReject: return .none
    case .information, .receiveReady, .receiveNotReady:
      guard isPeer, mode != .disconnected else {
        // Only a connection of its own speaks of numbers: whoever else does has none.
        refuse(frame, control)
        return .none
      }
      last = now
      if mode == .rejecting {
        answer = .frmr
        return .none
      }
      return numbered(frame, control)
    }
  }

  private mutating func refuse(_ frame: borrowing HDLCFrame, _ control: HDLCControl) {
    guard mode == .disconnected, control.byte & 0x10 != 0 else { return }
    (peer, own) = (frame.source, frame.destination)
    answer = .dm
  }

  /// To all stations: taken, never answered.
  private mutating func broadcast(_ frame: borrowing HDLCFrame) -> Event {
    guard case .unnumberedInformation? = HDLCControl(frame.controlByte) else { return .none }
    return notice(frame)
  }

  private mutating func notice(_ frame: borrowing HDLCFrame) -> Event {
    // A request of the connection that waits for its answer is not written over.
    guard !transfer.isSending else { return .none }
    if mode != .connected { peer = frame.source }
    transfer.take(frame.information)
    return transfer.hasHeader(Self.requestHeader) ? .notice : .none
  }

  // MARK: connection

  private mutating func open(_ frame: borrowing HDLCFrame, at now: Instant) -> Event {
    let asked: HDLCParameters
    do throws(HDLCError) {
      asked = try HDLCParameters(parsing: frame.information)
    } catch { return .none }
    (peer, own) = (frame.source, frame.destination)
    transfer.reset(parameters.agreed(with: asked))
    mode = .connected
    answer = .ua
    last = now
    return .connected
  }

  private mutating func disconnect(_ frame: borrowing HDLCFrame, isPeer: Bool) -> Event {
    if mode != .disconnected && !isPeer { return .none }
    (peer, own) = (frame.source, frame.destination)
    answer = mode == .disconnected ? .dm : .ua
    guard mode != .disconnected else { return .none }
    close()
    return .disconnected
  }

  /// - Parameter cause: 1 unknown control, 4 information too long, 8 bad number.
  private mutating func reject(_ control: UInt8, _ cause: UInt8) {
    rejected = [control, transfer.expected << 5, cause]
    mode = .rejecting
    answer = .frmr
  }

  // MARK: numbered frames

  private mutating func numbered(
    _ frame: borrowing HDLCFrame, _ control: HDLCControl
  ) -> Event {
    switch control {
    case .information(let number, let received, let poll):
      guard transfer.acknowledge(received) else {
        reject(frame.controlByte, 0x08)
        return .none
      }
      return information(frame, number, poll: poll)
    case .receiveReady(let received, let poll):
      guard transfer.acknowledge(received) else {
        reject(frame.controlByte, 0x08)
        return .none
      }
      guard poll else { return .none }
      // A poll asks for what comes next, or again for what was lost.
      transfer.repeatWindow()
      if !transfer.isSending { answer = .rr }
    case .receiveNotReady(let received, let poll):
      if transfer.acknowledge(received) && poll { answer = .rr }
    default: break
    }
    return .none
  }

  private mutating func information(
    _ frame: borrowing HDLCFrame, _ number: UInt8, poll: Bool
  ) -> Event {
    if transfer.isSending {
      // The client repeats its request: the answer was lost.
      if poll { transfer.repeatWindow() }
      return .none
    }
    if transfer.expected == number && isFresh { transfer.clearIncoming() }
    switch transfer.receive(number, frame.information, isSegment: frame.isSegment) {
    case .outOfSequence: if poll { answer = .rr }
    case .piece:
      isFresh = false
      if poll { answer = .rr }
    case .tooLong: reject(frame.controlByte, 0x04)
    case .complete:
      isFresh = true
      if transfer.hasHeader(Self.requestHeader) { return .request }
      if poll { answer = .rr }
    }
    return .none
  }

  /// What was received is whole: the next frame begins another APDU.
  private var isFresh = true

  // MARK: sending

  private static let requestHeader: InlineArray<3, UInt8> = [0xE6, 0xE6, 0x00]
  private static let replyHeader: InlineArray<3, UInt8> = [0xE6, 0xE7, 0x00]

  /// Gives the answer to a request; an empty one answers with readiness alone.
  /// - Returns: false where it is too long or not awaited; the link then answers readiness.
  @discardableResult
  public mutating func reply(_ apdu: Span<UInt8>) -> Bool {
    if mode == .connected && transfer.send(Self.replyHeader, apdu) { return true }
    if mode == .connected { answer = .rr }
    return false
  }

  /// Writes the next frame that is to be sent; 0 when there is none.
  public mutating func nextFrame(into out: inout MutableSpan<UInt8>) -> Int {
    let due = answer
    answer = .none
    switch due {
    case .none: return nextPiece(into: &out)
    case .ua where mode == .connected:
      let field = transfer.parameters.field()
      return write(.acknowledge(final: true), field.span, &out)
    case .ua: return write(.acknowledge(final: true), &out)
    case .dm: return write(.disconnectedMode(final: true), &out)
    case .frmr: return write(.frameReject(final: true), rejected.span, &out)
    case .rr: return write(.receiveReady(receive: transfer.expected, poll: true), &out)
    }
  }

  private mutating func nextPiece(into out: inout MutableSpan<UInt8>) -> Int {
    guard mode == .connected, let piece = transfer.nextPiece() else { return 0 }
    let control = HDLCControl.information(
      send: piece.number, receive: transfer.expected, poll: piece.hasPoll)
    return HDLCFrame.write(
      to: peer, from: own, control, isSegment: !piece.isLast,
      transfer.out.span.extracting(piece.bytes), into: &out)
  }

  private func write(_ control: HDLCControl, _ out: inout MutableSpan<UInt8>) -> Int {
    let none = InlineArray<1, UInt8>(repeating: 0)
    return write(control, none.span.extracting(0..<0), &out)
  }

  private func write(
    _ control: HDLCControl, _ information: Span<UInt8>, _ out: inout MutableSpan<UInt8>
  ) -> Int {
    HDLCFrame.write(to: peer, from: own, control, information, into: &out)
  }
}

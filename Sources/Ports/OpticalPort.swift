import DataReadout
import IEC62056_21
import KMP
import KMPRegisters
import Meter
import MeterTime
import PermanentMemory

/// The optical port of the meter: one line on which several languages are spoken.
///
/// What a reader speaks is recognised by its first octet: 80 begins a frame of KMP, a stroke the
/// request of IEC 62056-21, and 7E with the length behind it a frame of HDLC, which the port
/// leaves to its owner. The port is a value: octets go in with the time, octets come out, and
/// the meter is borrowed for what only it knows.
///
/// ```swift
/// for octet in received { port.receive(octet, now: now) }
/// if port.needsMeter { port.work(now: now, &meter, &memory) }
/// let count = port.next(into: &octets, now: now)
/// ```
public struct OpticalPort: Sendable {
  /// How octets of the line and characters of seven bits belong together.
  public enum Parity: UInt8, Sendable {
    /// The line carries octets; characters come with bit 7 clear, or with even parity in it.
    case transparent
    /// The line is set to eight bits, and the seventh bit's parity is made and checked here.
    case even
  }

  public private(set) var iec: IEC62056Server
  public private(set) var kmp: KMPServer
  public private(set) var readout: DataReadout
  public let parity: Parity
  /// Asked for by KMP and not yet carried out by the owner: a start of the meter.
  public private(set) var requestedReset: Bool?
  /// Frames of KMP that were damaged; stays at 65535.
  public private(set) var damagedFrames: UInt16 = 0

  /// Whether octets are HDLC's.
  private var binary: BinaryWatch?
  private var deframer = KMPDeframer(start: KMPFrame.startOfRequest)
  private var hasFrame = false
  private var lastOctet = Instant(ticks: .min / 4)
  private var output = InlineArray<512, UInt8>(repeating: 0)
  private var outputStart = 0
  private var outputCount = 0

  /// - Parameter hasHDLC: the owner has a link for octets that are HDLC's.
  public init(
    _ settings: ServerSettings, list: ReadoutList = .family, rights: KMPServer.Rights,
    parity: Parity = .transparent, hasHDLC: Bool = false
  ) {
    binary = hasHDLC ? BinaryWatch() : nil
    iec = IEC62056Server(settings)
    kmp = KMPServer(rights)
    readout = DataReadout(list, door: rights.door)
    self.parity = parity
  }

  /// How the line has to be set, once everything that `next` gave has been sent.
  public var line: LineSettings { iec.line }

  /// The meter has to be asked before anything more comes out.
  public var needsMeter: Bool { hasFrame || iec.request != nil && iec.room >= 200 }

  /// When the port has to be looked at again; nil for when something arrives.
  public var deadline: Instant? {
    guard let sends = iec.sendsAt else { return iec.deadline }
    return iec.deadline.map { min($0, sends) } ?? sends
  }

  /// The meter's number has changed, or another setting: sessions end.
  public mutating func use(_ settings: ServerSettings) { iec.use(settings) }

  /// Entropy for the operand of the next session.
  public mutating func setOperand(_ entropy: UInt64) { iec.setOperand(entropy) }

  /// The button of mode D.
  public mutating func trigger(now: Instant) { iec.trigger(now: now) }

  // MARK: line

  /// Takes one octet.
  /// - Returns: true for one of HDLC, which the owner's link takes.
  @discardableResult
  public mutating func receive(_ octet: UInt8, now: Instant) -> Bool {
    let isLate = now - lastOctet > iec.settings.times.character
    lastOctet = now
    if isLate && deframer.isOpen { deframer.reset() }
    // While a frame waits for its answer the line is the meter's.
    guard !hasFrame, outputCount == 0 else { return false }
    let isFree = iec.state == .idle || iec.state == .programming
    if iec.state == .handedOver { return binary != nil }
    let mayBegin = isFree && iec.isQuiet && !deframer.isOpen
    if binary?.takes(octet, isLate: isLate, mayBegin: mayBegin) == true { return true }
    if deframer.isOpen || (octet == KMPFrame.startOfRequest && isFree && iec.isQuiet) {
      receiveKMP(octet)
    } else if let character = character(of: octet) {
      iec.receive(character, now: now)
    } else {
      iec.receiveDamaged(now: now)
    }
    return false
  }

  /// To be told after each octet that was HDLC's, and when a connection has ended by itself:
  /// while one is open the line is HDLC's alone.
  public mutating func noteHDLC(isConnected: Bool) {
    let wasConnected = binary?.isConnected ?? false
    binary?.isConnected = isConnected
    if isConnected { iec.continueHandOver() } else if wasConnected { iec.endHandOver() }
  }

  private mutating func receiveKMP(_ octet: UInt8) {
    switch deframer.receive(octet) {
    case .frame: hasFrame = true
    case .damaged: if damagedFrames < .max { damagedFrames += 1 }
    case .none, .acknowledge: break
    }
  }

  private func character(of octet: UInt8) -> UInt8? {
    parity == .transparent && octet & 0x80 == 0 ? octet : EvenParity.character(octet)
  }

  /// A break on the line, or the end of a connection: nothing of a session stays.
  public mutating func receiveBreak() {
    iec.receiveBreak()
    deframer.reset()
    if binary != nil { binary = BinaryWatch() }
    hasFrame = false
    (outputStart, outputCount) = (0, 0)
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) {
    iec.advance(to: now)
    if deframer.isOpen, now - lastOctet > iec.settings.times.character { deframer.reset() }
  }

  /// The next octets to send; 0 while there are none. To be called until it gives 0, each time
  /// after the last ones have been sent.
  public mutating func next(into octets: inout MutableSpan<UInt8>, now: Instant) -> Int {
    if outputStart < outputCount {
      let count = min(octets.count, outputCount - outputStart)
      for k in 0..<count { octets[k] = output[outputStart + k] }
      outputStart += count
      if outputStart == outputCount { (outputStart, outputCount) = (0, 0) }
      return count
    }
    let count = iec.next(into: &octets, now: now)
    if parity == .even { for k in 0..<count { octets[k] = EvenParity.octet(octets[k]) } }
    return count
  }

  // MARK: meter

  /// Asks the meter what the reader wants to know, and lets it do what it may.
  ///
  /// - Parameter now: the time of the port; the meter's own time is the meter's.
  @inline(never)
  public mutating func work(
    now: Instant, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable
  ) {
    if hasFrame {
      answerFrame(now: now, &meter, &memory)
      hasFrame = false
    }
    while readout.answer(&iec, &meter, &memory) {}
    iec.setNumber(meter.configuration.meterNumber)
  }

  private mutating func answerFrame(
    now: Instant, _ meter: inout Meter, _ memory: inout some PageMemory & ~Copyable
  ) {
    var answer = InlineArray<250, UInt8>(repeating: 0)
    let outcome = kmp.answer(deframer.body, now: now, &meter, &memory, into: &answer)
    switch outcome {
    case .silent: break
    case .acknowledged: acknowledge()
    case .reset(let withBackup):
      acknowledge()
      requestedReset = withBackup
    case .answer(let count):
      var room = output.mutableSpan
      outputStart = 0
      outputCount = KMPFrame.write(
        answer.span.extracting(0..<count), start: KMPFrame.startOfAnswer, into: &room)
    }
  }

  private mutating func acknowledge() {
    output[0] = KMPFrame.acknowledge
    (outputStart, outputCount) = (0, 1)
  }

  /// The start that KMP has asked for, once; true with backup.
  public mutating func takeReset() -> Bool? {
    defer { requestedReset = nil }
    return requestedReset
  }
}

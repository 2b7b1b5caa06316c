import COSEMObjects
import Ciphers
import DLMS
import HDLC
import MeterTime

/// What the associations of one meter share; touched by the meter's owner only.
public final class SharedSecurity: @unchecked Sendable {
  var context: SecurityContext?
  let keys: SecurityKeys

  public init(keys: SecurityKeys) { self.keys = keys }

  /// The keys are those that everybody knows.
  var areTEST: Bool { keys.areTEST }

  /// The context of the meter, made when its number is known. Keys that were sent to the meter
  /// stand above those that it was started with, unless it is started with others than then.
  func of(_ run: borrowing MeterRun) -> SecurityContext {
    if let context { return context }
    let kept = KeyStore.load(run.memory, startedWith: keys)
    return SecurityContext(keys: kept ?? keys, title: Identity(run.meter).systemTitle)
  }
}

/// The association of one connection, and the link below it where there is one.
///
/// The event loop and the meter's owner touch it in turn, never at once: the loop hands bytes over
/// and hands over nothing more until the answer is there.
final class DLMSSession: @unchecked Sendable {
  /// Longest answer: the largest that the wrapper's clients are given.
  static let answerMax = 4096

  private var association = DLMSServer(client: 0, logicalDevice: 1)
  private var link: HDLCServer?
  private let shared: SharedSecurity
  private var room: [UInt8]

  init(_ framing: DLMSAddress.Framing, _ shared: SharedSecurity) {
    self.shared = shared
    room = [UInt8](repeating: 0, count: Self.answerMax)
    if framing == .hdlc {
      link = Self.newLink
      // The link carries one answer for each request.
      association.windowMax = 1
      // An answer has to fit the link's.
      room = [UInt8](repeating: 0, count: 2048)
    }
  }

  /// Whether a connection of HDLC is open.
  var isConnected: Bool { link?.isConnected ?? false }

  /// Lets time pass; true where a connection of HDLC has been silent for too long.
  func advance(to now: Instant) -> Bool { link?.advance(to: now) ?? false }

  /// The caller has gone: nothing of a connection stays.
  func hangUp() {
    association.reset(client: 0)
    if link != nil { link = Self.newLink }
  }

  private static var newLink: HDLCServer {
    HDLCServer(
      parameters: HDLCParameters(
        transmitBytes: 512, receiveBytes: 512, transmitWindow: 7, receiveWindow: 7))
  }

  /// Sixteen bytes of chance.
  static func entropy() -> InlineArray<16, UInt8> {
    var random = SystemRandomNumberGenerator()
    return InlineArray<16, UInt8> { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  /// Answers one APDU behind the wrapper, on the owner's thread; with several only where the client
  /// takes so many blocks at once.
  func answer(
    _ apdu: [UInt8], client: UInt8, _ run: inout MeterRun, entropy: InlineArray<16, UInt8>
  ) -> [[UInt8]] {
    if client != association.client { association.reset(client: client) }
    var count = process(apdu, &run, entropy)
    var answer = [Array(room.prefix(count))]
    // General blocks go out one after the other while the client's window is open.
    while count > 0 {
      var span = room.mutableSpan
      count = association.nextBlock(&run, into: &span)
      if count > 0 { answer.append(Array(room.prefix(count))) }
    }
    return answer.filter { !$0.isEmpty }
  }

  private func process(
    _ apdu: [UInt8], _ run: inout MeterRun, _ entropy: InlineArray<16, UInt8>
  ) -> Int {
    // A meter without supply says nothing.
    guard run.isPlugged, run.meter.isPowered else { return 0 }
    run.dlms.startedWith = shared.keys
    var context = shared.of(run)
    defer { shared.context = context }
    var span = room.mutableSpan
    let now = run.now
    return association.process(
      apdu.span, &run, security: &context, suite: PortableCiphers.self, entropy: entropy, now: now,
      into: &span)
  }

  /// Takes bytes of an HDLC line, on the owner's thread.
  /// - Returns: frames to be sent.
  func receive(
    _ bytes: [UInt8], _ run: inout MeterRun, entropy: InlineArray<16, UInt8>, at now: Instant
  ) -> [UInt8] {
    guard var link else { return [] }
    defer { self.link = link }
    var out: [UInt8] = []
    for byte in bytes {
      switch link.receive(byte, at: now) {
      case .none, .notice: break
      case .connected, .disconnected: association.reset(client: link.client)
      case .request:
        let apdu = link.request.withUnsafeBufferPointer { Array($0) }
        let count = process(apdu, &run, entropy)
        let answer = Array(room.prefix(count))
        link.reply(answer.span)
      }
      Self.drain(&link, into: &out)
    }
    return out
  }

  private static func drain(_ link: inout HDLCServer, into out: inout [UInt8]) {
    var frame = [UInt8](repeating: 0, count: HDLCFrame.wireBytesMax)
    while true {
      var span = frame.mutableSpan
      let count = link.nextFrame(into: &span)
      if count == 0 { return }
      out += frame.prefix(count)
    }
  }
}

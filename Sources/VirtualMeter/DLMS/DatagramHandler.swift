import DLMS
import Foundation
import NIOCore
import NIOPosix

/// The wrapper over UDP (IEC 62056-47): each datagram is one APDU behind its header, and each
/// sender has an association of its own.
///
/// A sender may be anybody, so at most so many are kept, and the one that was quiet the longest is
/// dropped for a new one; an answer never goes elsewhere than where the question came from.
final class DatagramHandler: ChannelInboundHandler {
  typealias InboundIn = AddressedEnvelope<ByteBuffer>
  typealias OutboundOut = AddressedEnvelope<ByteBuffer>

  static let mostSenders = 64

  private struct Sender {
    var session: DLMSSession
    var last: UInt64
    /// One question of a sender is with the meter at a time; what comes meanwhile is lost.
    var isWaiting = false
  }

  private let shared: SharedSecurity
  private let mailbox: Mailbox
  private var senders: [SocketAddress: Sender] = [:]
  private var clock: UInt64 = 0

  init(_ shared: SharedSecurity, _ mailbox: Mailbox) {
    self.shared = shared
    self.mailbox = mailbox
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var envelope = unwrapInboundIn(data)
    guard let head = envelope.data.readBytes(length: WrapperHeader.byteCount),
      let header = WrapperHeader(parsing: head.span, longest: DLMSServer.receiveMax),
      envelope.data.readableBytes == Int(header.length), header.destination == 1,
      header.source <= 255, let apdu = envelope.data.readBytes(length: Int(header.length)),
      let session = admit(envelope.remoteAddress)
    else { return }
    let (from, client, channel) = (envelope.remoteAddress, UInt8(header.source), context.channel)
    var random = SystemRandomNumberGenerator()
    let entropy = InlineArray<16, UInt8> { _ in UInt8.random(in: .min ... .max, using: &random) }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let loop = context.eventLoop
    mailbox.ask(
      Mailbox.Question(
        ask: { run in
          let answers = session.answer(apdu, client: client, &run, entropy: entropy)
          loop.execute { bound.value.send(answers, header, from, channel) }
        },
        // A datagram may be lost: the sender asks again.
        refuse: { _ in loop.execute { bound.value.senders[from]?.isWaiting = false } }))
  }

  private func admit(_ from: SocketAddress) -> DLMSSession? {
    clock += 1
    if var sender = senders[from] {
      if sender.isWaiting { return nil }
      sender.last = clock
      sender.isWaiting = true
      senders[from] = sender
      return sender.session
    }
    if senders.count >= Self.mostSenders {
      let oldest = senders.filter { !$0.value.isWaiting }.min { $0.value.last < $1.value.last }
      guard let oldest else { return nil }
      senders[oldest.key] = nil
    }
    let session = DLMSSession(.wrapper, shared)
    senders[from] = Sender(session: session, last: clock, isWaiting: true)
    return session
  }

  private func send(
    _ answers: [[UInt8]], _ header: WrapperHeader, _ to: SocketAddress, _ channel: any Channel
  ) {
    senders[to]?.isWaiting = false
    for answer in answers {
      let back = WrapperHeader(
        source: header.destination, destination: header.source, length: UInt16(answer.count))
      let bytes = ByteBuffer(bytes: back.octets + answer)
      channel.write(AddressedEnvelope(remoteAddress: to, data: bytes), promise: nil)
    }
    channel.flush()
  }
}

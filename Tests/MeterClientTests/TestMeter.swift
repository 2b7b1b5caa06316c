import COSEM
import Ciphers
import DLMS
import Foundation
import MeterTime
import NIOCore
import NIOPosix
import Quantities

/// A logical device with a clock, a register and a profile, behind a TCP port with the wrapper.
final class TestMeter: Sendable {
  let port: Int
  private let channel: any Channel

  /// - Parameters:
  ///   - rows: of the profile.
  ///   - answers: after which the first connection is cut; nil never cuts.
  init(rows: UInt32 = 100, answers: Int? = nil) async throws {
    let state = Shared(rows: rows, answers: answers)
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
      .childChannelInitializer { child in
        child.eventLoop.makeCompletedFuture {
          try child.pipeline.syncOperations.addHandler(Handler(state))
        }
      }
    channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  func close() async { try? await channel.close() }

  func url(_ query: String = "client=2") -> String { "dlms://127.0.0.1:\(port)?\(query)" }

  /// Touched by the one event loop of server and connections only.
  private final class Shared: @unchecked Sendable {
    var objects: Device
    var security = SecurityContext(keys: .TEST, title: [0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 9])
    var answers: Int?

    init(rows: UInt32, answers: Int?) {
      objects = Device(rows: rows)
      self.answers = answers
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: Shared
    private var bytes: [UInt8] = []
    private var server = DLMSServer(client: 0, logicalDevice: 1)

    init(_ shared: Shared) { self.shared = shared }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += Array(buffer: unwrapInboundIn(data))
      while bytes.count >= 8 {
        let head = Array(bytes.prefix(8))
        guard let header = WrapperHeader(parsing: head.span, longest: 4096) else {
          return context.close(promise: nil)
        }
        let end = 8 + Int(header.length)
        guard bytes.count >= end else { return }
        let apdu = Array(bytes[8..<end])
        bytes.removeFirst(end)
        if server.client != UInt8(header.source) { server.reset(client: UInt8(header.source)) }
        answer(apdu, header, context)
      }
    }

    private func answer(
      _ apdu: [UInt8], _ header: WrapperHeader, _ context: ChannelHandlerContext
    ) {
      if let left = shared.answers {
        if left == 0 {
          shared.answers = nil
          return context.close(promise: nil)
        }
        shared.answers = left - 1
      }
      var out = [UInt8](repeating: 0, count: 200)
      var span = out.mutableSpan
      let count = server.process(
        apdu.span, &shared.objects, security: &shared.security, suite: PortableCiphers.self,
        entropy: InlineArray { UInt8($0 + 1) }, now: Instant(seconds: 0), into: &span)
      let answer = WrapperHeader(
        source: header.destination, destination: header.source, length: UInt16(count))
      let head = answer.bytes
      let whole = (0..<8).map { head[$0] } + out.prefix(count)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: whole)), promise: nil)
    }
  }

  /// The objects: a clock that can be set, a register, a profile of clock and register, a switch.
  struct Device: ServerObjects {
    var rows: UInt32
    var time = COSEMDateTime(
      CivilDateTime(clampingSeconds: 848_620_800), offset: 60, status: 0)
    var counter: UInt32 = 1

    static let profile = OBISCode.electricity(99, 1)
    static let energy = OBISCode.electricity(1, 8)

    mutating func prepare(
      _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
      place: inout StreamPlace
    ) -> DataAccessResult {
      place.rows = rows
      switch (attribute.classID, attribute.name) {
      case (8, .abstract(1, 0)), (3, Self.energy), (15, .abstract(40, 0)), (1, .abstract(42, 0)):
        return .success
      case (7, Self.profile):
        guard attribute.attribute == 2, selection.selector != 0 else { return .success }
        guard let (first, count) = chosen(selection) else { return .typeUnmatched }
        place.words.0 = UInt64(first)
        place.rows = count
        return .success
      default: return .objectUndefined
      }
    }

    /// First row, from 0, and how many.
    private func chosen(_ selection: borrowing Selection) -> (UInt32, UInt32)? {
      var reader = COSEMReader(selection.parameters)
      if selection.selector == 2 {
        guard (try? reader.structure(4)) != nil,
          let from = try? reader.integer(in: 1...1_000_000),
          let to = try? reader.integer(in: 0...1_000_000)
        else { return nil }
        let last = to == 0 ? UInt32.max : UInt32(to)
        let end = min(rows, last)
        return (UInt32(from) - 1, end >= UInt32(from) ? end - UInt32(from) + 1 : 0)
      }
      guard (try? reader.structure(4)) != nil, (try? reader.skip()) != nil,
        let from = try? reader.dateTime(), let to = try? reader.dateTime(),
        let start = from.instant(in: .utc), let end = to.instant(in: .utc)
      else { return nil }
      let inside = (0..<rows).filter { (start...end).contains(Self.instant($0)) }
      return (inside.first ?? 0, UInt32(inside.count))
    }

    static func instant(_ row: UInt32) -> Instant {
      Instant(seconds: 848_620_800 + Int64(row) * 900)
    }

    mutating func write(
      _ attribute: AttributeDescriptor, _ selection: borrowing Selection, for caller: Caller,
      place: inout StreamPlace, into writer: inout COSEMWriter
    ) -> Bool {
      switch (attribute.classID, attribute.attribute) {
      case (8, 2): writer.octets(time)
      case (3, 2): writer.doubleLongUnsigned(123_456)
      case (3, 3): writer.scalerUnit(-1, 30)
      case (1, 2): writer.octets("MMM00000009")
      case (7, 2): writeRows(&place, &writer)
      case (7, 3):
        writer.array(2)
        writer.captureObject(AttributeDescriptor(.clock, .abstract(1, 0), 2))
        writer.captureObject(AttributeDescriptor(.register, Self.energy, 2))
      case (7, 4): writer.doubleLongUnsigned(900)
      case (7, 7), (7, 8): writer.doubleLongUnsigned(rows)
      default: writer.array(0)
      }
      return true
    }

    private func writeRows(_ place: inout StreamPlace, _ writer: inout COSEMWriter) {
      for row in place.row...place.rows {
        writer.begin(row: row)
        if row == 0 {
          writer.array(Int(place.rows))
        } else {
          let number = UInt32(place.words.0) + row - 1
          writer.structure(2)
          // Each fourth row leaves the time to its reader.
          if row % 4 == 0 {
            writer.null()
          } else {
            writer.octets(
              COSEMDateTime(
                CivilDateTime(clampingSeconds: Self.instant(number).seconds + 3600), offset: 60,
                status: 0))
          }
          writer.doubleLongUnsigned(number * 10)
        }
        if writer.isFull { break }
      }
    }

    mutating func set(
      _ attribute: AttributeDescriptor, _ selection: borrowing Selection, to value: Span<UInt8>,
      for caller: Caller
    ) -> DataAccessResult {
      var reader = COSEMReader(value)
      guard attribute.classID == 8, let time = try? reader.dateTime() else {
        return .readWriteDenied
      }
      self.time = time
      return .success
    }

    mutating func invoke(
      _ method: MethodDescriptor, _ parameters: Span<UInt8>, for caller: Caller,
      into writer: inout COSEMWriter
    ) -> ActionResult {
      guard method.classID == 70 else { return .objectUndefined }
      if method.method == 2 { writer.unsigned(7) }
      return .success
    }

    mutating func nextInvocationCounter() -> UInt32? {
      counter += 1
      return counter
    }
  }
}

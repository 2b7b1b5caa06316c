import Foundation
import KMP
import MeterTime
import Quantities

/// A register as KMP tells it.
public struct KMPReading: Equatable, Sendable {
  public var register: UInt16
  public var unit: UInt8
  /// The integer with its exponent, or text, time and date as they are written.
  public var text: String
  public var name: OBISCode?

  public var symbol: String { KMPNames.symbol(unit) }
}

/// A meter that is read by KMP.
public actor KMPMeter {
  public nonisolated let url: MeterURL
  private var channel: ByteChannel?

  public init(_ url: MeterURL) { self.url = url }

  public func connect() async throws(MeterError) {
    channel = try await ByteChannel.open(
      url.place, SerialSettings(baud: url.baud ?? 9600), seconds: url.patience)
  }

  public func disconnect() async {
    await channel?.close()
    channel = nil
  }

  /// Serial number.
  public func serialNumber() async throws(MeterError) -> UInt64 {
    let data = try await ask(.getSerialNumber, [])
    return data.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Type and software revision as numbers.
  public func type() async throws(MeterError) -> [UInt8] { try await ask(.getType, []) }

  /// Registers by number; those that the meter does not have are left out.
  public func registers(_ numbers: [UInt16]) async throws(MeterError) -> [KMPReading] {
    var found: [KMPReading] = []
    var rest = numbers[...]
    while !rest.isEmpty {
      let some = rest.prefix(KMPRegisterRequest.most)
      rest = rest.dropFirst(some.count)
      let request = [UInt8(some.count)] + some.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      let data = try await ask(.getRegister, request)
      var cursor = KMPAnswerCursor()
      while let item = cursor.next(in: data.span) {
        found.append(KMPNames.reading(item, Array(data[item.value])))
      }
    }
    return found
  }

  /// One request and its answer: the data behind the command.
  private func ask(_ command: KMPCommand, _ data: [UInt8]) async throws(MeterError) -> [UInt8] {
    guard let channel else {
      throw failure("there is no connection", "one", .usage, "connect first")
    }
    var out = [UInt8](repeating: 0, count: KMPFrame.longestFrame(body: data.count + 2))
    var span = out.mutableSpan
    let count = KMPClient.request(command, data.span, into: &span)
    for _ in 1...3 {
      try await channel.send(Array(out.prefix(count)))
      var client = KMPClient()
      let end = LineClock.now + .seconds(Int64(url.patience))
      while LineClock.now < end {
        for byte in try await channel.receive(milliseconds: 50) ?? [] {
          switch client.receive(byte) {
          case .frame:
            let answer = client.answer.withUnsafeBufferPointer { Array($0) }
            guard answer.first == command.rawValue else { continue }
            return Array(answer.dropFirst())
          case .acknowledge: return []
          case .none, .damaged: break
          }
        }
      }
    }
    throw failure(
      "no answer to command \(Hexadecimal.text([command.rawValue]))", "a frame of KMP",
      .tryAgain, "the head on the meter; is the port optical:// or kmp://?")
  }

  private func failure(
    _ what: String, _ expected: String, _ kind: MeterError.Kind, _ next: String
  ) -> MeterError {
    MeterError(
      .link, kind, what: "\(url): \(what)", expected: expected, got: "nothing", next: next)
  }
}

import Foundation
import Testing

@testable import VirtualMeter

/// A meter that runs beside real time with one of its lines on a real pseudo terminal.
struct LineRig {
  let service: MeterService
  let setup: MeterSetup

  init(identity: MeterIdentity = .kvd) throws {
    var meter = MeterSetup()
    meter.identity = identity
    setup = meter
    let run = MeterRun.Setup(meter: meter, start: BenchRig.start, speed: 1)
    service = MeterService(
      .init(
        run: run,
        source: .bench(BenchPreset.named(.car).bench, preset: .car, seed: 1, isLively: false)))
    try service.start()
  }

  func end() async throws {
    service.stop()
    _ = try await service.end()
  }
}

/// The reader's end of a pseudo terminal, or of a TCP port.
final class Reader {
  private let descriptor: Int32

  /// - Parameter address: a terminal, or `tcp://127.0.0.1:PORT`.
  init(_ address: String) throws {
    if address.hasPrefix("/") {
      descriptor = open(address, O_RDWR | O_NOCTTY)
      var settings = termios()
      #expect(tcgetattr(descriptor, &settings) == 0)
      cfmakeraw(&settings)
      cfsetspeed(&settings, speed_t(B2400))
      #expect(tcsetattr(descriptor, TCSANOW, &settings) == 0)
    } else {
      let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let descriptor = descriptor
      let connected = withUnsafeBytes(of: &address) { bytes in
        connect(
          descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
          socklen_t(bytes.count))
      }
      #expect(connected == 0)
    }
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) {
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
  }

  /// What arrives until nothing has come for a while, or what is awaited is there.
  ///
  /// - Parameters:
  ///   - first: the longest wait for the first byte, milliseconds.
  ///   - isWhole: no more has to be waited for.
  func receive(
    first: Int32 = 3000, _ isWhole: ([UInt8]) -> Bool = { _ in false }
  ) -> [UInt8] {
    var got: [UInt8] = []
    while !isWhole(got) {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, got.isEmpty ? first : 400) > 0 else { break }
      var bytes = [UInt8](repeating: 0, count: 512)
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { break }
      got += bytes.prefix(count)
    }
    return got
  }

  /// Sends, and gives what comes back.
  func ask(
    _ bytes: [UInt8], first: Int32 = 3000, _ isWhole: ([UInt8]) -> Bool = { _ in false }
  ) -> [UInt8] {
    send(bytes)
    return receive(first: first, isWhole)
  }
}

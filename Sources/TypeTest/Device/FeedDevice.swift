import Bytes
import LegalMeter
import Meter
import Metrology
import Quantities
import Waveforms

/// A meter behind a port: frames of the sample feed out, the lines of its reports in.
///
/// One stream carries both ways: to the device frames of 34 bytes (`4B 56`, number, six Int32,
/// CRC-32) and commands as lines; from it the lines of Firmware/README.md. Pulses come with the
/// time of their sample set, so that neither side has to be quick.
final class FeedDevice: DeviceUnderTest {
  private let connection: FeedConnection
  private var sent: Int64 = 0
  /// Sets sent before the present measurement.
  private var base: Int64 = 0
  private var energies: [Int64] = [0, 0, 0, 0]
  private var window: Int64?
  private var readings: [DeviceReading] = []
  private var pulses: [DevicePulse] = []
  private var failure: (any Error)?
  /// Sets that the device had taken before it was connected.
  private let takenBefore: Int64

  /// Longest silence that is borne, seconds.
  static let patience_s = 60.0

  init(_ address: FeedConnection.Address) throws {
    connection = try FeedConnection(address)
    try connection.send(Array("D\nn\nS\n".utf8))
    takenBefore = try Self.counter(connection)
  }

  private static func counter(_ connection: FeedConnection) throws -> Int64 {
    while let line = try connection.line(wait_s: patience_s) {
      if let count = samples(in: line) { return count }
    }
    throw DeviceError.silent("the device does not tell its counters")
  }

  /// `feed samples=1234 …`
  private static func samples(in line: String) -> Int64? {
    guard line.hasPrefix("feed ") else { return nil }
    return line.split(separator: " ").first { $0.hasPrefix("samples=") }.flatMap {
      Int64($0.dropFirst(8))
    }
  }

  /// Forgets what came before, for the next measurement.
  func begin() throws {
    try synchronise()
    base = sent
    readings.removeAll()
    pulses.removeAll()
  }

  func feed(_ samples: borrowing SampleBuffer) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(34 * samples.count)
    for index in 0..<samples.count {
      Self.append(samples[index], number: UInt32(truncatingIfNeeded: sent), to: &bytes)
      sent += 1
    }
    try connection.send(bytes)
    while let line = try connection.line(wait_s: 0) { take(line) }
  }

  /// One frame of the sample feed.
  static func append(_ set: SampleSet, number: UInt32, to bytes: inout [UInt8]) {
    bytes += [0x4B, 0x56]
    let start = bytes.count
    for word in [Int32(bitPattern: number), set.u1, set.i1, set.u2, set.i2, set.u3, set.i3] {
      withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
    }
    let check = bytes.withUnsafeBufferPointer { all in
      CRC32.check(Span(_unsafeElements: UnsafeBufferPointer(rebasing: all[start...])))
    }
    withUnsafeBytes(of: check.littleEndian) { bytes += $0 }
  }

  /// Waits until the device has worked off everything that was sent.
  private func synchronise() throws {
    while true {
      try connection.send(Array("S\n".utf8))
      var taken: Int64?
      while taken == nil {
        guard let line = try connection.line(wait_s: Self.patience_s) else {
          throw DeviceError.silent("the device fell silent after \(sent) sets")
        }
        taken = Self.samples(in: line)
        take(line)
      }
      if let taken, taken - takenBefore >= sent { break }
    }
    closeWindow()
  }

  private func take(_ line: String) {
    let fields = line.split(separator: " ")
    func number(_ index: Int) -> Int64? { fields.count > index ? Int64(fields[index]) : nil }
    switch fields.first {
    case "W":
      closeWindow()
      window = number(2)
    case "P":
      guard let count = number(1), let time = number(2) else { return }
      pulses.append(
        DevicePulse(
          time: time - (base + takenBefore) << 16, number: UInt32(truncatingIfNeeded: count)))
    case "R":
      guard let index = number(1), let value = number(2), let rest = number(3),
        (0..<4).contains(index)
      else { return }
      energies[Int(index)] = value * 3_600_000 + rest
    default: break
    }
  }

  /// The registers follow the line of their window.
  private func closeWindow() {
    guard let sets = window else { return }
    window = nil
    readings.append(DeviceReading(sets: sets - base - takenBefore, energies_µWs: energies))
  }

  func takePulses() -> [DevicePulse] {
    do { try synchronise() } catch { failure = error }
    defer { pulses.removeAll() }
    return pulses
  }

  func takeReadings() -> [DeviceReading] {
    defer { readings.removeAll() }
    return readings
  }

  func follow(_ register: EnergyRegister) throws {
    if let failure { throw failure }
    let command = register == .activeImport ? "n\n" : "\(register.kind.rawValue)v\n"
    try connection.send(Array(command.utf8))
  }

  func finish() throws {}
}

/// One device behind an address; it keeps its state from one measurement to the next.
public final class FeedBatch: DeviceBatch, @unchecked Sendable {
  public let variant: MeterVariant
  public let name: String
  public var count: Int { 1 }
  /// One after the other, which is also why one device may be shared.
  public var concurrency: Int { 1 }
  private let shared: FeedDevice

  /// - Parameters:
  ///   - address: `tcp://host:port` or `unix:/path`.
  ///   - variant: what the device is; the firmware is the standard one.
  /// - Throws: `DeviceError.silent` where nothing answers.
  public init(_ address: String, variant: MeterVariant = .standard) throws {
    guard let parsed = FeedConnection.Address(address) else {
      throw DeviceError.refused("\(address) is no address such as tcp://host:port or unix:/path")
    }
    self.variant = variant
    name = address
    shared = try FeedDevice(parsed)
  }

  public func parts(meter: Int) -> FrontEndParameters? { nil }

  public func device(
    meter: Int, isCalibrated: Bool, temperature_C: Double
  ) throws -> any DeviceUnderTest {
    try shared.begin()
    return shared
  }
}

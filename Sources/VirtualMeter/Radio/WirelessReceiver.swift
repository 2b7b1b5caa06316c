import Ciphers
import Foundation
import MBus
import MeterTime

/// Takes radio telegrams, opens them, and keeps each reading once.
///
/// What was heard before, or is older than what was heard, is told and not stored; neither is what
/// is in clear where a key is there, nor what its check, its authentication or its records refuse.
/// What is remembered of each meter stays through a restart, where a store is given.
public struct WirelessReceiver {
  /// What became of a telegram.
  public enum Verdict: Equatable, Sendable {
    case fresh
    case stale
    /// The reason in words.
    case refused(String)
  }

  /// One telegram with its verdict.
  public struct Reception: Sendable {
    public var verdict: Verdict
    /// One line of JSON.
    public var json: String
  }

  private let keys: RadioKeys
  private let acceptsClear: Bool
  private let store: WirelessStore?
  private var meters: [DeviceAddress: Memory]
  private var writer = TelegramJSON()
  /// Telegrams by verdict.
  public private(set) var counts = (fresh: 0, stale: 0, refused: 0)

  /// What is remembered of one meter.
  struct Memory {
    var replay = ReplayGuard()
    var formats = CompactFormats()
  }

  /// The most meters that are remembered.
  static let mostMeters = 100_000

  /// - Parameters:
  ///   - acceptsClear: telegrams in clear are taken although there is a key.
  ///   - path: a file to which fresh telegrams are added, a line each.
  /// - Throws: `badData` or `disk` for a store that is none.
  public init(keys: RadioKeys, acceptsClear: Bool = false, store path: String? = nil)
    throws(Failure)
  {
    self.keys = keys
    self.acceptsClear = acceptsClear
    store = try path.map { path throws(Failure) in try WirelessStore(path) }
    meters = try store?.guards() ?? [:]
  }

  /// Takes a telegram.
  ///
  /// - Throws: `disk` where it cannot be stored; it is then as if it had not been heard.
  public mutating func receive(_ line: RadioLine) throws(Failure) -> Reception {
    guard let frame = Self.frame(of: line) else { return refuse(line, "chips") }
    var room = [UInt8](repeating: 0, count: 256)
    var span = room.mutableSpan
    guard let count = try? frame.format.decode(frame.octets.span, into: &span) else {
      return refuse(line, "check")
    }
    return try open(Array(room.prefix(count)), line)
  }

  /// The frame within the chips, where chips were received.
  private static func frame(of line: RadioLine) -> RadioLine? {
    guard line.form == .chips else { return line }
    var room = [UInt8](repeating: 0, count: WirelessFormat.bytesMax)
    var span = room.mutableSpan
    guard let found = LineCode.decode(line.octets.span, line.mode, into: &span) else { return nil }
    var frame = line
    (frame.octets, frame.format) = (Array(room.prefix(found.count)), found.format)
    return frame
  }

  private mutating func open(
    _ payload: [UInt8], _ line: RadioLine
  ) throws(Failure) -> Reception {
    var payload = payload
    guard payload.count >= 10 else { return refuse(line, "truncated") }
    let number = (0..<4).reduce(UInt32(0)) { $0 | UInt32(payload[3 + $1]) << UInt32(8 * $1) }
    let key = keys[number]
    let telegram: WirelessTelegram
    var span = payload.mutableSpan
    do throws(WirelessError) {
      telegram = try WirelessTelegram(opening: &span, key: key, PortableCiphers.self)
    } catch {
      return refuse(line, "\(error)")
    }
    guard telegram.wasEnciphered || key == nil || acceptsClear else { return refuse(line, "clear") }
    var memory = meters[telegram.device] ?? Memory()
    let sent = Array(
      payload[telegram.recordsOffset..<telegram.recordsOffset + telegram.recordsBytes])
    let records: [UInt8]
    do throws(WirelessError) {
      records = try Self.records(of: telegram, sent, &memory.formats)
    } catch {
      return refuse(line, "\(error)")
    }
    let verdict: Verdict =
      memory.replay.judge(telegram, records.span) == .fresh ? .fresh : .stale
    writer.write(telegram, records: records.span)
    let json = Self.json(line, verdict, writer.text)
    if verdict == .fresh {
      guard meters[telegram.device] != nil || meters.count < Self.mostMeters else {
        return refuse(line, "too many meters")
      }
      try store?.add(json, telegram.device, memory.replay)
      counts.fresh += 1
      meters[telegram.device] = memory
    } else {
      counts.stale += 1
    }
    return Reception(verdict: verdict, json: json)
  }

  /// The records as they were before they were made compact; all of them have to be ones, since in
  /// mode 5 nothing else tells a forged telegram.
  private static func records(
    of telegram: WirelessTelegram, _ sent: [UInt8], _ formats: inout CompactFormats
  ) throws(WirelessError) -> [UInt8] {
    var records = sent
    if telegram.information == 0x79 {
      var room = [UInt8](repeating: 0, count: 255)
      var span = room.mutableSpan
      let count = try formats.expand(sent.span, into: &span)
      records = Array(room.prefix(count))
    }
    var reader = RecordReader(records.span)
    do {
      while try reader.next() != nil {}
    } catch {
      throw .authentication
    }
    if telegram.information == 0x78 { formats.learn(records: records.span) }
    return records
  }

  private mutating func refuse(_ line: RadioLine, _ reason: String) -> Reception {
    counts.refused += 1
    let verdict = Verdict.refused(reason)
    return Reception(
      verdict: verdict,
      json: Self.json(line, verdict, JSONValue.string(RadioLine.hex(line.octets)).text))
  }

  private static func json(_ line: RadioLine, _ verdict: Verdict, _ telegram: String) -> String {
    let time = line.time.map { JSONValue.string(ISOTime.text($0)) } ?? .null
    let words =
      switch verdict {
      case .fresh: "\"fresh\""
      case .stale: "\"stale\""
      case .refused(let reason): "\"refused\",\"reason\":" + JSONValue.string(reason).text
      }
    return "{\"time\":\(time.text),\"verdict\":\(words),\"telegram\":\(telegram)}"
  }
}

/// A file of readings, and beside it what is remembered of each meter.
struct WirelessStore {
  let path: String
  /// Lines of address, counter, session, time and access number, `-` for what is not known.
  private var memoryPath: String { path + ".seen" }

  init(_ path: String) throws(Failure) { self.path = path }

  /// What was remembered; the last line of a meter counts.
  func guards() throws(Failure) -> [DeviceAddress: WirelessReceiver.Memory] {
    guard let data = FileManager.default.contents(atPath: memoryPath) else { return [:] }
    var found: [DeviceAddress: WirelessReceiver.Memory] = [:]
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    for (place, line) in lines.enumerated() {
      let fields = line.split(separator: " ")
      guard fields.count == 5, let octets = RadioLine.octets(fields[0]), octets.count == 8,
        let address = Self.address(octets)
      else {
        // The last line of a process that was killed may be half a one.
        if place == lines.count - 1 { break }
        throw Failure(
          .badData, file: memoryPath, line: place + 1, what: "it is no memory of a meter",
          expected: "an address and four numbers", next: "put back a copy")
      }
      var memory = WirelessReceiver.Memory()
      memory.replay = ReplayGuard(
        counter: UInt32(fields[1]), session: UInt32(fields[2]), time: Int64(fields[3]),
        access: UInt8(fields[4]))
      found[address] = memory
    }
    return found
  }

  private static func address(_ octets: [UInt8]) -> DeviceAddress? {
    let number = octets[0..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return DeviceAddress(
      identification: number,
      manufacturer: Manufacturer(code: UInt16(octets[4]) << 8 | UInt16(octets[5])),
      version: octets[6], medium: Medium(code: octets[7]))
  }

  /// Remembers first and stores then: a process that is killed between loses a reading rather than
  /// storing it twice.
  func add(_ json: String, _ address: DeviceAddress, _ replay: ReplayGuard) throws(Failure) {
    let number = (0..<4).map {
      UInt8(truncatingIfNeeded: address.identification >> UInt32(24 - 8 * $0))
    }
    let code = address.manufacturer.code
    let octets =
      number + [UInt8(code >> 8), UInt8(code & 255), address.version, address.medium.code]
    func text(_ value: (some BinaryInteger)?) -> String { value.map { "\($0)" } ?? "-" }
    try append(
      "\(RadioLine.hex(octets)) \(text(replay.counter)) \(text(replay.session)) "
        + "\(text(replay.time)) \(text(replay.access))\n", to: memoryPath)
    try append(json + "\n", to: path)
  }

  private func append(_ text: String, to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    defer { if file >= 0 { close(file) } }
    let bytes = Array(text.utf8)
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else {
      throw Failure(
        .disk, file: path, what: "cannot be written (\(String(cString: strerror(errno))))",
        expected: "a file that can be written, with room", next: "give another --store")
    }
  }
}

import Foundation

/// The configuration of a COMTRADE recording (IEEE C37.111-1999, IEC 60255-24, and -2013).
///
/// Only what energy needs is kept: analogue channels, rates, sample count, data form. Status
/// channels are counted so that they can be passed over.
struct ComtradeConfiguration {
  /// How the data are written.
  enum Form: String {
    case ascii = "ASCII"
    case binary = "BINARY"
    case binary32 = "BINARY32"
    case float32 = "FLOAT32"
  }

  /// An analogue channel: value = `a` * x + `b`, in `unit`.
  struct Channel {
    /// Index in the list of the file, counted from 1.
    var number: Int
    var name: String
    var phase: String
    /// Volts or amperes of one unit; 0 where the unit is neither.
    var unitFactor: Double
    var isVoltage: Bool
    var a: Double
    var b: Double
    /// Transformer ratio, and the side to which `a` and `b` refer.
    var primary: Double
    var secondary: Double
    var isPrimary: Bool
  }

  /// Samples up to `lastSample` (counted from 1) have `rate_Hz`.
  struct Section {
    var rate_Hz: Double
    var lastSample: Int
  }

  static let channelLimit = 4096

  private(set) var station = ""
  private(set) var revision = 0
  private(set) var channels: [Channel] = []
  private(set) var statusCount = 0
  /// Empty where only time stamps tell the rate.
  private(set) var sections: [Section] = []
  private(set) var sampleCount = 0
  private(set) var form = Form.ascii
  /// Factor of the time stamps, which are microseconds.
  private(set) var timeFactor = 1.0

  /// Bytes of one binary record.
  var recordBytes: Int {
    8 + channels.count * (form == .binary ? 2 : 4) + (statusCount + 15) / 16 * 2
  }

  /// Reads lines from where the reader stands, up to and with the time factor.
  init(_ lines: inout LineReader) throws(SourceError) {
    let head = try Self.fields(&lines, atLeast: 2, "station, device, revision year")
    station = head[0]
    guard head.count >= 3, let year = Int(head[2]), year == 1999 || year == 2013 else {
      throw Self.broken(
        lines, "revision year 1999 or 2013", head.count >= 3 ? head[2] : "none (1991)",
        "Convert the recording to COMTRADE 1999 or 2013.")
    }
    revision = year
    try readChannels(&lines)
    _ = try Self.fields(&lines, atLeast: 1, "line frequency")
    try readSections(&lines)
    _ = try Self.fields(&lines, atLeast: 1, "time of the first sample")
    _ = try Self.fields(&lines, atLeast: 1, "time of the trigger")
    let type = try Self.fields(&lines, atLeast: 1, "data form")[0].uppercased()
    guard let form = Form(rawValue: type) else {
      throw Self.broken(
        lines, "ASCII, BINARY, BINARY32 or FLOAT32", type, "Export in one of these forms.")
    }
    self.form = form
    let factor = try Self.fields(&lines, atLeast: 1, "time factor")[0]
    timeFactor = try Self.number(factor, lines)
    guard timeFactor > 0, timeFactor <= 1e6 else {
      throw Self.broken(lines, "a time factor above 0", factor, "Correct the line.")
    }
  }

  private mutating func readChannels(_ lines: inout LineReader) throws(SourceError) {
    let counts = try Self.fields(&lines, atLeast: 3, "channel counts such as 8,6A,2D")
    func count(_ text: String, _ letter: Character) -> Int? {
      text.uppercased().last == letter ? Int(text.dropLast()) : nil
    }
    guard let analogue = count(counts[1], "A"), let status = count(counts[2], "D"),
      Int(counts[0]) == analogue + status, (1...Self.channelLimit).contains(analogue),
      (0...Self.channelLimit).contains(status)
    else {
      throw Self.broken(
        lines, "counts such as 8,6A,2D with 1 to 4096 analogue channels",
        counts.joined(separator: ","), "Correct the line.")
    }
    for index in 1...analogue {
      channels.append(
        try Self.channel(
          Self.fields(&lines, atLeast: 13, "analogue channel \(index) of 13 fields"), index, lines))
    }
    for index in 0..<status {
      _ = try Self.fields(&lines, atLeast: 2, "status channel \(index + 1)")
    }
    statusCount = status
  }

  private static func channel(
    _ fields: [String], _ index: Int, _ lines: LineReader
  ) throws(SourceError) -> Channel {
    guard Int(fields[0]) == index else {
      throw broken(lines, "analogue channel \(index)", fields[0], "Correct the order.")
    }
    let side = fields[12].uppercased()
    guard side == "P" || side == "S" else {
      throw broken(lines, "P or S as the side of the scale", fields[12], "Correct the field.")
    }
    let (isVoltage, factor) = unit(fields[4])
    var channel = Channel(
      number: index, name: fields[1], phase: fields[2], unitFactor: factor, isVoltage: isVoltage,
      a: 0, b: 0, primary: 1, secondary: 1, isPrimary: side == "P")
    channel.a = try number(fields[5], lines)
    channel.b = try number(fields[6], lines)
    channel.primary = try number(fields[10], lines)
    channel.secondary = try number(fields[11], lines)
    return channel
  }

  private static func unit(_ text: String) -> (isVoltage: Bool, factor: Double) {
    let prefixes: [Character: Double] = ["k": 1e3, "K": 1e3, "m": 1e-3, "M": 1e6, "u": 1e-6]
    guard let last = text.last, "VvAa".contains(last) else { return (false, 0) }
    let factor = text.count == 1 ? 1 : text.count == 2 ? prefixes[text.first ?? " "] ?? 0 : 0
    return (last == "V" || last == "v", factor)
  }

  private mutating func readSections(_ lines: inout LineReader) throws(SourceError) {
    let text = try Self.fields(&lines, atLeast: 1, "number of sample rates")[0]
    guard let count = Int(text), (0...1024).contains(count) else {
      throw Self.broken(lines, "0 to 1024 sample rates", text, "Correct the line.")
    }
    for _ in 0..<max(1, count) {
      let fields = try Self.fields(&lines, atLeast: 2, "rate and last sample")
      let rate = try Self.number(fields[0], lines)
      guard let last = Int(fields[1]), last > sampleCount, last <= 1 << 40,
        rate >= 0, rate <= 1e9
      else {
        throw Self.broken(
          lines, "a rate and a last sample that rises", fields.joined(separator: ","),
          "Correct the line.")
      }
      sampleCount = last
      if count > 0, rate > 0 { sections.append(Section(rate_Hz: rate, lastSample: last)) }
    }
    guard count == 0 || sections.count == count else {
      throw Self.broken(lines, "rates above 0", "a rate of 0", "Correct the rates.")
    }
  }

  private static func fields(
    _ lines: inout LineReader, atLeast count: Int, _ what: String
  ) throws(SourceError) -> [String] {
    guard try lines.advance() else {
      throw SourceError.badData(
        lines.bytes.name, .line(lines.number + 1), expected: what, found: "an end of file",
        nextStep: "Copy the configuration file again.")
    }
    let fields = lines.text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard fields.count >= count, count > 1 || !fields[0].isEmpty else {
      throw broken(
        lines, what, "\u{201C}\(lines.text.prefix(60))\u{201D}", "Correct the line.")
    }
    return fields
  }

  private static func number(_ text: String, _ lines: LineReader) throws(SourceError) -> Double {
    if let value = Double(text), value.isFinite { return value }
    throw broken(lines, "a finite number", "\u{201C}\(text.prefix(40))\u{201D}", "Correct it.")
  }

  private static func broken(
    _ lines: LineReader, _ expected: String, _ found: String, _ next: String
  ) -> SourceError {
    SourceError.badData(
      lines.bytes.name, .line(lines.number), expected: expected, found: found, nextStep: next)
  }
}

/// The data of a COMTRADE recording, one sample of all channels at a time.
///
/// Sample numbers must follow each other and no value may be marked as missing, since energy
/// would be lost without a word.
struct ComtradeRows {
  private let configuration: ComtradeConfiguration
  private let selected: [Int?]
  private let bytes: ByteSource
  private var lines: LineReader
  private var fields: [Range<Int>] = []
  private var record: [UInt8]
  private var block: [UInt8]
  private var blockPlace = 0
  private var blockFilled = 0
  private var blockStart: UInt64
  private var nextNumber: UInt64?
  private(set) var rowIndex = 0
  /// Values of u1 i1 u2 i2 u3 i3 as written, before `a` and `b`.
  private(set) var values = [Double](repeating: 0, count: 6)
  /// Time stamp as written; nil where it is left out.
  private(set) var timeStamp: Double?

  /// Reads from where `bytes` stands.
  init(
    _ configuration: ComtradeConfiguration, selected: [Int?], bytes: ByteSource, linesBefore: Int
  ) {
    self.configuration = configuration
    self.selected = selected
    self.bytes = bytes
    lines = LineReader(bytes, linesBefore: linesBefore)
    record = [UInt8](repeating: 0, count: configuration.recordBytes)
    let whole = min(65_536, Int(clamping: bytes.length ?? .max))
    block = [UInt8](repeating: 0, count: max(whole, configuration.recordBytes))
    blockStart = bytes.offset
  }

  /// Where the last row lies.
  var place: SourceError.Place {
    configuration.form == .ascii
      ? .line(lines.number)
      : .offset(blockStart + UInt64(max(0, blockPlace - record.count)))
  }

  /// Moves to the next row; false after the last one of the configuration.
  mutating func advance() throws(SourceError) -> Bool {
    guard rowIndex < configuration.sampleCount else { return false }
    if configuration.form == .ascii {
      try readLine()
    } else {
      try readRecord()
    }
    rowIndex += 1
    return true
  }

  private func truncated(_ place: SourceError.Place) -> SourceError {
    SourceError.badData(
      bytes.name, place, expected: "\(configuration.sampleCount) samples",
      found: "an end after \(rowIndex)",
      nextStep: "Copy the data file again, or correct the last sample number.")
  }

  private mutating func readLine() throws(SourceError) {
    repeat {
      guard try lines.advance() else { throw truncated(.line(lines.number + 1)) }
    } while lines.isBlank
    lines.split(at: UInt8(ascii: ","), into: &fields)
    let columns = 2 + configuration.channels.count + configuration.statusCount
    if fields.count == 1, lines.line.count == 1, lines.buffer[lines.line.lowerBound] == 0x1A {
      throw truncated(.line(lines.number))
    }
    guard fields.count == columns else {
      throw SourceError.badData(
        bytes.name, place, expected: "\(columns) columns", found: "\(fields.count)",
        nextStep: "Complete the row.")
    }
    guard let number = DecimalNumber.parse(lines.buffer, fields[0]), number >= 0, number < 1e15
    else {
      throw SourceError.badData(
        bytes.name, place, expected: "a sample number", found: lines.quoted(fields[0]),
        nextStep: "Correct the row.")
    }
    try follow(UInt64(number))
    timeStamp = DecimalNumber.parse(lines.buffer, fields[1])
    for target in 0..<6 {
      guard let channel = selected[target] else { continue }
      let field = fields[2 + channel]
      guard let value = DecimalNumber.parse(lines.buffer, field), value != 99_999 else {
        throw missing(channel, lines.quoted(field))
      }
      values[target] = value
    }
  }

  private func missing(_ channel: Int, _ found: String) -> SourceError {
    SourceError.badData(
      bytes.name, place,
      expected: "a finite value of channel \(configuration.channels[channel].name)",
      found: found, nextStep: "Cut the recording before this sample.")
  }

  private mutating func follow(_ number: UInt64) throws(SourceError) {
    if let nextNumber, number != nextNumber {
      throw SourceError.badData(
        bytes.name, place, expected: "sample number \(nextNumber)", found: "\(number)",
        nextStep: "Cut the recording at the gap.")
    }
    nextNumber = number + 1
  }

  private mutating func readRecord() throws(SourceError) {
    let size = record.count
    if blockPlace == blockFilled {
      blockStart = bytes.offset
      blockFilled = try bytes.read(into: &block, count: block.count / size * size)
      blockPlace = 0
    }
    guard blockFilled - blockPlace >= size else {
      throw truncated(.offset(blockStart + UInt64(blockFilled)))
    }
    let base = blockPlace
    blockPlace += size
    func word(_ offset: Int) -> UInt32 {
      UInt32(block[base + offset]) | UInt32(block[base + offset + 1]) << 8
        | UInt32(block[base + offset + 2]) << 16 | UInt32(block[base + offset + 3]) << 24
    }
    try follow(UInt64(word(0)))
    timeStamp = word(4) == .max ? nil : Double(word(4))
    for target in 0..<6 {
      guard let channel = selected[target] else { continue }
      switch configuration.form {
      case .binary:
        let offset = base + 8 + 2 * channel
        let raw = UInt16(block[offset]) | UInt16(block[offset + 1]) << 8
        guard raw != 0x8000 else { throw missing(channel, "the mark of a missing value") }
        values[target] = Double(Int16(bitPattern: raw))
      case .binary32:
        let raw = word(8 + 4 * channel)
        guard raw != 0x8000_0000 else { throw missing(channel, "the mark of a missing value") }
        values[target] = Double(Int32(bitPattern: raw))
      case .float32, .ascii:
        let value = Float(bitPattern: word(8 + 4 * channel))
        guard value.isFinite else { throw missing(channel, "\(value)") }
        values[target] = Double(value)
      }
    }
  }

  /// Whether data follow after the last row (a DOS end-of-file mark is none).
  mutating func hasMore() throws(SourceError) -> Bool {
    guard configuration.form == .ascii else {
      if blockPlace < blockFilled { return true }
      return try bytes.read(into: &block, count: 1) > 0
    }
    while try lines.advance() {
      if !lines.isBlank, lines.line.contains(where: { lines.buffer[$0] != 0x1A }) { return true }
    }
    return false
  }
}

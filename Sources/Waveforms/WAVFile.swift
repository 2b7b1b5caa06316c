/// One WAV file: RIFF, or RF64 and BW64 above 4 GiB (EBU Tech 3306, ITU-R BS.2088).
///
/// PCM of 8, 16, 24 and 32 bits and IEEE floating point of 32 and 64 bits, plain or as
/// WAVE_FORMAT_EXTENSIBLE. Chunks other than `fmt `, `ds64` and `data` are passed over. Data
/// that ends early is refused, because energy would be missing without a word.
final class WAVFile {
  /// How a sample is written.
  enum Encoding: Equatable {
    case pcm(bits: Int)
    case float(bits: Int)

    var bytes: Int {
      switch self {
      case .pcm(let bits), .float(let bits): bits / 8
      }
    }
    var isFloat: Bool { if case .float = self { true } else { false } }
  }

  let bytes: ByteSource
  private(set) var channelCount = 0
  private(set) var rate_Hz: UInt32 = 0
  private(set) var encoding = Encoding.pcm(bits: 16)
  private(set) var frameCount: UInt64 = 0
  private var dataStart: UInt64 = 0
  private var framesRead: UInt64 = 0
  private var raw: [UInt8] = []

  var name: String { bytes.name }
  private var frameBytes: Int { channelCount * encoding.bytes }

  /// Reads the header and stands at the first frame.
  init(_ bytes: ByteSource) throws(SourceError) {
    self.bytes = bytes
    try readHeader()
  }

  private func readHeader() throws(SourceError) {
    guard let head = try bytes.readExactly(12) else {
      throw broken(0, expected: "a RIFF header of 12 bytes", found: "an end of file")
    }
    let form = Self.text(head[0..<4])
    guard ["RIFF", "RF64", "BW64"].contains(form), Self.text(head[8..<12]) == "WAVE" else {
      throw broken(
        0, expected: "RIFF, RF64 or BW64 with form WAVE",
        found: "\u{201C}\(form)\u{201D} with \u{201C}\(Self.text(head[8..<12]))\u{201D}")
    }
    var dataSize64: UInt64?
    var hasFormat = false
    while let chunk = try bytes.readExactly(8) {
      let id = Self.text(chunk[0..<4])
      let start = bytes.offset
      var size = UInt64(Self.uint32(chunk, 4))
      switch id {
      case "ds64":
        guard size >= 16, let body = try bytes.readExactly(16) else {
          throw broken(start, expected: "ds64 chunk of 28 bytes", found: "\(size) bytes")
        }
        dataSize64 = UInt64(Self.uint32(body, 8)) | UInt64(Self.uint32(body, 12)) << 32
      case "fmt ":
        try readFormat(size: size, at: start)
        hasFormat = true
      case "data":
        guard hasFormat else {
          throw broken(start - 8, expected: "a fmt chunk before the data", found: "data")
        }
        if size == 0xFFFF_FFFF, form != "RIFF", let dataSize64 { size = dataSize64 }
        return try acceptData(size: size, at: start)
      default: break
      }
      let (padded, tooFar) = (start + size).addingReportingOverflow(size & 1)
      guard !tooFar, padded <= bytes.length ?? .max else {
        throw broken(
          start - 8, expected: "chunk \u{201C}\(id)\u{201D} of \(size) bytes inside the file",
          found: "an end of file at \(bytes.length ?? 0)")
      }
      try bytes.seek(to: padded)
    }
    throw broken(bytes.offset, expected: "a data chunk", found: "an end of file")
  }

  private func readFormat(size: UInt64, at start: UInt64) throws(SourceError) {
    let wanted = size >= 40 ? 40 : 16
    guard size >= 16, let body = try bytes.readExactly(wanted) else {
      throw broken(start, expected: "a fmt chunk of 16 bytes or more", found: "\(size) bytes")
    }
    var tag = Self.uint16(body, 0)
    let bits = Int(Self.uint16(body, 14))
    if tag == 0xFFFE, wanted == 40 { tag = Self.uint16(body, 24) }
    switch (tag, bits) {
    case (1, 8), (1, 16), (1, 24), (1, 32): encoding = .pcm(bits: bits)
    case (3, 32), (3, 64): encoding = .float(bits: bits)
    default:
      throw broken(
        start, expected: "PCM of 8, 16, 24 or 32 bits, or float of 32 or 64 bits",
        found: "format \(tag) with \(bits) bits")
    }
    channelCount = Int(Self.uint16(body, 2))
    guard [2, 4, 6].contains(channelCount) else {
      throw broken(
        start + 2, expected: "2, 4 or 6 channels (u, i of one to three phases)",
        found: "\(channelCount)")
    }
    guard Int(Self.uint16(body, 12)) == frameBytes else {
      throw broken(
        start + 12, expected: "frames of \(frameBytes) bytes",
        found: "\(Self.uint16(body, 12)) bytes")
    }
    rate_Hz = Self.uint32(body, 4)
    guard (2_000...32_000).contains(rate_Hz) else {
      throw SourceError.badData(
        name, .offset(start + 4), expected: "a sample rate of 2,000 Hz to 32,000 Hz",
        found: "\(rate_Hz) Hz", nextStep: "Resample the recording, with a filter.")
    }
  }

  private func acceptData(size: UInt64, at start: UInt64) throws(SourceError) {
    let (end, tooFar) = start.addingReportingOverflow(size)
    if tooFar || end > bytes.length ?? .max {
      throw SourceError.badData(
        name, .offset(bytes.length ?? 0), expected: "\(size) bytes of data from offset \(start)",
        found: "an end of file after \((bytes.length ?? start) - start) bytes",
        nextStep: "Copy the file again; if the recording was cut, repair its header.")
    }
    guard size > 0, size % UInt64(frameBytes) == 0 else {
      throw broken(
        start - 4, expected: "a whole number of frames of \(frameBytes) bytes, at least one",
        found: "\(size) bytes")
    }
    dataStart = start
    frameCount = size / UInt64(frameBytes)
  }

  /// Back to the first frame.
  func rewind() throws(SourceError) {
    try bytes.seek(to: dataStart)
    framesRead = 0
  }

  /// Reads up to `frames` frames, interleaved, in the units of the file.
  ///
  /// - Returns: frames read, 0 at the end.
  func read(frames: Int, into samples: inout [Double]) throws(SourceError) -> Int {
    let wanted = Int(min(UInt64(frames), frameCount - framesRead))
    let size = wanted * frameBytes
    if raw.count < size { raw = [UInt8](repeating: 0, count: size) }
    if samples.count < wanted * channelCount {
      samples = [Double](repeating: 0, count: wanted * channelCount)
    }
    let start = bytes.offset
    let got = try bytes.read(into: &raw, count: size)
    guard got == size else {
      throw SourceError.badData(
        name, .offset(start + UInt64(got)), expected: "\(size) more bytes of data",
        found: "an end of file", nextStep: "The file became shorter while it was read; try again.")
    }
    framesRead += UInt64(wanted)
    decode(count: wanted * channelCount, into: &samples)
    if encoding.isFloat {
      for index in 0..<wanted * channelCount where !(abs(samples[index]) <= 1e12) {
        throw SourceError.badData(
          name, .offset(start + UInt64(index * encoding.bytes)), expected: "a finite sample",
          found: "\(samples[index])", nextStep: "Repair the recording at this place.")
      }
    }
    return wanted
  }

  private func decode(count: Int, into samples: inout [Double]) {
    switch encoding {
    case .pcm(bits: 8):
      for n in 0..<count { samples[n] = Double(Int32(raw[n]) - 128) }
    case .pcm(bits: 16):
      for n in 0..<count { samples[n] = Double(Int16(bitPattern: Self.uint16(raw, 2 * n))) }
    case .pcm(bits: 24):
      for n in 0..<count {
        let high = Int32(Int8(bitPattern: raw[3 * n + 2])) << 16
        samples[n] = Double(high | Int32(Self.uint16(raw, 3 * n)))
      }
    case .pcm:
      for n in 0..<count { samples[n] = Double(Int32(bitPattern: Self.uint32(raw, 4 * n))) }
    case .float(bits: 32):
      for n in 0..<count { samples[n] = Double(Float(bitPattern: Self.uint32(raw, 4 * n))) }
    case .float:
      for n in 0..<count {
        let low = UInt64(Self.uint32(raw, 8 * n))
        samples[n] = Double(bitPattern: low | UInt64(Self.uint32(raw, 8 * n + 4)) << 32)
      }
    }
  }

  private func broken(_ offset: UInt64, expected: String, found: String) -> SourceError {
    SourceError.badData(
      name, .offset(offset), expected: expected, found: found,
      nextStep: "Export the recording again as WAV with u, i pairs.")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(bytes.map { (32..<127).contains($0) ? Character(UnicodeScalar($0)) : "?" })
  }
  private static func uint16(_ bytes: [UInt8], _ at: Int) -> UInt16 {
    UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
  }
  private static func uint32(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    UInt32(uint16(bytes, at)) | UInt32(uint16(bytes, at + 2)) << 16
  }
}

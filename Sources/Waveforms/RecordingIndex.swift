import Foundation

/// The list that may lie beside recordings and say what their counts mean.
///
/// `index.csv` in the folder of the recording, with a header that names at least the columns
/// `file`, `volts_per_count` and `amps_per_count`; one row per recording.
public enum RecordingIndex {
  /// Name of the list.
  public static let fileName = "index.csv"

  /// The scale of one recording; nil where there is no list, or where it does not name the file.
  ///
  /// - Throws: `SourceError` for a list that names the file but not its scale.
  public static func scale(of recording: String) throws(SourceError) -> SampleScale? {
    let url = URL(fileURLWithPath: recording)
    let path = url.deletingLastPathComponent().appendingPathComponent(fileName).path
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try scale(of: url.lastPathComponent, in: ByteSource(path: path))
  }

  /// The same from an opened list.
  static func scale(of name: String, in list: ByteSource) throws(SourceError) -> SampleScale? {
    var lines = LineReader(list)
    guard try lines.advance() else { return nil }
    let header = lines.text.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard let file = header.firstIndex(of: "file"),
      let volts = header.firstIndex(of: "volts_per_count"),
      let amperes = header.firstIndex(of: "amps_per_count")
    else { return nil }
    var fields: [Range<Int>] = []
    while try lines.advance() {
      lines.split(at: UInt8(ascii: ","), into: &fields)
      guard file < fields.count,
        String(decoding: lines.buffer[fields[file]], as: UTF8.self) == name
      else { continue }
      guard volts < fields.count, amperes < fields.count,
        let v = DecimalNumber.parse(lines.buffer, fields[volts]),
        let a = DecimalNumber.parse(lines.buffer, fields[amperes]),
        v > 0, a > 0, v <= 1000, a <= 1000
      else {
        throw SourceError(
          .badData, list.name, .line(lines.number),
          expected: "volts and amperes per count of \(name), each above 0 up to 1000",
          found: "\u{201C}\(lines.text.prefix(80))\u{201D}",
          nextStep: "Correct the row, or give --scale V,A.")
      }
      return SampleScale(volts: v, amperes: a)
    }
    return nil
  }
}

import COSEM
import MeterTime

/// Times as a command line gives them.
public enum ReaderTime {
  /// An ISO 8601 time, a date alone, or a length of time before now such as `2d`; in the offset of
  /// the meter where none is said. Nil for anything else.
  public static func parse(
    _ text: String, now: COSEMDateTime, _ dialect: COSEMDateTime.Dialect = .standard
  ) -> COSEMDateTime? {
    let bytes = Array(text.utf8)
    if let span = try? Instant.Duration(parsing: bytes.span) {
      return now.later(.init(ticks: -span.ticks), dialect)
    }
    let isDate = text.count == 10
    guard var time = COSEMDateTime(iso: isDate ? text + "T00:00:00" : text, dialect) else {
      return nil
    }
    if time.deviation == nil { time.deviation = now.deviation }
    return time
  }
}

/// Lengths of time as people type them: `36h`, `90m`, `2d`, `500ms`, `1d12h`.

extension Instant.Duration {
  /// Reads whole numbers each followed by `d`, `h`, `m`, `s` or `ms`, largest unit first.
  ///
  /// The range ends at 1,000,000 days; there is no sign.
  public init(parsing text: Span<UInt8>) throws(TimeFormatError) {
    var scanner = DigitScanner(text)
    var total: Int64 = 0
    var previous = Int64.max
    repeat {
      let start = scanner.offset
      if scanner.isAtEnd { throw .truncated }
      var value: Int64 = 0
      while let digit = scanner.digit() {
        value = value * 10 + Int64(digit)
        guard value <= Self.daysMax * 86_400_000 else { throw .outOfRange(offset: start) }
      }
      guard scanner.offset > start else { throw .unexpected(offset: start) }
      let unitOffset = scanner.offset
      let unit = try Self.scanUnitMilliseconds(&scanner)
      guard unit < previous else { throw .unexpected(offset: unitOffset) }
      previous = unit
      let (product, overflow) = value.multipliedReportingOverflow(by: unit)
      total += overflow ? 0 : product
      guard !overflow, product <= Self.daysMax * 86_400_000, total <= Self.daysMax * 86_400_000
      else { throw .outOfRange(offset: start) }
    } while !scanner.isAtEnd
    // Exact in two steps: milliseconds times 65,536 would overflow from 1,600 years on.
    self = .seconds(total / 1000) + .milliseconds(total % 1000)
  }

  private static var daysMax: Int64 { 1_000_000 }

  private static func scanUnitMilliseconds(
    _ scanner: inout DigitScanner
  ) throws(TimeFormatError) -> Int64 {
    if scanner.isAtEnd { throw .truncated }
    if scanner.skip("d") { return 86_400_000 }
    if scanner.skip("h") { return 3_600_000 }
    if scanner.skip("s") { return 1_000 }
    if scanner.skip("m") { return scanner.skip("s") ? 1 : 60_000 }
    throw .unexpected(offset: scanner.offset)
  }
}

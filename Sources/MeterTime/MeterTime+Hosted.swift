#if !hasFeature(Embedded)

  // `String` and `Array` for programs on a host; the core itself works on bytes and spans.

  extension ISO8601Time: CustomStringConvertible {
    /// Reads the whole of a text.
    public init(_ text: String) throws(TimeFormatError) {
      let bytes = Array(text.utf8)
      try self.init(parsing: bytes.span)
    }

    /// As ISO 8601, to the second.
    public var description: String { text(milliseconds: false) }

    /// As ISO 8601, to the second or the millisecond.
    public func text(milliseconds: Bool) -> String {
      var bytes = [UInt8](repeating: 0, count: Self.textBytesMax)
      var span = bytes.mutableSpan
      let count = write(into: &span, milliseconds: milliseconds)
      return String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  extension CivilDateTime: CustomStringConvertible {
    /// As ISO 8601 without an offset.
    public var description: String { ISO8601Time(civil: self, offsetMinutes: nil).description }
  }

  extension CivilDate: CustomStringConvertible {
    /// As ISO 8601.
    public var description: String {
      CivilDateTime(clampingSeconds: Int64(dayNumber) * 86_400).description.prefix(10).description
    }
  }

  extension Instant: CustomStringConvertible {
    /// In UTC as ISO 8601, to the millisecond, clamped to 2000...9999.
    public var description: String { ISO8601Time(utc: self).text(milliseconds: true) }
  }

  extension Instant.Duration {
    /// Reads `36h`, `90m`, `2d`, `500ms`, `1d12h`.
    public init(_ text: String) throws(TimeFormatError) {
      let bytes = Array(text.utf8)
      try self.init(parsing: bytes.span)
    }
  }

  extension DaylightSavingTable {
    /// A table made by whoever runs the meter; nil as with the `Span`.
    public init?(periods: [Period], shiftMinutes: UInt8 = 60) {
      self.init(periods: periods.span, shiftMinutes: shiftMinutes)
    }
  }

#endif

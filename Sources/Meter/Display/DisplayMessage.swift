import MeterTime

/// A running time of the display: the test of all segments, or the identification.
struct DisplayPeriod: Sendable {
  var since: Instant
  var length: Instant.Duration
  var end: Instant { since + length }

  mutating func startAnew(ifAfter now: Instant) {
    if since > now { since = now }
  }
}

/// A text for the text field that slides where it is longer than four characters.
struct DisplayMessage: Sendable {
  private var text: StaticString = ""
  private var since = Instant(ticks: 0)
  private var length: Instant.Duration?

  /// No text.
  init() {}

  /// - Parameter length: nil for a text that stays.
  init(_ text: StaticString, since: Instant, for length: Instant.Duration? = nil) {
    self.text = text
    self.since = since
    self.length = length
  }

  /// When the text goes; nil where it stays.
  var end: Instant? { length.map { since + $0 } }

  var isEmpty: Bool { text.utf8CodeUnitCount == 0 }

  /// The four characters that are in the field at a time; nought is a blank.
  ///
  /// A long text begins at the left edge, moves out, and comes round behind one field of blanks.
  func window(at now: Instant) -> InlineArray<4, UInt8> {
    var window = InlineArray<4, UInt8>(repeating: 0)
    let count = text.utf8CodeUnitCount
    let first = slides ? Int(steps(at: now) % Int64(count + 4)) : 0
    for position in 0..<4 {
      let index = slides ? (first + position) % (count + 4) : position
      if index < count { window[position] = text.byte(at: index) }
    }
    return window
  }

  func nextSlide(after now: Instant) -> Instant? {
    guard slides else { return nil }
    return since + .init(ticks: (steps(at: now) + 1) * DisplayTiming.slideStep.ticks)
  }

  mutating func startAnew(ifAfter now: Instant) {
    if since > now { since = now }
  }

  private var slides: Bool { text.utf8CodeUnitCount > 4 }

  private func steps(at now: Instant) -> Int64 {
    max(0, (now - since).ticks / DisplayTiming.slideStep.ticks)
  }
}

import MeterTime
import Quantities

/// Reads the load profile or the billing records on the glass, by the button alone.
///
/// A state machine like the display's: presses and time come in, and what it wants to know of the
/// memory it asks for with `request`; the device answers with `answer`. Presses:
///
/// | state | short | long | extra-long |
/// |---|---|---|---|
/// | choice of a part | one less in the flashing part | next part, then the record | leave |
/// | a record | the one before | next value | choose again (billing: leave) |
/// | message | leave | leave | leave |
///
/// Two minutes without a press end it, as they end every list.
struct RecordReader: Sendable {
  enum Source: UInt8, Sendable { case profile, billing }

  /// The part of a time that is being chosen.
  enum Part: UInt8, Sendable { case year, month, day, hour, minute }

  enum Message: UInt8, Sendable {
    /// Nothing is kept: the memory is lost.
    case off
    /// There is no such record.
    case error
    /// Before the oldest record.
    case end
  }

  enum State: Equatable, Sendable {
    case choice(Part)
    case record
    case message(Message)
    /// Back to the list.
    case left
  }

  /// What the device has to look up.
  enum Request: UInt8, Sendable { case none, open, find, earlier, value }

  let source: Source
  /// Minutes that a choice of the minute goes back by; 60 leaves out that choice.
  let step: UInt8
  private(set) var state: State
  private(set) var request = Request.open
  /// What is being chosen: a local time, with daylight saving.
  var chosen = CivilDateTime(clampingSeconds: 0)
  /// First and last year that can be chosen.
  var years: (first: UInt16, last: UInt16) = (2000, 2000)
  /// Which value of the record, from 0; the device takes it round.
  var place: UInt8 = 0
  /// When the record or its value came onto the glass.
  private var since = Instant(ticks: 0)
  /// What the record is stamped with, in the meter's time, and where it stands in its log.
  var stamp = Instant(ticks: 0)
  var index: UInt32 = 0
  /// The value on the glass, in the raw unit of its quantity, and when it was reached if that is
  /// another time than the record's.
  var value: Int64?
  var quantity = QuantityID.activeImport
  var reached: Instant?

  /// - Parameter step: minutes of a period of the profile.
  init(_ source: Source, step: UInt8, now: Instant) {
    self.source = source
    self.step = step
    state = source == .profile ? .choice(.year) : .record
    since = now
  }

  /// The stamp of a record comes first, for a second; then its value for three, and so on.
  func showsStamp(at now: Instant) -> Bool {
    let ticks = (now - since).ticks
    return ticks < 0 || ticks % (4 * Instant.ticksPerSecond) < Instant.ticksPerSecond
  }

  mutating func press(_ event: DisplayEvent, at now: Instant) {
    // What was asked for has not come yet: a press in between would count for what is not shown.
    guard request == .none else { return }
    switch (state, event) {
    case (.left, _): break
    case (.message, _): state = .left
    case (.choice(let part), .shortPress): decrement(part)
    case (.choice(let part), .longPress): accept(part)
    case (.choice, _): state = .left
    case (.record, .shortPress): request = .earlier
    case (.record, .longPress):
      place &+= 1
      request = .value
    case (.record, _): state = source == .profile ? .choice(.year) : .left
    }
    since = now
  }

  /// The device has looked up what was asked for.
  mutating func answer(_ state: State, at now: Instant) {
    request = .none
    if state == .record && self.state != .record { place = 0 }
    self.state = state
    since = now
  }

  private mutating func accept(_ part: Part) {
    switch part {
    case .year: state = .choice(.month)
    case .month: state = .choice(.day)
    case .day: state = .choice(.hour)
    case .hour where step < 60: state = .choice(.minute)
    case .hour, .minute: request = .find
    }
  }

  /// One less; below the first comes the last again.
  private mutating func decrement(_ part: Part) {
    var (year, month, day) = (chosen.year, chosen.month, chosen.day)
    var (hour, minute) = (chosen.hour, chosen.minute)
    switch part {
    case .year: year = year <= years.first ? years.last : year - 1
    case .month: month = month <= 1 ? 12 : month - 1
    case .day: day = day <= 1 ? CivilDate.dayCount(year: year, month: month) : day - 1
    case .hour: hour = hour == 0 ? 23 : hour - 1
    case .minute: minute = minute < step ? 60 - step : minute - step
    }
    // A month may be shorter than the day that was chosen before it.
    day = min(day, CivilDate.dayCount(year: year, month: month))
    chosen =
      CivilDateTime(year: year, month: month, day: day, hour: hour, minute: minute) ?? chosen
  }
}

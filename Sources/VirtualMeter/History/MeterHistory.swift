import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory
import Quantities

/// A meter with a past: years of a household through the energy model, its memory and the truth.
///
/// The same arguments give the same memory, byte for byte.
public struct MeterHistory: Sendable {
  public let meter: MeterSetup
  public let household: HistoryHousehold
  public let seed: UInt64
  /// First instant, a whole quarter-hour.
  public let from: Instant
  /// Last instant, a whole quarter-hour.
  public let until: Instant
  /// Length of its registration periods.
  public let interval: PeriodLength

  /// How long a past is.
  public enum Length: Equatable, Sendable {
    /// Calendar years.
    case years(UInt16)
    case time(Instant.Duration)

    /// Reads `3y`, or a length such as `90d`; nil for anything else.
    public init?(_ text: String) {
      if text.hasSuffix("y"), let years = UInt16(text.dropLast()) {
        self = .years(years)
      } else if let time = ISOTime.duration(text) {
        self = .time(time)
      } else {
        return nil
      }
    }
  }

  /// Longest past, years: what the table of daylight saving covers.
  public static let longestYears: UInt16 = 16

  /// What a past came to.
  public struct Outcome: Sendable {
    public var truth: HistoryTruth
    /// Energy registers at the end, mWh and mvarh, by `EnergyKind`.
    public var registers: [UInt64]
    /// Intervals that the load profile holds.
    public var intervals: Int
    public var billingPeriods: Int
    /// The permanent memory, 512 KiB.
    public var memory: [UInt8]
  }

  /// - Parameters:
  ///   - length: a day to 16 years.
  ///   - until: its end, rounded down to a quarter-hour.
  ///   - interval: length of the registration periods.
  /// - Throws: `usage` for a length that cannot be, and what `HistoryHousehold` throws.
  public init(
    meter: MeterSetup, household kind: HistoryHousehold.Kind, seed: UInt64, length: Length,
    until: Instant, interval: PeriodLength = .minutes15
  ) throws(Failure) {
    self.meter = meter
    self.seed = seed
    self.interval = interval
    household = try HistoryHousehold(kind, seed: seed)
    self.until = Instant(seconds: until.seconds.quotientAndRemainderFloor(900).0 * 900)
    let begin = Self.begin(length, before: self.until)
    from = Instant(seconds: begin.seconds.quotientAndRemainderFloor(900).0 * 900)
    let earliest = Self.begin(.years(Self.longestYears), before: self.until)
    guard from.seconds >= 0, from >= earliest, self.until - from >= .seconds(86_400) else {
      throw Failure(
        .usage, what: "a past from \(ISOTime.text(from)) until \(ISOTime.text(self.until))",
        expected: "one of a day to \(Self.longestYears) years that begins after 1999",
        next: "give for example --history 3y or --history 90d")
    }
  }

  /// A length of the registration periods.
  ///
  /// - Throws: `usage` for anything but 5, 15, 30 or 60.
  public static func interval(minutes text: String) throws(Failure) -> PeriodLength {
    guard let length = UInt8(text).flatMap({ PeriodLength(rawValue: $0) }) else {
      throw Failure(
        .usage, what: "--interval \(text)", expected: "5, 15, 30 or 60",
        next: "give one of these numbers")
    }
    return length
  }

  private static func begin(_ length: Length, before until: Instant) -> Instant {
    switch length {
    case .time(let time): return until - time
    case .years(let years):
      let end = CivilDateTime(clampingSeconds: until.seconds)
      let year = end.date.year - min(years, end.date.year)
      let day =
        CivilDate(year: year, month: end.date.month, day: end.date.day)
        ?? CivilDate(year: year, month: 2, day: 28)
      guard
        let begin = day.flatMap({
          CivilDateTime(date: $0, hour: end.hour, minute: end.minute, second: end.second)
        })
      else { return Instant(seconds: -1) }
      return Instant(utc: begin)
    }
  }

  /// Lets the meter live through it.
  public func make() throws(Failure) -> Outcome {
    var memory = SparedMemory(try MeterMemory(nil))
    memory.recover()
    var configuration = try meter.configuration(at: from)
    configuration.periods.length = interval
    var model = Meter(configuration, .bench)
    do throws(StartRefusal) {
      _ = try model.start(now: from, chip: .hasRun, memory: &memory)
    } catch {
      throw Failure(error, file: nil)
    }
    let parameters = model.legal.parameters
    let phases = Phase.allCases.filter { parameters.uses($0) }.map(\.index)
    var truth = HistoryTruth(
      phases: phases, isVectorial: parameters.effectiveSummation == .vector)
    // Five-minute profiles see the car start within the quarter-hour.
    let piece = min(model.legal.periodSettings.length.seconds, 900)
    var pending = disturbances()[...]
    var month = endOfMonth(after: from, model.legal.zone)
    var now = from
    while now < until {
      var end = min(until, Instant(seconds: (now.seconds / piece + 1) * piece))
      var load = household.load(from: now, to: end)
      if let next = pending.first {
        if now < next.begin {
          end = min(end, next.begin)
        } else {
          end = next.end
          load = disturbed(load, next)
          truth.add(next)
          pending.removeFirst()
        }
      }
      step(&model, to: end, load, &memory)
      truth.add(load, seconds: end.seconds - now.seconds)
      now = end
      if now >= month {
        truth.endMonth(at: month)
        month = endOfMonth(after: now, model.legal.zone)
      }
    }
    return outcome(truth, model, memory)
  }

  private func step(
    _ model: inout Meter, to end: Instant, _ load: ConstantLoad,
    _ memory: inout SparedMemory<MeterMemory>
  ) {
    while model.advance(to: end, with: load, memory: &memory) < end {}
  }

  private func outcome(
    _ truth: HistoryTruth, _ model: Meter, _ memory: borrowing SparedMemory<MeterMemory>
  ) -> Outcome {
    Outcome(
      truth: truth,
      registers: EnergyKind.allCases.map { model.legal.registers[.total($0)] },
      intervals: model.legal.intervalCount,
      billingPeriods: model.legal.billingRecordCount,
      memory: memory.base.image)
  }

  /// All that happens wholly within the past; what is cut by its ends is left out.
  func disturbances() -> [HistoryHousehold.Disturbance] {
    var found: [HistoryHousehold.Disturbance] = []
    for day in (from.seconds / 86_400)...(until.seconds / 86_400) {
      found += household.disturbances(day: day).filter {
        $0.begin > from && $0.end < until
          && $0.begin.seconds > (found.last?.end.seconds ?? 0) + 60
      }
    }
    return found
  }

  private func disturbed(
    _ load: ConstantLoad, _ disturbance: HistoryHousehold.Disturbance
  ) -> ConstantLoad {
    guard let phase = disturbance.phase else { return .none }
    var load = load
    load.voltage_mV[phase] = disturbance.voltage_mV
    return load
  }

  /// The first end of a month of local time after an instant.
  private func endOfMonth(after now: Instant, _ zone: ZoneRules) -> Instant {
    let date = zone.localTime(at: now).civil.date
    let isLast = date.month == 12
    let next = CivilDateTime(
      year: date.year + (isLast ? 1 : 0), month: isLast ? 1 : date.month + 1, day: 1)
    return next.map { zone.instant(ofLocalTime: $0) } ?? until
  }
}

extension MeterHistory {
  /// Lives through the past and keeps it in a state directory: `memory.bin`, `clock` and
  /// `truth.json`.
  ///
  /// - Throws: `disk` when they cannot be written; a memory that is there is never replaced.
  public func keep(in folder: StateDirectory) throws(Failure) -> Outcome {
    let outcome = try make()
    do throws(FileMemoryError) {
      try FileMemory.create(path: folder.memoryPath, image: outcome.memory)
    } catch {
      throw Failure(error)
    }
    folder.keep(clock: until)
    try folder.keep(truth: outcome.truth.document(of: self).text + "\n")
    return outcome
  }
}

extension MeterHistory.Outcome {
  /// A few lines for whoever asked for it.
  public func text(of history: MeterHistory, in folder: StateDirectory) -> String {
    let energies = registers.map { Decimals.text(Int128($0), decimals: 6) }
    let names = ["A+", "A-", "R+", "R-"]
    let register = zip(names, energies).map { "\($0) \($1)" }.joined(separator: "  ")
    return """
      \(folder.path) holds a meter with the past of \(history.household.kind.rawValue), \
      \(ISOTime.text(history.from)) until \(ISOTime.text(history.until)):
        registers  \(register) kWh, kvarh
        profile    \(intervals) intervals
        billing    \(billingPeriods) periods
        disturbed  \(truth.disturbances.count) times
        truth      \(folder.truthPath)

      """
  }
}

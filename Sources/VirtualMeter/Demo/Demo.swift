import Dispatch
import Foundation
import MeterTime
import Synchronization
import Waveforms

/// The demo: the household's meter with its front panel, in a terminal or as lines.
public struct Demo {
  /// What is asked of a demo.
  public struct Setup: Sendable {
    /// Instant of the first sample.
    public var start: Instant
    /// No sample at or after this instant; nil goes on until somebody stops it.
    public var until: Instant?
    /// Simulated seconds per real second.
    public var speed: Double
    /// Chooses clouds, phases and ripple.
    public var seed: UInt64
    /// The meter.
    public var meter = MeterSetup()
    /// Its front end; nil for an ideal one.
    public var frontEnd: FrontEndParameters?

    public init(start: Instant, until: Instant? = nil, speed: Double, seed: UInt64) {
      self.start = start
      self.until = until
      self.speed = speed
      self.seed = seed
    }
  }

  /// Where a new demo starts: an hour in which much happens.
  public static var usualStart: Instant { DemoHousehold.interestingStart }

  /// Where a demo ends when nobody can press a key: after 20 s of real time, or after an hour of
  /// simulated time when it does not sleep.
  public static func unattendedEnd(start: Instant, speed: Double) -> Instant {
    let seconds = speed.isFinite ? 20 * min(speed, 1e6) : 3600
    return start + Instant.Duration.milliseconds(Int64(seconds * 1000))
  }

  private let household: DemoHousehold
  private let folder: StateDirectory
  private let setup: Setup

  /// - Throws: `fileMissing` or `badData` when the household year is not installed properly.
  public init(_ setup: Setup, folder: StateDirectory) throws(Failure) {
    self.setup = setup
    self.folder = folder
    household = DemoHousehold(year: try HouseholdYear(), seed: setup.seed)
  }

  /// What to look at and to try, for the start of a demo that is printed as lines.
  public var introduction: String {
    """
    Kvadrant demo: a virtual meter (no type approval) on a household year.
      data      house and car: synPRO, Fraunhofer ISE, CDLA-Permissive-2.0, synthetic
      computed  solar roof (clear sky and seeded clouds), phases, ripple within a quarter-hour
      state     \(folder.path)
      control   \(folder.socketPath)
    Look at A- while the roof exports, and at A+ when the car starts to charge at 13:00 local time.
    Three things to try:
      kvadrant demo                  in a terminal: the glass, live; space presses the button
      kvadrant fault plug            cuts the power; start the demo again, nothing is lost
      kvadrant demo --speed max --until 1d
    """
  }

  /// Runs until the end; in a terminal with the panel, else as one line per second.
  ///
  /// - Parameter say: takes the lines where there is no terminal; false ends the demo.
  /// - Returns: the result as a report for people and as JSON.
  public func run(
    mailbox: Mailbox, interactive: Bool, say: @escaping (String) -> Bool
  ) throws(Failure) -> (report: String, json: JSONValue) {
    let source: DemoSource
    do {
      source = try DemoSource(household: household, start: setup.start)
    } catch {
      throw Failure(error)
    }
    var run = MeterRun.Setup(
      meter: setup.meter, start: setup.start, until: setup.until, speed: setup.speed)
    run.frontEnd = setup.frontEnd
    var meter = try MeterRun(
      setup: run,
      source: source, mailbox: mailbox, folder: folder)
    let ending: MeterRun.Ending
    if interactive {
      ending = try runPanel(&meter, mailbox)
    } else {
      ending = try runLines(&meter, mailbox, say)
    }
    folder.keep(clock: meter.now)
    return (meter.report(ending: ending), meter.result(ending: ending))
  }

  private func runLines(
    _ meter: inout MeterRun, _ mailbox: Mailbox, _ say: @escaping (String) -> Bool
  ) throws(Failure) -> MeterRun.Ending {
    let screen = DemoScreen(household: household, statePath: folder.path)
    var beat = Beat(milliseconds: 1000)
    return try meter.run { run in
      if beat.isDue(), !say(screen.line(&run)) { mailbox.post(.stop) }
    }
  }

  private func runPanel(
    _ meter: inout MeterRun, _ mailbox: Mailbox
  ) throws(Failure) -> MeterRun.Ending {
    let terminal = Terminal()
    defer { terminal.restore() }
    let keys = KeyReader(terminal: terminal, mailbox: mailbox, speed: setup.speed)
    defer { keys.stop() }
    var screen = DemoScreen(household: household, statePath: folder.path)
    var beat = Beat(milliseconds: 100)
    return try meter.run { run in
      if beat.isDue() { terminal.show(screen.frame(&run)) }
    }
  }
}

/// Says once per interval of real time that it is time again.
private struct Beat {
  private let interval: UInt64
  private var next: UInt64 = 0

  init(milliseconds: UInt64) { interval = milliseconds * 1_000_000 }

  mutating func isDue() -> Bool {
    let now = DispatchTime.now().uptimeNanoseconds
    guard now >= next else { return false }
    next = now + interval
    return true
  }
}

/// Reads keys on its own thread and posts what they mean.
private final class KeyReader: Sendable {
  private let stopping = Mutex(false)
  private let done = DispatchSemaphore(value: 0)

  init(terminal: Terminal, mailbox: Mailbox, speed: Double) {
    let thread = Thread { [self] in
      var speed = speed.isFinite ? speed : 4096
      while !stopping.withLock({ $0 }) {
        switch terminal.key() {
        case .button: mailbox.post(.button(.short))
        case .longButton: mailbox.post(.button(.long))
        case .faster:
          speed = min(4096, speed * 2)
          mailbox.post(.speed(speed))
        case .slower:
          speed = max(1, speed / 2)
          mailbox.post(.speed(speed))
        case .quit: mailbox.post(.stop)
        case nil: break
        }
      }
      done.signal()
    }
    thread.start()
  }

  /// Waits until the thread has let go of the terminal.
  func stop() {
    stopping.withLock { $0 = true }
    done.wait()
  }
}

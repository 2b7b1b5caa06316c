import Dispatch
import Foundation
import MeterTime
import Synchronization
import Waveforms

/// The demo: a meter with its front panel, in a browser, in a terminal or as lines.
public struct Demo: Sendable {
  /// What the meter is connected to.
  public enum Scene: Sendable {
    /// A bench whose loads and wiring can be changed.
    case bench
    /// The household year, which plays by itself.
    case household
  }

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
    /// What it is connected to.
    public var scene = Scene.household
    /// Where the panel can be seen in a browser.
    public var address: String?

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

  private let household: DemoHousehold?
  private let folder: StateDirectory
  private var setup: Setup

  /// - Throws: `fileMissing` or `badData` when the household year is not installed properly.
  public init(_ setup: Setup, folder: StateDirectory) throws(Failure) {
    self.setup = setup
    self.folder = folder
    switch setup.scene {
    case .bench: household = nil
    case .household: household = DemoHousehold(year: try HouseholdYear(), seed: setup.seed)
    }
  }

  /// Where the panel can be seen in a browser.
  public var address: String? {
    get { setup.address }
    set { setup.address = newValue }
  }

  /// What to look at and to try, for the start of a demo that is printed as lines.
  public var introduction: String {
    var lines = [
      "Kvadrant demo: a virtual meter (no type approval) "
        + (household == nil ? "on a bench with three loads." : "on a household year.")
    ]
    if let address = setup.address { lines.append("  panel     \(address)") }
    if household != nil {
      lines += [
        "  data      house and car: synPRO, Fraunhofer ISE, CDLA-Permissive-2.0, synthetic",
        "  computed  solar roof (clear sky and seeded clouds), phases, ripple within a "
          + "quarter-hour",
      ]
    }
    lines += ["  state     \(folder.path)", "  control   \(folder.socketPath)"]
    if household == nil {
      lines += [
        "Three things to try in the panel:",
        "  car charging   choose it among the presets: 11 kW, three pulses a second",
        "  swap a phase   at the terminals: what the phasors show, and what the registers miss",
        "  pull the plug  and put it in again: no register is lower than what the glass showed",
      ]
    } else {
      lines += [
        "Look at A- while the roof exports, and at A+ when the car starts to charge at 13:00 local "
          + "time.",
        "Three things to try:",
        "  kvadrant demo --no-web         in a terminal: the glass, live; space presses the button",
        "  kvadrant fault plug            cuts the power; start the demo again, nothing is lost",
        "  kvadrant demo --no-web --speed max --until 1d",
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// The demo's meter, not yet started.
  ///
  /// - Parameter watch: called between slices on the owner's thread.
  public func service(
    mailbox: Mailbox, watch: (@Sendable (inout MeterRun) -> Void)? = nil
  ) -> MeterService {
    var run = MeterRun.Setup(
      meter: setup.meter, start: setup.start, until: setup.until, speed: setup.speed)
    run.frontEnd = setup.frontEnd
    let source: MeterService.Source
    if let household {
      let start = setup.start
      source = .other(name: "household") { () throws(Failure) in
        do throws(SourceError) {
          return try DemoSource(household: household, start: start)
        } catch {
          throw Failure(error)
        }
      }
    } else {
      source = .bench(
        BenchPreset.named(.cooking).bench, preset: .cooking, seed: setup.seed, isLively: true)
    }
    var whole = MeterService.Setup(run: run, source: source, folder: folder)
    whole.watch = watch
    return MeterService(whole, mailbox: mailbox)
  }

  /// What is shown of the run beside the panel: a glass in the terminal, or a line per second.
  public func view(
    mailbox: Mailbox, interactive: Bool, say: @escaping @Sendable (String) -> Bool
  ) -> View {
    View(self, mailbox: mailbox, interactive: interactive, say: say)
  }

  /// Shows a running demo.
  public final class View: Sendable {
    private struct State: Sendable {
      var screen: DemoScreen
      var beat: Beat
      var terminal: Terminal?
    }

    private let state: Mutex<State>
    private let mailbox: Mailbox
    private let interactive: Bool
    private let speed: Double
    private let say: @Sendable (String) -> Bool

    fileprivate init(
      _ demo: Demo, mailbox: Mailbox, interactive: Bool, say: @escaping @Sendable (String) -> Bool
    ) {
      state = Mutex(
        State(
          screen: DemoScreen(
            household: demo.household, statePath: demo.folder.path),
          beat: Beat(milliseconds: interactive ? 100 : 1000)))
      self.mailbox = mailbox
      self.interactive = interactive
      self.say = say
      speed = demo.setup.speed
    }

    /// Tells the viewer where the panel is.
    public func show(address: String) { state.withLock { $0.screen.address = address } }

    /// Draws when it is time; called on the owner's thread.
    public func watch(_ run: inout MeterRun) {
      state.withLock { state in
        guard state.beat.isDue() else { return }
        if let terminal = state.terminal {
          terminal.show(state.screen.frame(&run))
        } else if !interactive, !say(state.screen.line(&run)) {
          mailbox.post(.stop)
        }
      }
    }

    /// Runs a started or new service to its end, with the terminal in its hands meanwhile.
    public func run(_ service: MeterService) throws(Failure) -> MeterService.Result {
      guard interactive else {
        try service.start()
        return try service.wait()
      }
      let terminal = Terminal()
      defer { terminal.restore() }
      state.withLock { $0.terminal = terminal }
      let keys = KeyReader(terminal: terminal, mailbox: mailbox, speed: speed)
      defer { keys.stop() }
      try service.start()
      return try service.wait()
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

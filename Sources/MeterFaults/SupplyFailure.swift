/// How a supply goes, as the capacitor behind it allows.
///
/// When the mains fails the capacitor carries the meter on. A comparator warns when its voltage
/// begins to fall (early warning); the processor and each program take their share of what is
/// stored; below the lowest voltage everything stops, in the middle of a program if there is one.
/// Energies in microjoule, so that the arithmetic is exact.
public struct SupplyFailure: Equatable, Sendable {
  /// Stored when the warning comes; 2200 µF from 5.0 down to 3.0 V give 17,600 µJ.
  public var stored_µJ: Int
  /// Taken each millisecond by what keeps running.
  public var running_µJ: Int
  /// Taken by one program of a page on top, over `program_ms`.
  public var program_µJ: Int
  public var program_ms = 5
  /// False where the comparator is broken, or the supply falls faster than it sees.
  public var warns: Bool

  public init(
    stored_µJ: Int = 17_600, running_µJ: Int = 100, program_µJ: Int = 50, warns: Bool = true
  ) {
    self.stored_µJ = stored_µJ
    self.running_µJ = running_µJ
    self.program_µJ = program_µJ
    self.warns = warns
  }

  /// Milliseconds from the warning to the end without a program.
  public var holdUp_ms: Int { stored_µJ / max(1, running_µJ) }

  /// Programs of a page that end in time when they begin with the warning.
  public var programs: Int { stored_µJ / max(1, cost_µJ) }

  /// Bytes of `pageBytes` that the program after those has come to when everything stops.
  public func bytesOfLast(pageBytes: Int = 256) -> Int {
    stored_µJ % max(1, cost_µJ) * pageBytes / max(1, cost_µJ)
  }

  private var cost_µJ: Int { program_ms * running_µJ + program_µJ }

  /// A failure of a supply somewhere between new and worn out, with or without warning.
  public static func random(_ random: inout SplitMix64) -> SupplyFailure {
    SupplyFailure(
      stored_µJ: random.below(17_600), running_µJ: 60 + random.below(100),
      program_µJ: 30 + random.below(60), warns: random.below(4) != 0)
  }

  /// The first breath: a supply that comes back has charged its capacitor just enough for the meter
  /// to start, and fails again a moment later; at most nine programs, most often none or one.
  public static func firstBreath(_ random: inout SplitMix64) -> SupplyFailure {
    SupplyFailure(
      stored_µJ: random.below(1 + random.below(5000)), running_µJ: 60 + random.below(100),
      program_µJ: 30 + random.below(60), warns: false)
  }
}

import PermanentMemory

/// Cuts the supply of stores at work, over and over, and holds what comes back to the promises.
///
/// Everything follows from the seed. Life goes on from cut to cut on the same memory, so that what
/// one cut leaves behind is there at the next; after `epoch` cuts a new memory with other faults
/// begins.
public enum Torture {
  /// Cuts that one memory sees.
  static let epoch = 2000

  /// Tortures one script.
  ///
  /// - Parameters:
  ///   - cuts: at least so many.
  ///   - faults: what the memories have besides, in turn.
  ///   - stopAfter: violations after which there is no point in going on.
  public static func run<Script: TortureScript & ~Copyable>(
    _: Script.Type, cuts: Int, seed: UInt64, faults: [MemoryFault] = MemoryFault.allCases,
    stopAfter: Int = 20
  ) -> TortureReport {
    var report = TortureReport()
    // Each script has numbers of its own, so that one that is added leaves the others as they were.
    var mixed = seed
    for byte in Script.name.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var random = SplitMix64(seed: mixed)
    var number = 0
    while report.cuts < cuts && report.violationCount < stopAfter {
      let fault = faults[number % faults.count]
      let goal = min(epoch, cuts - report.cuts)
      var rig = TortureRig<Script>(fault: fault, random: random)
      rig.run(cuts: goal, place: "\(Script.name), seed \(seed), memory \(number), \(fault)")
      random = rig.random
      report.add(rig.finish())
      number += 1
    }
    return report
  }
}

/// One memory with one script.
struct TortureRig<Script: TortureScript & ~Copyable>: ~Copyable {
  private(set) var report = TortureReport()
  private(set) var random: SplitMix64
  private let fault: MemoryFault
  private var memory: TortureMemory
  private var script = Script()
  private var shape = TearShape.prefix

  init(fault: MemoryFault, random: SplitMix64) {
    self.fault = fault
    self.random = random
    memory = TortureMemory(seed: self.random.next())
    fault.strike(&memory.base, Script.regions, &self.random)
  }

  consuming func finish() -> TortureReport {
    report.programs = memory.base.programs
    report.flips = memory.base.flips
    report.replacedPages += Int(memory.condition.replaced)
    report.faults[fault] = report.cuts
    report.scripts[Script.name] = report.cuts
    return report
  }

  mutating func run(cuts: Int, place: String) {
    do throws(Violation) {
      try start()
      while report.cuts < cuts {
        guard try workUntilCut() else {
          report.endsOfLife += memory.condition.isFaulty ? 1 : 0
          // A memory that does nothing any more has no more cuts to offer.
          report.cuts += report.cuts == 0 ? 1 : 0
          return
        }
        note(duringRecovery: false)
        try start()
      }
    } catch {
      report.note(error, "\(place), cut \(report.cuts)")
      if report.cuts == 0 { report.cuts = 1 }
    }
  }

  /// Plans a cut, as a rule within the next four pieces of work.
  private mutating func planCut(within bytes: Int) {
    shape = TearShape.allCases[random.below(TearShape.allCases.count)]
    memory.base.cut(afterBytes: random.below(bytes), shape: shape)
  }

  private mutating func planBreath() {
    shape = TearShape.allCases[random.below(TearShape.allCases.count)]
    let supply = SupplyFailure.firstBreath(&random)
    memory.base.cut(afterBytes: supply.programs * 256 + supply.bytesOfLast(), shape: shape)
    report.firstBreaths += 1
  }

  /// False when the memory takes no more programs and so cannot be cut.
  private mutating func workUntilCut() throws(Violation) -> Bool {
    planCut(within: 4 * Script.bytesPerWork + 1)
    var idle = 0
    while memory.isPowered {
      let before = memory.base.programs
      try script.work(&memory, &random)
      idle = memory.base.programs == before ? idle + 1 : 0
      if idle > 1000 { return false }
      if memory.condition.isFaulty && memory.condition.failures > 500 { return false }
    }
    return true
  }

  private mutating func note(duringRecovery: Bool) {
    report.cuts += 1
    report.cutsDuringRecovery += duringRecovery ? 1 : 0
    report.shapes[shape, default: 0] += 1
  }

  /// Starts until a start is not cut off; every third is meant to be. Now and then the supply comes
  /// back by breaths that end after no more than a few programs.
  private mutating func start() throws(Violation) {
    var isSecond = false
    var breaths = random.below(12) == 0 ? 1 + random.below(4) : 0
    while true {
      memory.base.restorePower()
      memory.base.resetReads()
      memory.recover()
      let isBreath = breaths > 0
      if isBreath {
        breaths -= 1
        planBreath()
      } else if random.below(3) == 0 {
        planCut(within: 2 * Script.bytesPerWork + 1)
      }
      do throws(Violation) {
        try script.start(&memory)
      } catch {
        guard isSecond else { throw error }
        throw Violation(.twoCuts, "\(error.promise.name) after a second cut: \(error.what)")
      }
      if memory.isPowered && !isBreath { break }
      if memory.isPowered { memory.base.cutNow() }
      isSecond = true
      note(duringRecovery: true)
    }
    memory.base.cancelCut()
    report.recoveries += 1
    try checkReads()
  }

  /// Reading is bounded while the memory is sound; one with faults may have to be read whole.
  private mutating func checkReads() throws(Violation) {
    let bytes = memory.base.bytesReadBeforeMeasuring
    guard fault == .none || fault == .slow else { return }
    report.maxBytesRead = max(report.maxBytesRead, bytes)
    if bytes > Script.readLimit { throw Violation(.boundedStart, "\(bytes) bytes read") }
  }
}

import PermanentMemory

/// Tortures that leave nothing out, where everything can be tried.
public enum ExhaustiveTorture {
  /// What is tried.
  public struct Scope: Sendable {
    /// Programs of the script.
    public var programs: Int
    /// Every shape at every place; else the shapes take turns from place to place.
    public var allShapes: Bool
    /// Every so many bytes.
    public var stride: Int

    public init(programs: Int = 200, allShapes: Bool = false, stride: Int = 1) {
      self.programs = programs
      self.allShapes = allShapes
      self.stride = stride
    }

    func shapes(at place: Int) -> [TearShape] {
      let all = TearShape.allCases
      return allShapes ? all : [all[place % all.count]]
    }
  }

  /// A cut at every byte position of a script.
  public static func everyByte<Script: TortureScript>(
    _: Script.Type, _ scope: Scope = Scope(), seed: UInt64
  ) -> TortureReport {
    var stage = Stage<Script>(seed: seed)
    stage.play(programs: scope.programs) { stage throws(Violation) in
      let bytes = try stage.bytesOfNextWork()
      var position = 0
      while position <= bytes {
        for shape in scope.shapes(at: position) {
          var script = try stage.cut(at: position, shape)
          try stage.restart(&script)
          // And it goes on from there.
          try stage.goOn(&script)
          stage.rewind()
        }
        position += scope.stride
      }
    }
    return stage.finish()
  }

  /// Two cuts, one in each program of every pair, for every shape: the first somewhere in program
  /// i, the second in each program that follows.
  public static func everyPair<Script: TortureScript>(
    _: Script.Type, _ scope: Scope = Scope(allShapes: true), seed: UInt64
  ) -> TortureReport {
    var report = TortureReport()
    for shape in TearShape.allCases where scope.allShapes || shape.rawValue % 3 == 0 {
      var first = 0
      while first < scope.programs && report.violationCount == 0 {
        var stage = Stage<Script>(seed: seed)
        stage.play(programs: first) { _ throws(Violation) in }
        stage.tear(shape)
        stage.play(programs: scope.programs - first) { stage throws(Violation) in
          let bytes = try stage.bytesOfNextWork()
          var script = try stage.cut(at: stage.below(bytes + 1), shape)
          try stage.restart(&script)
          stage.rewind()
        }
        report.add(stage.finish())
        first += scope.stride
      }
    }
    return report
  }

  /// After a cut in each program of a script, a second one at every byte of the recovery's own
  /// programs.
  public static func everyByteOfRecovery<Script: TortureScript>(
    _: Script.Type, _ scope: Scope = Scope(), seed: UInt64
  ) -> TortureReport {
    var stage = Stage<Script>(seed: seed)
    stage.play(programs: scope.programs) { stage throws(Violation) in
      let first = stage.below(try stage.bytesOfNextWork() + 1)
      var bytes = Int.max
      var second = 0
      while second <= bytes {
        for shape in scope.shapes(at: second) {
          var script = try stage.cut(at: first, shape)
          bytes = try stage.restart(&script, cutAt: second, shape)
          try stage.restart(&script)
          stage.rewind()
        }
        second += scope.stride
      }
    }
    return stage.finish()
  }

  /// Each bit of all regions of a script flipped by itself, on a memory that has been in use for
  /// `works` pieces of work: what is recovered is what was, or damage is reported.
  public static func everyFlip<Script: TortureScript>(
    _: Script.Type, works: Int, stride: Int = 1, seed: UInt64
  ) -> TortureReport {
    var stage = Stage<Script>(seed: seed)
    stage.use(works: works)
    for region in Script.regions + [MemoryMap.replacementTable] {
      stage.flip(region, stride: stride)
    }
    return stage.finish()
  }
}

/// A script on a memory that can be taken back to where it was.
private struct Stage<Script: TortureScript>: ~Copyable {
  var report = TortureReport()
  private var script = Script()
  private var memory: TortureMemory
  private var random: SplitMix64
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    memory = TortureMemory(seed: ~seed)
    random = SplitMix64(seed: seed)
    memory.recover()
    attempt { stage throws(Violation) in try stage.script.start(&stage.memory) }
  }

  consuming func finish() -> TortureReport {
    report.programs += memory.base.programs
    report.flips = memory.base.flips
    report.scripts[Script.name] = report.cuts
    report.faults[.none] = report.cuts
    return report
  }

  mutating func below(_ bound: Int) -> Int { random.below(bound) }

  private mutating func attempt(_ body: (inout Stage) throws(Violation) -> Void) {
    do throws(Violation) {
      try body(&self)
    } catch {
      report.note(error, "\(Script.name), seed \(seed), program \(memory.base.programs)")
    }
  }

  /// Plays the script for so many programs; `trial` is made before each piece of work, and has to
  /// leave the memory as it was.
  mutating func play(programs: Int, _ trial: (inout Stage) throws(Violation) -> Void) {
    var played = 0
    while played < programs && report.violationCount == 0 {
      memory.base.mark()
      attempt(trial)
      memory.base.unmark()
      let before = memory.base.programs
      attempt { stage throws(Violation) in
        try stage.script.work(&stage.memory, &stage.random)
      }
      played += memory.base.programs - before
    }
  }

  /// Bytes that the next piece of work programs; 0 for none.
  mutating func bytesOfNextWork() throws(Violation) -> Int {
    let before = memory.base.bytesProgrammed
    var copy = script
    var numbers = random
    try copy.work(&memory, &numbers)
    let bytes = memory.base.bytesProgrammed - before
    rewind()
    return bytes
  }

  /// A copy of the script that is cut in its next piece of work.
  mutating func cut(at position: Int, _ shape: TearShape) throws(Violation) -> Script {
    var copy = script
    var numbers = random
    memory.base.cut(afterBytes: position, shape: shape)
    try copy.work(&memory, &numbers)
    if memory.isPowered { memory.base.cutNow() }
    note(shape)
    return copy
  }

  /// Cuts the script itself, and goes on with what comes back.
  mutating func tear(_ shape: TearShape) {
    attempt { stage throws(Violation) in
      stage.memory.base.mark()
      let bytes = try stage.bytesOfNextWork()
      stage.memory.base.unmark()
      stage.script = try stage.cut(at: stage.below(bytes + 1), shape)
      var copy = stage.script
      try stage.restart(&copy)
      stage.script = copy
    }
  }

  mutating func restart(_ copy: inout Script) throws(Violation) {
    memory.base.restorePower()
    memory.recover()
    try copy.start(&memory)
    report.recoveries += 1
  }

  /// A start that is cut off; returns the bytes that it programs.
  mutating func restart(
    _ copy: inout Script, cutAt position: Int, _ shape: TearShape
  ) throws(Violation) -> Int {
    memory.base.restorePower()
    memory.recover()
    let before = memory.base.bytesProgrammed
    memory.base.cut(afterBytes: position, shape: shape)
    try copy.start(&memory)
    guard memory.isPowered else {
      note(shape)
      report.cutsDuringRecovery += 1
      return .max
    }
    memory.base.cancelCut()
    return memory.base.bytesProgrammed - before
  }

  mutating func goOn(_ copy: inout Script) throws(Violation) {
    var numbers = random
    try copy.work(&memory, &numbers)
    try restart(&copy)
  }

  mutating func rewind() {
    memory.base.rewind()
    memory.recover()
  }

  private mutating func note(_ shape: TearShape) {
    report.cuts += 1
    report.shapes[shape, default: 0] += 1
  }

  // MARK: flips

  mutating func use(works: Int) {
    for _ in 0..<works where report.violationCount == 0 {
      attempt { stage throws(Violation) in
        try stage.script.work(&stage.memory, &stage.random)
      }
    }
  }

  mutating func flip(_ region: PageRegion, stride: Int) {
    let first = Int(region.first) * 2048
    var bit = first
    while bit < first + Int(region.count) * 2048 && report.violationCount < 20 {
      let mask = UInt8(1) << UInt8(bit & 7)
      memory.base.restorePower()
      memory.base.poke(bit >> 3, xor: mask)
      memory.recover()
      // What a start would program must not get there.
      memory.base.cutNow()
      attempt { stage throws(Violation) in
        var copy = stage.script
        do throws(Violation) {
          try copy.start(&stage.memory)
        } catch {
          throw Violation(.flippedBits, "bit \(bit & 7) of byte \(bit >> 3): \(error.what)")
        }
      }
      memory.base.poke(bit >> 3, xor: mask)
      report.recoveries += 1
      bit += stride
    }
  }
}

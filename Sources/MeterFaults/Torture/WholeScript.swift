import PermanentMemory

/// All stores on one memory, each in its region, at work in turn as in a meter.
public struct WholeScript: TortureScript {
  public static let name = "whole"
  public static let bytesPerWork = 300
  public static let regions =
    CheckpointScript.regions + EventScript.regions + ConfigurationScript.regions
    + SwitchScript.regions + CreditScript.regions + CounterScript.regions

  private var checkpoint = CheckpointScript()
  private var events = EventScript()
  private var configuration = ConfigurationScript()
  private var supplySwitch = SwitchScript()
  private var credit = CreditScript()
  private var counters = CounterScript()

  public init() {}

  public mutating func start(_ memory: inout TortureMemory) throws(Violation) {
    try configuration.start(&memory)
    try supplySwitch.start(&memory)
    try credit.start(&memory)
    // A meter measures from here on; what follows programs, or is not waited for.
    try checkpoint.start(&memory)
    memory.base.noteMeasuring()
    if memory.isPowered { try counters.start(&memory) }
    if memory.isPowered { try events.start(&memory) }
  }

  public mutating func work(
    _ memory: inout TortureMemory, _ random: inout SplitMix64
  ) throws(Violation) {
    switch random.below(20) {
    case 0..<9: try checkpoint.meter(&memory, &random)
    case 9..<11: try checkpoint.work(&memory, &random)
    case 11..<15: try events.work(&memory, &random)
    case 15: try configuration.work(&memory, &random)
    case 16: try supplySwitch.work(&memory, &random)
    case 17: try credit.work(&memory, &random)
    default: try counters.work(&memory, &random)
    }
  }
}

import CBoard

/// The board as a whole.
public enum Machine {
  /// Ends the emulation with a process exit code, once all report lines have left.
  public static func exit(_ code: Int32) -> Never {
    while !SerialPort.report.isSent {}
    board_exit(code)
  }

  /// Sleeps until an interrupt unless bytes are waiting.
  public static func waitForInput() { board_wait_for_input() }

  /// Core cycles since start; 40 instructions each under `-icount shift=0`.
  public static var cycles: UInt64 { board_cycles() }
  public static var cyclesPerSecond: Int64 { Int64(BOARD_CORE_HERTZ) }

  /// Allocations since reset.
  public static var heapAllocations: UInt32 { board_heap_allocations() }
  /// Deepest stack since reset, bytes.
  public static var stackBytes: UInt32 { board_stack_bytes() }
}

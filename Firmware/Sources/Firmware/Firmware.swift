import Board

/// Kvadrant as firmware for the MPS2 AN386 board: a virtual meter on an emulated Cortex-M4,
/// without type approval.
@main
struct Firmware {
  /// Beside the stack and not on it: there its making would leave a second one behind.
  nonisolated(unsafe) private static var bench = Bench()

  static func main() {
    bench.announce()
    bench.start()
    while bench.step() {}
    Machine.exit(0)
  }
}

import Board

/// Kvadrant as firmware for the MPS2 AN386 board: a virtual meter on an emulated Cortex-M4,
/// without type approval.
@main
struct Firmware {
  static func main() {
    var bench = Bench()
    bench.announce()
    bench.start()
    while bench.step() {}
    Machine.exit(0)
  }
}

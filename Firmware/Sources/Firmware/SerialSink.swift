import Board
import Meter

/// Report lines of the meter on a serial port; waits for its reader, so that no line is lost.
struct SerialSink: ReportSink, ~Copyable {
  private let port = SerialPort.report

  func write(_ line: Span<UInt8>) {
    var rest = line
    while rest.count > 0 {
      let taken = port.send(rest)
      rest = rest.extracting(taken..<rest.count)
    }
  }

  /// Waits until everything has left the board.
  func flush() { while !port.isSent {} }
}

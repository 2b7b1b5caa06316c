import Bytes
import MeterTime

@testable import MBus

/// A line of two wires with many slaves: what several of them send at once is one signal, in which
/// a bit of 0 (current flows) wins over a bit of 1.
struct SharedLine {
  var slaves: [TestSlave]

  /// The bytes that a receiver makes of answers sent at the same time, and which of them have a
  /// wrong parity.
  static func merge(_ answers: [[UInt8]]) -> (bytes: [UInt8], damaged: [Bool]) {
    var bytes: [UInt8] = []
    var damaged: [Bool] = []
    for i in 0..<(answers.map(\.count).max() ?? 0) {
      var (byte, parity) = (UInt8(0xFF), 1)
      for answer in answers where i < answer.count {
        byte &= answer[i]
        parity &= answer[i].nonzeroBitCount & 1
      }
      bytes.append(byte)
      damaged.append(byte.nonzeroBitCount & 1 != parity)
    }
    return (bytes, damaged)
  }

  /// Sends a frame to all, and gives what comes back with the time behind it.
  mutating func ask(_ frame: [UInt8], at now: inout Instant) -> (bytes: [UInt8], damaged: [Bool]) {
    let sending = BaudRate.b2400.ticks(bits: 11 * Int64(frame.count))
    var answers: [[UInt8]] = []
    for i in slaves.indices {
      slaves[i].now = now
      let answer = slaves[i].ask(frame, after: .zero)
      if !answer.isEmpty { answers.append(answer) }
    }
    // The earliest moment of an answer: 11 bit times behind the request.
    now += Instant.Duration(ticks: sending + BaudRate.b2400.ticks(bits: 11))
    return Self.merge(answers)
  }
}

import LegalMeter
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Waveforms

/// Stands where the composing `Meter` will be: the legal meter alone, without display.
struct MeterRig: ~Copyable {
  var legal: LegalMeter

  init(parameters: LegalParameters, settings: MeasuringSettings) {
    legal = LegalMeter(parameters: parameters, settings: settings)
  }

  mutating func powerUp(
    now: Instant, memory: inout some PageMemory & ~Copyable
  ) -> StartReport {
    legal.start(now: now, memory: &memory)
  }

  /// Sets taken, and whether they complete a window.
  mutating func process(_ block: borrowing SampleBuffer, from: Int) -> (next: Int, complete: Bool) {
    let sets = SampleBlock(
      u1: block.u1, i1: block.i1, u2: block.u2, i2: block.i2, u3: block.u3, i3: block.i3)
    return legal.add(sets, from: from)
  }

  mutating func closeWindow(now: Instant, memory: inout some PageMemory & ~Copyable) {
    legal.closeWindow(now: now)
    _ = legal.service(now: now, memory: &memory)
  }

  mutating func endOfInput(now: Instant, memory: inout some PageMemory & ~Copyable) {
    legal.endOfInput(now: now)
    _ = legal.service(now: now, memory: &memory)
  }

  mutating func nextPulse() -> Bool { legal.nextPulse() != nil }

  /// Energy in 10^-10 kWh: the register's mWh and, for totals, the carried remainder.
  func energy(_ q: QuantityID) -> Int128? {
    guard let register = Register(q) else { return nil }
    var tenths = Int128(legal.registers[register]) * 10_000
    if let kind = EnergyKind(rawValue: q.rawValue) {
      tenths += Int128(legal.registers.remainder(kind)) * 10_000 / 3_600_000
    }
    return tenths
  }

  func reading(_ q: QuantityID) -> Int64? {
    let w = legal.window
    let p = (0..<3).reduce(0) { $0 + Int64(w[$1].active_mW) }
    let r = (0..<3).reduce(0) { $0 + Int64(w[$1].reactive_mvar) }
    switch q {
    case .powerActiveImport: return max(0, p)
    case .powerActiveExport: return max(0, -p)
    case .powerReactiveImport: return max(0, r)
    case .powerReactiveExport: return max(0, -r)
    case .powerApparent: return (0..<3).reduce(0) { $0 + Int64(w[$1].apparent_mVA) }
    case .frequency: return Int64(w.frequency_mHz)
    case .voltageAngleL2: return Self.degrees(w[0].voltageAngle &- w[1].voltageAngle)
    case .voltageAngleL3: return Self.degrees(w[0].voltageAngle &- w[2].voltageAngle)
    default: return phaseReading(q)
    }
  }

  private func phaseReading(_ q: QuantityID) -> Int64? {
    func system(_ first: QuantityID) -> SystemWindow? {
      let n = Int(q.rawValue) - Int(first.rawValue)
      return (0..<3).contains(n) ? legal.window[n] : nil
    }
    if let s = system(.powerActiveL1) { return Int64(s.active_mW) }
    if let s = system(.powerReactiveL1) { return Int64(s.reactive_mvar) }
    if let s = system(.powerApparentL1) { return Int64(s.apparent_mVA) }
    if let s = system(.powerFactorL1) { return Int64(s.powerFactor) }
    if let s = system(.voltageL1) { return Int64(s.voltage_mV) }
    if let s = system(.currentL1) { return Int64(s.current_µA) }
    if let s = system(.phaseAngleL1) { return Int64(s.phaseAngle) * 36_000 >> 32 }
    return nil
  }

  private static func degrees(_ turns: UInt32) -> Int64 {
    Int64(UInt64(turns) * 36_000 >> 32)
  }
}

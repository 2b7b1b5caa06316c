import LegalMeter
import Meter
import MeterTime
import Metrology
import PermanentMemory
import Quantities
import Waveforms

extension MeterRun {
  /// Everything that a panel shows, now.
  mutating func snapshot(sequence: UInt64) -> MeterSnapshot {
    var out = MeterSnapshot()
    let now = now
    out.sequence = sequence
    out.now = now
    out.time = localTime(now)
    out.speed = speed
    out.powered = isPlugged && meter.isPowered
    out.glass = glassState(now)
    out.led = lamp
    out.phases = phaseStates
    out.total = total
    out.registers = Self.shown.compactMap { quantity in
      meter.reading(quantity).map { (quantity.row.obis.description, Double($0) / 1e6) }
    }
    out.truth = truthBesides
    out.seals.verification = !meter.legal.isBroken(.verification)
    out.seals.terminalCover = !meter.legal.isBroken(.terminalCover)
    out.seals.moduleArea = !meter.legal.isBroken(.moduleArea)
    out.tariff = meter.legal.tariff.index + 1
    out.verification = meter.legal.verifiedRegister.map { "1-0:\($0.rawValue + 1).8.0" }
    out.bench = benchState
    out.memory.commits = memory.base.programs(in: MemoryMap.registerJournal)
    out.memory.events = meter.legal.eventCount(memory: memory)
    out.memory.cuts = cuts
    out.memory.failures = meter.legal.memoryFailures
    out.newestEvent = meter.legal.eventsLogged
    return out
  }

  /// Totals and A+ by tariff.
  private static let shown: [QuantityID] = [
    .activeImport, .activeExport, .reactiveImport, .reactiveExport, .activeImportT1,
    .activeImportT2, .activeImportT3, .activeImportT4,
  ]

  /// Local time with milliseconds and offset.
  func localTime(_ instant: Instant) -> String {
    ISO8601Time(instant, in: meter.configuration.zone).text(milliseconds: true)
  }

  /// Times that the meter has lost its supply: every start but the present one ended so.
  var cuts: UInt32 { meter.legal.starts == 0 ? 0 : meter.legal.starts - 1 }

  private mutating func glassState(_ now: Instant) -> MeterSnapshot.Glass {
    let glass = shownGlass()
    var bytes = [UInt8](repeating: 0, count: Glass.encodedBytes)
    var span = bytes.mutableSpan
    glass.encode(into: &span)
    var out = MeterSnapshot.Glass()
    out.steady = Array(bytes[..<GlassPlane.byteCount])
    out.blinking = Array(bytes[GlassPlane.byteCount...])
    out.blink = Glass.blinkPhase(at: now)
    out.value = glass.valueText
    out.id = glass.identificationText
    out.unit = glass.unitText
    out.text = glass.fieldText
    return out
  }

  private var lamp: MeterSnapshot.Lamp {
    var lamp = MeterSnapshot.Lamp()
    lamp.count = pulses
    guard isPlugged, meter.isPowered else { return lamp }
    let kind = meter.legal.verifiedRegister ?? .activeImport
    // 1000 impulses per kWh: a kilowatt gives 1000 in 3600 s.
    if meter.legal.activeQuadrants != 0 {
      let power: QuantityID =
        switch kind {
        case .activeImport: .powerActiveImport
        case .activeExport: .powerActiveExport
        case .reactiveImport: .powerReactiveImport
        case .reactiveExport: .powerReactiveExport
        }
      lamp.rate_Hz = Double(meter.reading(power) ?? 0) / 1000 / 3600
    }
    let register = Register.total(kind)
    let within = Double(meter.legal.registers[register] % 1000)
    let rest = Double(meter.legal.registers.remainder(register)) / 3_600_000
    lamp.phase = min((within + rest) / 1000, 0.999_999)
    return lamp
  }

  private var phaseStates: [MeterSnapshot.Phase] {
    guard isPlugged else { return [MeterSnapshot.Phase](repeating: .init(), count: 3) }
    let window = meter.legal.window
    let reference = referenceAngle
    return Phase.allCases.map { phase in
      let w = window[phase.index]
      var out = MeterSnapshot.Phase()
      out.u_V = Double(w.voltage_mV) / 1000
      out.i_A = Double(w.current_µA) / 1e6
      out.p_W = Double(w.active_mW) / 1000
      out.q_var = Double(w.reactive_mvar) / 1000
      out.s_VA = Double(w.apparent_mVA) / 1000
      out.pf = Double(w.powerFactor) / 10_000
      // Without voltage or current an angle is noise.
      if w.voltage_mV > 5_000 { out.u_deg = Self.degrees(w.voltageAngle &- reference) }
      if w.current_µA > 2_000 { out.i_deg = Self.degrees(w.currentAngle &- reference) }
      out.present = w.voltage_mV >= Int32(meter.legal.parameters.nominalVoltage_mV / 23 * 16)
      out.registering = meter.isPowered && meter.legal.isRegistering(phase)
      if out.registering { out.quadrant = quadrant(w) }
      return out
    }
  }

  /// The angle of L1; where L1 has no voltage, what it would be beside another phase.
  private var referenceAngle: UInt32 {
    let window = meter.legal.window
    for phase in 0..<3 where window[phase].voltage_mV > 20_000 {
      return window[phase].voltageAngle &+ UInt32(phase) &* 0x5555_5555
    }
    return 0
  }

  /// -180...180 with two decimals.
  private static func degrees(_ angle: UInt32) -> Double {
    (Double(Int32(bitPattern: angle)) * 360 * 0x1p-32 * 100).rounded() / 100
  }

  /// Below its threshold reactive power has no sign worth showing.
  private func quadrant(_ w: SystemWindow) -> Int {
    let limit = meter.legal.parameters.creepThreshold_mW
    let isInductive = w.reactive_mvar >= 0 || w.reactive_mvar > -limit
    let lags = w.reactive_mvar.magnitude < UInt32(max(0, limit)) ? w.active_mW >= 0 : isInductive
    switch (w.active_mW >= 0, lags) {
    case (true, true): return 1
    case (false, true): return 2
    case (false, false): return w.reactive_mvar.magnitude < UInt32(max(0, limit)) ? 2 : 3
    case (true, false): return 4
    }
  }

  private var total: MeterSnapshot.Total {
    var total = MeterSnapshot.Total()
    guard isPlugged else { return total }
    let window = meter.legal.window
    for phase in Phase.allCases where meter.legal.parameters.uses(phase) {
      let w = window[phase.index]
      total.p_W += Double(w.active_mW) / 1000
      total.q_var += Double(w.reactive_mvar) / 1000
      total.s_VA += Double(w.apparent_mVA) / 1000
    }
    if total.s_VA > 0 {
      total.pf = min(max(total.p_W / total.s_VA, -1), 1)
    }
    total.f_Hz = meter.reading(.frequency).map { Double($0) / 1000 }
    total.isSequenceRight = meter.legal.isPhaseSequenceRight
    for n in 0..<4 where meter.legal.activeQuadrants >> UInt8(n) & 1 != 0 {
      total.quadrants.append(n + 1)
    }
    return total
  }

  private var truthBesides: [MeterSnapshot.Truth] {
    guard let instruments, instruments.newest.hasTruth else { return [] }
    let (base, end) = (instruments.base, instruments.newest)
    func row(_ obis: String, _ start: Int128, _ stop: Int128, _ truth: Double)
      -> MeterSnapshot.Truth
    {
      MeterSnapshot.Truth(
        obis: obis, value: Double(start) / 1e10 + truth,
        error_percent: truth > 1 / 3.6e6 ? (Double(stop - start) / 1e10 - truth) / truth * 100 : nil
      )
    }
    return [
      row(
        "1-0:1.8.0", base.activeImport, end.activeImport,
        end.trueImport_kWh - base.trueImport_kWh),
      row(
        "1-0:2.8.0", base.activeExport, end.activeExport,
        end.trueExport_kWh - base.trueExport_kWh),
    ]
  }

  private var benchState: MeterSnapshot.Bench {
    var out = MeterSnapshot.Bench()
    out.source = instruments?.sourceName ?? source.description
    out.magnet = isMagnetHeld
    out.plug = isPlugged
    guard let source = bench else { return out }
    let bench = source.bench
    out.loads = zip(bench.voltages_V, bench.loads).map { volts, load in
      MeterSnapshot.Load(
        u_V: volts, i_A: load.i_A, phi_deg: load.phi_deg, thd_percent: load.thd_percent,
        on: load.on)
    }
    out.frequency_Hz = bench.frequency_Hz
    out.preset = instruments?.preset?.rawValue
    out.neutral = bench.hasNeutral
    out.wiring = bench.wiringID.rawValue
    let total = source.consumption.total
    out.consumed_kWh = total.import_kWh
    out.produced_kWh = total.export_kWh
    return out
  }
}

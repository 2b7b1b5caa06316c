import MeterTime
import Quantities

/// The demo's front panel: glass, LED, phasors, registers, power flow and keys, 80 by 24.
struct DemoScreen {
  /// What lies behind the meter; nil where the bench does.
  let household: DemoHousehold?
  let statePath: String
  /// Where the panel can be seen in a browser.
  var address: String?
  private var pulsesShown: UInt64 = 0
  private var lampFrames = 0

  init(household: DemoHousehold?, statePath: String) {
    self.household = household
    self.statePath = statePath
  }

  /// The picture of this moment.
  mutating func frame(_ run: inout MeterRun) -> Canvas {
    var canvas = Canvas(width: 80, height: 24)
    let speed = run.speed.isFinite ? "x" + Decimals.text(run.speed, decimals: 0) : "x max"
    canvas.put("Kvadrant", 0, 0, .bold)
    canvas.put("virtual meter, no type approval", 10, 0, .faint)
    canvas.putRight(Self.localTime(run.now) + "  " + speed, 80, 0, .bold)
    canvas.draw(glass: run.picture, x: 0, y: 1)
    drawLamp(run.pulses, on: &canvas)
    drawPhasors(run, on: &canvas)
    drawRegisters(run, on: &canvas)
    drawFlow(run, on: &canvas)
    drawWords(on: &canvas)
    return canvas
  }

  private static let zone = ZoneRules(centralEuropeanFrom: 2021)

  /// Local time where the data of the demo come from.
  static func localTime(_ now: Instant) -> String {
    let local = zone.localTime(at: now)
    return local.civil.description.replacing("T", with: " ")
      + (local.isDaylightSaving ? " CEST" : " CET")
  }

  private mutating func drawLamp(_ pulses: UInt64, on canvas: inout Canvas) {
    // 30 ms of simulated time are shorter than a frame: one frame of light for any new pulse.
    lampFrames = pulses != pulsesShown ? 1 : max(0, lampFrames - 1)
    pulsesShown = pulses
    canvas.put(lampFrames > 0 ? "●" : "○", 62, 2, lampFrames > 0 ? .lamp : .faint)
    canvas.put("1000 imp/kWh", 64, 2, .faint)
    canvas.putRight("\(pulses) imp", 80, 3, .faint)
  }

  private func drawPhasors(_ run: borrowing MeterRun, on canvas: inout Canvas) {
    var drawing = PhasorDrawing(columns: 16, rows: 8)
    let phases: [(QuantityID?, QuantityID, QuantityID, QuantityID, Canvas.Style)] = [
      (nil, .phaseAngleL1, .voltageL1, .currentL1, .l1),
      (.voltageAngleL2, .phaseAngleL2, .voltageL2, .currentL2, .l2),
      (.voltageAngleL3, .phaseAngleL3, .voltageL3, .currentL3, .l3),
    ]
    for (voltageAngle, phaseAngle, voltage, current, style) in phases {
      // U1 points up; U2 lags it, so it turns clockwise: its angle is -120 degrees.
      let u = 90 + Double(voltageAngle.flatMap { run.reading($0) } ?? 0) / 100
      let phi = Double(run.reading(phaseAngle) ?? 0) / 100
      let volts = Double(run.reading(voltage) ?? 0) / 230_000
      let amperes = Double(run.reading(current) ?? 0) / 1e6
      drawing.add(.init(length: min(1, volts), degrees: u, style: .faint))
      let length = min(0.9, (amperes / 20).squareRoot())
      drawing.add(.init(length: length, degrees: u - phi, style: style))
    }
    drawing.paint(on: &canvas, x: 62, y: 5)
    canvas.put("I", 62, 13, .faint)
    for (n, style) in [Canvas.Style.l1, .l2, .l3].enumerated() {
      canvas.put("L\(n + 1)", 64 + 4 * n, 13, style)
    }
    canvas.put("U", 76, 13, .faint)
  }

  private func drawRegisters(_ run: borrowing MeterRun, on canvas: inout Canvas) {
    let rows: [(String, String, QuantityID, String)] = [
      ("A+", "1.8.0", .activeImport, "kWh"), ("A-", "2.8.0", .activeExport, "kWh"),
      ("R+", "3.8.0", .reactiveImport, "kvarh"), ("R-", "4.8.0", .reactiveExport, "kvarh"),
    ]
    canvas.put("registers", 1, 14, .faint)
    for (n, row) in rows.enumerated() {
      let (name, code, quantity, unit) = row
      let energy = run.energy(quantity) ?? 0
      canvas.put(name, 1, 15 + n, .bold)
      canvas.put(code, 5, 15 + n, .faint)
      canvas.putRight(Decimals.text(energy / 1_000_000, decimals: 4), 24, 15 + n)
      canvas.put(unit, 25, 15 + n, .faint)
    }
  }

  private func drawFlow(_ run: borrowing MeterRun, on canvas: inout Canvas) {
    canvas.put("what happens behind the meter", 34, 14, .faint)
    if let household {
      let power = household.power(at: run.now)
      canvas.put("house", 34, 15)
      canvas.putRight(Self.kilowatts(power.house), 51, 15, .imported)
      canvas.put("car", 34, 16)
      canvas.putRight(Self.kilowatts(power.car), 51, 16, power.car > 0 ? .imported : .faint)
      canvas.put("roof (computed)", 34, 17)
      canvas.putRight(Self.kilowatts(power.solar), 57, 17, power.solar > 0 ? .exported : .faint)
    } else if let bench = run.bench?.bench {
      for (n, load) in bench.loads.enumerated() {
        let amperes = Decimals.text(load.on ? load.i_A : 0, decimals: 2) + " A"
        canvas.put("load", 34, 15 + n)
        canvas.putRight(amperes, 48, 15 + n, load.on ? .imported : .faint)
        canvas.putRight(Decimals.text(load.phi_deg, decimals: 0) + "°", 55, 15 + n, .faint)
      }
    }
    let phases: [(QuantityID, QuantityID, Canvas.Style)] = [
      (.powerActiveL1, .voltageL1, .l1), (.powerActiveL2, .voltageL2, .l2),
      (.powerActiveL3, .voltageL3, .l3),
    ]
    for (n, phase) in phases.enumerated() {
      let watts = Double(run.reading(phase.0) ?? 0) / 1000
      let volts = Double(run.reading(phase.1) ?? 0) / 1000
      canvas.put("L\(n + 1)", 60, 15 + n, phase.2)
      canvas.putRight(Decimals.text(volts, decimals: 1) + " V", 70, 15 + n, .faint)
      canvas.putRight(Self.kilowatts(watts), 80, 15 + n, watts < 0 ? .exported : .imported)
    }
    let total =
      Double(run.reading(.powerActiveImport) ?? 0)
      - Double(run.reading(.powerActiveExport) ?? 0)
    canvas.put(total < 0 ? "grid <-- " : "grid --> ", 60, 18, .bold)
    canvas.putRight(Self.kilowatts(abs(total) / 1000), 80, 18, total < 0 ? .exported : .imported)
  }

  private func drawWords(on canvas: inout Canvas) {
    if let address { canvas.put("panel in the browser: \(address)", 1, 19, .bold) }
    canvas.put("try: space steps through the display by hand (B holds the button)", 1, 20)
    canvas.put("     kvadrant fault plug   in another terminal cuts the power; start again:", 1, 21)
    canvas.put("                           the registers are still there", 1, 22)
    canvas.put("space button   + faster   - slower   q quit", 1, 23, .faint)
    if household != nil { canvas.putRight("data: synPRO, CDLA-Permissive-2.0", 80, 23, .faint) }
  }

  private static func kilowatts(_ watts: Double) -> String {
    Decimals.text(watts / 1000, decimals: 3) + " kW"
  }
}

extension DemoScreen {
  /// One line of the same for an output that is no terminal.
  func line(_ run: inout MeterRun) -> String {
    let p =
      Double(run.reading(.powerActiveImport) ?? 0)
      - Double(run.reading(.powerActiveExport) ?? 0)
    let imported = Decimals.text((run.energy(.activeImport) ?? 0) / 1_000_000, decimals: 4)
    let exported = Decimals.text((run.energy(.activeExport) ?? 0) / 1_000_000, decimals: 4)
    let glass = run.picture
    let line =
      Self.localTime(run.now)
      + "  P \(Self.kilowatts(p / 1000))  A+ \(imported)  A- \(exported) kWh"
      + "  glass \(glass.identificationText) \(glass.valueText)"
    guard let power = household?.power(at: run.now) else { return line }
    return line + "  house \(Self.kilowatts(power.house)), car \(Self.kilowatts(power.car)),"
      + " roof \(Self.kilowatts(power.solar))"
  }
}

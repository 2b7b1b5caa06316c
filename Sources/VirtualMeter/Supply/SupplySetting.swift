import Meter
import Quantities

/// One setting of switch, prepayment, load control or pulses, as commands and scenarios name it.
struct SupplySetting: Sendable {
  typealias Write = @Sendable (inout SupplyParameters, inout LoadParameters, Double) -> Void

  var key: String
  /// Texts whose places are the value; empty for a number.
  var choices: [String] = []
  var range: ClosedRange<Double>
  var write: Write

  private static func number(
    _ key: String, _ range: ClosedRange<Double>, _ write: @escaping Write
  ) -> SupplySetting {
    SupplySetting(key: key, range: range, write: write)
  }

  private static func choice(
    _ key: String, _ choices: [String], _ write: @escaping Write
  ) -> SupplySetting {
    SupplySetting(
      key: key, choices: choices, range: 0...Double(choices.count - 1), write: write)
  }

  /// The setting of a name.
  static func named(_ key: String) -> SupplySetting? { table.first { $0.key == key } }

  /// What `NAME=VALUE` says; nil where there is no such setting or value.
  static func reading(_ text: String) -> (setting: SupplySetting, value: Double)? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let setting = named(String(parts[0])) else { return nil }
    let word = String(parts[1])
    guard setting.choices.isEmpty else {
      return setting.choices.firstIndex(of: word).map { (setting, Double($0)) }
    }
    guard let value = SettingsReader.number(word), setting.range.contains(value) else {
      return nil
    }
    return (setting, value)
  }

  static let table: [SupplySetting] = basis + prepayment + neutral + outputs + inputs

  private static let basis: [SupplySetting] = [
    choice("basis", ["none", "power", "current", "prepayment"]) { supply, _, n in
      supply.basis = CutOffBasis(rawValue: UInt8(n)) ?? .none
    },
    number("breakingLimit_A", 0...200) { supply, _, n in
      supply.supplySwitch.breakingLimit_mA = UInt32(n * 1000)
    },
    choice("buttonOpens", ["no", "yes"]) { $0.supplySwitch.buttonOpens = $2 == 1 },
    number("limit_A", 0.001...200) { supply, _, n in
      supply.smartDisconnect.limit = UInt32(n * 1000)
    },
    number("limit_W", 1...100_000) { $0.smartDisconnect.limit = UInt32($2) },
    number("k1", 0.1...10) { $0.smartDisconnect.k1 = UInt16(($2 * 100).rounded()) },
    number("k2", 0.1...10) { $0.smartDisconnect.k2 = UInt16(($2 * 100).rounded()) },
    number("k3", 0.1...10) { $0.smartDisconnect.k3 = UInt16(($2 * 100).rounded()) },
    number("t1_s", 1...3600) { $0.smartDisconnect.t1 = UInt16($2) },
    number("t2_s", 1...3600) { $0.smartDisconnect.t2 = UInt16($2) },
    number("t3_s", 1...3600) { $0.smartDisconnect.t3 = UInt16($2) },
    number("reconnectWait_s", 0...43_200) { $0.smartDisconnect.reconnectWait = UInt16($2) },
    choice("reconnect", ["manual", "automatic"]) { supply, _, n in
      supply.smartDisconnect.isAutomatic = n == 1
      supply.prepayment.isAutomatic = n == 1
    },
  ]

  private static let prepayment: [SupplySetting] = [
    number("warning_kWh", 0...4_000_000) { $0.prepayment.warning_Wh = UInt32($2 * 1000) },
    number("emergency_kWh", 0...4_000_000) { $0.prepayment.emergency_Wh = UInt32($2 * 1000) },
    number("limited_W", 0...100_000) { $0.prepayment.limitedPower_W = UInt32($2) },
    number("limited_min", 0...57_600) { $0.prepayment.limitedTime_s = UInt32($2 * 60) },
    number("friendlyFrom_h", 0...23.99) { supply, _, n in
      supply.prepayment.friendlyFrom_min = UInt16(n * 60)
    },
    number("friendlyTo_h", 0...23.99) { supply, _, n in
      supply.prepayment.friendlyTo_min = UInt16(n * 60)
    },
    number("workingDays", 0...127) { $0.prepayment.workingDays = UInt8($2) },
  ]

  private static let neutral: [SupplySetting] = [
    choice("neutral", ["off", "watch", "disconnect"]) { supply, _, n in
      supply.neutralLoss.isEnabled = n > 0
      supply.neutralLoss.disconnects = n > 1
    },
    number("neutral_V", 5...200) { $0.neutralLoss.neutral_V = UInt16($2) },
    number("neutralHigh_V", 231...350) { $0.neutralLoss.high_V = UInt16($2) },
    number("neutralTime_s", 1...3600) { $0.neutralLoss.time_s = UInt16($2) },
    number("zeroSequence_V", 0...200) { $0.neutralLoss.zeroSequence_V = UInt16($2) },
  ]

  private static let modes = ["off", "plan", "tariff", "command"]
  private static let outputs: [SupplySetting] = [
    choice("output1", modes) { _, loads, n in
      loads.output1.mode = LoadOutputParameters.Mode(rawValue: UInt8(n)) ?? .off
    },
    choice("output2", modes) { _, loads, n in
      loads.output2.mode = LoadOutputParameters.Mode(rawValue: UInt8(n)) ?? .off
    },
    number("output1Tariffs", 0...15) { _, loads, n in loads.output1.tariffs = UInt8(n) },
    number("output2Tariffs", 0...15) { _, loads, n in loads.output2.tariffs = UInt8(n) },
    number("outputDelay_s", 0...10_800) { _, loads, n in loads.delay_s = UInt16(n) },
    number("pulse1_imp", 0...10_000) { _, loads, n in
      loads.pulse1.isOn = n > 0
      loads.pulse1.decade = n >= 10_000 ? 4 : n >= 1000 ? 3 : n >= 100 ? 2 : n >= 10 ? 1 : 0
    },
    choice("pulse1Width", ["30 ms", "80 ms"]) { _, loads, n in loads.pulse1.isLong = n == 1 },
  ]

  private static let functions = ["off", "counter", "tariff", "alarm"]
  private static let units = ["none", "kWh", "m3", "l"]
  private static let inputs: [SupplySetting] = [
    choice("input1", functions) { _, loads, n in
      loads.input1.function = PulseInputParameters.Function(rawValue: UInt8(n)) ?? .off
    },
    choice("input2", functions) { _, loads, n in
      loads.input2.function = PulseInputParameters.Function(rawValue: UInt8(n)) ?? .off
    },
    choice("input1Unit", units) { _, loads, n in
      loads.input1.unit = PulseInputParameters.CountedUnit(rawValue: UInt8(n)) ?? .none
    },
    choice("input2Unit", units) { _, loads, n in
      loads.input2.unit = PulseInputParameters.CountedUnit(rawValue: UInt8(n)) ?? .none
    },
    number("input1Divider", 0.1...1000) { _, loads, n in
      loads.input1.divider_thousandths = UInt32((n * 1000).rounded())
    },
    number("input2Divider", 0.1...1000) { _, loads, n in
      loads.input2.divider_thousandths = UInt32((n * 1000).rounded())
    },
  ]
}

extension MeterSetup {
  /// True where switch, prepayment, loads and pulses are set to values that the variant takes.
  var isSupplyValid: Bool {
    loads.isValid
      && supply.isValid(
        maximumCurrent_mA: variant.maximumCurrent_mA, maximumPower_W: variant.maximumPower_W)
  }
}

import Waveforms

extension BenchPreset {
  /// All presets, in the order in which a panel offers them.
  public static let catalogue: [BenchPreset] = ID.allCases.map(make)

  /// The preset of a name.
  public static func named(_ id: ID) -> BenchPreset { make(id) }

  private static func make(_ id: ID) -> BenchPreset {
    let (title, explanation) = texts(id)
    return BenchPreset(id: id, title: title, explanation: explanation, bench: bench(id))
  }

  /// Three loads on an ordinary network.
  private static func house(_ loads: [BenchLoad]) -> Bench {
    var bench = Bench()
    bench.voltageHarmonics = Harmonic.networkVoltage
    bench.loads = loads
    return bench
  }

  private static func bench(_ id: ID) -> Bench {
    let electronics = BenchLoad.electronics(thd_percent: 40)
    switch id {
    case .emptyHouse:
      return house([
        BenchLoad(i_A: 0.35, phi_deg: -25, harmonics: electronics),
        BenchLoad(i_A: 0.2, phi_deg: 35), BenchLoad(i_A: 0),
      ])
    case .cooking:
      return house([
        BenchLoad(i_A: 9.6), BenchLoad(i_A: 7.8),
        BenchLoad(i_A: 1.1, phi_deg: -15, harmonics: electronics),
      ])
    case .heatPump:
      return house([BenchLoad](repeating: BenchLoad(i_A: 4.2, phi_deg: 32), count: 3))
    case .car:
      return house(
        [BenchLoad](
          repeating: BenchLoad(
            i_A: 16, phi_deg: -3, harmonics: BenchLoad.electronics(thd_percent: 4)), count: 3))
    case .solarNoon:
      return house(
        [BenchLoad](
          repeating: BenchLoad(
            i_A: 11, phi_deg: 180, harmonics: BenchLoad.electronics(thd_percent: 2)), count: 3))
    case .unbalanced:
      return house([
        BenchLoad(i_A: 20), BenchLoad(i_A: 2, phi_deg: 40), BenchLoad(i_A: 5, phi_deg: 180),
      ])
    case .neutralLost:
      var bench = house([BenchLoad(i_A: 10), BenchLoad(i_A: 5), BenchLoad(i_A: 2.5)])
      bench.neutral = false
      return bench
    case .brownout:
      var bench = house([BenchLoad(i_A: 7.5), BenchLoad(i_A: 6, phi_deg: 25), BenchLoad(i_A: 3)])
      bench.voltages_V = [172, 168, 175]
      bench.frequency_Hz = 49.2
      return bench
    case .dimmedLED:
      let dimmed = BenchLoad(
        i_A: 1.5, phi_deg: BenchLoad.dimmerLag_deg, harmonics: BenchLoad.dimmerHarmonics)
      return house([dimmed, BenchLoad(i_A: 0.3, phi_deg: -20), BenchLoad(i_A: 0)])
    }
  }
}

extension BenchPreset {
  /// Title and explanation of a preset.
  private static func texts(_ id: ID) -> (title: BilingualText, explanation: BilingualText) {
    (title(id), explanation(id))
  }

  private static func title(_ id: ID) -> BilingualText {
    switch id {
    case .emptyHouse: BilingualText("Empty house", "Tomt hus")
    case .cooking: BilingualText("Cooking", "Madlavning")
    case .heatPump: BilingualText("Heat pump", "Varmepumpe")
    case .car: BilingualText("Car, 11 kW", "Elbil, 11 kW")
    case .solarNoon: BilingualText("Solar noon", "Sol ved middag")
    case .unbalanced: BilingualText("Unbalanced", "Skæv belastning")
    case .neutralLost: BilingualText("Neutral lost", "Nulbrud")
    case .brownout: BilingualText("Brownout", "Underspænding")
    case .dimmedLED: BilingualText("Dimmed lamp", "Dæmpet lampe")
    }
  }

  private static func explanation(_ id: ID) -> BilingualText {
    switch id {
    case .emptyHouse:
      BilingualText(
        "Standby and a refrigerator: little power, poor waveform.",
        "Standby og et køleskab: lidt effekt, dårlig kurveform.")
    case .cooking:
      BilingualText(
        "A hob on two phases: resistive, power factor close to 1.",
        "Et komfur på to faser: ohmsk, effektfaktor tæt på 1.")
    case .heatPump:
      BilingualText(
        "A motor on three phases: the currents lag, R+ advances.",
        "En motor på tre faser: strømmene er bagud, R+ tæller.")
    case .car:
      BilingualText(
        "16 A on each phase: three pulses of the LED each second.",
        "16 A på hver fase: tre blink i sekundet.")
    case .solarNoon:
      BilingualText(
        "The roof gives more than the house takes: A- advances, the LED rests.",
        "Taget giver mere end huset bruger: A- tæller, lysdioden hviler.")
    case .unbalanced:
      BilingualText(
        "Import on L1 and L2, export on L3: A+ and A- advance together.",
        "Forbrug på L1 og L2, levering på L3: A+ og A- tæller samtidig.")
    case .neutralLost:
      BilingualText(
        "The star point floats: the lightest load gets the highest voltage.",
        "Stjernepunktet flyder: den mindste belastning får den højeste spænding.")
    case .brownout:
      BilingualText(
        "Low voltage and low frequency: the meter goes on, and stays exact.",
        "Lav spænding og lav frekvens: måleren kører videre og måler rigtigt.")
    case .dimmedLED:
      BilingualText(
        "A phase-fired dimmer: 65 % distortion, yet active energy is right.",
        "En fasestyret lysdæmper: 65 % forvrængning, men energien er rigtig.")
    }
  }
}

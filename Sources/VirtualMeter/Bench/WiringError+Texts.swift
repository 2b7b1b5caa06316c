extension WiringError {
  /// Title and explanation of an entry.
  static func texts(_ id: ID) -> (title: BilingualText, explanation: BilingualText) {
    switch id {
    case .correct: correct
    case .swapU12: swappedVoltages("L1", "L2")
    case .swapU13: swappedVoltages("L1", "L3")
    case .swapU23: swappedVoltages("L2", "L3")
    case .rotateU: rotated("voltages", "Spændingerne", "forward", "frem")
    case .rotateUBack: rotated("voltages", "Spændingerne", "back", "tilbage")
    case .swapI12: swappedCurrents("L1", "L2")
    case .swapI13: swappedCurrents("L1", "L3")
    case .swapI23: swappedCurrents("L2", "L3")
    case .rotateI: rotated("currents", "Strømmene", "forward", "frem")
    case .rotateIBack: rotated("currents", "Strømmene", "back", "tilbage")
    case .reverseI1: reversed(["L1"])
    case .reverseI2: reversed(["L2"])
    case .reverseI3: reversed(["L3"])
    case .reverseI12: reversed(["L1", "L2"])
    case .reverseI13: reversed(["L1", "L3"])
    case .reverseI23: reversed(["L2", "L3"])
    case .reverseI123: reversed(["L1", "L2", "L3"])
    case .swapUI12: sequence
    case .lostNeutral: lostNeutral
    case .missingL1: missing("L1")
    case .missingL2: missing("L2")
    case .missingL3: missing("L3")
    }
  }

  private typealias Texts = (title: BilingualText, explanation: BilingualText)

  private static let correct: Texts = (
    BilingualText("Right wiring", "Rigtig forbindelse"),
    BilingualText(
      "Each current stands by its own voltage; the voltages follow each other as L1, L2, L3.",
      "Hver strøm står ved sin egen spænding; spændingerne følger hinanden som L1, L2, L3.")
  )

  private static func swappedVoltages(_ a: String, _ b: String) -> Texts {
    (
      BilingualText("Voltages \(a) and \(b) swapped", "Spænding \(a) og \(b) byttet"),
      BilingualText(
        "Two currents stand 120° away from the voltage they are multiplied with, one to each "
          + "side. At cos φ = 1 both systems run backwards at half power, so the sum of the three "
          + "is zero. The phase sequence is wrong, too, which the glass shows.",
        "To strømme står 120° fra den spænding, de ganges med, en til hver side. Ved cos φ = 1 "
          + "går begge systemer baglæns med halv effekt, så summen af de tre er nul. Fasefølgen er "
          + "også forkert, og det viser displayet.")
    )
  }

  private static func swappedCurrents(_ a: String, _ b: String) -> Texts {
    (
      BilingualText("Currents \(a) and \(b) swapped", "Strøm \(a) og \(b) byttet"),
      BilingualText(
        "Energies as with swapped voltages, but the phase sequence is right: only the angles "
          + "between current and voltage tell. Compare the phasors with the load.",
        "Energierne er som ved byttede spændinger, men fasefølgen er rigtig: kun vinklerne mellem "
          + "strøm og spænding afslører det. Sammenlign viserne med belastningen.")
    )
  }

  private static func rotated(
    _ what: String, _ danish: String, _ way: String, _ danishWay: String
  ) -> Texts {
    (
      BilingualText(
        "All \(what) moved one phase \(way)", "\(danish) er flyttet en fase \(danishWay)"),
      BilingualText(
        "Every current stands 120° away from its voltage, all to the same side. The phase "
          + "sequence is right. At cos φ = 1 the meter exports half of what is used, with "
          + "much reactive energy.",
        "Hver strøm står 120° fra sin spænding, alle til samme side. Fasefølgen er rigtig. Ved "
          + "cos φ = 1 leverer måleren halvdelen af forbruget, med megen reaktiv energi.")
    )
  }

  private static func reversed(_ systems: [String]) -> Texts {
    let (list, danish) = (
      systems.joined(separator: " and "), systems.joined(separator: " og ")
    )
    return (
      BilingualText("Current \(list) reversed", "Strøm \(danish) vendt"),
      BilingualText(
        "The current flows backwards through \(list): what is used there counts as A-, and "
          + "reactive energy changes sides with it. A+ and A- are not netted, so no energy is "
          + "lost, it is on the wrong register.",
        "Strømmen går baglæns gennem \(danish): det, der bruges der, tælles som A-, og den "
          + "reaktive energi skifter side. A+ og A- modregnes ikke, så ingen energi går tabt, den "
          + "står i det forkerte register.")
    )
  }

  private static let sequence: Texts = (
    BilingualText("L1 and L2 swapped, voltage and current", "L1 og L2 byttet, spænding og strøm"),
    BilingualText(
      "Each current is still with its voltage: all energies of the sum are right. The registers "
        + "of L1 and L2 have changed places and the phase sequence is wrong.",
      "Hver strøm er stadig ved sin spænding: alle energier i summen er rigtige. Registrene for "
        + "L1 og L2 har byttet plads, og fasefølgen er forkert.")
  )

  private static let lostNeutral: Texts = (
    BilingualText("Neutral lost", "Nulbrud"),
    BilingualText(
      "The star point of the loads floats to where the currents add up to nothing. The heaviest "
        + "phase gets too little voltage, the lightest too much. The meter measures rightly what "
        + "the loads get; the loads get the wrong voltage.",
      "Belastningernes stjernepunkt flytter sig derhen, hvor strømmene ophæver hinanden. Den "
        + "tungeste fase får for lav spænding, den letteste for høj. Måleren måler rigtigt, hvad "
        + "belastningerne får; belastningerne får den forkerte spænding.")
  )

  private static func missing(_ phase: String) -> Texts {
    (
      BilingualText("Phase \(phase) missing", "Fase \(phase) mangler"),
      BilingualText(
        "A fuse has blown: no voltage, no current, no energy on \(phase). Its indicator is off; "
          + "the others go on.",
        "En sikring er gået: ingen spænding, ingen strøm, ingen energi på \(phase). Dens "
          + "indikator er slukket; de andre fortsætter.")
    )
  }
}

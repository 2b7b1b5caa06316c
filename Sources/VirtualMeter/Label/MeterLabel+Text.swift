import Meter

extension MeterLabel {
  /// The label for a terminal: 72 columns, with the terminals and their conductors.
  public var text: String {
    let diagram = ConnectionDiagram(setup.variant)
    let variant = setup.variant
    var lines: [String] = [
      spread("\(title)  \(setup.designation)", "[ \(Self.approvalNote) ]"),
      subtitle,
      "",
      spread("\(supply)   \(current)   \(frequency)", accuracy),
      spread(Self.constant, "\(Self.temperatures)   protection class II"),
      spread("Energies  \(energies)", variant.summation == .vector ? "vector sum" : ""),
      "Type      \(TypeString(variant))",
      "Fitted    \(functions)",
      "S0        \(Self.pulseOutput)",
      "",
      spread("No. \(setup.meterNumberText)", "Year \(setup.year)"),
    ]
    let rule = String(repeating: "─", count: Self.innerColumns + 2)
    var out = "┌\(rule)┐\n"
    out += framed(lines)
    lines = [diagram.title, ""] + terminals(diagram)
    out += "├\(rule)┤\n" + framed(lines) + "└\(rule)┘\n"
    return out
  }

  private static let innerColumns = 68

  private func framed(_ lines: [String]) -> String {
    lines.map { "│ \(padded($0, Self.innerColumns)) │\n" }.joined()
  }

  private func padded(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - text.count))
  }

  private func spread(_ left: String, _ right: String) -> String {
    padded(left, Self.innerColumns - right.count) + right
  }

  /// Terminal numbers, conductors, and what each is for.
  private func terminals(_ diagram: ConnectionDiagram) -> [String] {
    var numbers = ""
    var conductors = ""
    var duties = ""
    for terminal in 1...12 {
      let gap = terminal % 3 == 1 && terminal > 1 ? "  " : ""
      let conductor = diagram.conductor(at: terminal)
      let duty = ["in", "U", "out"][(terminal - 1) % 3]
      numbers += gap + padded("\(terminal)", 4)
      conductors += gap + padded(conductor ?? "·", 4)
      duties += gap + padded(conductor == nil ? "" : duty, 4)
    }
    return [
      numbers + "   20  21", conductors + "   S0+ S0\u{2212}", duties,
      "P+ \u{2192} from supply (in) to load (out)"
        + (diagram.hasSwitch ? ", opened by the switch" : ""),
    ]
  }
}

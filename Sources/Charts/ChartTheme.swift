/// The colour slot of a curve, arrow or bar; colours themselves belong to the style sheet.
public enum Tone: String, CaseIterable, Sendable {
  case one = "t1"
  case two = "t2"
  case three = "t3"
  case four = "t4"
  case five = "t5"
  case six = "t6"
  /// The phases L1, L2, L3: brown, blue-grey, grey.
  case phase1 = "l1"
  case phase2 = "l2"
  case phase3 = "l3"
  /// Limits, and what is outside them.
  case limit = "tl"
  /// What is not in the foreground.
  case neutral = "tn"

  /// The colour where no style sheet is: legible on white and on near-black.
  var fallback: String { Self.colours[self]?.fallback ?? "#888888" }
  /// The colour on a light ground: contrast at least 4.5 : 1 on white.
  var light: String { Self.colours[self]?.light ?? "#666666" }
  /// The colour on a dark ground: contrast at least 4.5 : 1 on `ChartTheme.darkSurface`.
  var dark: String { Self.colours[self]?.dark ?? "#aaaaaa" }

  private static let colours: [Tone: (fallback: String, light: String, dark: String)] = [
    .one: ("#3f86d0", "#1d5fa8", "#6cb2f5"),
    .two: ("#cf7024", "#b4500a", "#f2a35c"),
    .three: ("#2f9a66", "#16744a", "#5fcf93"),
    .four: ("#a06bd0", "#7a3fa0", "#c79bf0"),
    .five: ("#2394a5", "#0b6d7f", "#4fc6d6"),
    .six: ("#dc5a7c", "#b3264a", "#f58aa2"),
    .phase1: ("#a8703f", "#8a4b14", "#d9a06a"),
    .phase2: ("#5b82b0", "#365f92", "#8fb4e3"),
    .phase3: ("#80848a", "#5f6368", "#b4b9c0"),
    .limit: ("#d9534f", "#b3261e", "#ff8a80"),
    .neutral: ("#80848a", "#6a7078", "#9aa1aa"),
  ]

  /// How the line is broken, so that colour is never the only difference.
  var dash: String? {
    switch self {
    case .one, .phase1, .neutral: nil
    case .two, .phase2: "9 3"
    case .three, .phase3: "3 3"
    case .four: "9 3 2 3"
    case .five: "14 4"
    case .six: "2 2 7 2"
    case .limit: "6 3"
    }
  }
}

/// How a stand-alone picture is coloured, and the style sheet for pictures inside a page.
///
/// Every element carries a class and a fallback colour as attribute, so that a fragment is
/// legible where a strict content security policy forbids styles inside the page. A page serves
/// `pageStyle` as a file and may set the custom properties `--chart-ink`, `--chart-surface`,
/// `--chart-grid`, `--chart-t1` … `--chart-t6`, `--chart-l1` … `--chart-l3`, `--chart-tl`,
/// `--chart-tn`.
public enum ChartTheme: Sendable {
  /// Follows the reader's choice of light or dark.
  case adaptive
  case light
  case dark

  static let lightInk = "#1b1f24"
  static let lightSurface = "#ffffff"
  static let darkInk = "#e6e9ed"
  static let darkSurface = "#15191e"

  /// The style sheet that a page serves beside its fragments: dark and light follow the page by
  /// `color` and the custom properties, print is black on white.
  public static let pageStyle: String =
    properties(":root", dark: false)
    + "@media (prefers-color-scheme:dark){\(properties(":root", dark: true))}\n"
    + ":root[data-theme=\"light\"]{\(list(dark: false))}\n"
    + ":root[data-theme=\"dark\"]{\(list(dark: true))}\n"
    + rules { "var(--chart-\($0))" } + print

  /// What a stand-alone document carries inside.
  var documentStyle: String {
    switch self {
    case .adaptive:
      Self.properties("svg", dark: false)
        + "@media (prefers-color-scheme:dark){\(Self.properties("svg", dark: true))}\n"
        + Self.rules { "var(--chart-\($0))" } + Self.print
    case .light: Self.rules { Self.colour($0, dark: false) }
    case .dark: Self.rules { Self.colour($0, dark: true) }
    }
  }

  private static let print =
    "@media print{.chart{color:#000;background:none}.chart .grid{stroke-opacity:.35}}\n"

  private static func colour(_ name: String, dark: Bool) -> String {
    switch name {
    case "ink": return dark ? darkInk : lightInk
    case "surface": return dark ? darkSurface : lightSurface
    default:
      let tone = Tone(rawValue: name) ?? .neutral
      return dark ? tone.dark : tone.light
    }
  }

  private static func list(dark: Bool) -> String {
    (["ink", "surface"] + Tone.allCases.map(\.rawValue)).map { name in
      "--chart-\(name):\(colour(name, dark: dark))"
    }.joined(separator: ";")
  }

  private static func properties(_ selector: String, dark: Bool) -> String {
    "\(selector){\(list(dark: dark))}\n"
  }

  private static func rules(_ colour: (String) -> String) -> String {
    var rules =
      ".chart{color:\(colour("ink"));background:\(colour("surface"));"
      + "font-family:system-ui,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif;"
      + "font-variant-numeric:tabular-nums}\n"
    for tone in Tone.allCases {
      rules += ".chart .\(tone.rawValue){color:\(colour(tone.rawValue))}\n"
    }
    return rules
  }
}

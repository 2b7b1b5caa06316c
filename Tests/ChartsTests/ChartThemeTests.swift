import Testing

@testable import Charts

@Suite struct ChartThemeTests {
  /// Relative luminance of `#rrggbb` as WCAG 2 defines it.
  private static func luminance(_ channels: [Double]) -> Double {
    let linear = channels.map { value in
      value <= 0.03928 ? value / 12.92 : power24((value + 0.055) / 1.055)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// x^2.4 = x^2 * (x^2)^(1/5), the fifth root by Newton's steps.
  private static func power24(_ x: Double) -> Double {
    let square = x * x
    var root = 1.0
    for _ in 0..<60 { root = (4 * root + square / (root * root * root * root)) / 5 }
    return square * root
  }

  private static func channels(_ colour: String) -> [Double] {
    let number = Int(colour.dropFirst(), radix: 16) ?? 0
    return [16, 8, 0].map { Double(number >> $0 & 0xFF) / 255 }
  }

  private static func contrast(_ ink: String, _ ground: String, opacity: Double = 1) -> Double {
    let mixed = zip(channels(ink), channels(ground)).map { $0 * opacity + $1 * (1 - opacity) }
    let (a, b) = (luminance(mixed), luminance(channels(ground)))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test func knownContrast() {
    #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 1e-6)
    #expect(abs(Self.contrast("#777777", "#ffffff") - 4.478) < 1e-3)
  }

  @Test(arguments: Tone.allCases)
  func tonesAreReadable(tone: Tone) {
    #expect(Self.contrast(tone.light, ChartTheme.lightSurface) >= 4.5)
    #expect(Self.contrast(tone.dark, ChartTheme.darkSurface) >= 4.5)
    // The fallback is for lines, which need 3 : 1 on either ground.
    #expect(Self.contrast(tone.fallback, ChartTheme.lightSurface) >= 3)
    #expect(Self.contrast(tone.fallback, ChartTheme.darkSurface) >= 3)
  }

  @Test(arguments: [1, 0.82, 0.75, 0.7])
  func labelsAreReadable(opacity: Double) {
    #expect(Self.contrast(ChartTheme.lightInk, ChartTheme.lightSurface, opacity: opacity) >= 4.5)
    #expect(Self.contrast(ChartTheme.darkInk, ChartTheme.darkSurface, opacity: opacity) >= 4.5)
  }

  @Test func styleSheetNamesEveryTone() {
    for tone in Tone.allCases {
      #expect(
        ChartTheme.pageStyle.contains(
          ".chart .\(tone.rawValue){color:var(--chart-\(tone.rawValue))}"))
    }
    #expect(ChartTheme.pageStyle.contains("prefers-color-scheme:dark"))
    #expect(ChartTheme.pageStyle.contains("@media print"))
  }
}

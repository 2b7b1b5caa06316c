import Testing

@testable import Charts

@Suite struct TickTests {
  @Test(arguments: [
    (0.0...1, 5, Unit.none, ["0", "0.2", "0.4", "0.6", "0.8", "1"], ""),
    (-1.0...1, 4, .percent, ["−1", "−0.5", "0", "0.5", "1"], "%"),
    (0.0...58_650, 6, .watts, ["0", "10", "20", "30", "40", "50"], "kW"),
    (0.0...1000, 2, .watts, ["0", "0.5", "1"], "kW"),
    (0.0...999, 2, .watts, ["0", "500"], "W"),
    (0.0...0.02, 4, .amperes, ["0", "5", "10", "15", "20"], "mA"),
    (49.9...50.1, 4, .hertz, ["49.9", "49.95", "50", "50.05", "50.1"], "Hz"),
    (1e15...2e15, 2, .none, ["1e15", "1.5e15", "2e15"], ""),
    (-3e6...0, 3, .vars, ["−3", "−2", "−1", "0"], "Mvar"),
  ])
  func linear(
    window: ClosedRange<Double>, count: Int, unit: Unit, labels: [String], title: String
  ) {
    let marking = Axis(unit: unit).marking(of: window, count: count)
    #expect(
      marking.ticks.map(\.label) == labels.map { $0 == "1.5e15" ? "15e14" : $0 })
    #expect(marking.title == title)
  }

  @Test func decimalComma() {
    let axis = Axis("Effekt", unit: .watts, decimalSeparator: ",")
    let marking = axis.marking(of: 0...1000, count: 2)
    #expect(marking.ticks.map(\.label) == ["0", "0,5", "1"])
    #expect(marking.title == "Effekt (kW)")
  }

  @Test(arguments: [
    (1.0...1000, 10, ["1", "2", "5", "10", "20", "50", "100", "200", "500", "1000"]),
    (1.0...1000, 5, ["1", "10", "100", "1000"]),
    (
      0.01...105, 20,
      [
        "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50",
        "100",
      ]
    ),
    (1e-3...1e9, 4, ["0.001", "1", "1000", "1000000", "1e9"]),
    (3.0...7, 5, ["3", "4", "5", "6", "7"]),
  ])
  func decades(window: ClosedRange<Double>, count: Int, labels: [String]) {
    let axis = Axis(scale: .logarithmic)
    #expect(axis.marking(of: window, count: count).ticks.map(\.label) == labels)
  }

  static func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0)
    -> Double
  {
    Double(
      CivilTick.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60)
  }

  @Test(arguments: [
    // The leap day is marked, and the day after it is March.
    (
      seconds(2028, 2, 27), seconds(2028, 3, 2), 5,
      ["27 Feb", "28 Feb", "29 Feb", "1 Mar", "2 Mar"]
    ),
    (seconds(2026, 2, 27), seconds(2026, 3, 2), 5, ["27 Feb", "28 Feb", "1 Mar", "2 Mar"]),
    // 1900-type centuries have none; 2000-type have one.
    (seconds(2100, 2, 28), seconds(2100, 3, 1), 1, ["28 Feb", "1 Mar"]),
    (seconds(2000, 2, 28), seconds(2000, 3, 1), 2, ["28 Feb", "29 Feb", "1 Mar"]),
    // Months of 28 to 31 days begin where they begin.
    (
      seconds(2026, 1, 1), seconds(2027, 1, 1), 14,
      ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"]
    ),
    (seconds(2026, 1, 15), seconds(2027, 2, 15), 5, ["Apr", "Jul", "Oct", "Jan"]),
    (seconds(2025, 12, 31), seconds(2035, 1, 1), 5, ["2026", "2028", "2030", "2032", "2034"]),
    (seconds(1990, 1, 1), seconds(2110, 1, 1), 4, ["2000", "2050", "2100"]),
    // Weeks begin on Monday.
    (
      seconds(2026, 3, 1), seconds(2026, 3, 31), 6,
      ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]
    ),
    (
      seconds(2026, 3, 1, 22), seconds(2026, 3, 2, 3), 6,
      ["22:00", "23:00", "00:00", "01:00", "02:00", "03:00"]
    ),
    (seconds(2026, 3, 1, 12, 1), seconds(2026, 3, 1, 12, 29), 3, ["12:10", "12:20"]),
    (
      seconds(2026, 3, 1), seconds(2026, 3, 1) + 4, 5,
      [
        "00:00:00", "00:00:01", "00:00:02", "00:00:03", "00:00:04",
      ]
    ),
  ])
  func civil(low: Double, high: Double, count: Int, labels: [String]) {
    let ticks = CivilTicks.ticks(low...high, atMost: count, .english())
    #expect(ticks.map(\.label) == labels)
  }

  /// Local midnight moves with daylight saving; hours are left out in spring and doubled in autumn.
  @Test func daylightSaving() {
    let days = CivilTicks.ticks(
      Self.seconds(2026, 3, 27, 23)...Self.seconds(2026, 3, 30, 22), atMost: 5, Samples.danish)
    #expect(days.map(\.label) == ["28 Mar", "29 Mar", "30 Mar", "31 Mar"])
    #expect(days[2].value - days[1].value == 23 * 3600)
    let spring = CivilTicks.ticks(
      Self.seconds(2026, 3, 28, 23)...Self.seconds(2026, 3, 29, 3), atMost: 5, Samples.danish)
    #expect(spring.map(\.label) == ["00:00", "01:00", "03:00", "04:00", "05:00"])
    let autumn = CivilTicks.ticks(
      Self.seconds(2026, 10, 24, 23)...Self.seconds(2026, 10, 25, 2), atMost: 5, Samples.danish)
    #expect(autumn.map(\.label) == ["01:00", "02:00", "02:00", "03:00"])
  }

  @Test func dates() {
    for days in stride(from: -800_000, through: 3_000_000, by: 97) {
      let date = CivilTick.date(days: days)
      #expect(CivilTick.days(year: date.year, month: date.month, day: date.day) == days)
    }
    #expect(CivilTick.days(year: 2000, month: 1, day: 1) == 0)
    #expect(CivilTick.days(year: 2026, month: 1, day: 1) * 86_400 == Int(Samples.year2026))
    #expect(
      CivilTick(seconds: 828_061_200, offset: 7200, unit: .second).iso8601
        == "2026-03-29T03:00:00+02:00")
    #expect(CivilTick(seconds: 0, offset: 0, unit: .second).iso8601 == "2000-01-01T00:00:00Z")
    #expect(
      CivilTick(seconds: 0, offset: -12_600, unit: .second).iso8601
        == "1999-12-31T20:30:00-03:30")
  }

  /// No window and no zone makes marks without bound.
  @Test func marksAreBounded() {
    var random = SplitMix64(5)
    let wild = CivilLabels(offset: { $0 &* 7919 }, label: { _ in ("x", "y") })
    for _ in 0..<300 {
      let low = (random.fraction() - 0.5) * PortableMath.power10(Int(random.next() % 16))
      let high = low + random.fraction() * PortableMath.power10(Int(random.next() % 16)) + 1e-3
      for labels in [.english(), wild] {
        #expect(CivilTicks.ticks(low...high, atMost: 10, labels).count <= 400)
      }
      #expect(ValueTicks.linear(low...high, atMost: 10, prefix: 0).ticks.count <= 12)
      let positive = ColumnMap.drawable(abs(low)...abs(low) + high - low, scale: .logarithmic)
      let marking = ValueTicks.logarithmic(positive, atMost: 10, prefix: 0)
      #expect(marking.ticks.count + marking.minor.count <= 90)
    }
  }

  @Test func portableMath() {
    for exponent in -300...300 {
      let value = PortableMath.power10(exponent)
      #expect(
        abs(PortableMath.log10(value) - Double(exponent)) <= 1e-13 * Double(max(1, abs(exponent))))
    }
    #expect(abs(PortableMath.log10(2) - 0.301_029_995_663_981_2) < 1e-15)
    #expect(abs(PortableMath.log10(840) - 2.924_279_286_061_881_7) < 1e-15)
    #expect(PortableMath.direction(degrees: 90) == (0, 1))
    #expect(PortableMath.direction(degrees: -540) == (-1, 0))
    for degrees in stride(from: -720.0, through: 720, by: 7.25) {
      let (cosine, sine) = PortableMath.direction(degrees: degrees)
      #expect(abs(cosine * cosine + sine * sine - 1) < 1e-15)
    }
    #expect(abs(PortableMath.direction(degrees: 30).sine - 0.5) < 1e-15)
    #expect(abs(PortableMath.direction(degrees: 240).cosine + 0.5) < 1e-15)
  }

  @Test(arguments: [
    (0.0, "0"), (0.1, ".1"), (-0.04, "0"), (-0.05, "-.1"), (12.34, "12.3"), (-100, "-100"),
    (1234.5, "1234.5"), (99.96, "100"), (.nan, "0"), (1e9, "32000"),
  ])
  func tenths(pixels: Double, text: String) {
    var svg = SVGText()
    svg.number(Tenths(pixels))
    #expect(String(decoding: svg.bytes, as: UTF8.self) == text)
  }
}

import MeterTime

/// The open household year that the demo plays: mean power per quarter-hour.
///
/// The file, its source and its licence are in `Resources`; the series are synthetic.
public struct HouseholdYear: Sendable {
  /// Appliances and lights, watts, one value per quarter-hour.
  public let houseWatts: [UInt16]
  /// The car's charger, watts, one value per quarter-hour.
  public let carWatts: [UInt16]

  /// Quarter-hours in the year.
  public static let rows = 35_040
  /// Seconds in one row.
  public static let secondsPerRow: Int64 = 900
  /// The first row starts at 2021-01-01T00:00:00+01:00.
  public static let start = Instant(seconds: 662_770_800)

  /// Reads the year that travels with the program.
  ///
  /// - Throws: `fileMissing` when it is not installed, `badData` when it is damaged.
  public init() throws(Failure) {
    try self.init(csv: try Resource.bytes("household-year.csv"), name: "household-year.csv")
  }

  /// - Parameters:
  ///   - csv: comment lines with `#`, the heading `house_W,car_W`, then `rows` lines of two whole
  ///     numbers of watts.
  ///   - name: the file's name for messages.
  /// - Throws: `badData` with the line.
  public init(csv: [UInt8], name: String) throws(Failure) {
    var house: [UInt16] = []
    var car: [UInt16] = []
    house.reserveCapacity(Self.rows)
    car.reserveCapacity(Self.rows)
    var headed = false
    var number = 0
    for line in csv.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      guard headed else {
        headed = line.elementsEqual("house_W,car_W".utf8)
        guard headed else { throw Self.damaged(name, number, "house_W,car_W") }
        continue
      }
      let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard cells.count == 2, let h = UInt16(String(decoding: cells[0], as: UTF8.self)),
        let c = UInt16(String(decoding: cells[1], as: UTF8.self)), house.count < Self.rows
      else { throw Self.damaged(name, number, "two whole numbers of watts") }
      house.append(h)
      car.append(c)
    }
    guard house.count == Self.rows else {
      throw Self.damaged(name, number, "\(Self.rows) quarter-hours, not \(house.count)")
    }
    houseWatts = house
    carWatts = car
  }

  /// The row of an instant; the year repeats after 365 days.
  public func row(at instant: Instant) -> Int {
    let seconds = instant.seconds - Self.start.seconds
    let row = seconds.quotientAndRemainderFloor(Self.secondsPerRow).0
    return Int(row.quotientAndRemainderFloor(Int64(Self.rows)).1)
  }

  private static func damaged(_ name: String, _ line: Int, _ expected: String) -> Failure {
    Failure(
      .badData, file: name, line: line, what: "the household year is damaged",
      expected: expected, next: "install the program again")
  }
}

import PermanentMemory

/// How worn a memory is, and how long it lasts at the load it has seen.
public struct MemoryWear: Sendable {
  /// A store with the programs of its average page.
  struct Row: Sendable {
    var name: String
    var pages: Int
    var programsPerPage: Double
  }

  /// Programs that a page takes.
  var cycles: Int
  var rows: [Row]
  /// Journal programs a second in operation, over the whole life; nil where nothing is known.
  var rate: Double?
  var operatingSeconds: UInt64
  var replaced: Int
  var spares: Int

  static let secondsPerYear = 365.25 * 86_400

  /// Years until the journal and the pages that can replace its own are worn, at a rate.
  static func life_years(cycles: Double, pages: Int, rate: Double) -> Double {
    cycles * Double(pages) / rate / secondsPerYear
  }

  /// Years of operation that are left at the mean load so far; nil where nothing is known.
  public var left_years: Double? {
    guard let rate, let journal = rows.first(where: { $0.name == "registerJournal" }) else {
      return nil
    }
    let left =
      Double(cycles) * Double(journal.pages + spares)
      - journal.programsPerPage * Double(journal.pages)
    return max(0, left) / rate / Self.secondsPerYear
  }

  public var json: JSONValue {
    .object([
      ("cycles", .integer(cycles)), ("operating_s", .integer(operatingSeconds)),
      ("programs_per_second", rate.map { .rounded($0, decimals: 6) } ?? .null),
      ("life_left_years", left_years.map { .rounded($0, decimals: 1) } ?? .null),
      ("replaced_pages", .integer(replaced)), ("spare_pages", .integer(spares)),
      (
        "stores",
        .array(
          rows.map {
            .object([
              ("name", .string($0.name)), ("pages", .integer($0.pages)),
              ("programs_per_page", .rounded($0.programsPerPage, decimals: 1)),
              ("worn_percent", .rounded(100 * $0.programsPerPage / Double(cycles), decimals: 4)),
            ])
          })
      ),
    ])
  }

  public var text: String {
    var lines = ["store               pages   programs of a page    worn"]
    for row in rows where row.programsPerPage > 0 {
      let worn = Decimals.text(100 * row.programsPerPage / Double(cycles), decimals: 4)
      lines.append(
        row.name.padded(20) + "\(row.pages)".leading(5)
          + Decimals.text(row.programsPerPage, decimals: 1).leading(21) + "\(worn) %".leading(12))
    }
    lines.append("replaced pages \(replaced), spare pages \(spares)")
    guard let rate, let left = left_years else {
      lines.append("life left: not known before the meter has run for a minute")
      return lines.joined(separator: "\n")
    }
    lines.append(
      "journal programs a second \(Decimals.text(rate, decimals: 3)), "
        + "over \(operatingSeconds) s in operation")
    lines.append(
      "life left at this load: \(Decimals.text(left, decimals: 1)) years "
        + "of operation at \(cycles) programs of a page")
    return lines.joined(separator: "\n")
  }
}

extension MemoryImage {
  /// - Parameter cycles: programs that a page takes.
  public func wear(cycles: Int) -> MemoryWear {
    let journal = store("registerJournal")
    let programs = (journal?.programsPerPage ?? 0) * Double(journal?.region.count ?? 0)
    let seconds = operatingSeconds
    return MemoryWear(
      cycles: cycles,
      rows: stores.map {
        MemoryWear.Row(
          name: $0.name, pages: Int($0.region.count), programsPerPage: $0.programsPerPage)
      }, rate: seconds >= 60 && programs > 0 ? programs / Double(seconds) : nil,
      operatingSeconds: seconds, replaced: Int(condition.replaced),
      spares: Int(condition.spares))
  }
}

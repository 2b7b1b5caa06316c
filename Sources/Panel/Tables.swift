import Foundation
import Hummingbird
import LegalMeter
import VirtualMeter

extension Response {
  /// A table as RFC 4180 has it.
  static func csv(_ columns: [String], _ rows: [[String]]) -> Response {
    var text = columns.joined(separator: ",") + "\r\n"
    for row in rows { text += row.map(cell).joined(separator: ",") + "\r\n" }
    return .text(text, type: "text/csv; charset=utf-8; header=present")
  }

  /// Quoted where it must be; a text that a spreadsheet would take for a formula is disarmed.
  private static func cell(_ text: String) -> String {
    let isFormula =
      "=+-@\t\r".contains(text.first ?? " ") && Double(text) == nil
    let safe = isFormula ? "'" + text : text
    guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}

extension LegalStatus {
  /// `MID`, `national` or `not legal`.
  var text: String {
    switch self {
    case .mid: "MID"
    case .national: "national"
    case .notLegal: "not legal"
    }
  }
}

extension RegisterRow {
  static let columns = ["obis", "name", "value", "unit", "committed", "legal"]

  var cells: [String] {
    [
      obis, name, Decimals.text(exact, decimals: decimals), unit,
      Decimals.text(committed, decimals: 3), legal.text,
    ]
  }

  var json: JSONValue {
    .object([
      ("obis", .string(obis)), ("name", .string(name)),
      ("value", .fixed(exact, decimals: decimals)), ("unit", .string(unit)),
      ("committed", .rounded(committed, decimals: 3)), ("legal", .string(legal.text)),
    ])
  }
}

extension EventRow {
  static let columns = ["n", "time", "code", "name", "parameter"]

  var cells: [String] { ["\(number)", time, "\(code)", name, "\(parameter)"] }

  var json: JSONValue {
    .object([
      ("n", .integer(number)), ("time", .string(time)), ("code", .integer(code)),
      ("name", .string(name)), ("parameter", .integer(parameter)),
    ])
  }
}

extension ScopePicture {
  var json: JSONValue {
    func curves(_ all: [[Float]], _ decimals: Int) -> JSONValue {
      .array(all.map { .array($0.map { .plain(Double($0), decimals) }) })
    }
    return .object([
      ("rate_Hz", .plain(rate_Hz, 6)), ("u", curves(u, 2)), ("i", curves(i, 4)),
    ])
  }
}

extension HarmonicsPicture {
  /// Where there are none yet.
  static let nothing = JSONValue.object([
    ("orders", .array([])), ("u_percent", .array([])), ("i_percent", .array([])),
    ("thd_u", .null), ("thd_i", .null),
  ])

  var json: JSONValue {
    .object([
      ("orders", .array(orders.map { .integer($0) })),
      ("u_percent", .array(u_percent.map { .plain($0, 3) })),
      ("i_percent", .array(i_percent.map { .plain($0, 3) })),
      ("thd_u", .plain(thd_u_percent, 3)), ("thd_i", .plain(thd_i_percent, 3)),
    ])
  }
}

extension MemoryStatistics {
  var json: JSONValue {
    .object([
      ("pages", .integer(pages)),
      (
        "regions",
        .array(
          regions.map { region in
            .object([
              ("name", .string(region.name)), ("first", .integer(region.first)),
              ("count", .integer(region.count)),
            ])
          })
      ),
      ("wear", .array(wear.map { .integer($0) })), ("programs", .integer(programs)),
      ("span_s", .plain(span_s, 3)), ("endurance", .integer(endurance)),
      ("life_years", life_years.map { .plain($0, 1) } ?? .null),
      ("replaced", .integer(replaced)), ("spares", .integer(spares)), ("cuts", .integer(cuts)),
    ])
  }
}

extension JSONValue {
  /// The word list by language, from the one list that the page has: `{"key":{"en":…,"da":…}}`.
  static func words(_ file: ByteBuffer?) -> [String: JSONValue] {
    guard let file,
      let list = try? JSONDecoder().decode(
        [String: [String: String]].self, from: Data(file.readableBytesView))
    else { return [:] }
    var words: [String: JSONValue] = [:]
    for language in ["en", "da"] {
      words[language] = .object(
        list.keys.sorted().map { ($0, .string(list[$0]?[language] ?? list[$0]?["en"] ?? $0)) })
    }
    return words
  }
}

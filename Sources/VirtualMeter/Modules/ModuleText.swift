import Ports

extension Article {
  /// The number as the data sheet prints it: 68 50 001.
  public var printedNumber: String {
    let digits = Array(String(number))
    return String(digits[..<2]) + " " + String(digits[2..<4]) + " " + String(digits[4...])
  }

  /// From a number with or without blanks.
  ///
  /// - Throws: `usage` for one that the data sheet does not have.
  init(parsing text: String) throws(Failure) {
    let digits = text.filter { $0 != " " }
    guard let number = UInt32(digits), let article = Article(number: number) else {
      throw Failure(
        .usage, what: "the data sheet has no article «\(text.prefix(40))»",
        expected: "a number such as 6850005", next: "see them with kvadrant modules")
    }
    self = article
  }
}

extension ArticleState {
  /// For people and machines.
  public var name: String {
    switch self {
    case .works: "works"
    case .partly: "partly"
    case .notYet: "not yet"
    case .physical: "physical"
    }
  }
}

extension PlugInModule {
  /// The name of the customer port, which has no article number.
  static let customerPortName = "customer-port"

  /// An article number, or `customer-port`.
  ///
  /// - Throws: `usage` for anything that is no module.
  init(parsing text: String) throws(Failure) {
    if text == Self.customerPortName {
      self = .customerPort
      return
    }
    guard let module = PlugInModule(try Article(parsing: text)) else {
      throw Failure(
        .usage, what: "«\(text)» is no module", expected: "a module or a secondary module",
        next: "see them with kvadrant modules")
    }
    self = module
  }

  /// What `init(parsing:)` reads.
  public var text: String {
    if case .article(let article) = self { String(article.number) } else { Self.customerPortName }
  }

  var title: String {
    if case .article(let article) = self { "\(article.title)" } else { "Customer port, P1 or HAN" }
  }
}

extension ModuleSlot {
  /// `1`, `2` or `secondary`.
  var name: String {
    switch self {
    case .first: "1"
    case .second: "2"
    case .secondary: "secondary"
    }
  }

  init?(name: String) {
    guard let slot = ModuleSlot.allCases.first(where: { $0.name == name }) else { return nil }
    self = slot
  }
}

extension ModuleArea {
  /// An area with modules from the start: article numbers and `customer-port`, with commas between
  /// them, put into slots 1, 2 and the secondary one in their order. A secondary module brings its
  /// cover.
  ///
  /// - Throws: `usage` for what is no module, `refused` for what cannot be together.
  public init(parsing text: String, hasRadio: Bool) throws(Failure) {
    self.init(hasRadio: hasRadio)
    for part in text.split(separator: ",") {
      try add(try PlugInModule(parsing: part.filter { $0 != " " }))
    }
  }

  /// Puts a module where there is room for it, with what it needs.
  ///
  /// - Throws: `refused` where there is none.
  public mutating func add(_ module: PlugInModule) throws(Failure) {
    do throws(ModuleRefusal) {
      if module.isSecondary {
        if cover != .highForSecondary { try exchange(.highForSecondary) }
        if self[.first]?.carriesSecondary != true, self[.second]?.carriesSecondary != true {
          try fit(.article(.connection), in: self[.first] == nil ? .first : .second)
        }
        try fit(module, in: .secondary)
      } else {
        try fit(module, in: self[.first] == nil ? .first : .second)
      }
    } catch { throw Failure(error) }
  }

  /// Slots, cover and radio.
  public var json: JSONValue {
    let slots = ModuleSlot.allCases.map { slot in
      let module = self[slot]
      return JSONValue.object([
        ("slot", .string(slot.name)), ("module", module.map { .string($0.text) } ?? .null),
        ("title", module.map { .string($0.title) } ?? .null),
        ("missing", .bool(missing >> slot.rawValue & 1 == 1)),
      ])
    }
    return .object([
      ("slots", .array(slots)), ("cover", .string(String(cover.article.number))),
      ("radio", hasRadio ? .string(isRadioOn ? "on" : "off") : .null),
    ])
  }
}

extension Failure {
  /// Why a module is not fitted or taken out.
  init(_ refusal: ModuleRefusal) {
    let (what, expected) =
      switch refusal {
      case .occupied: ("the slot is occupied", "an empty slot")
      case .empty: ("the slot is empty", "a slot with a module")
      case .wrongSlot: ("the module does not go into this slot", "its own slot")
      case .needsRadio: ("the module works beside an integrated radio", "a meter with radio")
      case .needsCarrier: ("nothing carries a secondary module", "68 50 062 or 68 50 053 in a slot")
      case .needsCover: ("a secondary module needs its cover", "the cover 59 60 139")
      case .carriesSecondary: ("a secondary module sits in it", "the secondary slot empty")
      }
    self.init(.refused, what: what, expected: expected, next: "see kvadrant modules")
  }
}

/// The catalogue of the data sheet as JSON and for people.
public enum ModuleCatalogue {
  /// All 33 articles.
  public static var json: JSONValue {
    .array(
      Article.allCases.map { article in
        .object([
          ("article", .string(String(article.number))), ("title", .string("\(article.title)")),
          ("kind", .string("\(article.kind)")), ("state", .string(article.state.name)),
          ("does", .string("\(article.duty)")),
        ])
      })
  }

  /// One line for each, below the heads of their kinds.
  public static var lines: [String] {
    var lines: [String] = []
    var kind: ArticleKind?
    for article in Article.allCases {
      if article.kind != kind {
        if kind != nil { lines.append("") }
        lines.append(head(article.kind))
      }
      kind = article.kind
      let state = article.state.name.padding(8)
      lines.append("  \(article.printedNumber)  \(state)  \(article.title): \(article.duty)")
    }
    return lines
  }

  private static func head(_ kind: ArticleKind) -> String {
    switch kind {
    case .module: "Modules"
    case .secondary: "Secondary plug-in modules"
    case .software: "Configuration software"
    case .cover: "Covers"
    case .accessory: "Miscellaneous"
    }
  }
}

extension String {
  fileprivate func padding(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

/// A text of the bench in the two languages of the panel.
public struct BilingualText: Equatable, Sendable {
  public var english: String
  public var danish: String

  public init(_ english: String, _ danish: String) {
    self.english = english
    self.danish = danish
  }

  /// The text in a language; English for all that is not Danish.
  /// - Parameter language: `da` or `en`.
  public func text(_ language: String) -> String { language == "da" ? danish : english }
}

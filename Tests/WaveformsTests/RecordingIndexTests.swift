import Foundation
import Testing

@testable import Waveforms

@Suite struct RecordingIndexTests {
  func scale(_ name: String, _ text: String) throws -> SampleScale? {
    try RecordingIndex.scale(of: name, in: ByteSource(name: "index.csv", bytes: Array(text.utf8)))
  }

  @Test("the row of the file gives its scale")
  func found() throws {
    let text = "file,frames,volts_per_count,amps_per_count\na.wav,1,0.05,0.02\nb.wav,1,0.06,0.03\n"
    #expect(try scale("b.wav", text) == SampleScale(volts: 0.06, amperes: 0.03))
    #expect(try scale("c.wav", text) == nil)
    #expect(try scale("b.wav", "") == nil)
    #expect(try scale("b.wav", "name,scale\nb.wav,1\n") == nil)
  }

  @Test(
    "a row without a usable scale is refused with its line",
    arguments: ["b.wav,1,,0.1", "b.wav,1,nan,1", "b.wav,1,-1,1", "b.wav", "b.wav,1,5000,1"])
  func broken(row: String) throws {
    let text = "file,frames,volts_per_count,amps_per_count\na.wav,1,0.05,0.02\n" + row
    do {
      _ = try scale("b.wav", text)
      Issue.record("taken")
    } catch let error as SourceError {
      #expect(error.place == .line(3))
      #expect(error.exitCode == 65)
    }
  }
}

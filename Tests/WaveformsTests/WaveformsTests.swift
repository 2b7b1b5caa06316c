import Foundation
import Metrology
import Testing

@testable import Waveforms

/// Where the recordings for tests lie.
enum Recordings {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["KVADRANT_RECORDINGS"] {
      return URL(fileURLWithPath: path)
    }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.appendingPathComponent("../shared/data").standardizedFileURL
  }()
  static let present = FileManager.default.fileExists(
    atPath: folder.appendingPathComponent("waveforms/index.csv").path)
  /// Whether this build is fast enough for whole days of samples.
  static let isOptimised = !_isDebugAssertConfiguration()
}

/// Reads a source to its end.
struct Drained {
  var count = 0
  /// Σ u·i of the counts, scaled to joules, per phase.
  var energy_J = [0.0, 0.0, 0.0]
  var peak: Int32 = 0

  init(_ source: inout some SampleSource, capacity: Int = 4096, most: Int = .max) throws {
    var buffer = SampleBuffer(capacity: capacity)
    var products = [Int64](repeating: 0, count: 3)
    while count < most {
      let got = try source.read(into: &buffer)
      if got == 0 { break }
      count += got
      for n in 0..<got {
        let set = buffer[n]
        products[0] += Int64(set.u1) * Int64(set.i1)
        products[1] += Int64(set.u2) * Int64(set.i2)
        products[2] += Int64(set.u3) * Int64(set.i3)
        peak = max(peak, abs(set.u1), abs(set.i1))
      }
      for phase in 0..<3 {
        energy_J[phase] +=
          Double(products[phase]) * source.scales[phase].volts * source.scales[phase].amperes
          / source.rate.hertz
        products[phase] = 0
      }
    }
  }
}

func source(_ text: String, name: String = "test.csv") -> ByteSource {
  ByteSource(name: name, bytes: Array(text.utf8))
}

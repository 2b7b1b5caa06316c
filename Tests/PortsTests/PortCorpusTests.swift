import Foundation
import KMP
import MeterTime
import Testing

@testable import Ports

/// The corpora of the fuzz targets of the optical port: whole, cut, and with bits flipped.
@Suite("Optical port: corpora") struct PortCorpusTests {
  static func corpus(_ target: String) throws -> [[UInt8]] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fuzz/\(target)/corpus").standardized
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try Array(Data(contentsOf: folder.appendingPathComponent($0)))
    }
  }

  @Test("the port works after whatever has been sent", arguments: ["iec-62056", "kmp"])
  func corpora(_ target: String) throws {
    let rig = try OpticalPortTests.Rig(mode: .c)
    let before = rig.meter.reading(.activeImport)
    let inputs = try Self.corpus(target)
    #expect(inputs.count > 10)
    for input in inputs {
      let cut = Array(input.prefix(input.count / 2))
      var flipped = input
      flipped[input.count / 3] ^= 0x08
      for variant in [input, cut, flipped] {
        _ = rig.send(variant)
        rig.clock += .seconds(120)
        rig.port.advance(to: rig.clock)
        _ = rig.send([])
        rig.clock += .seconds(120)
        rig.port.advance(to: rig.clock)
        #expect(rig.port.iec.state == .idle)
      }
    }
    #expect(rig.meter.reading(.activeImport) == before)
    #expect(OpticalPortTests.isKMP(rig.send(OpticalPortTests.kmp)))
  }
}

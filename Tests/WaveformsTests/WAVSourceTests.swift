import Foundation
import Metrology
import Testing

@testable import Waveforms

@Suite struct WAVSourceTests {
  struct Entry: CustomTestStringConvertible, Sendable {
    var file: String
    var scale: SampleScale
    var frames: Int
    var power_W: Double
    var testDescription: String { file }
  }

  static let index: [Entry] = {
    let path = Recordings.folder.appendingPathComponent("waveforms/index.csv")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: ",")
      guard fields.count == 9, let volts = Double(fields[3]), let amperes = Double(fields[4]),
        let frames = Int(fields[1]), let power = Double(fields[7])
      else { return nil }
      return Entry(
        file: String(fields[0]), scale: SampleScale(volts: volts, amperes: amperes),
        frames: frames, power_W: power)
    }
  }()

  static func path(_ file: String) -> String {
    Recordings.folder.appendingPathComponent("waveforms/\(file)").path
  }

  @Test(.enabled(if: Recordings.present, "recordings are absent"))
  func allTwelveAreListed() { #expect(Self.index.count == 12) }

  @Test(.enabled(if: Recordings.present, "recordings are absent"), arguments: index)
  func truthIsThatOfTheIndex(entry: Entry) throws {
    var wav = try WAVSource(paths: [Self.path(entry.file)], scales: [entry.scale])
    let drained = try Drained(&wav, capacity: 777)
    #expect(drained.count == entry.frames)
    let truth = try #require(wav.truth)
    let power = truth.phases[0].net_J / truth.span_s
    // The index has five digits.
    #expect(abs(power / entry.power_W - 1) < 2e-5)
    #expect(truth.phases[1] == ActiveEnergy())
    #expect(wav.connected == [true, false, false])
  }

  @Test(.enabled(if: Recordings.present, "recordings are absent"))
  func threeFilesAndTripling() throws {
    let entries = ["kettle.wav", "laptop.wav", "washing-machine.wav"].compactMap { name in
      Self.index.first { $0.file == name }
    }
    var three = try WAVSource(
      paths: entries.map { Self.path($0.file) }, scales: entries.map(\.scale))
    let drained = try Drained(&three)
    #expect(drained.count == 19_199)
    #expect(three.description.contains("ends with the shortest"))
    let truth = try #require(three.truth)
    for phase in 0..<3 {
      let power = truth.phases[phase].net_J / truth.span_s
      #expect(abs(power / entries[phase].power_W - 1) < 5e-4)
    }
    var tripled = try WAVSource(
      paths: [Self.path("kettle.wav")], scales: [entries[0].scale], phases: 3)
    _ = try Drained(&tripled)
    let same = try #require(tripled.truth)
    #expect(same.phases[0] == same.phases[2])
    #expect(abs(same.total.net_J / same.span_s / 4201.5 - 1) < 5e-5)
  }

  @Test(
    arguments: [
      (1, 8, false), (1, 16, false), (1, 16, true), (1, 24, false), (1, 24, true), (1, 32, false),
      (3, 32, false), (3, 32, true), (3, 64, false), (3, 64, true),
    ] as [(UInt16, Int, Bool)])
  func encodings(tag: UInt16, bits: Int, isExtensible: Bool) throws {
    let template = WAVBytes(tag: tag, bits: bits, isExtensible: isExtensible)
    let peak = tag == 3 ? 325 : Double(1 << (bits - 1)) * 0.9
    let unit = 325 / peak
    let wav = WAVBytes.sine(template, peak: peak, frames: 800)
    var source = try WAVSource(
      [wav.source()], scales: [SampleScale(volts: unit, amperes: unit / 100)])
    let drained = try Drained(&source)
    #expect(drained.count == 800)
    // Mean of 325 sin x · 3.25 sin x over 0.2 s, as coarse as the encoding.
    let expected = 325 * 3.25 / 2 * 0.2
    let truth = try #require(source.truth)
    #expect(abs(truth.phases[0].import_J / expected - 1) < (bits == 8 ? 5e-3 : 1e-4))
    #expect(abs(drained.energy_J[0] / truth.phases[0].import_J - 1) < 1e-6)
    let passes = tag == 1 && bits <= 24
    #expect(source.scales[0].femtovoltsPerCount == UInt64((unit * 1e15).rounded()) || !passes)
    #expect(drained.peak == (passes ? Int32(peak.rounded()) : 8_000_000))
  }

  @Test func countsPassThrough() throws {
    var wav = WAVBytes(channels: 6)
    for value in [1, -2, 3, -4, 5, -6, 32_767, -32_768, 0, 7, 8, 9] { wav.add(Double(value)) }
    var source = try WAVSource([wav.source()], scales: [SampleScale(volts: 0.01, amperes: 0.001)])
    var buffer = SampleBuffer(capacity: 10)
    #expect(try source.read(into: &buffer) == 2)
    #expect(buffer[0] == SampleSet(u1: 1, i1: -2, u2: 3, i2: -4, u3: 5, i3: -6))
    #expect(buffer[1] == SampleSet(u1: 32_767, i1: -32_768, u2: 0, i2: 7, u3: 8, i3: 9))
    #expect(buffer.i2[1] == 7 && buffer.u3.count == 2)
    #expect(try source.read(into: &buffer) == 0)
  }

  @Test func exportAndImportSplitBy200ms() throws {
    // 400 ms import, 200 ms export, at a rate whose windows are not round.
    var wav = WAVBytes(rate: 4801)
    for n in 0..<2880 {
      let wave = 10_000 * sin(2 * .pi * 50 * Double(n) / 4801)
      wav.add(wave.rounded())
      wav.add((n < 1920 ? wave : -wave).rounded())
    }
    var source = try WAVSource([wav.source()], scales: [SampleScale(volts: 0.03, amperes: 1e-4)])
    _ = try Drained(&source, capacity: 100)
    let truth = try #require(source.truth)
    #expect(abs(truth.phases[0].import_J / 60 - 1) < 0.002)
    #expect(abs(truth.phases[0].export_J / 30 - 1) < 0.002)
    #expect(
      abs(truth.phases[0].import_J - truth.phases[0].export_J - truth.phases[0].net_J) < 1e-9)
  }

  @Test func oddChunksAndRF64() throws {
    let sine = WAVBytes.sine(peak: 1000, frames: 80)
    var odd = sine
    odd.before = WAVBytes.chunk("LIST", [1, 2, 3]) + WAVBytes.chunk("bext", [])
    var large = sine
    large.form = "RF64"
    large.dataSize = 0xFFFF_FFFF
    large.before = WAVBytes.chunk(
      "ds64",
      WAVBytes.little(1000, 8) + WAVBytes.little(UInt64(sine.data.count), 8)
        + WAVBytes.little(80, 8) + WAVBytes.little(0, 4))
    for wav in [odd, large] {
      var source = try WAVSource([wav.source()], scales: [.meter])
      #expect(try Drained(&source).count == 80)
    }
  }

  @Test func refusals() throws {
    let good = WAVBytes.sine(peak: 1000, frames: 80)
    func refused(_ wav: WAVBytes, _ words: String) {
      #expect {
        _ = try WAVSource([wav.source("a.wav")], scales: [.meter])
      } throws: { error in
        let text = "\(error)"
        return text.hasPrefix("a.wav, offset") && text.contains(words)
          && (error as? SourceError)?.exitCode == 65
      }
    }
    var wav = good
    wav.dataSize = UInt32(good.data.count + 4)
    refused(wav, "end of file after \(good.data.count) bytes")
    wav = good
    wav.dataSize = UInt32(good.data.count - 1)
    refused(wav, "whole number of frames")
    wav = good
    wav.channels = 3
    refused(wav, "2, 4 or 6 channels")
    wav = good
    wav.rate = 44_100
    refused(wav, "44100 Hz")
    wav = good
    wav.tag = 6
    refused(wav, "format 6")
    wav = WAVBytes(tag: 3, bits: 32)
    wav.add(1)
    wav.add(.nan)
    refused(wav, "finite")
    wav = WAVBytes()
    refused(wav, "at least one")
  }

  @Test func usage() throws {
    let one = WAVBytes.sine(peak: 1000, frames: 80)
    let faster = WAVBytes.sine(WAVBytes(rate: 8000), peak: 1000, frames: 80)
    let four = WAVBytes.sine(WAVBytes(channels: 4), peak: 1000, frames: 80)
    func refused(_ wavs: [WAVBytes], scales: Int = 1, phases: Int? = nil, _ words: String) {
      #expect {
        _ = try WAVSource(
          wavs.map { $0.source() }, scales: Array(repeating: .meter, count: scales),
          phases: phases)
      } throws: { error in
        (error as? SourceError)?.exitCode == 64 && "\(error)".contains(words)
      }
    }
    refused([], "one to three files")
    refused([four, four], "files for 4")
    refused([one, faster], "8000 Hz")
    refused([four], phases: 3, "one file of 2 channels")
    refused([one], phases: 4, "1, 2 or 3")
    refused([one], scales: 0, "--scale V,A")
    refused([one, one, one], scales: 2, "one per phase (3)")
    #expect(throws: SourceError.self) { try SampleScale(parsing: "0.1") }
    #expect(throws: SourceError.self) { try SampleScale(parsing: "0.1,nan") }
    #expect(try SampleScale(parsing: "0.1,0.02") == SampleScale(volts: 0.1, amperes: 0.02))
    #expect {
      _ = try WAVSource(paths: ["/nowhere/a.wav"], scales: [.meter])
    } throws: { ($0 as? SourceError)?.exitCode == 66 }
  }
}

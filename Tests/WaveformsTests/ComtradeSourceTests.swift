import Foundation
import Metrology
import Testing

@testable import Waveforms

/// Builds COMTRADE recordings for tests: u and i of one phase and a status channel.
struct ComtradeBytes {
  var revision = "2013"
  var form = "ASCII"
  var rates = ["1", "4000,800"]
  var voltage = "1,UL1,,,V,0.05,0,0,-32767,32767,1,1,S"
  var current = "2,IL1,A,,A,0.001,0,0,-32767,32767,100,1,P"
  var timeFactor = "1"
  var stepMicroseconds = 250.0
  var count = 800
  /// Instead of the sine, at a sample (from 0).
  var override: (at: Int, u: Double)?
  var numberAt: (at: Int, number: Int)?

  var configuration: String {
    var lines = ["station,device,\(revision)", "3,2A,1D", voltage, current, "1,trip,,,0", "50"]
    lines += rates + ["01/02/2020,00:00:00.000000", "01/02/2020,00:00:00.000000", form, timeFactor]
    if revision == "2013" { lines += ["0,0", "0,0"] }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  var data: [UInt8] {
    var bytes: [UInt8] = []
    for n in 0..<count {
      let wave = sin(2 * .pi * 50 * Double(n) * stepMicroseconds * 1e-6)
      var (u, i) = ((6500 * wave).rounded(), (7000 * wave).rounded())
      if let override, override.at == n { u = override.u }
      if form == "FLOAT32" { i += 0.25 }
      let number = numberAt.map { $0.at == n ? $0.number : n + 1 } ?? n + 1
      let stamp = UInt64((Double(n) * stepMicroseconds).rounded())
      if form == "ASCII" {
        bytes += Array("\(number),\(stamp),\(u),\(i),1\r\n".utf8)
        continue
      }
      bytes += WAVBytes.little(UInt64(number), 4) + WAVBytes.little(stamp, 4)
      for value in [u, i] {
        switch form {
        case "BINARY": bytes += WAVBytes.little(UInt64(bitPattern: Int64(value)), 2)
        case "BINARY32": bytes += WAVBytes.little(UInt64(bitPattern: Int64(value)), 4)
        default: bytes += WAVBytes.little(UInt64(Float(value).bitPattern), 4)
        }
      }
      bytes += [1, 0]
    }
    return bytes
  }

  var combined: [UInt8] {
    let kind = form == "ASCII" ? "ASCII" : "\(form): \(data.count)"
    return Array(
      ("--- file type: CFG ---\r\n" + configuration
        + "--- file type: INF ---\r\n\r\n--- file type: HDR ---\r\nwords\r\n"
        + "--- file type: DAT \(kind) ---\r\n").utf8) + data
  }

  func open(_ selection: ComtradeSelection = .init()) throws(SourceError) -> ComtradeSource {
    try ComtradeSource(
      configuration: ByteSource(name: "a.cfg", bytes: Array(configuration.utf8)),
      data: ByteSource(name: "a.dat", bytes: data), selection: selection)
  }
}

@Suite struct ComtradeSourceTests {
  @Test(arguments: ["ASCII", "BINARY", "BINARY32", "FLOAT32"], ["1999", "2013"])
  func forms(form: String, revision: String) throws {
    let recording = ComtradeBytes(revision: revision, form: form)
    var two = try recording.open()
    let drained = try Drained(&two, capacity: 333)
    #expect(drained.count == 800)
    #expect(two.rate == SampleRate(4000) && two.connected == [true, false, false])
    let truth = try #require(two.truth)
    #expect(abs(truth.phases[0].import_J / (325 * 7 / 2 * 0.2) - 1) < 3e-5)
    var one = try ComtradeSource(combined: ByteSource(name: "a.cff", bytes: recording.combined))
    _ = try Drained(&one, capacity: 200)
    let other = try #require(one.truth)
    #expect(abs(other.phases[0].net_J / truth.phases[0].net_J - 1) < 1e-12)
  }

  @Test func sides() throws {
    var selection = ComtradeSelection()
    for (side, factor) in [
      (ComtradeSelection.Side.recorded, 1.0), (.primary, 1), (.secondary, 0.01),
    ] {
      selection.side = side
      var recording = try ComtradeBytes().open(selection)
      _ = try Drained(&recording)
      let energy = try #require(recording.truth?.phases[0].import_J)
      #expect(abs(energy / (227.5 * factor) - 1) < 3e-5)
    }
  }

  @Test func unitsAndOffsets() throws {
    var bytes = ComtradeBytes()
    bytes.voltage = "1,U,L2,,kV,0.00005,0.001,0,-32767,32767,1,1,s"
    bytes.current = "2,I,L2,,mA,1,5,0,-32767,32767,1,1,p"
    var recording = try bytes.open()
    _ = try Drained(&recording)
    let truth = try #require(recording.truth)
    #expect(recording.connected == [false, true, false])
    #expect(abs(truth.phases[1].import_J / 227.5 - 1) < 3e-5)
  }

  @Test func selectionByNumberAndName() throws {
    var bytes = ComtradeBytes()
    bytes.voltage = "1,bus,,,V,0.05,0,0,-32767,32767,1,1,S"
    #expect { _ = try bytes.open() } throws: { "\($0)".contains("no channel for u1") }
    var selection = ComtradeSelection()
    selection.channels[4] = .name("bus")
    selection.channels[5] = .number(2)
    #expect { _ = try bytes.open(selection) } throws: { "\($0)".contains("u1") }
    bytes.current = "2,feeder,,,A,0.001,0,0,-32767,32767,100,1,P"
    #expect(try bytes.open(selection).connected == [false, false, true])
    selection.channels[5] = .number(1)
    #expect { _ = try bytes.open(selection) } throws: {
      ($0 as? SourceError)?.exitCode == 64 && "\($0)".contains("another unit")
    }
    selection.channels[5] = .name("none")
    #expect { _ = try bytes.open(selection) } throws: { "\($0)".contains("no such channel") }
  }

  @Test(arguments: ["ASCII", "BINARY"])
  func ratesFromTimeStampsAndSections(form: String) throws {
    var bytes = ComtradeBytes(form: form)
    bytes.rates = ["0", "0,800"]
    #expect(try bytes.open().rate == SampleRate(4000))
    bytes.stepMicroseconds = 156.25
    #expect(try bytes.open().rate == SampleRate(6400))
    bytes.timeFactor = "2"
    #expect(try bytes.open().rate == SampleRate(3200))
    bytes = ComtradeBytes(form: form)
    bytes.rates = ["2", "1000,400", "4000,800"]
    #expect { _ = try bytes.open() } throws: { "\($0)".contains("one sample rate") }
    var selection = ComtradeSelection()
    selection.section = 1
    var source = try bytes.open(selection)
    #expect(try Drained(&source).count == 400)
    selection.section = 0
    #expect { _ = try bytes.open(selection) } throws: { "\($0)".contains("1000") }
    selection.section = 2
    #expect { _ = try bytes.open(selection) } throws: { ($0 as? SourceError)?.exitCode == 64 }
    bytes.rates = ["2", "4000,300", "4000,800"]
    source = try bytes.open()
    #expect(try Drained(&source).count == 800)
  }

  func refused(
    _ bytes: ComtradeBytes, _ file: String, _ place: SourceError.Place?, _ words: String,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(sourceLocation: location) {
      _ = try bytes.open()
    } throws: { error in
      guard let error = error as? SourceError else { return false }
      return error.file == file && (place == nil || error.place == place) && error.exitCode == 65
        && "\(error)".contains(words)
    }
  }

  @Test func brokenConfigurations() {
    let changes: [(line: Int, words: String, (inout ComtradeBytes) -> Void)] = [
      (1, "1999 or 2013", { $0.revision = "1991" }),
      (3, "13 fields", { $0.voltage = "1,UL1,A,,V,0.05" }),
      (3, "channel 1", { $0.voltage = "2,UL1,A,,V,0.05,0,0,0,0,1,1,S" }),
      (3, "P or S", { $0.voltage = "1,UL1,A,,V,0.05,0,0,0,0,1,1,X" }),
      (4, "finite", { $0.current = "2,IL1,A,,A,nan,0,0,0,0,1,1,S" }),
      (8, "rises", { $0.rates = ["1", "4000,0"] }),
      (7, "sample rates", { $0.rates = ["x", "4000,800"] }),
      (9, "rises", { $0.rates = ["2", "4000,800", "4000,700"] }),
      (11, "BINARY32", { $0.form = "XML" }),
      (12, "time factor", { $0.timeFactor = "0" }),
    ]
    for (line, words, change) in changes {
      var bytes = ComtradeBytes()
      change(&bytes)
      refused(bytes, "a.cfg", .line(line), words)
    }
  }

  @Test func brokenData() {
    var bytes = ComtradeBytes(count: 700)
    refused(bytes, "a.dat", .line(701), "an end after 700")
    bytes.form = "BINARY"
    refused(bytes, "a.dat", .offset(700 * 14), "an end after 700")
    bytes = ComtradeBytes(count: 801)
    refused(bytes, "a.dat", nil, "more data")
    bytes.form = "FLOAT32"
    refused(bytes, "a.dat", nil, "more data")
    bytes = ComtradeBytes(override: (5, 99_999))
    refused(bytes, "a.dat", .line(6), "UL1")
    bytes = ComtradeBytes(form: "BINARY", override: (5, -32_768))
    refused(bytes, "a.dat", .offset(70), "missing value")
    bytes = ComtradeBytes(form: "FLOAT32", override: (5, .nan))
    refused(bytes, "a.dat", .offset(90), "nan")
    bytes = ComtradeBytes(numberAt: (9, 12))
    refused(bytes, "a.dat", .line(10), "sample number 10")
    bytes = ComtradeBytes(override: (5, 1e300))
    refused(bytes, "a.dat", .line(6), "1 MV")
    bytes = ComtradeBytes(rates: ["1", "1200,800"])
    refused(bytes, "a.cfg", nil, "1200")
  }

  @Test func missingDataFile() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("comtrade-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.CFG").path
    try Data(ComtradeBytes().configuration.utf8).write(to: URL(fileURLWithPath: path))
    #expect { _ = try ComtradeSource(path: path) } throws: {
      ($0 as? SourceError)?.exitCode == 66 && "\($0)".contains("a.dat")
    }
    try Data(ComtradeBytes().data).write(to: folder.appendingPathComponent("a.DAT"))
    var source = try ComtradeSource(path: path)
    #expect(try Drained(&source).count == 800)
  }
}
